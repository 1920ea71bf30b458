"""One image through a chain, its structures with it."""

import numpy as np
import pytest

from oncologyai.errors import EmptyMaskError
from oncologyai.harmonize import CropOrPadToShape, NormaliseCohortZScore, NormaliseZScore, Preset, ResampleToSpacing
from oncologyai.pipelines import PreprocessConfig, measure_image, preprocess
from oncologyai.types import Mask


def test_structures_come_along_to_the_new_grid_and_back(a_ball):
    volume, truth, _ = a_ball
    config = PreprocessConfig(Preset("s", "", (ResampleToSpacing((1.0, 1.0, 1.0)),)))
    found = preprocess(volume, [truth], config)
    (mask,) = found.masks
    assert mask.same_grid(found.volume) and mask.volume_ml == pytest.approx(truth.volume_ml, rel=0.03)
    back = found.trail.restore_mask(mask)
    assert 2 * (back.array & truth.array).sum() / (back.array.sum() + truth.array.sum()) > 0.97


def test_a_structure_that_is_cut_away_is_flagged(a_ball):
    volume, truth, _ = a_ball
    corner = np.zeros(volume.shape, bool)
    corner[0, 0, 0] = True
    config = PreprocessConfig(Preset("s", "", (CropOrPadToShape((20, 20, 20)),)))
    found = preprocess(volume, [truth, Mask.on(volume, corner, "Corner")], config)
    assert [m.label for m in found.masks] == ["GTV-1"] and found.flags[-1] == "nothing is left of Corner"


def test_the_region_is_all_structures_that_fit(a_ball):
    volume, truth, _ = a_ball
    halves = [truth.array.copy(), truth.array.copy()]
    halves[0][:20], halves[1][20:] = False, False
    masks = [Mask.on(volume, half, f"Brain {n}") for n, half in enumerate(halves)]
    config = PreprocessConfig(Preset("s", "", (NormaliseZScore("region"),)), ("brain*",))
    inside = preprocess(volume, masks, config).volume.array[truth.array].astype(np.float64)
    assert inside.mean() == pytest.approx(0, abs=1e-6) and inside.std(ddof=1) == pytest.approx(1, abs=1e-6)


def test_a_region_that_is_not_there_is_told(a_ball):
    volume, truth, _ = a_ball
    config = PreprocessConfig(Preset("s", "", (NormaliseCohortZScore(),)), ("brain",))
    for work in (preprocess, measure_image):
        with pytest.raises(EmptyMaskError, match="--region: expected a structure called brain, got GTV-1"):
            work(volume, [truth], config)
