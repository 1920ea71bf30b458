"""Which packages are missing, and that nothing is installed unasked."""

import pytest


def test_missing_and_outdated_packages_are_named(a_host, tmp_path):
    from oncologyai.panels import missingRequirements

    path = tmp_path / "requirements.txt"
    path.write_text("# a comment\nnumpy>=1.0\nno-such-package-anywhere>=1\nnumpy>=999  # too old here\n\n")
    assert missingRequirements(path) == ["no-such-package-anywhere>=1", "numpy>=999"]


@pytest.fixture
def an_application_in_use(a_host, monkeypatch):
    import slicer

    monkeypatch.setattr(slicer.app, "testingEnabled", lambda: False, raising=False)
    return slicer


@pytest.fixture
def a_list_with_a_missing_package(tmp_path):
    path = tmp_path / "requirements.txt"
    path.write_text("no-such-package-anywhere>=1\n")
    return path


def test_nothing_is_installed_in_testing_mode(a_host, a_list_with_a_missing_package, monkeypatch):
    import slicer

    from oncologyai.panels import ensureRequirements

    monkeypatch.setattr(slicer.util, "pip_install", lambda names: pytest.fail("installed"))
    assert ensureRequirements(a_list_with_a_missing_package)


def test_nothing_is_installed_against_the_users_will(an_application_in_use, a_list_with_a_missing_package, monkeypatch):
    from oncologyai.panels import ensureRequirements

    monkeypatch.setattr(an_application_in_use.util, "confirmOkCancelDisplay", lambda text: False)
    monkeypatch.setattr(an_application_in_use.util, "pip_install", lambda names: pytest.fail("installed"))
    assert not ensureRequirements(a_list_with_a_missing_package)


def test_slicer_before_511_installs_what_is_missing(an_application_in_use, a_list_with_a_missing_package, monkeypatch):
    from oncologyai.panels import ensureRequirements

    installed = []
    monkeypatch.setattr(an_application_in_use.util, "confirmOkCancelDisplay", lambda text: True)
    monkeypatch.setattr(an_application_in_use.util, "pip_install", installed.extend)
    assert ensureRequirements(a_list_with_a_missing_package)
    assert installed == ["no-such-package-anywhere>=1"]
