"""The list of packages that the module installs is that of the library."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BROUGHT_BY_SLICER = ("numpy", "simpleitk")


def test_requirements_are_those_of_the_library_without_what_slicer_brings():
    lines = (ROOT / "RadiomicsOutcome" / "Resources" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    listed = {line for line in lines if not line.startswith("#")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert listed == {line for line in project if not line.lower().startswith(BROUGHT_BY_SLICER)}
