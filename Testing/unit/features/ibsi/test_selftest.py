"""The digital phantom made in code, and how values are compared with a reference of three digits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from oncologyai.features.ibsi import digital_phantom, is_within, selftest


def test_every_feature_of_the_phantom_is_as_the_reference() -> None:
    values = selftest()

    assert len(values) == 485
    assert [value.tag for value in values if not value.passed] == []


def test_phantom_is_that_of_the_initiative(shared_data: Path) -> None:
    import SimpleITK as sitk

    folder = shared_data / "ibsi" / "digital_phantom"
    volume, mask = digital_phantom()

    image = sitk.ReadImage(str(folder / "image.nii.gz"))
    np.testing.assert_array_equal(volume.array, sitk.GetArrayFromImage(image))
    np.testing.assert_array_equal(mask.array, sitk.GetArrayFromImage(sitk.ReadImage(str(folder / "mask.nii.gz"))) > 0)
    assert volume.spacing_mm == pytest.approx(image.GetSpacing())


@pytest.mark.parametrize(
    ("found", "expected", "tolerance", "within"),
    [
        (2.1486, 2.15, 0.0, True),
        (2.1449, 2.15, 0.0, False),
        (556.3, 556.0, 4.0, True),
        (561.0, 556.0, 4.0, False),
        (float("nan"), 1.0, 1.0, False),
    ],
)
def test_values_are_compared_with_three_digits(found: float, expected: float, tolerance: float, within: bool) -> None:
    assert is_within(found, expected, tolerance) is within
