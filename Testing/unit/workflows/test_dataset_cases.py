"""The images of a folder and what was drawn on each, of whatever kind the folder is."""

import numpy as np
import pytest

from oncologyai.errors import EmptyStudyError, MissingFileError
from oncologyai.imaging import write_masks, write_rtstruct, write_seg_nrrd, write_volume
from oncologyai.types import Mask, Volume
from oncologyai.workflows import convert_dataset
from oncologyai.workflows.dataset_cases import find_cases, read_case


def test_dicom_series_have_the_structures_drawn_on_them(tmp_path, a_series, a_ball):
    volume = a_series(tmp_path / "ct", SeriesDescription="Thorax")
    write_rtstruct([a_ball, Mask.on(volume, np.roll(a_ball.array, 2, 0), "Lung L")], volume, tmp_path / "rs.dcm")
    (case,), notes = find_cases(tmp_path)
    assert (case.name, case.patient, case.modality, notes) == ("PAT-4711_CT_Thorax", "PAT 4711", "CT", ())
    read, masks = read_case(case.image, case.structures, patterns=["gtv?1"])
    assert np.array_equal(read.array, volume.array) and [m.label for m in masks] == ["GTV-1"]
    assert np.array_equal(masks[0].array, a_ball.array)


def test_converted_images_have_their_masks_by_the_index(tmp_path, a_series, a_ball):
    volume = a_series(tmp_path / "in")
    write_rtstruct([a_ball], volume, tmp_path / "in" / "rs.dcm")
    convert_dataset(tmp_path / "in", tmp_path / "out")
    (case,), _ = find_cases(tmp_path / "out")
    read, masks = read_case(case.image, case.structures)
    assert case.modality == read.modality == "CT" and read.unit == "HU"
    assert [m.label for m in masks] == ["GTV-1"] and np.array_equal(masks[0].array, a_ball.array)


def test_plain_files_belong_together_by_their_names(tmp_path, a_volume, a_ball):
    for name in ("P1/CT_image.nii.gz", "P1/PET_image.nii.gz", "P2/scan.nrrd"):
        write_volume(a_volume, tmp_path / name)
    for name in ("P1/CT_mask.nii.gz", "P1/PET_mask.nii.gz", "P1/PET_GTV2_mask.nii.gz", "P2/tumour-label.nrrd"):
        write_masks([a_ball], tmp_path / name)
    write_seg_nrrd([a_ball], tmp_path / "P2" / "more.seg.nrrd")
    cases, notes = find_cases(tmp_path)
    drawn = {c.name: [(name, path.name) for name, path in c.structures] for c in cases}
    assert notes == () and drawn == {
        "P1-CT_image": [("mask", "CT_mask.nii.gz")],
        "P1-PET_image": [("GTV2", "PET_GTV2_mask.nii.gz"), ("mask", "PET_mask.nii.gz")],
        "P2-scan": [("", "more.seg.nrrd"), ("tumour", "tumour-label.nrrd")],
    }
    assert [(c.patient, c.modality) for c in cases] == [("P1", "CT"), ("P1", "PT"), ("P2", "")]
    _, masks = read_case(cases[2].image, cases[2].structures)
    assert [m.label for m in masks] == ["GTV-1", "tumour"]


def test_a_mask_without_an_image_is_told(tmp_path, a_volume, a_ball):
    write_volume(a_volume, tmp_path / "CT_image.nrrd")
    write_volume(a_volume, tmp_path / "MR_image.nrrd")
    write_masks([a_ball], tmp_path / "PET_mask.nrrd")
    cases, (note,) = find_cases(tmp_path)
    assert len(cases) == 2 and note == "masks without an image: PET_mask.nrrd"


def test_an_empty_or_missing_folder_is_told(tmp_path, a_volume):
    with pytest.raises(MissingFileError, match="no folder there"):
        find_cases(tmp_path / "none")
    write_volume(a_volume, tmp_path / "CT_image.nrrd")
    with pytest.raises(EmptyStudyError, match="an image of MR, got 1 of other modalities"):
        find_cases(tmp_path, modalities=["MR"])


def test_modality_and_unit_come_from_the_index_where_the_format_cannot_say_them(tmp_path, a_volume):
    pet = Volume(np.full((4, 6, 6), 2.5, np.float32), a_volume.ijk_to_ras, "PT", "SUVbw")
    write_volume(pet, tmp_path / "A" / "image.nii.gz")
    (tmp_path / "index.csv").write_text(
        "patient,modality,file,kind,structure,image,unit\nA,PT,A/image.nii.gz,image,,,SUVbw\n"
    )
    (case,), _ = find_cases(tmp_path)
    read, _ = read_case(case.image, case.structures, modality=case.modality, unit=case.unit)
    assert (read.modality, read.unit) == ("PT", "SUVbw")


def test_what_a_file_says_of_itself_is_believed_before_its_name(tmp_path, a_volume):
    write_volume(a_volume, tmp_path / "PET_image.nrrd")
    (case,), _ = find_cases(tmp_path)
    read, _ = read_case(case.image, (), modality=case.modality, unit="SUVbw")
    assert case.modality == "PT" and (read.modality, read.unit) == ("CT", "HU")
