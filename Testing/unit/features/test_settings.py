import pytest

from oncologyai.errors import InputError
from oncologyai.features import FeatureSettings


def test_families_may_be_named_without_their_features() -> None:
    assert FeatureSettings(("glcm",)).families == FeatureSettings({"glcm": ()}).families == {"glcm": ()}


def test_changes_leave_the_rest() -> None:
    changed = FeatureSettings(bin_width=5.0).with_changes(gldm_a=2)
    assert (changed.bin_width, changed.gldm_a) == (5.0, 2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"bin_width": 0.0}, "bin_width: expected a number above 0"),
        ({"bin_count": 0}, "bin_count: expected a number from 1"),
        ({"voxel_array_shift": float("inf")}, "voxel_array_shift: expected a finite number"),
        ({"families": ("fractal",)}, "families: expected one of .* got 'fractal'"),
        ({"families": {"glcm": ("Hue",)}}, "features of glcm: expected one of .* got 'Hue'"),
        ({"distances": ()}, "distances: expected whole numbers from 1"),
        ({"weighting_norm": "taxi"}, "weighting_norm: expected one of"),
        ({"resegment_mode": "half"}, "resegment_mode: expected one of"),
        ({"resegment_range": (1.0, 2.0, 3.0)}, "resegment_range: expected one or two limits"),
        ({"interpolator": "cubic"}, "interpolator: expected one of"),
        ({"resampled_spacing_mm": (1.0, 1.0)}, "resampled_spacing_mm: expected three numbers"),
        ({"force_2d_dimension": 3}, "force_2d_dimension: expected a number from 0 to 2"),
        ({"minimum_roi_dimensions": 0}, "minimum_roi_dimensions: expected a number from 1 to 3"),
        ({"pad_distance": -1}, "pad_distance: expected a number from 0"),
        ({"filter_options": {"hue": 1}}, "filter_options: expected one of .* got 'hue'"),
    ],
)
def test_values_out_of_range_are_refused(change, said) -> None:
    with pytest.raises(InputError, match=said):
        FeatureSettings(**change)
