"""The verdicts beside a table of features: written, read, found, joined."""

import math
from pathlib import Path

import pytest

from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.robustness import (
    FeatureStability,
    find_stability,
    read_stability,
    stability_path,
    stability_table,
    worst_stability,
    write_stability,
)


def a_verdict(feature: str = "original_firstorder_Mean", stability: str = "stable", value: float = 0.95, **rest):
    given = {"measure": "ICC(1,1)", "low": 0.9, "high": 0.97, "limit": 0.9, "n": 20, "setting": "perturbation"}
    return FeatureStability(feature, stability, value=value, **{**given, **rest})


def test_verdicts_come_back_as_they_were(tmp_path: Path) -> None:
    found = (a_verdict(reason='worst, of "A" and B', source="STS"), a_verdict("x", "harmonisable", 0.1 + 0.2))
    write_stability(found, tmp_path / "a.stability.csv")
    assert read_stability(tmp_path / "a.stability.csv") == found


def test_what_could_not_be_computed_is_an_empty_cell(tmp_path: Path) -> None:
    write_stability([a_verdict(stability="rejected", value=math.nan, low=math.nan, high=math.nan)], tmp_path / "a.csv")
    assert '"ICC(1,1)",,,,0.9,20' in (tmp_path / "a.csv").read_text(encoding="utf-8")
    assert math.isnan(read_stability(tmp_path / "a.csv")[0].value)
    assert stability_table([a_verdict(value=math.nan)]).rows[0][3] is None


def test_they_are_found_beside_the_table_that_they_belong_to(tmp_path: Path) -> None:
    features = tmp_path / "features.xlsx"
    assert find_stability(features) == {}
    write_stability([a_verdict()], stability_path(features))
    assert (tmp_path / "features.stability.csv").is_file()
    assert find_stability(tmp_path / "features.csv")["original_firstorder_Mean"].value == 0.95


def test_the_worst_verdict_of_several_counts() -> None:
    found = worst_stability(
        [
            a_verdict("a", "stable", 0.95), a_verdict("a", "harmonisable", 0.99), a_verdict("a", "stable", 0.91),
            a_verdict("b", "stable", 0.95), a_verdict("b", "stable", 0.92),
            a_verdict("c", "rejected", 0.4), a_verdict("c", "rejected", math.nan),
        ]
    )  # fmt: skip
    assert (found["a"].stability, found["b"].value) == ("harmonisable", 0.92) and math.isnan(found["c"].value)


def test_bad_files_name_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="stability: expected one of"):
        a_verdict(stability="fine")
    with pytest.raises(MissingFileError, match="no such file"):
        read_stability(tmp_path / "none.csv")
    path = tmp_path / "a.csv"
    path.write_text("feature,stability\na,stable\n", encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="got no measure"):
        read_stability(path)
    write_stability([a_verdict()], path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",stable,", ",solid,"), encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="line 2, stability: expected one of stable"):
        read_stability(path)
    path.write_text(text.replace("0.95", "high"), encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="line 2: expected numbers"):
        read_stability(path)
