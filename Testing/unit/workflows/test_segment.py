"""A request from an image or a bundle to a mask file or a bundle."""

import numpy as np
import pytest

from oncologyai.bundle import Bundle, read_bundle, write_bundle
from oncologyai.errors import InputError, OutsideImageError
from oncologyai.imaging import read_masks, write_volume
from oncologyai.pipelines import SegmentConfig
from oncologyai.types import Point, Volume
from oncologyai.workflows import (
    ReadConfig,
    Request,
    request_from_bundle,
    request_from_image,
    segment_config,
    segment_to_bundle,
    segment_to_file,
)

SEED = (Point("Inside-1", (1.0, 1.0, -1.0)),)


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    return 2 * float(np.count_nonzero(one & other)) / float(np.count_nonzero(one) + np.count_nonzero(other))


@pytest.mark.parametrize("name", ["m.seg.nrrd", "m.nrrd", "m.nii.gz", "m.mha"])
def test_the_mask_is_written_in_the_format_of_its_name(tmp_path, a_volume, a_ball, name):
    volume_ml = segment_to_file(Request(a_volume, SEED), tmp_path / "Ordner é" / name).mask.volume_ml
    (mask,) = read_masks(tmp_path / "Ordner é" / name, grid=a_volume)
    assert mask.volume_ml == pytest.approx(volume_ml) and overlap(mask.array, a_ball.array) > 0.9


def test_a_dicom_image_gives_a_dicom_segmentation(tmp_path, a_series, a_ball):
    a_series(tmp_path / "ct")
    request = request_from_image(tmp_path / "ct", SEED)
    segment_to_file(request, tmp_path / "m.dcm")
    (mask,) = read_masks(tmp_path / "m.dcm", grid=request.volume)
    assert overlap(mask.array, a_ball.array) > 0.9


def test_a_plain_image_gives_no_dicom_and_no_half_file(tmp_path, a_volume):
    with pytest.raises(InputError):
        segment_to_file(Request(a_volume, SEED), tmp_path / "m.dcm")
    assert list(tmp_path.iterdir()) == []


def test_a_plain_image_is_what_the_user_says(tmp_path, a_volume):
    write_volume(Volume(a_volume.array, a_volume.ijk_to_ras), tmp_path / "i.nii.gz")
    config = segment_config(method="growing", max_distance_mm=17.0)
    how = ReadConfig(modality="PT", unit="SUVbw")
    request = request_from_image(tmp_path / "i.nii.gz", SEED, config=config, how=how)
    assert (request.volume.modality, request.volume.unit) == ("PT", "SUVbw")
    assert (request.config.method, request.config.max_distance_mm) == ("growing", 17.0)


def test_no_seed_and_a_seed_outside_are_refused(tmp_path, a_volume):
    with pytest.raises(InputError, match="--seed: expected at least one point"):
        request_from_image(tmp_path / "absent.nrrd", ())
    with pytest.raises(OutsideImageError):
        segment_to_file(Request(a_volume, (Point("Inside-1", (500.0, 0.0, 0.0)),)), tmp_path / "m.nrrd")
    assert list(tmp_path.iterdir()) == []


def test_a_bundle_goes_in_and_comes_out_with_the_same_voxels(tmp_path, a_volume):
    asked = Bundle(
        name="Thorax", pipeline="segment", method="growing", volume=a_volume, patient="P", study="S",
        inside=SEED, settings={"method": "growing"},
    )  # fmt: skip
    write_bundle(asked, tmp_path / "in")
    request = request_from_bundle(tmp_path / "in")
    assert (request.config, request.patient, request.study) == (SegmentConfig(method="growing"), "P", "S")
    segment_to_bundle(request, tmp_path / "out")
    segment_to_file(request, tmp_path / "m.seg.nrrd")
    result = read_bundle(tmp_path / "out")
    (mask,) = read_masks(tmp_path / "m.seg.nrrd", grid=a_volume)
    assert np.array_equal(result.masks[0].array, mask.array)
    assert result.provenance is not None and [table.name for table in result.tables]


@pytest.mark.parametrize(("settings", "inside"), [({"strange": 1}, SEED), ({}, ())])
def test_a_bundle_that_asks_for_the_unknown_or_has_no_seed_is_refused(tmp_path, a_volume, settings, inside):
    asked = Bundle(
        name="Thorax", pipeline="segment", method="x", volume=a_volume, inside=inside, settings=settings
    )  # fmt: skip
    write_bundle(asked, tmp_path / "in")
    with pytest.raises(InputError, match="strange" if settings else "--seed"):
        request_from_bundle(tmp_path / "in")
