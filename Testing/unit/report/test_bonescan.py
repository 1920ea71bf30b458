"""The report of one bone scan says what was found, how sure it is, and what it is not."""

from dataclasses import replace
from pathlib import Path

import pytest

from oncologyai.bundle import BoneScanBundle
from oncologyai.errors import InputError
from oncologyai.progress import Provenance
from oncologyai.report import Picture, answer_sentence, bonescan_picture, write_bonescan_report
from oncologyai.types import Table
from Testing.unit.report.test_bonescan_pictures import a_bundle

CELLS = {
    "probability": 0.8349, "low": 0.71, "high": 0.9, "rule": "youden", "threshold": 0.41, "group": "metastases",
    "explained": "with metastases", "map": "grad-cam", "views": "anterior", "bone_scan_index": 1.234,
}  # fmt: skip
CARD = {
    "id": "blobs", "title": "Made by hand", "description": "For tests.", "demonstration": True,
    "training": {"description": "nothing"}, "licence": {"name": "CC BY 4.0", "commercial": True, "restrictions": []},
    "full": {
        "calibration": {"scans": 164}, "figures": [],
        "thresholds": [{"rule": "youden", "value": 0.41, "sensitivity": 0.8, "specificity": 0.7}],
    },
    "figures": [{"metric": "AUC", "value": 0.7, "interval": [0.6, 0.8], "test_set": "centre C", "cases": 9}],
}  # fmt: skip


def a_result(**changes: object) -> BoneScanBundle:
    cells = CELLS | changes
    prediction = Table("Prediction", tuple(cells), (tuple(cells.values()),))  # type: ignore[arg-type]
    plain = a_bundle("anterior")
    told = Provenance("bonescan", seconds={"classify": 1.0})
    tables = (prediction, *plain.tables)
    return replace(plain, tables=tables, model=CARD, model_id="blobs", provenance=told, notes=("a <note>",))


def written(bundle: BoneScanBundle, folder: Path) -> str:
    picture = Picture(bonescan_picture(bundle, folder / "views.png"), "both")
    write_bonescan_report(bundle, [picture], folder / "report.html")
    return (folder / "report.html").read_text(encoding="utf-8")


def test_the_answer_is_a_sentence_with_interval_and_threshold() -> None:
    expected = "Probability of bone metastases 0.83 (95 % interval 0.71 to 0.90); at the threshold 0.41 (youden): "
    assert answer_sentence(a_result()) == expected + "metastases."
    assert answer_sentence(a_result(low=None, high=None, threshold=None)) == "Probability of bone metastases 0.83."


def test_the_page_holds_answer_foci_index_card_and_what_it_is_not(tmp_path: Path) -> None:
    page = written(a_result(), tmp_path)
    for text in (
        "95 % interval 0.71 to 0.90", "not for clinical use", "a demonstration", "Index: 1.23 %", "approximate",
        "AUC", "0.7 (0.6 to 0.8)", "centre C, 9 scans", "a &lt;note&gt;", "data:image/png;base64,", "CC BY 4.0",
        "On 164 scans held out", "0.410", "0.800",
    ):  # fmt: skip
        assert text in page, text


def test_no_foci_and_no_index_are_said_as_such(tmp_path: Path) -> None:
    bare = a_result(bone_scan_index=None)
    page = written(replace(bare, tables=(bare.tables[0], Table("Lesions", ("number", "view"), ())), foci=()), tmp_path)
    assert "No foci are listed" in page and "Bone Scan Index" not in page


def test_the_sanity_check_is_shown_where_it_was_made(tmp_path: Path) -> None:
    bundle = a_result()
    sanity = Table("Sanity", ("what", "rank_correlation"), (("last layer", 0.12),))
    page = written(replace(bundle, tables=(*bundle.tables, sanity)), tmp_path)
    assert "Sanity check of the map" in page and "0.120" in page


def test_a_request_has_no_report(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a classified bone scan"):
        write_bonescan_report(a_bundle("anterior"), [], tmp_path / "report.html")
