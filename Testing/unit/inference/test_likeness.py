from dataclasses import replace

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.inference import axes_code, training_ranges, unlike_training
from oncologyai.types import Volume


@pytest.fixture
def a_card(a_pet, a_deep_model):
    """A card whose training images were three like the PET."""
    others = [{"pet": a_pet.with_array(a_pet.array * share)} for share in (0.8, 1.0, 1.2)]
    return a_deep_model[1].model_copy(update={"training_ranges": training_ranges(others)})


def test_an_image_like_those_of_training_raises_nothing(a_pet, a_card):
    assert unlike_training({"pet": a_pet}, a_card) == ()
    assert unlike_training({"pet": replace(a_pet, modality="OT")}, a_card) == ()


def test_a_model_that_saw_no_patient_says_so_of_every_image(a_pet, a_card):
    training = a_card.training.model_copy(update={"synthetic": True})
    lines = unlike_training({"pet": a_pet}, a_card.model_copy(update={"training": training}))
    assert lines == ("the model learned from synthetic images alone: what it finds in a patient means nothing",)


def test_shifted_spacing_is_told(a_pet, a_card):
    wide = replace(a_pet, ijk_to_ras=a_pet.ijk_to_ras @ np.diag([1.5, 1, 1, 1]))
    lines = unlike_training({"pet": wide}, a_card)
    assert any(line.startswith("voxel edge 4.50 mm along i: the model learned from 3.00") for line in lines)
    assert any(line.startswith("field of view 126.00 mm along i") for line in lines)


def test_flipped_axes_are_told(a_pet, a_card):
    flipped = replace(a_pet, ijk_to_ras=a_pet.ijk_to_ras @ np.diag([1, 1, -1, 1]))
    assert unlike_training({"pet": flipped}, a_card) == ("orientation LPI: the model learned from LPS",)


def test_a_ct_given_as_pet_is_told(a_pet, a_card):
    ct = np.random.default_rng(0).normal(0, 300, size=a_pet.shape).astype(np.float32)
    lines = unlike_training({"pet": Volume(ct, a_pet.ijk_to_ras, "CT", "HU")}, a_card)
    assert any("channel pet is a CT" in line for line in lines)
    assert any(line.startswith("intensities of pet") for line in lines)
    said_pet = unlike_training({"pet": a_pet.with_array(ct)}, a_card)
    assert len(said_pet) == 1, "told by its intensities alone"
    assert said_pet[0].startswith("intensities of pet")


def test_a_card_that_tells_nothing_warns_of_nothing(a_pet, a_deep_model):
    assert unlike_training({"pet": a_pet}, a_deep_model[1]) == ()


def test_axes_are_named():
    assert axes_code(np.diag([-1.0, -1.0, 2.0, 1.0])) == "LPS"
    assert axes_code(np.array([[0, 0, 1.0, 0], [0, -1, 0.2, 0], [-1, 0, 0, 0], [0, 0, 0, 1]])) == "IPR"


def test_ranges_need_cases():
    with pytest.raises(InputError, match="cases"):
        training_ranges([])
