"""What a command leaves behind: all of it, or nothing."""

from pathlib import Path

import pytest

from oncologyai.progress import Provenance
from oncologyai.robustness import FeatureStability, read_stability
from oncologyai.types import Table
from oncologyai.workflows.robustness_output import STABILITY_FILE, study_folder


def test_tables_classes_and_provenance_appear_together(tmp_path: Path) -> None:
    one = FeatureStability("a", "stable", "CCC", 0.95, 0.9, 0.99, 0.9, 10, "phantom")
    with study_folder(tmp_path / "out") as draft:
        draft.tables([Table("features", ("feature",), (("a",),))], [one], Provenance("x"))
        draft.report(lambda path, figures, notes: path.write_text(f"{figures.name} {notes}", encoding="utf-8"))
        assert not (tmp_path / "out").exists()
    assert read_stability(tmp_path / "out" / STABILITY_FILE) == (one,)
    assert (tmp_path / "out" / "report.html").read_text(encoding="utf-8") == "figures ()"
    assert {"features.csv", "provenance.json", "robustness.xlsx"} <= {p.name for p in (tmp_path / "out").iterdir()}


def test_after_an_error_nothing_is_there(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), study_folder(tmp_path / "out") as draft:
        (draft.folder / "half.csv").write_text("", encoding="utf-8")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
