"""The extension, configured with stand-in Slicer macros, installs all that its modules need and nothing else."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STAND_IN = ROOT / "Testing" / "cmake"
MODULES = ("SegmentationAI", "RadiomicsOutcome", "BoneScanClassifier")
SCRIPTED_MODULES = Path("lib") / "Slicer-5.10" / "qt-scripted-modules"


def cmake(*words: object) -> subprocess.CompletedProcess:
    return subprocess.run(["cmake", *map(str, words)], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def configure(tmp_path_factory):
    """Give a function that configures and installs a checkout; it gives the finished cmake and the folder."""
    if not (shutil.which("cmake") and shutil.which("make")):
        pytest.skip("cmake and make are absent: apt-get install cmake make")

    def call(source: Path):
        folder = tmp_path_factory.mktemp("extension")
        done = cmake(
            "-S", source, "-B", folder / "build", "-G", "Unix Makefiles",
            f"-DSlicer_DIR={STAND_IN}", "-DBUILD_TESTING=ON", f"-DCMAKE_INSTALL_PREFIX={folder / 'installed'}",
            f"-DCMAKE_TOOLCHAIN_FILE={STAND_IN / 'no_compiler.cmake'}",
        )  # fmt: skip
        if done.returncode == 0:
            done = cmake("--install", folder / "build")
        return done, folder / "installed" / SCRIPTED_MODULES

    return call


@pytest.fixture(scope="module")
def an_installation(configure):
    done, folder = configure(ROOT)
    assert done.returncode == 0, done.stderr
    return folder


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_lists_hold_every_script_and_resource():
    done = subprocess.run(
        [sys.executable, STAND_IN / "list_files.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_installed_files_are_the_sources_without_the_host(an_installation):
    installed = files_of(an_installation)
    for module in MODULES:
        assert {f"{module}.py", f"{module}Lib/Panel.py", f"Resources/UI/{module}.ui"} <= installed
    assert {"oncologyai/__init__.py", "oncologyai/resources/terminology.json", "oncologyai/cli/app.py"} <= installed
    assert not [name for name in installed if name.startswith("oncologyai/host") or "Testing" in name]
    for name in installed:
        folders = [ROOT] if name.startswith("oncologyai/") else [ROOT / module for module in MODULES]
        sources = [folder / name for folder in folders if (folder / name).is_file()]
        assert sources  # all modules share one folder: a file that two of them have must be the same
        assert all((an_installation / name).read_bytes() == source.read_bytes() for source in sources)


def test_a_listed_file_that_is_absent_stops_the_configuration(configure, tmp_path):
    for name in ("CMakeLists.txt", "oncologyai", *MODULES):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    (tmp_path / "oncologyai" / "errors.py").unlink()
    done, _ = configure(tmp_path)
    assert done.returncode != 0
    assert "oncologyai lists a file that is not there: errors.py" in " ".join(done.stderr.split())


def test_the_catalogue_entry_has_what_the_extensions_index_demands():
    entry = json.loads((ROOT / "OncologyAI.json").read_text(encoding="utf-8"))
    allowed = {
        "$schema", "category", "scm_url", "scm_revision", "scm_type",
        "build_dependencies", "build_subdirectory", "enabled", "tier",
    }  # fmt: skip
    assert {"$schema", "category", "scm_url"} <= set(entry) <= allowed
    assert entry["$schema"].endswith("slicer-extension-catalog-entry-schema-v1.0.1.json#")
    assert 1 <= entry["tier"] <= 5
    assert entry["category"] in (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_the_self_test_passes_from_the_installed_folder_alone(an_installation, tmp_path, module):
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    script = shutil.copy(STAND_IN / "run_installed.py", tmp_path)  # not run from inside the checkout
    done = subprocess.run(
        [sys.executable, "-P", script, an_installation, ROOT, module],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=env,
    )
    assert done.returncode == 0, done.stderr
    assert "self-test passed" in done.stdout


@pytest.mark.slow
def test_the_self_test_fails_when_a_needed_file_is_not_installed(an_installation, tmp_path):
    folder = shutil.copytree(an_installation, tmp_path / "incomplete")
    (folder / "oncologyai" / "pipelines" / "segment.py").unlink()
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-P", STAND_IN / "run_installed.py", folder, ROOT, "SegmentationAI"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=env,
    )
    assert done.returncode != 0
    assert "oncologyai.pipelines.segment" in done.stderr
