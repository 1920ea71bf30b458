"""A model's images from files, folders and the study itself."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest

from oncologyai.errors import EmptyStudyError, GeometryMismatchError, InputError, ModalityError
from oncologyai.imaging import write_volume
from oncologyai.pipelines import ModelConfig
from oncologyai.samples import GridSpec, LesionSpec, PetCtSpec, write_sample
from oncologyai.types import Volume
from oncologyai.workflows import ReadConfig, read_model_images

TINY = ModelConfig("tiny")


@pytest.fixture(scope="module")
def a_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small PET/CT in folders PET and CT."""
    folder = tmp_path_factory.mktemp("petct")
    grid = GridSpec((64, 64, 16), (6.0, 6.0, 8.0), (0.0, 0.0, 0.0))
    write_sample(
        "petct",
        folder / "study",
        spec=PetCtSpec(ct_grid=grid, lesion=LesionSpec((70.0, 12.0, 40.0), (20.0, 20.0, 20.0))),
    )
    return folder / "study"


def change(folder: Path, **attributes: str) -> None:
    for path in folder.rglob("*.dcm"):
        header = pydicom.dcmread(path)
        for name, value in attributes.items():
            setattr(header, name, value)
        header.save_as(path)


def copied(study: Path, target: Path) -> Path:
    import shutil

    shutil.copytree(study, target)
    return target


def test_a_study_gives_the_first_channel_and_its_companions(a_pet_model, a_study):
    found = read_model_images(a_study, TINY)
    assert (found.first, found.volume.modality, found.volume.unit) == ("pet", "PT", "SUVbw")
    assert (list(found.channels), found.channels["ct"].unit) == (["ct"], "HU")
    assert "channel ct: the CT series of the same study was taken" in found.notes


def test_the_user_s_word_chooses_the_first_image(a_pet_model, a_study):
    found = read_model_images(a_study, TINY, how=ReadConfig(modality="CT"))
    assert found.first == "ct"
    assert list(found.volumes) == ["ct", "pet"]


def test_a_file_overrides_the_study_s_own_series(a_pet_model, a_study, tmp_path):
    ct = read_model_images(a_study, TINY).channels["ct"]
    write_volume(Volume(np.full_like(ct.array, 77), ct.ijk_to_ras), tmp_path / "my ct.nii.gz")
    found = read_model_images(a_study, TINY, {"ct": tmp_path / "my ct.nii.gz"})
    assert (found.channels["ct"].array == 77).all()
    assert found.channels["ct"].unit == "HU"
    assert found.notes == ("channel ct: the file does not say what it holds; taken as CT in HU",)


def test_a_folder_given_as_a_channel_is_read_by_its_modality(a_pet_model, a_study, tmp_path):
    pet = read_model_images(a_study, TINY).volume
    write_volume(replace(pet, dicom=None), tmp_path / "pet.nrrd")
    found = read_model_images(tmp_path / "pet.nrrd", TINY, {"ct": a_study})
    assert found.channels["ct"].modality == "CT"
    with pytest.raises(EmptyStudyError, match="expected a CT series"):
        read_model_images(tmp_path / "pet.nrrd", TINY, {"ct": a_study / "PET"})


def test_of_several_series_none_is_taken_and_a_note_says_how_to_choose(a_pet_model, a_study, tmp_path):
    study = copied(a_study, tmp_path / "s")
    copied(a_study / "CT", study / "CT2")
    change(study / "CT2", SeriesInstanceUID="1.2.3.4")
    for path in (study / "CT2").rglob("*.dcm"):
        header = pydicom.dcmread(path)
        header.SOPInstanceUID = header.file_meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID + ".9"
        header.save_as(path)
    found = read_model_images(study, TINY)
    assert not found.channels
    assert any("2 CT series lie in the frame" in n and "--channel ct=FILE" in n for n in found.notes)


def test_a_series_of_another_frame_is_left_and_given_by_hand_refused(a_pet_model, a_study, tmp_path):
    study = copied(a_study, tmp_path / "s")
    change(study / "CT", FrameOfReferenceUID="1.2.9")
    assert not read_model_images(study, TINY).channels
    with pytest.raises(GeometryMismatchError, match="channel ct: expected the frame of reference"):
        read_model_images(study, TINY, {"ct": study / "CT"})


def test_an_optional_series_that_cannot_be_read_is_left_with_the_reason(a_pet_model, a_study, tmp_path):
    study = copied(a_study, tmp_path / "s")
    sorted((study / "CT").rglob("*.dcm"))[5].unlink()
    found = read_model_images(study, TINY)
    assert not found.channels
    assert any(note.startswith("channel ct: the CT series of the study cannot be used: ") for note in found.notes)
    assert read_model_images(study, TINY, how=ReadConfig(allow_missing_slices=True)).channels


def test_refuses_a_study_without_the_required_and_strange_channels(a_pet_model, a_study, tmp_path):
    with pytest.raises(InputError, match="channel: expected an image for pet"):
        read_model_images(a_study / "CT", TINY)
    with pytest.raises(InputError, match="--channel: expected one of pet, ct of tiny, got mr"):
        read_model_images(a_study, TINY, {"mr": tmp_path})
    write_volume(Volume(np.zeros((4, 4, 4), np.int16), np.eye(4), "MR"), tmp_path / "mr.nrrd")
    with pytest.raises(ModalityError, match="image: expected PT or CT for tiny, got MR"):
        read_model_images(tmp_path / "mr.nrrd", TINY)
