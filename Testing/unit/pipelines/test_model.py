"""A trained model in the chain: where it looks, what it keeps, what it says."""

import re
from dataclasses import replace

import numpy as np
import pytest

from oncologyai.errors import CancelledError, InputError, OutsideImageError, UnreadableFileError
from oncologyai.pipelines import AnalyseConfig, ModelConfig, SegmentConfig, analyse, segment
from oncologyai.types import Point

BALL_ML = 4 / 3 * np.pi * 1.5**3  # of the large ball


def test_without_seeds_the_card_says_that_the_largest_part_is_kept(a_pet_model):
    result = segment(a_pet_model.pet, config=ModelConfig("tiny"))
    (mask,) = result.masks
    assert mask.label == "GTV-1" and mask.code is not None
    assert mask.same_grid(a_pet_model.pet)
    assert mask.volume_ml == pytest.approx(BALL_ML, rel=0.1)
    assert np.array_equal(result.mask.array, mask.array)
    assert any("channel ct was not given" in text for text in result.provenance.warnings)


def test_the_part_at_the_seed_is_kept_and_only_its_surroundings_are_looked_at(a_pet_model):
    pet, at = a_pet_model.pet, a_pet_model.small
    result = segment(pet, [Point("Inside-1", at)], config=ModelConfig("tiny", max_distance_mm=25.0))
    (mask,) = result.masks
    i, j, k = np.round(pet.ijk_from_ras(at)).astype(int)
    assert mask.array[k, j, i] and mask.label == "GTV-1"
    assert mask.volume_ml < 0.5 * BALL_ML
    probability = result.finding.probability
    assert probability.same_grid(pet)
    ras = pet.ras_from_ijk(np.argwhere(probability.array > 0)[:, ::-1])
    assert np.abs(ras - at).max() <= 25.0 + 3.0


def test_a_seed_beside_takes_the_nearest_part_and_says_so(a_pet_model):
    right, anterior, superior = a_pet_model.small
    at = (right, anterior + 15.0, superior)
    config = ModelConfig("tiny", max_distance_mm=40.0)
    result = segment(a_pet_model.pet, [Point("Inside-1", at)], config=config)
    assert result.masks[0].volume_ml < 0.5 * BALL_ML
    assert any(re.search(r"the nearest part, [67] mm away, was kept", text) for text in result.provenance.warnings)
    far = segment(a_pet_model.pet, [Point("Inside-1", at)], config=replace(config, max_distance_mm=4.0))
    assert far.masks == ()


def test_a_lesion_that_the_box_cuts_is_told(a_pet_model):
    seed = [Point("Inside-1", a_pet_model.large)]

    def told(distance_mm):
        result = segment(a_pet_model.pet, seed, config=ModelConfig("tiny", max_distance_mm=distance_mm))
        return any("GTV-1 reaches the edge of the box" in text for text in result.provenance.warnings)

    assert told(9.0)
    assert not told(25.0)
    box = (-900.0, -900.0, -900.0, 900.0, 900.0, a_pet_model.large[2])
    warnings = segment(a_pet_model.pet, config=ModelConfig("tiny", box_ras=box)).provenance.warnings
    assert any("reaches the edge" in text for text in warnings)


def test_all_lesions_are_kept_on_request_the_largest_first_but_for_seeds_outside(a_pet_model):
    config = ModelConfig("tiny", all_lesions=True)
    masks = segment(a_pet_model.pet, config=config).masks
    assert [mask.label for mask in masks] == ["GTV-1", "GTV-2"]
    assert masks[0].volume_ml > masks[1].volume_ml
    rest = segment(a_pet_model.pet, (), [Point("Outside-1", a_pet_model.large)], config).masks
    assert [mask.label for mask in rest] == ["GTV-1"]
    assert np.array_equal(rest[0].array, masks[1].array)


def test_outside_the_box_nothing_is_found_and_a_seed_must_lie_in_it(a_pet_model):
    small = np.array(a_pet_model.small)
    config = ModelConfig("tiny", box_ras=(*(small + 15), *(small - 15)))
    assert config.box_ras == (*(small - 15), *(small + 15))
    (mask,) = segment(a_pet_model.pet, config=config).masks
    assert mask.volume_ml < 0.5 * BALL_ML
    with pytest.raises(OutsideImageError, match="seed inside: expected a point in the box"):
        segment(a_pet_model.pet, [Point("Inside-1", a_pet_model.large)], config=config)
    with pytest.raises(OutsideImageError, match="box: expected a box that meets the image, R "):
        segment(a_pet_model.pet, config=ModelConfig("tiny", box_ras=(900, 900, 900, 990, 990, 990)))


def test_a_box_of_all_is_the_same_as_none(a_pet_model):
    whole = segment(a_pet_model.pet, config=ModelConfig("tiny"))
    boxed = segment(a_pet_model.pet, config=ModelConfig("tiny", box_ras=(-500, -500, -500, 500, 500, 500)))
    assert np.array_equal(whole.finding.probability.array, boxed.finding.probability.array)


def test_a_whole_scan_warns_and_a_box_of_the_size_of_the_training_images_does_not(a_pet_model):
    wide = replace(a_pet_model.pet, array=np.pad(a_pet_model.pet.array, ((0, 80), (0, 0), (0, 0)), constant_values=0.5))
    seed = [Point("Inside-1", a_pet_model.large)]
    assert any("field of view" in w for w in segment(wide, config=ModelConfig("tiny")).finding.trust.warnings)
    near = segment(wide, seed, config=ModelConfig("tiny", max_distance_mm=40.0))
    assert not any("field of view" in w for w in near.finding.trust.warnings)


