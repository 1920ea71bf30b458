"""One patient of a scene: features are taken or computed, and the numbers are those of a table."""

import json

import numpy as np
import pytest

from oncologyai.bundle import Bundle, PatientAsked, read_prediction, write_patient, write_table
from oncologyai.cli import main
from oncologyai.errors import InputError, UnitsError
from oncologyai.features import FeatureSettings, comparable_settings, settings_digest
from oncologyai.outcome import ImageSettings, image_columns, image_parameters, signature_of, write_signature
from oncologyai.pipelines import features
from oncologyai.types import Mask, Table, Volume
from oncologyai.workflows import predict_patient

MEAN = "original_firstorder_Mean"
SETTINGS = FeatureSettings(families={"firstorder": ("Mean",)}, bin_width=10)


@pytest.fixture
def a_card(kit, tmp_path):
    """A card of age, sex and the mean of a PET."""
    return _card(kit, tmp_path, comparable_settings(SETTINGS, [MEAN]))


def _card(kit, folder, settings):
    data, about = kit.some_patients(), kit.about()
    texts = {**about.features, "volume": {"column": MEAN, "source": "radiomics", "limits": None}}
    image = ImageSettings(
        modality="PT", unit="SUVbw", settings=settings, sha256=settings_digest(SETTINGS, [MEAN])
    )  # fmt: skip
    asked = kit.about(features=texts, image=image, example={"age": 70.0, MEAN: 30.0, "sex": "M"})
    card, _ = signature_of(kit.a_chain("cox").fit(data, np.random.default_rng(0)), data, asked)
    write_signature(card, folder / "card.json")
    return folder / "card.json"


def an_image(modality="PT", unit="SUVbw"):
    values = np.random.default_rng(5).normal(22.0, 4.0, (6, 8, 9)).astype(np.float32)
    volume = Volume(values, np.diag([-2.0, -2.0, 2.0, 1.0]), modality, unit)
    array = np.zeros(volume.shape, bool)
    array[1:5, 2:6, 2:7] = True
    return Bundle("PET", "features", "m", volume, masks=(Mask.on(volume, array, "GTV-1"),))


VALUES = {"age": "64,0", "sex": "F"}


def test_features_that_are_not_there_are_computed_and_the_numbers_are_those_of_a_table(a_card, tmp_path, capsys):
    image = an_image()
    write_patient(PatientAsked("PET", VALUES, image=image), tmp_path / "asked")
    words = [
        "outcome",
        "apply",
        str(a_card),
        "--bundle",
        str(tmp_path / "asked"),
        "--out-bundle",
        str(tmp_path / "told"),
    ]
    assert main([*words, "--progress", "json"]) == 0
    event = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (event["event"], event["cautions"]) == ("done", [])
    told = read_prediction(tmp_path / "told")
    assert told.features.table("Features").columns == ("segment", MEAN)

    result = features(image.volume, image.masks, SETTINGS)
    row = dict(zip(result.table.columns, result.table.rows[0], strict=True)) | {"patient": "A", "age": 64, "sex": "F"}
    write_table(Table("t", tuple(row), (tuple(row.values()),)), tmp_path / "t.csv")
    (tmp_path / "t.provenance.json").write_text(json.dumps(result.provenance.to_dict()))
    assert main(["outcome", "apply", str(a_card), str(tmp_path / "t.csv"), "--out", str(tmp_path / "out.json")]) == 0
    (there,) = json.loads((tmp_path / "out.json").read_text())["prediction"]
    here = dict(zip(told.prediction.columns, told.prediction.rows[0], strict=True))
    assert here == {name: value for name, value in there.items() if name != "patient"}


def test_features_that_are_there_are_taken_as_they_are(a_card):
    image = an_image()
    result = features(image.volume, image.masks, SETTINGS)
    asked = PatientAsked("PET", VALUES, {MEAN: result.table.rows[0][1]}, result.provenance.to_dict())
    told = predict_patient(a_card, asked)
    assert told.features is None
    computed = predict_patient(a_card, PatientAsked("PET", VALUES, image=image))
    assert told.prediction.rows == computed.prediction.rows


