"""Z-scores against SimpleITK, in a region, and by a cohort's numbers."""

import numpy as np
import pytest
import SimpleITK as sitk

from oncologyai.errors import EmptyMaskError, GeometryMismatchError, InputError
from oncologyai.harmonize import NormaliseCohortZScore, NormaliseZScore, Preset, State, harmonize
from oncologyai.types import Mask


def only(*steps):
    return Preset("steps", "", steps)


def test_whole_image_equals_simpleitk(an_mr):
    theirs = sitk.GetArrayFromImage(sitk.Normalize(sitk.GetImageFromArray(an_mr.array.astype(np.float64))))
    ours = harmonize(an_mr, only(NormaliseZScore())).volume
    assert np.abs(ours.array - theirs).max() < 1e-5 and ours.unit == "arbitrary" and ours.array.dtype == np.float32


def test_inside_a_region_equals_simpleitks_label_statistics(an_mr):
    inside = np.zeros(an_mr.shape, bool)
    inside[1:3, 12:30, 15:38] = True
    statistics = sitk.LabelStatisticsImageFilter()
    statistics.Execute(
        sitk.GetImageFromArray(an_mr.array.astype(np.float64)), sitk.GetImageFromArray(inside.astype(np.uint8))
    )
    theirs = (an_mr.array.astype(np.float64) - statistics.GetMean(1)) / statistics.GetSigma(1)
    ours = harmonize(an_mr, only(NormaliseZScore("region")), region=Mask.on(an_mr, inside)).volume
    assert np.abs(ours.array - theirs).max() < 1e-5


def test_integers_and_large_values_lose_nothing(a_ct):
    ours = harmonize(a_ct, only(NormaliseZScore())).volume.array
    assert ours.mean(dtype=np.float64) == pytest.approx(0, abs=1e-6)
    assert ours.std(dtype=np.float64, ddof=1) == pytest.approx(1, abs=1e-6)


def test_a_constant_image_becomes_zero(an_mr):
    flat = an_mr.with_array(np.full(an_mr.shape, 7.0, np.float32))
    assert (harmonize(flat, only(NormaliseZScore())).volume.array == 0).all()


def test_a_wanted_region_must_be_there_and_have_voxels(an_mr):
    with pytest.raises(EmptyMaskError, match="region: expected a region to take statistics from"):
        harmonize(an_mr, only(NormaliseZScore("region")))
    with pytest.raises(EmptyMaskError, match="expected a region with voxels"):
        harmonize(an_mr, only(NormaliseZScore("region")), region=Mask.on(an_mr, np.zeros(an_mr.shape, bool)))
    with pytest.raises(GeometryMismatchError, match="region"):
        harmonize(an_mr, only(NormaliseZScore()), region=Mask(np.ones((2, 2, 2), bool), np.eye(4)))
    with pytest.raises(InputError, match="where: expected one of"):
        NormaliseZScore("brain")


def test_a_cohorts_numbers_are_those_of_all_voxels_together(an_mr):
    images = [an_mr, an_mr.with_array(an_mr.array * 3 + 5)]
    step = NormaliseCohortZScore()
    fitted = step.fit([step.measure(State.start(image)) for image in images])
    together = np.concatenate([image.array.ravel() for image in images]).astype(np.float64)
    assert fitted.mean == pytest.approx(together.mean(), rel=1e-12)
    assert fitted.deviation == pytest.approx(together.std(ddof=1), rel=1e-12)
    ours = harmonize(an_mr, only(fitted)).volume.array
    assert np.abs(ours - (an_mr.array - fitted.mean) / fitted.deviation).max() < 1e-5


def test_an_unfitted_step_is_refused(an_mr):
    with pytest.raises(InputError, match="fit the preset on the training cohort first"):
        harmonize(an_mr, only(NormaliseCohortZScore()))
    with pytest.raises(InputError, match="cohort: expected images"):
        NormaliseCohortZScore().fit([])
    with pytest.raises(InputError, match="deviation"):
        NormaliseCohortZScore(0.0, 0.0)
