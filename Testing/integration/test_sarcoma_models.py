"""The shipped sarcoma models on real patients: what they take, warn of, and find nothing in.

Both models were trained on these patients, so nothing here says how well they do; the cards' figures do.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from oncologyai.cli import main
from oncologyai.imaging import read_masks, read_volume
from oncologyai.inference import segment_with_model
from oncologyai.metrics import confusion
from oncologyai.models import Store, StoredModel
from oncologyai.types import Mask, Volume

MODELS = ("sts-gtv-pet", "sts-gtv-multi")
FILES = {"pet": "PET_image.nii.gz", "ct": "CT_image.nii.gz", "mr": "MR_T1_image.nii.gz"}
MODALITIES = {"pet": ("PT", "SUVbw"), "ct": ("CT", "HU"), "mr": ("MR", "arbitrary")}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def a_patient(shared_data: Path) -> Path:
    return shared_data / "sts" / "STS_010"


@pytest.fixture(scope="module")
def images(a_patient: Path) -> dict[str, Volume]:
    found = {}
    for name, file in FILES.items():
        modality, unit = MODALITIES[name]
        found[name] = replace(read_volume(a_patient / file), modality=modality, unit=unit)
    return found


@pytest.fixture(scope="module")
def truth(a_patient: Path, images: dict[str, Volume]) -> Mask:
    return read_masks(a_patient / "PET_mask.nii.gz", grid=images["pet"])[0]


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> StoredModel:
    return Store().get(request.param)


def of_model(model: StoredModel, images: dict[str, Volume]) -> dict[str, Volume]:
    return {channel.name: images[channel.name] for channel in model.card.channels}


def test_the_lesion_is_found_and_its_dice_foretold_without_a_warning(
    model: StoredModel, images: dict[str, Volume], truth: Mask
) -> None:
    result = segment_with_model(of_model(model, images), model.card, model.path)
    assert confusion(truth, result.mask).dice > 0.75
    assert result.trust.warnings == ()
    assert result.trust.dice is not None and result.trust.interval is not None
    assert result.trust.interval[0] <= result.trust.dice <= result.trust.interval[1]
    assert result.disagreement is not None


def test_the_command_writes_the_same_mask_on_the_first_image_s_grid(
    a_patient: Path, images: dict[str, Volume], tmp_path: Path
) -> None:
    model = Store().get("sts-gtv-multi")
    words = ["segment", str(a_patient / FILES["pet"]), "-o", str(tmp_path / "mask.nrrd"), "--model", model.card.id]
    for name in ("ct", "mr"):
        words += ["--channel", f"{name}={a_patient / FILES[name]}"]
    assert main([*words, "--progress", "none"]) == 0
    written = read_masks(tmp_path / "mask.nrrd", grid=images["pet"])[0]
    result = segment_with_model(images, model.card, model.path)
    assert np.array_equal(written.array, result.mask.array)


@pytest.mark.parametrize("missing", ["ct", "mr"])
def test_an_optional_channel_may_be_missing(missing: str, images: dict[str, Volume], truth: Mask) -> None:
    model = Store().get("sts-gtv-multi")
    rest = {name: volume for name, volume in images.items() if name != missing}
    result = segment_with_model(rest, model.card, model.path)
    assert confusion(truth, result.mask).dice > 0.7
    assert any(missing in note for note in result.notes)


def test_the_scale_of_the_mr_does_not_matter(images: dict[str, Volume]) -> None:
    model = Store().get("sts-gtv-multi")
    tripled = {**images, "mr": images["mr"].with_array(images["mr"].array * np.float32(3.0))}
    one, other = (segment_with_model(given, model.card, model.path).mask for given in (images, tripled))
    assert confusion(one, other).dice > 0.999


def test_shifted_spacing_flipped_axes_and_a_ct_as_pet_each_raise_a_warning(
    model: StoredModel, images: dict[str, Volume]
) -> None:
    pet = images["pet"]
    stretched = replace(pet, ijk_to_ras=pet.ijk_to_ras @ np.diag([2.0, 2.0, 2.0, 1.0]))
    turn = np.diag([-1.0, 1.0, 1.0, 1.0])
    turn[0, 3] = pet.shape[2] - 1
    flipped = replace(pet, array=pet.array[:, :, ::-1].copy(), ijk_to_ras=pet.ijk_to_ras @ turn)
    ct_as_pet = replace(images["ct"], modality="PT", unit="SUVbw")
    for given, words in ((stretched, "voxel edge"), (flipped, "orientation"), (ct_as_pet, "intensities of pet")):
        warnings = segment_with_model({"pet": given}, model.card, model.path).trust.warnings
        assert any(words in line for line in warnings), (words, warnings)


def test_a_view_without_the_lesion_gives_no_tumour_found(
    model: StoredModel, images: dict[str, Volume], truth: Mask
) -> None:
    places = np.flatnonzero(truth.array.any(axis=(1, 2)))
    box = np.zeros(truth.shape, dtype=bool)
    box[: places[0] - 2] = True
    result = segment_with_model(of_model(model, images), model.card, model.path, box=Mask.on(truth, box))
    assert result.mask.is_empty and result.trust.sentence() == "no tumour found"


def test_the_example_of_the_card_gives_what_it_expects(model: StoredModel) -> None:
    assert main(["models", "test", model.card.id, "--progress", "none"]) == 0
