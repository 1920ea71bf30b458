"""The request in a bundle is answered by a bundle: the table of the pipeline, maps, verdicts on stability."""

import dataclasses

import numpy as np
import pytest

from oncologyai.bundle import Bundle, read_bundle, write_bundle
from oncologyai.errors import CancelledError, EmptyMaskError, InputError, MissingFileError, SmallMaskError
from oncologyai.features import FeatureSettings
from oncologyai.pipelines import features
from oncologyai.robustness import FeatureStability, write_stability
from oncologyai.types import Mask, Volume
from oncologyai.workflows import features_of_bundle, features_to_bundle

MEAN, CONTRAST = "original_firstorder_Mean", "original_glcm_Contrast"
FEW = {"featureClass": {"firstorder": ["Mean", "Energy"], "glcm": ["Contrast"]}, "setting": {"binWidth": 10}}
FEW_SETTINGS = FeatureSettings(families={"firstorder": ("Mean", "Energy"), "glcm": ("Contrast",)}, bin_width=10)


def a_box(volume, k, j, i, label):
    array = np.zeros(volume.shape, bool)
    array[slice(*k), slice(*j), slice(*i)] = True
    return Mask.on(volume, array, label)


@pytest.fixture
def asked():
    values = np.random.default_rng(5).normal(40.0, 30.0, (10, 12, 14)).astype(np.float32)
    volume = Volume(values, np.diag([-2.0, -2.0, 2.0, 1.0]), "CT", "HU")
    masks = (a_box(volume, (1, 5), (2, 6), (2, 7), "GTV-1"), a_box(volume, (5, 9), (6, 11), (8, 13), "GTV-2"))
    return Bundle("Thorax", "features", "few", volume, "P-1", "S-1", masks, settings={"settings": FEW})


@pytest.fixture
def a_pet(asked):
    """Coarser, and with values of its own."""
    values = np.random.default_rng(6).random((8, 8, 9)).astype(np.float32)
    return Volume(values, np.diag([-3.5, -3.5, 3.0, 1.0]), "PT", "SUVbw")


def test_the_table_is_that_of_the_pipeline(asked, tmp_path):
    write_bundle(asked, tmp_path / "request")
    made = features_to_bundle(tmp_path / "request", tmp_path / "result")
    back = read_bundle(tmp_path / "result")
    expected = features(asked.volume, asked.masks, FEW_SETTINGS).table
    assert made.table("Features") == back.table("Features") == expected
    assert (back.pipeline, back.method, back.patient) == ("features", "few", "P-1")
    assert [mask.label for mask in back.masks] == ["GTV-1", "GTV-2"]
    assert set(back.provenance.inputs_sha256) == {"image", "GTV-1", "GTV-2"}


def test_further_images_have_rows_of_their_own(asked, a_pet):
    made = features_of_bundle(dataclasses.replace(asked, channels={"PET": a_pet}))
    table = made.table("Features")
    assert table.columns[:2] == ("segment", "image")
    assert [row[:2] for row in table.rows] == [
        ("GTV-1", "Thorax"), ("GTV-2", "Thorax"), ("GTV-1", "PET"), ("GTV-2", "PET"),
    ]  # fmt: skip
    assert [row[2:] for row in table.rows[:2]] == [row[1:] for row in features_of_bundle(asked).tables[0].rows]
    mean = table.columns.index(MEAN)
    assert all(0.0 < row[mean] < 1.0 for row in table.rows[2:])
    assert "PET" in made.provenance.inputs_sha256


def test_maps_are_those_that_were_asked_for(asked):
    settings = {"settings": FEW, "maps": [CONTRAST]}
    made = features_of_bundle(dataclasses.replace(asked, settings=settings))
    assert list(made.maps) == [CONTRAST]
    np.testing.assert_array_equal(np.isfinite(made.maps[CONTRAST].array), asked.masks[0].array | asked.masks[1].array)
    assert made.provenance.settings["maps"] == [CONTRAST]
    assert {"features", "maps"} <= set(made.provenance.seconds)


