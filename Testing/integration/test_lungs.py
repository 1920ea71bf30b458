"""Lung isolation and the way back on real patients, against what was contoured at the hospital."""

from dataclasses import replace

import numpy as np
import pytest

from oncologyai.anatomy import isolate_lungs
from oncologyai.harmonize import Preset, ResampleInPlane, harmonize
from oncologyai.imaging import read_masks, read_volume
from oncologyai.samples import ThoraxSpec, make_thorax
from oncologyai.types import Mask

pytestmark = pytest.mark.slow

_PATIENTS = ("LUNG1-001_20180209_CT", "LUNG1-002_20180526_CT")
_NAMES = ("Lung L", "Lung R", "GTV-1", "Spinal cord")


@pytest.fixture(scope="module", params=_PATIENTS)
def a_patient(request, shared_data):
    folder = shared_data / "lung1" / request.param
    volume = read_volume(folder, modality="CT")
    masks = {mask.label: mask for mask in read_masks(folder, grid=volume, names=_NAMES)}
    return volume, masks


@pytest.fixture(scope="module")
def an_isolation(a_patient):
    return isolate_lungs(a_patient[0])


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_opaque_lung_of_the_sample_thorax_is_kept(side):
    thorax = make_thorax(ThoraxSpec(opaque_lung=side), np.random.default_rng(1))
    region = isolate_lungs(thorax.volume).region
    masks = {mask.label: mask for mask in thorax.masks}
    assert _share(masks["Lung L"], region) >= 0.97
    assert _share(masks["Lung R"], region) >= 0.97


def _share(part, whole):
    return np.count_nonzero(part.array & whole.array) / np.count_nonzero(part.array)


def test_contoured_lungs_and_tumour_are_within_the_region(a_patient, an_isolation):
    _, masks = a_patient
    assert _share(masks["Lung L"], an_isolation.region) >= 0.97
    assert _share(masks["Lung R"], an_isolation.region) >= 0.97
    assert _share(masks["GTV-1"], an_isolation.region) >= 0.99


def test_the_region_is_not_the_whole_body(a_patient, an_isolation):
    _, masks = a_patient
    lungs = masks["Lung L"].array | masks["Lung R"].array
    assert an_isolation.region.array.sum() < 1.9 * lungs.sum()
    assert an_isolation.region.volume_ml < 0.4 * an_isolation.body.volume_ml


def test_left_and_right_are_those_of_the_contours(a_patient, an_isolation):
    _, masks = a_patient
    assert _share(masks["Lung L"], an_isolation.left) > 0.9
    assert _share(masks["Lung R"], an_isolation.right) > 0.9
    assert _share(masks["Lung L"], an_isolation.right) < 0.01


def test_the_axis_is_within_10_mm_of_the_spinal_cord(a_patient, an_isolation):
    volume, masks = a_patient
    cord = masks["Spinal cord"].array
    levels = np.rint(volume.ijk_from_ras(an_isolation.spine_ras)[:, 2]).astype(int)
    compared = 0
    for k, axis in zip(levels, an_isolation.spine_ras, strict=True):
        j, i = np.nonzero(cord[k])
        if len(i):
            compared += 1
            assert abs(volume.ras_from_ijk((i.mean(), j.mean(), k))[0] - axis[0]) <= 10.0
    assert compared > 80


@pytest.mark.parametrize(("pixel_mm", "least"), [(0.6, 0.98), (0.977, 0.99), (1.4, 0.9999)])
def test_the_tumour_survives_harmonising_and_the_way_back(a_patient, pixel_mm, least):
    volume, masks = a_patient
    matrix = volume.ijk_to_ras.copy()
    matrix[:3, :2] *= pixel_mm / volume.spacing_mm[0]
    truth = masks["GTV-1"].array
    image = replace(volume, array=truth.astype(np.uint8), ijk_to_ras=matrix, modality="OT", unit="arbitrary")
    there = harmonize(image, Preset("pixels", "", (ResampleInPlane(),)))
    back = there.trail.restore_mask(Mask(there.volume.array > 0, there.volume.ijk_to_ras)).array
    assert 2 * (back & truth).sum() / (back.sum() + truth.sum()) >= least


def test_the_whole_preset_returns_a_mask_drawn_on_its_image(a_patient):
    volume, masks = a_patient
    there = harmonize(volume)
    drawn = there.trail.carry(volume.with_array(masks["GTV-1"].array.astype(np.int16)), fill=0)
    back = there.trail.restore_mask(Mask(drawn.array > 0, drawn.ijk_to_ras))
    truth = masks["GTV-1"].array
    assert there.volume.shape[1:] == (512, 512)
    assert 2 * (back.array & truth).sum() / (back.array.sum() + truth.sum()) >= 0.99