def test_a_further_channel_in_another_grid_changes_the_probability(a_pet_model):
    alone = segment(a_pet_model.pet, config=ModelConfig("tiny"))
    both = segment(a_pet_model.pet, config=ModelConfig("tiny"), channels={"ct": a_pet_model.ct})
    assert not any("ct" in text for text in both.provenance.warnings)
    assert not np.array_equal(alone.finding.probability.array, both.finding.probability.array)
    assert set(both.provenance.inputs_sha256) == {"image", "ct"}


def test_the_first_image_may_be_any_channel_and_the_mask_lies_on_it(a_pet_model):
    result = segment(a_pet_model.ct, config=ModelConfig("tiny"), channels={"pet": a_pet_model.pet})
    assert result.masks[0].same_grid(a_pet_model.ct)
    assert result.masks[0].volume_ml == pytest.approx(BALL_ML, rel=0.1)
    assert result.provenance.settings["image_channel"] == "ct"


def test_nothing_found_is_an_answer(a_pet_model):
    cold = a_pet_model.pet.with_array(np.full(a_pet_model.pet.shape, 0.5, np.float32))
    result = analyse(cold, config=AnalyseConfig(segment=ModelConfig("tiny")))
    assert result.masks == ()
    assert result.finding.trust.sentence() == "no tumour found"
    assert result.measurements.rows == () and result.features.rows == ()
    assert segment(cold, config=ModelConfig("tiny")).mask.is_empty


def test_measurements_carry_the_dice_to_be_expected(a_pet_model):
    result = analyse(a_pet_model.pet, config=AnalyseConfig(segment=ModelConfig("tiny", all_lesions=True)))
    assert result.measurements.columns[-2:] == ("Predicted Dice", "Interval")
    trust = result.finding.trust
    low, high = trust.interval
    assert {row[-2:] for row in result.measurements.rows} == {(round(trust.dice, 4), f"{low:.2f} to {high:.2f}")}
    assert {row[0] for row in result.measurements.rows} == {"GTV-1", "GTV-2"}
    assert "SUVmax" in {row[1] for row in result.measurements.rows}
    assert 0 < result.finding.disagreement.array.max() <= 0.5


def test_provenance_tells_weights_engine_device_and_seconds(a_pet_model):
    provenance = segment(a_pet_model.pet, config=ModelConfig("tiny", device="cpu", engine="onnxruntime")).provenance
    assert set(provenance.weights_sha256) == {"member0.onnx", "member1.onnx"}
    assert all(len(digest) == 64 for digest in provenance.weights_sha256.values())
    assert provenance.device == "cpu (onnxruntime)"
    assert "onnxruntime" in provenance.versions
    assert {"verify the model", "load the model", "prepare", "network", "restore"} <= set(provenance.seconds)


def test_two_runs_and_two_engines_give_the_same_mask(a_pet_model):
    runs = [
        segment(a_pet_model.pet, config=ModelConfig("tiny", engine=e)) for e in ("openvino", "openvino", "onnxruntime")
    ]
    assert runs[0].finding.probability.array.tobytes() == runs[1].finding.probability.array.tobytes()
    assert np.array_equal(runs[0].mask.array, runs[2].mask.array)


def test_a_changed_byte_of_the_weights_is_told_before_they_are_read(a_pet_model):
    path = a_pet_model.store / "tiny" / "member1.onnx"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(UnreadableFileError, match=r"member1\.onnx: expected the file that the card names"):
        segment(a_pet_model.pet, config=ModelConfig("tiny"))


def test_cancel_ends_the_network(a_pet_model):
    class Impatient:
        def __init__(self):
            self.stages = []

        def stage(self, name, share):
            assert 0 <= share <= 1
            self.stages.append(name)

        def cancelled(self):
            return "network" in self.stages

    watch = Impatient()
    with pytest.raises(CancelledError):
        segment(a_pet_model.pet, config=ModelConfig("tiny"), progress=watch)
    assert "restore" not in watch.stages


def test_many_patches_are_foretold(a_pet_model):
    result = segment(a_pet_model.pet, config=ModelConfig("tiny"))
    assert result.finding.estimate.patches >= 10
    assert result.finding.to_dict()["estimate"]["patches"] == result.finding.estimate.patches
    near = segment(a_pet_model.pet, [Point("a", a_pet_model.large)], config=ModelConfig("tiny", max_distance_mm=20.0))
    assert near.finding.estimate is None


def test_refuses_what_cannot_be_meant(a_pet_model):
    for fields, message in (
        ({"model": ""}, "model: expected the id"),
        ({"engine": "magic"}, "engine: expected one of"),
        ({"members": "magic"}, "members: expected one of"),
        ({"threshold": 2.0}, "threshold: expected a number"),
        ({"max_distance_mm": 0.0}, "max_distance_mm: expected a number above 0"),
        ({"box_ras": (1, 2, 3)}, "box: expected six numbers"),
        ({"box_ras": (0, 0, 0, 0, 5, 5)}, "box: expected two corners that differ"),
    ):
        with pytest.raises(InputError, match=message):
            ModelConfig(**{"model": "tiny", **fields})
    with pytest.raises(InputError, match="model: expected one of .*tiny.*, got 'absent'"):
        segment(a_pet_model.pet, config=ModelConfig("absent"))
    with pytest.raises(OutsideImageError, match="seed inside"):
        segment(a_pet_model.pet, [Point("a", (500.0, 0.0, 0.0))], config=ModelConfig("tiny"))
    with pytest.raises(InputError, match="channel: expected a model that takes it"):
        segment(a_pet_model.pet, [], config=SegmentConfig(), channels={"ct": a_pet_model.ct})
