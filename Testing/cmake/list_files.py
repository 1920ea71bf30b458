"""Write every script and resource into the CMake lists, or say which are missing.

python Testing/cmake/list_files.py           rewrites the lists
python Testing/cmake/list_files.py --check   ends with exit code 1 if a list is not what it should be
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# folder: its sub-folders that are not shipped
PACKAGES = {"oncologyai": ("host",), "SegmentationAI": (), "RadiomicsOutcome": (), "BoneScanClassifier": ()}


def listed_text(package: str) -> str:
    """Give the CMakeLists.txt of a package with its lists as they should be."""
    folder = ROOT / package
    scripts, resources = shipped_files(package)
    text = (folder / "CMakeLists.txt").read_text(encoding="utf-8")
    for name, files in (("MODULE_PYTHON_SCRIPTS", scripts), ("MODULE_PYTHON_RESOURCES", resources)):
        lines = "".join(f"  {file}\n" for file in files)
        stray = r"(?:\n  \S[^\n]*)*"  # what a merge left behind the list
        text = re.sub(rf"set\({name}\n[^)]*\){stray}", f"set({name}\n{lines}  )", text)
    return text


def shipped_files(package: str) -> tuple[list[str], list[str]]:
    """Give the scripts and the resources that belong into a package's lists, as relative POSIX paths."""
    folder = ROOT / package
    found = []
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
        if path.is_file() and not hidden and parts[0] not in PACKAGES[package] and path.name != "CMakeLists.txt":
            found.append("/".join(parts))
    scripts = [file for file in found if file.endswith(".py")]
    return scripts, [file for file in found if file not in scripts]


def main() -> int:
    """Rewrite or check the lists of all packages."""
    wrong = 0
    for package in PACKAGES:
        path, text = ROOT / package / "CMakeLists.txt", listed_text(package)
        if path.read_text(encoding="utf-8") != text:
            wrong += 1
            if "--check" in sys.argv:
                sys.stderr.write(f"{path}: expected every script and resource listed; run {Path(__file__).name}\n")
            else:
                path.write_text(text, encoding="utf-8")
    return int(bool(wrong) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
