"""Settings are compared by what changes values, whatever form they came in."""

import json
from dataclasses import asdict

import pytest

from oncologyai.errors import InputError
from oncologyai.features import (
    FeatureSettings,
    comparable_settings,
    load_settings,
    settings_digest,
    settings_from_parameters,
    settings_from_provenance,
)

NAMES = ("original_glcm_Contrast",)
USUAL = FeatureSettings(bin_width=0.5, resampled_spacing_mm=(4, 4, 4))


@pytest.mark.parametrize(
    "same",
    [
        {"bin_width": 0.5, "resampled_spacing_mm": (4.0, 4.0, 4.0)},
        {"families": ("glcm",)},
        {"families": {"glcm": ("Contrast",)}},
        {"label": 3},
        {"images": {"Original": {}, "Wavelet": {}}},
    ],
)
def test_what_changes_no_value_changes_no_digest(same):
    assert settings_digest(USUAL.with_changes(**same), NAMES) == settings_digest(USUAL, NAMES)


@pytest.mark.parametrize(
    "other",
    [
        {"bin_width": 0.25},
        {"bin_count": 32},
        {"resampled_spacing_mm": None},
        {"interpolator": "sitkLinear"},
        {"normalize": True},
        {"images": {"Wavelet": {}}},
        {"images": {"Original": {"binWidth": 1}}},
        {"distances": (1, 2)},
    ],
)
def test_what_changes_values_changes_the_digest(other):
    assert settings_digest(USUAL.with_changes(**other), NAMES) != settings_digest(USUAL, NAMES)


def test_other_images_count_where_a_feature_is_of_them():
    both = USUAL.with_changes(images={"Original": {}, "LoG": {"sigma": [2.0]}})
    other = USUAL.with_changes(images={"Original": {}, "LoG": {"sigma": [3.0]}})
    name = ("log-sigma-2-0-mm-3D_glcm_Contrast",)
    assert settings_digest(both, name) != settings_digest(other, name)
    assert list(comparable_settings(both, name)["imageType"]) == ["LoG"]
    assert settings_digest(both, NAMES) == settings_digest(other, NAMES)
    unknown = ("something",)
    assert settings_digest(both, unknown) != settings_digest(other, unknown)


@pytest.mark.parametrize("preset", ["default", "brain-metastases", "glioblastoma"])
def test_settings_come_back_from_a_provenance_and_from_a_card(preset):
    chosen = load_settings(preset)
    kept = json.loads(json.dumps({"features": asdict(chosen)}))
    assert settings_digest(settings_from_provenance(kept), ("x",)) == settings_digest(chosen, ("x",))
    again = settings_from_parameters(comparable_settings(chosen, ("x",)))
    assert settings_digest(again, ("x",)) == settings_digest(chosen, ("x",))


@pytest.mark.parametrize("kept", [{}, {"features": 3}, {"features": {"strange": 1}}])
def test_another_provenance_is_refused(kept):
    with pytest.raises(InputError, match="the settings of a run for features"):
        settings_from_provenance(kept)
