"""The report is one file that shows everything and names nobody."""

import re
from pathlib import Path

import numpy as np
import pytest

from oncologyai.bundle import Bundle
from oncologyai.progress import Provenance
from oncologyai.report import Picture, slice_pictures, write_report
from oncologyai.types import Line, Mask, Point, Table, Volume


@pytest.fixture
def a_page(tmp_path: Path) -> str:
    volume = Volume(np.zeros((4, 9, 9), np.int16), np.eye(4), "CT", "HU")
    array = np.zeros((4, 9, 9), bool)
    array[1:3, 3:6, 3:6] = True
    mask = Mask.on(volume, array)
    bundle = Bundle(
        name="<b>Thorax</b>",
        pipeline="run",
        method="random-walker",
        volume=volume,
        patient="P-ABC",
        masks=(mask,),
        tables=(
            Table(
                "Measurements",
                ("segment", "name", "value", "unit", "code"),
                (("GTV-1", "Volume", 12.345678, "ml", None),),
            ),
            Table("Features", ("segment", "original_shape_Sphericity"), (("GTV-1", 0.98765),)),
        ),
        provenance=Provenance("run", seconds={"read": 1.25, "segment": 2.0}),
    )
    (path,) = slice_pictures(volume, [mask], tmp_path, planes=["axial"])
    write_report(bundle, [Picture(path, "axial slice")], tmp_path / "report.html", notes=["a note"])
    return (tmp_path / "report.html").read_text(encoding="utf-8")


def test_shows_pseudonym_measurements_features_notes_and_warning(a_page: str) -> None:
    for text in ("P-ABC", "12.35", "original_shape_Sphericity", "0.9877", "a note", "axial slice", "3.2 s"):
        assert text in a_page
    assert a_page.count("not for clinical use") >= 2


def test_is_self_contained(a_page: str) -> None:
    assert re.findall(r'(?:src|href)="(?!data:)', a_page) == []
    assert "http" not in a_page
    assert "data:image/png;base64," in a_page


def test_escapes_what_comes_from_the_image(a_page: str) -> None:
    assert "<b>Thorax</b>" not in a_page
    assert "&lt;b&gt;Thorax" in a_page


def test_units_are_for_people_and_pictures_have_a_text(tmp_path: Path) -> None:
    volume = Volume(np.zeros((4, 9, 9), np.float32), np.diag([10.0, 10.0, 10.0, 1.0]), "PT", "SUVbw")
    mask = Mask.on(volume, np.ones((4, 9, 9), bool))
    rows = (("GTV-1", "SUVmax", 8.0, "{SUVbw}g/ml", None), ("GTV-1", "Solid share", 0.5, "1", None))
    bundle = Bundle(
        "PT", "run", "walker", volume, masks=(mask,),
        inside=(Point("Inside-1", (-93.3, 208.6, -459.5)),),
        lines=(Line("GTV-1 long axis", (0.0, 0.0, 0.0), (3.0, 4.0, 0.0)),),
        tables=(Table("Measurements", ("segment", "name", "value", "unit", "code"), rows),),
        provenance=Provenance("run", settings={"command": "oncology-ai run STUDY"}, inputs_sha256={"image": "c0ffee"}),
    )  # fmt: skip
    (path,) = slice_pictures(volume, [mask], tmp_path, planes=["axial"])
    write_report(bundle, [Picture(path, "GTV-1, axial")], tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert 'alt="PT picture, GTV-1, axial: GTV-1 of 324.0 ml; GTV-1 long axis 5.0 mm"' in page
    assert "<td>SUV (body weight)</td>" in page
    assert "{SUVbw}" not in page
    for text in ("-93.3, 208.6, -459.5", "oncology-ai run STUDY", "c0ffee", "@media print"):
        assert text in page
