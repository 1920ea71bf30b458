"""Reports of robustness: classes, reasons, pictures, all inside one file."""

import re
from pathlib import Path

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.pipelines import PhantomRows, judge_phantom_study, judge_repeats
from oncologyai.report import write_phantom_report, write_repeat_report
from oncologyai.robustness import Measurements, PlantedConfig, count_recovered, plant_study


def some_measurements(occasions: int = 2) -> Measurements:
    generator = np.random.default_rng(0)
    values = generator.normal(size=(10, 1, 4)) + generator.normal(0, [0.05, 0.05, 1, 2], (10, occasions, 4))
    names = ("original_glcm_A", "original_firstorder_B", "wavelet-LLH_glcm_C", "wavelet-LLH_firstorder_D")
    return Measurements(names, tuple("abcdefghij"), tuple(f"scan {n}" for n in range(occasions)), values)


def test_repeated_measurements_are_shown_with_classes_differences_and_reasons(tmp_path: Path) -> None:
    result = judge_repeats(some_measurements())
    write_repeat_report(result, tmp_path / "r.html", tmp_path / "figures", name="mine", notes=["a note"])
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Robustness: mine" in page and "a note" in page and "is at least 0.9" in page and "Research software" in page
    assert not re.search(r"(src|href)=\"https?:", page)
    drawn = {path.name for path in (tmp_path / "figures").iterdir()}
    assert {"map.png", "by_family.png", "by_filter.png"} <= drawn and sum("bland_altman" in name for name in drawn) == 3


def test_chosen_features_are_shown_and_unknown_ones_refused(tmp_path: Path) -> None:
    result = judge_repeats(some_measurements(occasions=3))
    write_repeat_report(result, tmp_path / "r.html", tmp_path / "figures", name="x", show=["wavelet-LLH_glcm_C"])
    assert [p.name for p in (tmp_path / "figures").glob("bland*")] == ["bland_altman_wavelet-LLH-glcm-C.png"]
    with pytest.raises(InputError, match="feature: expected a feature of the table"):
        write_repeat_report(result, tmp_path / "r.html", tmp_path / "figures", name="x", show=["x"])


def test_the_phantom_is_shown_with_combinations_and_what_was_recovered(tmp_path: Path) -> None:
    study = plant_study(PlantedConfig(regions=8, combinations=3, patients=0, features=2))
    rows = study.phantom.rows
    phantom = PhantomRows(
        tuple(str(row[0]) for row in rows), tuple(f"{row[2]} {row[3]} {row[4]}" for row in rows),
        study.phantom.columns[5:], np.array([row[5:] for row in rows], dtype=float),
    )  # fmt: skip
    result = judge_phantom_study(phantom)
    counts = count_recovered(study.expected, {one.feature: one.stability for one in result.verdict.stability})
    write_phantom_report(result, tmp_path / "p.html", tmp_path / "figures", name="phantom", extra=[counts])
    page = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert "Phantom workflow: phantom" in page and "Recovered" in page and "120 B19f 1.5" in page
    assert "chapter 2 prints none" in page and "agrees across all combinations" in page
    assert {"retest.png", "after.png", "by_family.png"} <= {path.name for path in (tmp_path / "figures").iterdir()}
