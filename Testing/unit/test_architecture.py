"""The rules of the house as code: who may import whom, what is public, what is listed, how long things are."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "oncologyai"
MODULES = ("SegmentationAI", "RadiomicsOutcome", "BoneScanClassifier")

STEPS = {
    "errors": 0,
    "types": 0,
    "progress": 0,
    "_checks": 0,
    "_optional": 0,
    "_atomic": 0,
    "_device": 0,
    "_memory": 0,
    "_interrupts": 0,
    "resources": 0,
    "imaging": 1,
    "harmonize": 2,
    "anatomy": 2,
    "metrics": 2,
    "measure": 3,
    "samples": 3,
    "features": 3,
    "networks": 3,
    "segmenters": 4,
    "models": 4,
    "robustness": 4,
    "inference": 5,
    "outcome": 5,
    "training": 6,
    "explain": 6,
    "scintigraphy": 7,
    "studies": 7,
    "pipelines": 8,
    "bundle": 9,
    "report": 10,
    "scene": 10,
    "host": 10,
    "workflows": 11,
    "installation": 11,
    "panels": 12,
    "batch": 12,
    "cli": 13,
    "__main__": 14,
}
STEP_ZERO = {name for name, step in STEPS.items() if step == 0}
SCIENTIFIC = {"numpy", "scipy", "SimpleITK", "skimage"}
AT_TOP = {
    **{name: {"numpy"} for name in STEP_ZERO},
    "imaging": SCIENTIFIC | {"pydicom"},
    **dict.fromkeys(("harmonize", "anatomy", "metrics"), SCIENTIFIC | {"pandas"}),
    **dict.fromkeys(("measure", "samples"), SCIENTIFIC | {"pandas"}),
    "features": SCIENTIFIC | {"pandas", "numba", "pywt"},
    "networks": {"numpy", "torch", "monai"},
    "segmenters": {"numpy", "scipy", "skimage", "pandas"},
    "models": {"numpy", "pydantic"},
    "robustness": {"numpy", "scipy", "skimage", "pydantic"},
    "inference": {"numpy", "scipy"},
    "outcome": {"numpy", "scipy", "pandas", "pydantic"},
    "training": {"numpy", "scipy", "torch", "monai", "pydantic"},
    "scintigraphy": {"numpy", "scipy"},
    "studies": {"numpy", "pandas"},
    "explain": {"numpy"},
    "pipelines": {"numpy"},
    "bundle": {"numpy", "pandas"},
    "report": {"numpy", "pandas", "matplotlib", "jinja2"},
    "scene": {"numpy", "slicer", "vtk"},
    "host": {"numpy", "slicer", "vtk", "PySide6", "shiboken6"},
    "workflows": {"numpy"},
    "panels": {"slicer", "qt", "ctk"},
    "installation": set(),
    "batch": {"pydantic"},
    "cli": {"typer", "rich"},
    "__main__": set(),
}
INSIDE = {
    "_device": {"torch"},
    "explain": {"torch"},
    "metrics": {"numba"},
    "imaging": {"highdicom", "nibabel", "gdcm"},
    "samples": {"pydicom"},
    "features": {"yaml", "torch"},
    "networks": {"einops"},
    "models": {"safetensors", "h5py", "torch"},
    "inference": {"openvino", "onnxruntime", "onnx", "torch", "safetensors"},
    "outcome": {"lifelines", "sklearn", "xgboost", "yaml"},
    "bundle": {"openpyxl", "pyarrow"},
    "training": {"yaml", "tensorboard", "safetensors", "onnx", "rich"},
    "pipelines": set(),
    "scintigraphy": {"skimage"},
    "batch": {"yaml"},
    "host": {"trame_slicer"},
    "scene": {"trame_slicer"},
    "panels": {"packaging"},
}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager"}
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 80


def library_files() -> list[Path]:
    return sorted(LIBRARY.rglob("*.py"))


def product_files() -> list[Path]:
    return library_files() + sorted(p for m in MODULES for p in (ROOT / m).rglob("*.py"))


def package_of(path: Path) -> str:
    first = path.relative_to(LIBRARY).parts[0]
    return first.removesuffix(".py")


def imports_of(path: Path) -> Iterator[tuple[str, bool]]:
    """Every imported dotted name, and whether the import stands at the top of the file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = set(ast.walk(tree)) - {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    typing_only = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        at_top = node in top and node not in typing_only
        if isinstance(node, ast.Import):
            yield from ((alias.name, at_top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from ((name, at_top) for name in names)


def own_target(dotted: str) -> str | None:
    """The package of the library that a dotted name lies in, or None for other packages."""
    parts = dotted.split(".")
    if parts[0] != "oncologyai":
        return None
    return parts[1] if len(parts) > 1 and parts[1] in STEPS else ""


@pytest.mark.parametrize("path", library_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_only_from_lower_steps(path: Path) -> None:
    if path.parent == LIBRARY and path.name == "__init__.py":
        assert not list(imports_of(path)), "the package itself imports nothing"
        return
    package = package_of(path)
    assert package in STEPS, f"{package} has no step: add it here and in docs/adr"
    for dotted, _ in imports_of(path):
        target = own_target(dotted)
        if target in (None, "", package):
            continue
        allowed = STEPS[target] < STEPS[package] or (STEPS[package] == 0 and target in STEP_ZERO)
        assert allowed, f"{path.name} in {package} imports {dotted}"


@pytest.mark.parametrize("path", library_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_third_party_only_where_the_table_allows(path: Path) -> None:
    if path.parent == LIBRARY and path.name == "__init__.py":
        return
    package = package_of(path)
    for dotted, at_top in imports_of(path):
        root = dotted.split(".")[0]
        if root in sys.stdlib_module_names or root in {"oncologyai", "__future__"}:
            continue
        allowed = AT_TOP[package] | (set() if at_top else INSIDE.get(package, set()))
        assert root in allowed, f"{path.relative_to(ROOT)} imports {root} {'at its top' if at_top else 'in a function'}"


def test_no_cycle_between_files() -> None:
    names = {".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): p for p in library_files()}
    graph: dict[str, set[str]] = {}
    for name, path in names.items():
        found = set()
        for dotted, at_top in imports_of(path):
            target = dotted if dotted in names else dotted.rpartition(".")[0]
            if at_top and target in names and target != name:
                found.add(target)
        graph[name] = found
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, "cycle: " + " > ".join((*trail, name))
        if name not in done:
            for other in graph[name]:
                visit(other, (*trail, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_import_loads_nothing_heavy() -> None:
    code = "import sys, oncologyai; print([m for m in ('torch', 'slicer', 'SimpleITK', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_help_loads_no_library_of_images() -> None:
    code = (
        "import sys; from oncologyai.cli import main; main(['--help']); "
        "print([m for m in ('torch', 'slicer', 'SimpleITK', 'scipy', 'pydicom') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip().endswith("[]")


def public_modules() -> list[str]:
    return [
        ".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for p in library_files()
        if p.name != "__main__.py" and not {"host", "panels", "scene"} & set(p.parts)
    ]


@pytest.mark.parametrize("name", public_modules())
def test_all_names_what_is_public(name: str) -> None:
    module = importlib.import_module(name)
    assert hasattr(module, "__all__"), f"{name} has no __all__"
    missing = [n for n in module.__all__ if not hasattr(module, n)]
    assert not missing, f"{name}.__all__ names what is not there: {missing}"
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    defined = {
        n.name
        for n in tree.body
        if isinstance(n, ast.FunctionDef | ast.ClassDef) and not n.name.startswith("_") and n.name != "app"
    }
    assert defined <= set(module.__all__), f"{name} defines {defined - set(module.__all__)} outside __all__"


@pytest.mark.parametrize("path", product_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MAX_FILE_LINES, f"{path.name} has {text.count(chr(10))} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno
            assert length <= MAX_FUNCTION_LINES, f"{path.name}:{node.name} has {length} lines"


@pytest.mark.parametrize("path", product_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_bad_habits(path: Path) -> None:
    assert path.stem not in FORBIDDEN_NAMES
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{path.name} has no docstring"
    border = path in (LIBRARY / "cli" / "app.py", LIBRARY / "batch" / "execute.py")  # a command's, and a case's
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Global), f"{path.name}: global"
        if "Test" not in path.stem and path.parent.name not in MODULES:
            assert not isinstance(node, ast.Assert), f"{path.name}:{node.lineno} assert"
        if isinstance(node, ast.ExceptHandler) and not border:
            broad = node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
            assert not broad, f"{path.name}:{node.lineno} broad except"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print", f"{path.name}:{node.lineno} print"


def test_todo_stands_in_the_debt_list() -> None:
    debt = (ROOT / "docs" / "debt.md").read_text(encoding="utf-8")
    for path in product_files():
        for line in path.read_text(encoding="utf-8").splitlines():
            if "TODO" in line or "FIXME" in line:
                assert line.strip() in debt, f"{path.name}: {line.strip()}"


def listed_in_cmake(folder: Path) -> set[str]:
    text = re.sub(r"#.*", "", (folder / "CMakeLists.txt").read_text(encoding="utf-8"))
    return set(re.findall(r"[\w./-]+\.(?:py|json|yaml|ui|png|txt|j2|html|onnx|safetensors|nrrd)\b", text))


@pytest.mark.parametrize("name", ["oncologyai", *MODULES])
def test_cmake_lists_every_file_that_ships_and_no_other(name: str) -> None:
    folder = ROOT / name
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", name],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    ship = {
        str(Path(p).relative_to(name))
        for p in tracked
        if not p.endswith("CMakeLists.txt") and "/host/" not in p and "/Testing/" not in p and (ROOT / p).exists()
    }
    assert listed_in_cmake(folder) == ship


def test_extension_entry_names_this_repository() -> None:
    entry = json.loads((ROOT / "OncologyAI.json").read_text(encoding="utf-8"))
    assert entry["category"] and entry["scm_url"].startswith("https://")


def test_no_folder_is_called_slicer_or_dl() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    names = {part for path in tracked for part in Path(path).parts[:-1]}
    assert "oncologyai" in names
    assert not names & {"slicer", "dl"}


def test_no_public_name_of_a_package_is_shadowed_by_a_file_of_another_meaning() -> None:
    for path in sorted(LIBRARY.glob("*/__init__.py")):
        if path.parent.name in {"host", "panels", "scene"}:
            continue
        package = importlib.import_module(f"oncologyai.{path.parent.name}")
        for file in path.parent.glob("*.py"):
            name = file.stem
            if name not in package.__all__:
                continue
            inner = importlib.import_module(f"oncologyai.{path.parent.name}.{name}")
            assert hasattr(inner, name), f"{file.relative_to(ROOT)} takes the place of {name} in its package"
