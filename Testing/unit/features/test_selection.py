import pytest

from oncologyai.errors import InputError
from oncologyai.features import FeatureSettings, select_maps

_IMAGES = FeatureSettings(images={"Original": {}, "Wavelet": {}})


@pytest.mark.parametrize(
    ("names", "number", "families"),
    [
        (("original_glcm_Contrast",), 1, {"glcm"}),
        (("glcm_Contrast",), 9, {"glcm"}),
        (("ngtdm", "wavelet-LLH_firstorder_Mean"), 9 * 5 + 1, {"ngtdm", "firstorder"}),
        (("firstorder_StandardDeviation",), 9, {"firstorder"}),
    ],
)
def test_names_mean_maps(names, number, families) -> None:
    settings, columns = select_maps(_IMAGES, names)
    assert len(columns) == number
    assert set(settings.families) == families


def test_features_of_one_name_in_two_families_are_told_apart() -> None:
    _, columns = select_maps(FeatureSettings(), ["ngtdm_Contrast"])
    assert columns == ("original_ngtdm_Contrast",)


@pytest.mark.parametrize(
    "name", ["shape", "original_shape_MeshVolume", "Contrast", "log-sigma-9-0-mm-3D_glcm_Contrast"]
)
def test_what_has_no_map_is_refused(name) -> None:
    with pytest.raises(InputError, match="--voxel-based: expected a family, or a feature"):
        select_maps(_IMAGES, [name])
    with pytest.raises(InputError, match="expected at least one feature"):
        select_maps(_IMAGES, [])
