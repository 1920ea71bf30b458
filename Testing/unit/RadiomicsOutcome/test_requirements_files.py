"""The list of packages that the module installs is that of the library."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BROUGHT_BY_SLICER = ("numpy", "simpleitk")


def listed_in(name: str) -> set[str]:
    lines = (ROOT / "RadiomicsOutcome" / "Resources" / name).read_text(encoding="utf-8").splitlines()
    return {line for line in lines if not line.startswith("#")}


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_requirements_are_those_of_the_library_without_what_slicer_brings():
    wanted = project()["dependencies"]
    assert listed_in("requirements.txt") == {line for line in wanted if not line.lower().startswith(BROUGHT_BY_SLICER)}


def test_requirements_of_outcome_models_are_the_librarys_extra():
    assert listed_in("requirements-outcome.txt") == set(project()["optional-dependencies"]["stats"])
