"""Which packages are missing, and that nothing is installed unasked."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BROUGHT_BY_SLICER = ("numpy", "simpleitk")


def test_requirements_are_those_of_the_library_without_what_slicer_brings():
    lines = (ROOT / "SegmentationAI" / "Resources" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    listed = {line for line in lines if not line.startswith("#")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert listed == {line for line in project if not line.lower().startswith(BROUGHT_BY_SLICER)}


def test_models_require_what_the_library_infers_with_except_what_imports_keras_files():
    lines = (ROOT / "SegmentationAI" / "Resources" / "requirements-models.txt").read_text(encoding="utf-8").splitlines()
    listed = {line for line in lines if not line.startswith("#")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert listed == {line for line in project["optional-dependencies"]["infer"] if not line.startswith("h5py")}


def test_missing_and_outdated_packages_are_named(a_module, tmp_path):
    from SegmentationAILib import missingRequirements

    path = tmp_path / "requirements.txt"
    path.write_text("# a comment\nnumpy>=1.0\nno-such-package-anywhere>=1\nnumpy>=999  # too old here\n\n")
    assert missingRequirements(path) == ["no-such-package-anywhere>=1", "numpy>=999"]


@pytest.fixture
def an_application_in_use(a_module, monkeypatch):
    import slicer

    monkeypatch.setattr(slicer.app, "testingEnabled", lambda: False, raising=False)
    return slicer


@pytest.fixture
def a_list_with_a_missing_package(tmp_path):
    path = tmp_path / "requirements.txt"
    path.write_text("no-such-package-anywhere>=1\n")
    return path


def test_nothing_is_installed_in_testing_mode(a_module, a_list_with_a_missing_package, monkeypatch):
    import slicer
    from SegmentationAILib import ensureRequirements

    monkeypatch.setattr(slicer.util, "pip_install", lambda names: pytest.fail("installed"))
    assert ensureRequirements(a_list_with_a_missing_package)


def test_nothing_is_installed_against_the_users_will(an_application_in_use, a_list_with_a_missing_package, monkeypatch):
    from SegmentationAILib import ensureRequirements

    monkeypatch.setattr(an_application_in_use.util, "confirmOkCancelDisplay", lambda text: False)
    monkeypatch.setattr(an_application_in_use.util, "pip_install", lambda names: pytest.fail("installed"))
    assert not ensureRequirements(a_list_with_a_missing_package)


def test_slicer_before_511_installs_what_is_missing(an_application_in_use, a_list_with_a_missing_package, monkeypatch):
    from SegmentationAILib import ensureRequirements

    installed = []
    monkeypatch.setattr(an_application_in_use.util, "confirmOkCancelDisplay", lambda text: True)
    monkeypatch.setattr(an_application_in_use.util, "pip_install", installed.extend)
    assert ensureRequirements(a_list_with_a_missing_package)
    assert installed == ["no-such-package-anywhere>=1"]
