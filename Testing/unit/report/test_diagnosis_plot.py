"""Plots of a diagnostic study are drawn for what there is, and say nothing of times that nobody took."""

from pathlib import Path

import matplotlib.image
import numpy as np
import pandas as pd

from oncologyai.report import areas_plot, curves_plot, seconds_plot
from oncologyai.studies import DiagnosisAnswers, DiagnosisResult, ModelScores, Resampling, analyse_diagnosis
from oncologyai.studies.diagnosis_answers import _COLUMNS


def a_result(readers: int = 3, *, seconds: float = 8.0, cases: int = 30) -> DiagnosisResult:
    generator = np.random.default_rng(2)
    truth = {f"P{n:02d}": n % 2 == 0 for n in range(cases)}
    rows = []
    for reader in range(readers):
        for case, ill in truth.items():
            score = float(np.rint(generator.normal(2.0 * ill - 1, 2)))
            taken = seconds * float(np.exp(generator.normal()))
            rows.append(
                (
                    f"Dr ${reader}",
                    "readers",
                    case,
                    False,
                    ill,
                    score > 0,
                    abs(score),
                    score,
                    taken,
                    "",
                    1.0,
                    1.0,
                    "",
                    "",
                )
            )
    frame = pd.DataFrame(rows, columns=list(_COLUMNS)).astype(dict.fromkeys(("repeat", "truth", "choice"), bool))
    study = DiagnosisAnswers(frame, dict.fromkeys(truth, ""), truth, cases, cases // 2)
    model = ModelScores("net", {case: float(generator.normal(2.0 * ill, 1)) for case, ill in truth.items()})
    return analyse_diagnosis(study, [model], Resampling(100))


def ink(path: Path) -> float:
    return float((matplotlib.image.imread(path)[:, :, :3].mean(axis=2) < 0.95).mean())


def test_areas_and_curves_show_every_reader_and_the_model(tmp_path):
    for draw in (areas_plot, curves_plot):
        draw(a_result(1), tmp_path / "one.png")
        draw(a_result(6), tmp_path / "six.png")
        assert 0.005 < ink(tmp_path / "one.png") < 0.5
    width = [matplotlib.image.imread(tmp_path / name).shape[1] for name in ("one.png", "six.png")]
    assert width[0] == width[1], "curves have one size"
    areas_plot(a_result(1), tmp_path / "one.png")
    areas_plot(a_result(6), tmp_path / "six.png")
    assert (
        matplotlib.image.imread(tmp_path / "six.png").shape[1]
        > 1.5 * matplotlib.image.imread(tmp_path / "one.png").shape[1]
    )


def test_times_are_drawn_where_they_are_known(tmp_path):
    assert seconds_plot(a_result(), tmp_path / "s.png") is True and (tmp_path / "s.png").is_file()
    assert seconds_plot(a_result(seconds=float("nan")), tmp_path / "t.png") is False
    assert seconds_plot(a_result(seconds=0.0), tmp_path / "t.png") is False
    assert not (tmp_path / "t.png").exists()


def test_a_reader_without_an_area_is_left_out(tmp_path):
    areas_plot(a_result(2, cases=1), tmp_path / "a.png")
    curves_plot(a_result(2, cases=1), tmp_path / "c.png")
    assert (tmp_path / "a.png").is_file() and (tmp_path / "c.png").is_file()