def test_contributions_are_ordered_and_sum_to_the_predictor_and_curves_are_plotted(a_card):
    told = predict_patient(a_card, PatientAsked("PET", VALUES, image=an_image()))
    adds = [row[-1] for row in told.contributions.rows]
    assert sum(adds) == pytest.approx(told.prediction.rows[0][told.prediction.columns.index("predictor")])
    assert [abs(value) for value in adds] == sorted((abs(value) for value in adds), reverse=True)
    survival, bars = told.charts
    assert (survival.name, bars.name) == ("Survival", "Contributions")
    patient = next(one for one in survival.series if one.name.startswith("This patient"))
    value = told.prediction.rows[0][told.prediction.columns.index("value")]
    years = [row[0] for row in patient.table.rows]
    at_horizon = patient.table.rows[int(np.argmin(np.abs(np.array(years) - 365.0 / 365.25)))]
    assert at_horizon[1] == pytest.approx(1.0 - value, abs=1e-9)
    assert patient.table.rows[0] == (0.0, 1.0)


def test_a_class_has_its_place_among_the_training_patients(kit, tmp_path):
    data = kit.some_patients("class")
    fitted = kit.a_chain("logistic").fit(data, np.random.default_rng(0))
    card, _ = signature_of(fitted, data, kit.about("class"))
    write_signature(card, tmp_path / "card.json")
    told = predict_patient(tmp_path / "card.json", PatientAsked("P", {"age": "70", "volume": "30", "sex": "M"}))
    place, _bars = told.charts
    cohort, patient = place.series
    cells = dict(zip(told.prediction.columns, told.prediction.rows[0], strict=True))
    assert patient.table.rows == ((pytest.approx(cells["value"]), pytest.approx(cells["rank"])),)
    chances = [row[0] for row in cohort.table.rows]
    assert chances == sorted(chances) and 0.0 < chances[0] < chances[-1] < 1.0
    assert told.contributions.rows[-1][0] == "(base)"


def test_many_features_are_few_bars_that_sum_to_the_same():
    asked = PatientAsked("P", {"f4": "3", "gender": "MALE"})
    told = predict_patient("glioma-idh", asked)
    bars = told.charts[-1].series[0].table
    adds = [row[-1] for row in told.contributions.rows if row[0] != "(base)"]
    assert len(adds) > 11 and len(bars.rows) == 11
    assert bars.rows[-1][0] == f"{len(adds) - 10} others"
    assert sum(row[1] for row in bars.rows) == pytest.approx(sum(adds))


@pytest.mark.parametrize(
    ("asked", "error", "told"),
    [
        (PatientAsked("P", VALUES), InputError, "neither they nor an image"),
        (PatientAsked("P", VALUES, image=an_image("CT", "HU")), InputError, "an image of modality PT, got CT"),
        (PatientAsked("P", VALUES, image=an_image(unit="BQML")), UnitsError, "values in SUVbw, got BQML"),
        (PatientAsked("P", {"age": "64"}, image=an_image()), InputError, "sex: expected"),
        (PatientAsked("P", VALUES, {MEAN: 20.0}), InputError, "settings are known"),
    ],
)
def test_what_does_not_fit_is_refused(a_card, asked, error, told):
    with pytest.raises(error, match=told):
        predict_patient(a_card, asked)


def test_a_card_without_settings_cannot_compute(kit, tmp_path):
    card = _card(kit, tmp_path, {})
    with pytest.raises(InputError, match="a card with the settings of its image features"):
        predict_patient(card, PatientAsked("P", VALUES, image=an_image()))


def test_only_the_features_of_a_card_are_extracted(a_card):
    from oncologyai.outcome import load_signature

    card = load_signature(a_card)
    assert image_columns(card) == (MEAN,)
    assert image_parameters(card)["featureClass"] == {"firstorder": ["Mean"]}
