"""A patient asked about, and a prediction, as folders and back."""

import json

import numpy as np
import pytest

from oncologyai.bundle import (
    Bundle,
    Chart,
    ChartSeries,
    PatientAsked,
    PatientPrediction,
    read_patient,
    read_prediction,
    write_patient,
    write_prediction,
)
from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.progress import Provenance
from oncologyai.types import Table, Volume

LINE = Table("line", ("x", "y"), ((0.0, 1.0), (1.0, 0.5)))


def a_prediction() -> PatientPrediction:
    chart = Chart("Survival", "s", "x", "y", (ChartSeries("patient", LINE, "x", "y"),))
    one, parts = Table("Prediction", ("value",), ((0.25,),)), Table("Contributions", ("feature",), (("age",),))
    return PatientPrediction("CT", "card 1.0.0", {"id": "card"}, one, parts, (chart,), Provenance("outcome apply"))


def test_a_patient_of_values_alone_comes_back(tmp_path):
    asked = PatientAsked("P", {"age": "71,5"}, {"f": 0.1 + 0.2}, {"settings": {"a": 1}})
    asked.write(tmp_path / "p")
    found = read_patient(tmp_path / "p")
    assert (found.name, found.values, found.features, found.provenance) == ("P", *vars_of(asked))
    assert found.image is None


def vars_of(asked: PatientAsked):
    return asked.values, asked.features, asked.provenance


def test_a_patient_may_have_an_image(tmp_path):
    volume = Volume(np.ones((2, 3, 4), np.float32), np.eye(4), modality="CT", unit="HU")
    write_patient(PatientAsked("P", image=Bundle("P", "features", "m", volume)), tmp_path / "p")
    found = read_patient(tmp_path / "p").image
    assert (found.volume.shape, found.volume.unit) == ((2, 3, 4), "HU")


def test_a_prediction_comes_back(tmp_path):
    write_prediction(a_prediction(), tmp_path / "out")
    found, given = read_prediction(tmp_path / "out"), a_prediction()
    for name in ("name", "signature", "card", "prediction", "contributions", "charts", "features"):
        assert getattr(found, name) == getattr(given, name)
    assert found.provenance.pipeline == "outcome apply"


@pytest.mark.parametrize("read", [read_patient, read_prediction])
def test_what_is_no_such_folder_is_refused(tmp_path, read):
    with pytest.raises(MissingFileError, match=r"expected a folder with index\.json"):
        read(tmp_path)
    (tmp_path / "index.json").write_text("{", encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="expected JSON"):
        read(tmp_path)
    (tmp_path / "index.json").write_text('{"format": "x", "version": 1}', encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="expected format oncologyai"):
        read(tmp_path)


def test_an_index_with_a_strange_entry_is_refused(tmp_path):
    write_patient(PatientAsked("P"), tmp_path / "p")
    path = tmp_path / "p" / "index.json"
    content = json.loads(path.read_text(encoding="utf-8")) | {"strange": 1}
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="expected a complete index"):
        read_patient(tmp_path / "p")
