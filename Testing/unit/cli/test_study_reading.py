"""Bone scans read at the keyboard: what each line does, and what is told where it makes no sense."""

import io
from pathlib import Path

import numpy as np
import pytest

from oncologyai.cli import main
from oncologyai.imaging import planar_ijk_to_ras
from oncologyai.studies import (
    DiagnosisCase,
    DiagnosisConfig,
    ReaderStudy,
    create_diagnosis_study,
    read_answers,
)
from oncologyai.types import Volume


@pytest.fixture
def a_study(tmp_path: Path) -> ReaderStudy:
    """Four scans for Dr A."""

    def load(case: DiagnosisCase) -> dict[str, Volume]:
        counts = np.random.default_rng(int(case.name)).integers(20, 40, (96, 48)).astype(np.float32)
        counts[:, :10] = counts[:, -10:] = 0.0
        grid = planar_ijk_to_ras("anterior", counts.shape, (2.0, 2.0))
        return {"anterior": Volume(counts[None], grid, "NM", "counts")}

    return create_diagnosis_study(
        tmp_path / "study", tmp_path / "study-key", [DiagnosisCase(str(n), "", n < 2) for n in range(4)], load,
        DiagnosisConfig(7), readers=[("Dr A", "")],
    )  # fmt: skip


def read(
    study: ReaderStudy, text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> tuple[str, str]:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    capsys.readouterr()
    assert main(["study", "answer", str(study.folder), "--reader", "Dr A"]) == 0
    said = capsys.readouterr()
    assert not list(study.folder.rglob("now.png"))
    return said.out, said.err


def test_answers_grey_scale_pause_and_a_step_back(a_study, monkeypatch, capsys):
    text = "y 4 ribs, left\ng faint 80%\np\n\nNo 2\nu\nn1 none at all\nq\n"
    out, err = read(a_study, text, monkeypatch, capsys)
    assert "Dr A: 0 of 4 answered. Is the disease present?" in out and "1 guessed, 2 unsure" in out
    assert "2/4 (faint 80 %) > " in out and out.endswith("2 of 4 answered; the same command goes on\n") and not err
    first, second = read_answers(a_study, a_study.readers[0])
    assert (first.choice, first.confidence, first.comment, first.shown) == ("yes", 4, "ribs, left", "usual 100 %")
    assert (second.choice, second.confidence, second.comment) == ("no", 1, "none at all")
    out, _ = read(a_study, "y5\ny 5\n", monkeypatch, capsys)
    assert out.endswith("4 of 4 answered\n")
    assert read(a_study, "", monkeypatch, capsys)[0].endswith("4 of 4 answered\n")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("maybe", "answer: expected yes or no and a confidence, such as y 4, got 'maybe'"),
        ("y", "answer: expected yes or no and a confidence"),
        ("y 7", "confidence: expected a whole number from 1 to 5, got 7"),
        ("g", "g: expected a reference, a percentage, or both"),
        ("g bright", "reference: expected one of"),
        ("g 900", "percent: expected a number from 5 to 400"),
        ("u", "undo: expected an answer to take back"),
    ],
)
def test_a_mistake_is_told_and_asked_again(a_study, monkeypatch, capsys, line, message):
    out, err = read(a_study, f"{line}\n", monkeypatch, capsys)
    assert message in err and out.endswith("0 of 4 answered; the same command goes on\n")
