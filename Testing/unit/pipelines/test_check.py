"""Limits read and applied; planted faults are found in Testing/unit/workflows/test_dataset_check.py."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.imaging import find_studies, write_dicom_series
from oncologyai.pipelines import CHECKS, CheckLimits, Neighbour, check_series, limits_from_mapping
from oncologyai.types import Series, Volume


@pytest.fixture
def a_series(tmp_path) -> Series:
    volume = Volume(np.zeros((10, 16, 12), np.int16), np.diag([-0.8, -0.8, 3.0, 1.0]), "CT", "HU")
    write_dicom_series(volume, tmp_path, attributes={"PatientID": "P"})
    return find_studies(tmp_path)[0].series[0]


def test_without_limits_only_the_series_itself_is_judged(a_series):
    found = check_series(a_series)
    assert found.passed and set(found.outcomes) == set(CHECKS) and found.reasons == {}
    asked = {name for name, outcome in found.outcomes.items() if outcome is not None}
    assert asked == {"orientation", "foreign", "consistency", "thickness", "spacing", "rescale"}


@pytest.mark.parametrize(
    ("limits", "failing", "reason"),
    [
        (CheckLimits(modalities=("MR",)), "modality", "CT, not MR"),
        (CheckLimits(slices=(11, None)), "slices", "10 slices, fewer than 11"),
        (CheckLimits(thickness_mm=(None, 2.5)), "thickness", "slice thickness 3, above 2.5 mm"),
        (CheckLimits(pixel_mm=(1, 2)), "spacing", "pixel 0.8, below 1 mm"),
        (CheckLimits(step_mm=(None, 2)), "spacing", "slice distance 3, above 2 mm"),
        (CheckLimits(kernels=("B*", "FC*")), "kernel", "none, not B* or FC*"),
        (CheckLimits(resolution=(12, 16)), "resolution", "12x16 pixels, not 16x12"),
        (CheckLimits(orientations=("coronal", "sagittal")), "orientation", "axial, not coronal or sagittal"),
    ],
)
def test_a_limit_fails_its_own_check_with_the_reason(a_series, limits, failing, reason):
    found = check_series(a_series, limits)
    assert not found.passed and found.reasons == {failing: reason}
    assert [name for name, outcome in found.outcomes.items() if outcome is False] == [failing]


def test_limits_include_their_ends(a_series):
    limits = CheckLimits(slices=(10, 10), thickness_mm=(3, 3), pixel_mm=(0.8, 0.8), step_mm=(3, 3), tilt_deg=0.0)
    assert check_series(a_series, limits).passed


def test_neighbours_of_other_modalities_are_no_fault(a_series):
    dose = Neighbour("P", "PT", "1.2", 20)
    assert check_series(a_series, neighbours=[dose]).passed
    other = check_series(a_series, neighbours=[dose, Neighbour("Q", "MR", "1.3", 7)])
    assert other.reasons == {"foreign": "7 image files of another patient in the folder"}


def test_limits_survive_plain_data():
    limits = CheckLimits(("CT",), ("axial",), 5.0, (1, None), (None, 3.0), kernels=("B*",), resolution=(512, 512))
    plain = {name: list(v) if isinstance(v, tuple) else v for name, v in vars(limits).items()}
    assert limits_from_mapping(plain) == limits


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kernels": [1]}, "kernels: expected a text or a list of texts"),
        ({"slices": [1, 2, 3]}, "slices: expected two numbers"),
        ({"step_mm": [True, 2]}, "step_mm: expected a number"),
        ({"pixel_mm": [-1, 2]}, "pixel_mm: expected two ascending limits"),
        ({"spacing": 1}, "limits: expected one of"),
    ],
)
def test_wrong_limits_are_told(values, message):
    with pytest.raises(InputError, match=message):
        limits_from_mapping(values)
