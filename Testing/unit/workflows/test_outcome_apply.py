"""A signature applied to files: settings are found beside the table, and everything is written."""

import json

import numpy as np
import pytest

from oncologyai.bundle import read_table, write_table
from oncologyai.cli import main
from oncologyai.features import FeatureSettings, comparable_settings, settings_digest
from oncologyai.outcome import ImageSettings, signature_of, write_signature
from oncologyai.pipelines import features
from oncologyai.types import Mask, Table, Volume

MEAN = "original_firstorder_Mean"
SETTINGS = FeatureSettings(families={"firstorder": ("Mean",)}, bin_width=10)


@pytest.fixture
def a_card(kit, tmp_path):
    """A card of age, sex and the mean of an image that bins of 10 were laid over."""
    data = kit.some_patients()
    about = kit.about()
    texts = {**about.features, "volume": {"column": MEAN, "source": "radiomics", "limits": None}}
    image = ImageSettings(
        modality="PT", unit="SUVbw", settings=comparable_settings(SETTINGS, [MEAN]),
        sha256=settings_digest(SETTINGS, [MEAN]),
    )  # fmt: skip
    example = {"age": 70.0, MEAN: 30.0, "sex": "M"}
    card, _ = signature_of(
        kit.a_chain("cox").fit(data, np.random.default_rng(0)), data,
        kit.about(features=texts, image=image, example=example),
    )  # fmt: skip
    write_signature(card, tmp_path / "card.json")
    return tmp_path / "card.json"


@pytest.fixture
def an_image():
    values = np.random.default_rng(5).normal(22.0, 4.0, (6, 8, 9)).astype(np.float32)
    volume = Volume(values, np.diag([-2.0, -2.0, 2.0, 1.0]), "PT", "SUVbw")
    array = np.zeros(volume.shape, bool)
    array[1:5, 2:6, 2:7] = True
    return volume, Mask.on(volume, array, "GTV-1")


@pytest.fixture
def a_table(tmp_path, an_image):
    """The features of an image with the clinical columns, and its provenance beside it."""

    def make(settings=SETTINGS, unit="SUVbw"):
        volume, mask = an_image
        result = features(Volume(volume.array, volume.ijk_to_ras, "PT", unit), [mask], settings)
        row = dict(zip(result.table.columns, result.table.rows[0], strict=True)) | {
            "patient": "A",
            "age": 64,
            "sex": "F",
        }
        write_table(Table("t", tuple(row), (tuple(row.values()),)), tmp_path / "t.csv")
        (tmp_path / "t.provenance.json").write_text(json.dumps(result.provenance.to_dict()))
        return tmp_path / "t.csv"

    return make


def apply(*words):
    return main(["outcome", "apply", *map(str, words)])


def test_a_table_of_the_same_settings_is_taken(a_card, a_table, tmp_path, capsys):
    assert apply(a_card, a_table(), "--out", tmp_path / "out.csv") == 0
    assert "A: death within 365 days: 0." in capsys.readouterr().out
    assert read_table(tmp_path / "out.csv").rows[0][0] == "A"
    assert len(read_table(tmp_path / "out-contributions.csv").rows) == 3
    assert read_table(tmp_path / "out-curves.csv").columns[0] == "time_days"
    assert (tmp_path / "out-cautions.csv").is_file()


@pytest.mark.parametrize(
    ("settings", "unit", "told"),
    [
        (SETTINGS.with_changes(bin_width=25), "SUVbw", "binWidth by default, not 10"),
        (SETTINGS.with_changes(resampled_spacing_mm=(2, 2, 2)), "SUVbw", "resampledPixelSpacing"),
        (SETTINGS, "BQML", "expected values in SUVbw, got BQML"),
    ],
)
def test_other_settings_are_refused_and_nothing_is_written(a_card, a_table, tmp_path, capsys, settings, unit, told):
    assert apply(a_card, a_table(settings, unit), "--out", tmp_path / "out.csv") == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


def test_settings_that_nobody_knows_are_refused_unless_told_or_waived(a_card, a_table, tmp_path, capsys):
    table = a_table()
    (tmp_path / "t.provenance.json").unlink()
    assert apply(a_card, table) == 2
    assert "settings are known" in capsys.readouterr().err
    assert apply(a_card, table, "--unchecked-settings") == 0
    assert "caution: nobody compared" in capsys.readouterr().err
    assert main(["outcome", "show", str(a_card), "--settings-out", str(tmp_path / "s.yaml")]) == 0
    assert "settings: SHA-256" in capsys.readouterr().out
    assert apply(a_card, table, "--settings", tmp_path / "s.yaml") == 0


@pytest.mark.parametrize("ending", [".xlsx", ".json", ".parquet"])
def test_every_form_is_written(a_card, a_table, tmp_path, ending):
    assert apply(a_card, a_table(), "--out", tmp_path / f"out{ending}") == 0
    assert (tmp_path / f"out{ending}").stat().st_size > 100
    if ending == ".json":
        content = json.loads((tmp_path / "out.json").read_text())
        assert list(content) == ["prediction", "contributions", "curves", "cautions", "provenance"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nothing", "t.csv"], "a signature's file, or one of those at hand"),
        (["CARD"], "a table, or --bundle and --out-bundle together"),
        (["CARD", "TABLE", "--bundle", "b", "--out-bundle", "c"], "a table, or --bundle and --out-bundle together"),
        (["CARD", "--bundle", "b"], "a table, or --bundle and --out-bundle together"),
        (["CARD", "TABLE", "--out", "o.txt"], "--out: expected a name that ends in"),
        (["CARD", "TABLE", "--rows", "patient=B"], "rows with patient=B"),
        (["CARD", "TABLE", "--rows", "who=B"], "--rows: expected a column of t.csv"),
        (["CARD", "TABLE", "--column", "age=years"], "years: expected a column of the table"),
        (["CARD", "TABLE", "--unit", "age=months"], "expected values in years, got months"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(a_card, a_table, words, told, capsys):
    names = {"CARD": a_card, "TABLE": a_table()}
    assert apply(*(names.get(word, word) for word in words)) == 2
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1


def test_a_card_with_a_changed_byte_is_refused(a_card, a_table, capsys):
    text = a_card.read_text()
    a_card.write_text(text.replace('"imputation": ', '"imputation": 1', 1))
    assert apply(a_card, a_table()) == 2
    assert "a changed one" in capsys.readouterr().err
