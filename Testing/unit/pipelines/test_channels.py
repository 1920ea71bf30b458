"""Which image is which channel, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from oncologyai.errors import GeometryMismatchError, InputError, ModalityError, UnitsError
from oncologyai.models import Store
from oncologyai.pipelines import match_channels
from oncologyai.types import DicomSource, Volume


@pytest.fixture
def a_card(a_pet_model):
    return Store().get("tiny").card


def from_dicom(volume, frame):
    return replace(volume, dicom=DicomSource("1", "2", frame, "4", ("5",), ("f",), (0,)))


def test_the_first_image_is_the_first_free_channel_of_its_modality(a_card, a_pet_model):
    alone = match_channels(a_card, a_pet_model.pet)
    assert (alone.first, alone.notes, dict(alone.channels)) == ("pet", (), {})
    both = match_channels(a_card, a_pet_model.ct, {"pet": a_pet_model.pet})
    assert both.first == "ct"
    assert list(both.volumes) == ["ct", "pet"], "the first image stands first: the result lies on its grid"


def test_plain_files_are_taken_for_what_their_channel_is_and_a_note_says_so(a_card, a_pet_model):
    plain = [Volume(v.array, v.ijk_to_ras) for v in (a_pet_model.pet, a_pet_model.ct)]
    found = match_channels(a_card, plain[0], {"ct": plain[1]})
    assert [(v.modality, v.unit) for v in found.volumes.values()] == [("PT", "SUVbw"), ("CT", "HU")]
    assert found.notes[0] == "channel pet: the file does not say what it holds; taken as PT in SUVbw"
    assert len(found.notes) == 2


def test_refuses_strange_missing_and_superfluous_channels(a_card, a_pet_model):
    with pytest.raises(InputError, match="channel: expected one of pet, ct of tiny, got mr"):
        match_channels(a_card, a_pet_model.pet, {"mr": a_pet_model.ct})
    with pytest.raises(InputError, match="channel: expected an image for pet, which tiny requires"):
        match_channels(a_card, a_pet_model.ct)
    with pytest.raises(InputError, match="channel: expected a channel of tiny left for the first image"):
        match_channels(a_card, a_pet_model.pet, {"pet": a_pet_model.pet, "ct": a_pet_model.ct})


def test_refuses_another_modality_and_unit(a_card, a_pet_model):
    with pytest.raises(ModalityError, match="image: expected PT or CT for tiny, got MR"):
        match_channels(a_card, replace(a_pet_model.pet, modality="MR"))
    with pytest.raises(ModalityError, match="channel ct: expected modality CT, got PT"):
        match_channels(a_card, a_pet_model.pet, {"ct": a_pet_model.pet})
    with pytest.raises(UnitsError, match="channel pet: expected values in SUVbw, got BQML"):
        match_channels(a_card, replace(a_pet_model.pet, unit="BQML"))
    with pytest.raises(UnitsError, match="read it with --suv bw"):
        match_channels(a_card, replace(a_pet_model.pet, unit="SUVlbm"))


def test_refuses_another_frame(a_card, a_pet_model):
    pet, ct = from_dicom(a_pet_model.pet, "1.2.3"), from_dicom(a_pet_model.ct, "1.2.4")
    with pytest.raises(GeometryMismatchError, match="channel ct: expected the frame of reference"):
        match_channels(a_card, pet, {"ct": ct})
    assert match_channels(a_card, pet, {"ct": from_dicom(a_pet_model.ct, "1.2.3")}).channels
    moved = a_pet_model.ct.ijk_to_ras.copy()
    moved[:3, 3] += 500
    with pytest.raises(GeometryMismatchError, match="channel ct: expected an image that overlaps"):
        match_channels(a_card, a_pet_model.pet, {"ct": replace(a_pet_model.ct, ijk_to_ras=moved)})


def test_a_turned_grid_of_the_same_frame_overlaps(a_card, a_pet_model):
    turn = np.array([[0, -1, 0, 0], [0, 0, 1, 0], [-1, 0, 0, 0], [0, 0, 0, 1]], dtype=float)
    turned = turn @ np.diag([5.0, 5.0, 5.0, 1.0])
    mr = Volume(np.zeros((9, 9, 9), np.int16), turned, "CT", "HU")
    assert match_channels(a_card, a_pet_model.pet, {"ct": mr}).channels["ct"] is mr
