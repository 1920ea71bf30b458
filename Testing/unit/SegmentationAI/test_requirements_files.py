"""The lists of packages that the module installs are those of the library."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BROUGHT_BY_SLICER = ("numpy", "simpleitk")
OF_COMMANDS_ALONE = ("h5py", "onnx>=")  # Keras' files are imported, and class maps checked by random weights, there


def test_requirements_are_those_of_the_library_without_what_slicer_brings():
    lines = (ROOT / "SegmentationAI" / "Resources" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    listed = {line for line in lines if not line.startswith("#")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert listed == {line for line in project if not line.lower().startswith(BROUGHT_BY_SLICER)}


def test_models_require_what_the_library_infers_with_except_what_commands_alone_use():
    lines = (ROOT / "SegmentationAI" / "Resources" / "requirements-models.txt").read_text(encoding="utf-8").splitlines()
    listed = {line for line in lines if not line.startswith("#")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert listed == {
        line for line in project["optional-dependencies"]["infer"] if not line.startswith(OF_COMMANDS_ALONE)
    }
