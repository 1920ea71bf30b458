"""``features IMAGE MASKS`` and ``features selftest`` stand beside each other."""

from __future__ import annotations

import pytest

from oncologyai.cli import main
from oncologyai.features import ibsi


def test_selftest_says_how_many_values_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["features", "selftest"]) == 0
    assert capsys.readouterr().out.strip() == "IBSI digital phantom: 485 of 485 features as the reference"


def test_selftest_names_what_is_wrong(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    values = (ibsi.CheckedValue("stat_mean", 2.15, 0.0, 3.0), ibsi.CheckedValue("stat_max", 6.0, 0.0, 6.0))
    monkeypatch.setattr(ibsi, "selftest", lambda: values)

    assert main(["features", "selftest"]) == 3

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("FAIL stat_mean")
    assert lines[-1] == "IBSI digital phantom: 1 of 2 features as the reference"


@pytest.mark.parametrize("words", [["missing.nrrd", "masks.nrrd"], ["extract", "missing.nrrd", "masks.nrrd"]])
def test_image_and_masks_extract_as_before(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["features", *words]) == 2
    assert "missing.nrrd" in capsys.readouterr().err


def test_help_shows_the_options_of_extraction(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["features", "--help"]) == 0

    shown = capsys.readouterr().out
    assert "--out" in shown
    assert "features selftest" in shown


def test_conventions_give_the_reason_of_each_difference(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["features", "conventions", "--family", "firstorder"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 18
    kurtosis = next(line for line in lines if line.startswith("firstorder_Kurtosis"))
    assert "stat_kurt" in kurtosis and "IPH6" in kurtosis and "excess" in kurtosis
    assert next(line for line in lines if line.startswith("firstorder_Median")).endswith("the same")


def test_rejects_an_unknown_family(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["features", "conventions", "--family", "none"]) == 2
    assert "--family" in capsys.readouterr().err
