"""The doctor examines what it says it examines."""

from pathlib import Path

import pytest

from oncologyai import installation
from oncologyai.cli import main


def test_healthy_installation_has_no_fault() -> None:
    findings = installation.examine_installation()
    assert [f for f in findings if f.state == "fault"] == []
    subjects = {f.subject for f in findings}
    assert {"Python", "numpy", "codec JPEG-LS", "scene", "GPU", "processor", "temporary files"} <= subjects


def test_missing_codec_is_a_fault_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def find_spec(name: str) -> object:
        return None if name == "jpeg_ls" else object()

    monkeypatch.setattr(installation, "find_spec", find_spec)
    monkeypatch.setattr(installation, "_scene", lambda: iter(()))
    monkeypatch.setattr(installation, "_engines", lambda: iter(()))
    assert main(["doctor"]) == 3
    said = capsys.readouterr().out
    assert "FAIL codec JPEG-LS" in said
    assert "mend: pip install pyjpegls" in said


def test_folder_that_cannot_be_written_is_a_fault(tmp_path: Path) -> None:
    finding = installation._writable("current folder", tmp_path / "absent")
    assert finding.state == "fault"
    assert finding.remedy


def test_package_that_is_there_but_broken_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> object:
        if name == "SimpleITK":
            raise ImportError("libITK.so:\n cannot open shared object file")
        if name == "highdicom":
            raise ModuleNotFoundError("No module named 'highdicom'", name="highdicom")
        return object()

    monkeypatch.setattr(installation, "import_module", broken)
    found = {finding.subject: finding for finding in installation._packages()}
    assert found["SimpleITK"].state == "fault"
    assert found["SimpleITK"].found == "does not load: libITK.so: cannot open shared object file"
    assert found["SimpleITK"].remedy == "pip install --force-reinstall SimpleITK"
    assert found["highdicom"].found == "not installed"
    assert found["numpy"].state == "ok"


def test_scene_that_does_not_start_is_a_fault_of_the_scene_not_of_opengl(monkeypatch: pytest.MonkeyPatch) -> None:
    def start() -> None:
        raise ImportError("vtkMRML: undefined symbol")

    monkeypatch.setattr("oncologyai.host.start", start)
    (finding,) = installation._scene()
    assert (finding.subject, finding.state) == ("scene", "fault")
    assert "undefined symbol" in finding.found
    assert "--no-scene" in finding.remedy


def test_absent_dask_is_no_fault_but_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "find_spec", lambda name: None)
    finding = installation._workers()
    assert (finding.state, finding.remedy) == ("absent", "pip install 'oncologyai[batch]'")
