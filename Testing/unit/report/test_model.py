"""What a report says of a model."""

from pathlib import Path
from typing import Any

import numpy as np

from oncologyai.bundle import Bundle
from oncologyai.report import write_report
from oncologyai.report.model import model_summary
from oncologyai.types import Table, Volume


def said(**trust: Any) -> dict[str, Any]:
    figure = {"metric": "mean Dice", "value": 0.71234, "unit": "", "interval": [0.6, 0.8], "test_set": "40 patients"}
    return {
        "card": {
            "id": "sts-gtv-pet",
            "title": "Sarcomas on PET",
            "licence": {"name": "CC BY 3.0", "commercial": True, "restrictions": ["say who"], "attribution": "A"},
            "training": {"description": "40 patients", "attribution": "A"},
            "citation": [{"text": "Vallieres 2015", "doi": "10.1/x"}],
            "figures": [{**figure, "cases": 40}],
            "trust": {
                "figures": [{**figure, "metric": "error of the predicted Dice", "interval": None, "cases": None}]
            },
        },
        "trust": {
            "found": True,
            "dice": 0.8,
            "interval": [0.7, 0.9],
            "level": 0.9,
            "warnings": ["field of view 600 mm"],
            "sentence": "tumour found; Dice to be expected 0.80",
            **trust,
        },
        "engine": "openvino",
        "device": "cpu",
        "weights_sha256": {"model.onnx": "c0ffee"},
        "estimate": {"patches": 12, "seconds": 3.2, "memory_bytes": 2**29},
    }


def test_tells_model_licence_training_figures_and_the_dice_to_be_expected() -> None:
    summary = model_summary(said())
    facts = dict(summary.facts)
    assert facts["Model"] == "Sarcomas on PET (sts-gtv-pet)"
    assert facts["Licence"] == "CC BY 3.0; commercial use allowed; say who"
    assert facts["Trained on"] == "40 patients"
    assert facts["Attribution"] == "A"
    assert facts["Cite"] == "Vallieres 2015, doi:10.1/x"
    assert facts["Predicted Dice"] == "0.80, in 90% of cases from 0.70 to 0.90"
    assert facts["Ran in"] == "openvino on cpu"
    assert facts["Estimate before"] == "12 patches, 3 s, 0.5 GiB"
    assert facts["SHA-256 of model.onnx"] == "c0ffee"
    assert summary.figures[0] == ("mean Dice", "0.7123 (0.6 to 0.8)", "40 patients, 40 cases")
    assert summary.figures[1] == ("error of the predicted Dice", "0.7123", "40 patients")
    assert summary.warnings == ("field of view 600 mm",)


def test_a_model_without_calibration_says_that_the_dice_is_not_known() -> None:
    assert dict(model_summary(said(dice=None, interval=None)).facts)["Predicted Dice"] == "not known"
    nothing = model_summary(said(found=False, dice=None, interval=None, sentence="no tumour found"))
    assert "Predicted Dice" not in dict(nothing.facts)
    assert nothing.sentence == "No tumour found"


def test_the_report_shows_it_with_the_warnings_and_no_empty_tables(tmp_path: Path) -> None:
    volume = Volume(np.zeros((2, 3, 4), np.int16), np.eye(4), "PT", "SUVbw")
    columns = ("segment", "name", "value", "unit", "code", "Predicted Dice", "Interval")
    row = ("GTV-1", "Volume", 12.5, "ml", None, 0.8, "0.70 to 0.90")
    bundle = Bundle("PET", "run", "sts-gtv-pet", volume, tables=(Table("Measurements", columns, (row,)),), model=said())
    write_report(bundle, [], tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    for text in ("<h2>Model</h2>", "Sarcomas on PET", "field of view 600 mm", "error of the predicted Dice", "12.5"):
        assert text in page
    none = Bundle("PET", "run", "m", volume, tables=(Table("Measurements", columns, ()),), model=said(found=False))
    write_report(none, [], tmp_path / "n.html")
    page = (tmp_path / "n.html").read_text(encoding="utf-8")
    assert "<h2>Model</h2>" in page and "<h2>Measurements</h2>" not in page
