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