def test_the_worst_verdict_on_each_feature_of_the_table_comes_along(asked, tmp_path):
    path = tmp_path / "study.stability.csv"
    known = ("CCC", 0.95, 0.9, 0.97, 0.9, 20, "test-retest")
    verdicts = [
        FeatureStability(MEAN, "stable", *known),
        FeatureStability(MEAN, "rejected", *known),
        FeatureStability("original_glszm_ZoneEntropy", "stable", *known),
    ]
    write_stability(verdicts, path)
    made = features_of_bundle(dataclasses.replace(asked, settings={"settings": FEW, "stability": str(path)}))
    table = made.table("Stability")
    assert [row[:2] for row in table.rows] == [(MEAN, "rejected")]


def test_a_segment_too_small_has_a_row_without_values_and_a_warning(asked):
    dot = a_box(asked.volume, (0, 1), (0, 1), (0, 1), "dot")
    made = features_of_bundle(dataclasses.replace(asked, masks=(*asked.masks, dot)))
    assert set(made.table("Features").rows[2][1:]) == {None}
    assert "dot" in made.provenance.warnings[0]


def test_only_segments_too_small_are_an_error(asked):
    dot = a_box(asked.volume, (0, 1), (0, 1), (0, 1), "dot")
    with pytest.raises(SmallMaskError, match="dot"):
        features_of_bundle(dataclasses.replace(asked, masks=(dot,)))


def test_no_segment_and_an_empty_one_are_told(asked):
    with pytest.raises(EmptyMaskError, match="at least one segment"):
        features_of_bundle(dataclasses.replace(asked, masks=()))
    empty = Mask.on(asked.volume, np.zeros(asked.volume.shape, bool), "nothing here")
    with pytest.raises(EmptyMaskError, match="nothing here.*leave it out"):
        features_of_bundle(dataclasses.replace(asked, masks=(*asked.masks, empty)))


def test_a_segment_outside_a_further_image_is_told_with_both_names(asked, a_pet):
    far = dataclasses.replace(a_pet, ijk_to_ras=a_pet.ijk_to_ras + np.eye(4, 4, 3) * 900.0)
    with pytest.raises(EmptyMaskError, match="GTV-1: expected voxels on PET"):
        features_of_bundle(dataclasses.replace(asked, channels={"PET": far}))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"settings": FEW, "colour": 1}, "colour"),
        ({"settings": FEW, "engine": "mine"}, "engine"),
        ({"settings": {"setting": {"binWith": 1}}}, "binWith"),
        ({"settings": FEW, "maps": ["original_shape_MeshVolume"]}, "MeshVolume"),
    ],
)
def test_settings_that_are_none_are_refused(asked, settings, told):
    with pytest.raises(InputError, match=told):
        features_of_bundle(dataclasses.replace(asked, settings=settings))


def test_an_absent_file_of_verdicts_or_settings_is_told(asked):
    for settings in ({"settings": FEW, "stability": "/no/such.csv"}, {"settings": "/no/such.yaml"}):
        with pytest.raises(MissingFileError, match="no such|/no/such"):
            features_of_bundle(dataclasses.replace(asked, settings=settings))


def test_an_image_of_the_same_name_is_refused(asked, a_pet):
    with pytest.raises(InputError, match="Thorax"):
        features_of_bundle(dataclasses.replace(asked, channels={"Thorax": a_pet}))


def test_progress_never_goes_back_and_cancelling_leaves_nothing(asked, a_pet, tmp_path):
    class Watch:
        def __init__(self, limit):
            self.shares, self.limit = [], limit

        def stage(self, name, share):
            self.shares.append(share)

        def cancelled(self):
            return len(self.shares) >= self.limit

    settings = {"settings": FEW, "maps": [CONTRAST, MEAN]}
    full = dataclasses.replace(asked, channels={"PET": a_pet}, settings=settings)
    watch = Watch(10_000)
    features_of_bundle(full, progress=watch)
    assert watch.shares == sorted(watch.shares)
    assert max(watch.shares) <= 1.0
    write_bundle(full, tmp_path / "request")
    with pytest.raises(CancelledError):
        features_to_bundle(tmp_path / "request", tmp_path / "result", progress=Watch(len(watch.shares) - 1))
    assert not (tmp_path / "result").exists()
