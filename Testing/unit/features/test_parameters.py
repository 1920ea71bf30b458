import json

import pytest

from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.features import (
    FeatureSettings,
    feature_names,
    load_settings,
    parameters_of,
    preset_names,
    read_settings,
    settings_from_parameters,
    write_settings,
)

_EVERYTHING = {
    "imageType": {"Original": {}, "LoG": {"sigma": [1.0, 3.0], "binWidth": 10}, "Wavelet": {"level": 1}},
    "featureClass": {"shape": None, "firstorder": [], "glcm": ["Contrast", "Homogeneity1"]},
    "setting": {
        "minimumROIDimensions": 1, "minimumROISize": 50, "geometryTolerance": 0.0001, "correctMask": True,
        "additionalInfo": True, "label": 2, "label_channel": 1, "binWidth": 12.5, "binCount": 32, "normalize": True,
        "normalizeScale": 100, "removeOutliers": 3, "resampledPixelSpacing": [1, 1, 0], "interpolator": "sitkLinear",
        "padDistance": 8, "distances": [1, 2], "force2D": True, "force2Ddimension": 1, "resegmentRange": [-3, 3],
        "resegmentMode": "sigma", "resegmentShape": True, "preCrop": True, "voxelArrayShift": 300,
        "symmetricalGLCM": False, "weightingNorm": "euclidean", "gldm_a": 1, "gradientUseSpacing": False,
    },
    "voxelSetting": {"kernelRadius": 2, "maskedKernel": False, "initValue": -1, "voxelBatch": 100},
}  # fmt: skip


def test_every_name_of_a_parameter_file_is_read() -> None:
    found = settings_from_parameters(_EVERYTHING)
    assert found.families == {"shape": (), "firstorder": (), "glcm": ("Contrast", "Homogeneity1")}
    assert found.images["LoG"] == {"sigma": [1.0, 3.0], "binWidth": 10}
    assert (found.bin_width, found.bin_count, found.normalize_scale) == (12.5, 32, 100)
    assert (found.resampled_spacing_mm, found.distances, found.resegment_range) == ((1, 1, 0), (1, 2), (-3, 3))
    assert (found.force_2d, found.force_2d_dimension, found.symmetrical_glcm) == (True, 1, False)
    assert (found.kernel_radius, found.masked_kernel, found.init_value) == (2, False, -1)
    assert found.filter_options == {"gradientUseSpacing": False}


def test_names_without_a_value_any_more_are_passed_over() -> None:
    columns = feature_names(settings_from_parameters(_EVERYTHING))
    assert "original_glcm_Contrast" in columns
    assert not any("Homogeneity1" in column for column in columns)


@pytest.mark.parametrize("name", ["settings.yaml", "settings.json"])
def test_settings_come_back_from_a_file(tmp_path, name) -> None:
    settings = settings_from_parameters(_EVERYTHING)
    write_settings(settings, tmp_path / name)
    assert read_settings(tmp_path / name) == settings
    if name.endswith(".json"):
        assert json.loads((tmp_path / name).read_text(encoding="utf-8"))["setting"]["binWidth"] == 12.5


def test_an_empty_section_means_the_defaults() -> None:
    assert settings_from_parameters({"setting": None}) == FeatureSettings()
    assert parameters_of(FeatureSettings())["setting"] == {}
    assert settings_from_parameters({"setting": {"binCount": None, "resampledPixelSpacing": None}}) == FeatureSettings()


def test_simpleitk_s_number_of_an_interpolator_is_its_name() -> None:
    assert settings_from_parameters({"setting": {"interpolator": 2}}).interpolator == "sitkLinear"
    assert settings_from_parameters({"setting": {"interpolator": None}}).interpolator is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"settings": {}}, "parameter file: expected one of .* got 'settings'"),
        ({"setting": {"binwidth": 25}}, "setting: expected one of .* got 'binwidth'"),
        ({"voxelSetting": {"radius": 1}}, "voxelSetting: expected one of .* got 'radius'"),
        ({"featureClass": {"glcmm": None}}, "featureClass: expected one of .* got 'glcmm'"),
        ({"featureClass": {"glcm": "Contrast"}}, "featureClass: glcm: expected a list of features"),
        ({"featureClass": {"glcm": ["Hue"]}}, "features of glcm: expected one of"),
        ({"imageType": {"LoG": {"sigmas": [1]}}}, "filter_options: expected one of .* got 'sigmas'"),
        ({"imageType": {"LoG": {"normalize": True}}}, "imageType: normalize: expected among the settings for all"),
        ({"setting": {"binWidth": "25"}}, "binWidth: expected a number, got '25'"),
        ({"setting": {"binCount": 1.5}}, "binCount: expected a whole number, got 1.5"),
        ({"setting": {"normalize": 1}}, "normalize: expected true or false, got 1"),
        ({"setting": {"distances": 1}}, "distances: expected a list of numbers, got 1"),
        ({"setting": {"resegmentMode": 3}}, "resegmentMode: expected a name, got 3"),
    ],
)
def test_what_is_unknown_or_of_another_kind_is_refused(content, said) -> None:
    with pytest.raises(InputError, match=said):
        settings_from_parameters(content)


def test_files_that_are_none_are_refused(tmp_path) -> None:
    with pytest.raises(MissingFileError, match="--settings: expected a parameter file, or one of .*default"):
        load_settings("absent")
    with pytest.raises(MissingFileError, match="expected a parameter file, got no such file"):
        read_settings(tmp_path / "absent.yaml")
    for name, text, said in (
        ("a.yaml", "{", "in YAML or JSON"),
        ("b.yaml", "", "an empty file"),
        ("c.yaml", "1", "int"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        with pytest.raises(UnreadableFileError, match=said):
            read_settings(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "number", "images"), [("default", 107, 1), ("brain-metastases", 106, 1), ("glioblastoma", 1197, 13)]
)
def test_presets_lead_to_as_many_features_as_published(name, number, images) -> None:
    columns = feature_names(load_settings(name))
    assert name in preset_names()
    assert len(columns) == number == len(set(columns))
    assert len({column.split("_")[0] for column in columns}) == images


def test_the_presets_hold_the_published_processing() -> None:
    brain, glioma = load_settings("brain-metastases"), load_settings("glioblastoma")
    assert (brain.resampled_spacing_mm, brain.interpolator, brain.bin_count) == ((1, 1, 1), "sitkBSpline", 64)
    assert glioma.images["LoG"] == {"sigma": [2.0, 3.0, 4.0, 5.0]}
