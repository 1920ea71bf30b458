"""Samples: slices in order, flips, turns; and what is kept of frozen layers is what they would have made."""

import numpy as np
import pytest
import torch

from oncologyai.networks import build_outcome_network
from oncologyai.training import OutcomeAugmentation, OutcomeCase, OutcomeSample, StemCache, apply_sample
from oncologyai.training import draw_outcome_sample as draw

IMAGE = np.random.default_rng(2).random((1, 9, 16, 16)).astype(np.float32)


def test_without_changes_a_sample_is_the_slices_themselves():
    sample = draw(9, 6, OutcomeAugmentation(), np.random.default_rng(0))
    assert sample.flips == (False, False, False) and sample.degrees == 0.0
    np.testing.assert_array_equal(apply_sample(IMAGE, sample).numpy(), IMAGE[:, sample.slices])


def test_flips_are_numpys():
    sample = OutcomeSample(np.arange(9), (True, False, True))
    np.testing.assert_array_equal(apply_sample(IMAGE, sample).numpy(), IMAGE[:, ::-1, :, ::-1])


def test_a_quarter_turn_is_numpys_and_what_is_new_is_0():
    turned = apply_sample(IMAGE, OutcomeSample(np.arange(9), (False,) * 3, 90.0)).numpy()
    same = [np.abs(np.rot90(IMAGE, n, axes=(2, 3)) - turned).max() for n in (1, 3)]
    assert min(same) < 1e-5
    corner = apply_sample(np.ones_like(IMAGE), OutcomeSample(np.arange(9), (False,) * 3, 45.0))[0, 0, 0, 0]
    assert float(corner) == 0.0


def test_a_turn_keeps_lengths_where_pixels_outnumber_in_one_direction():
    image = np.zeros((1, 1, 21, 41), np.float32)
    image[0, 0, 10, 12:29] = 1.0
    turned = apply_sample(image, OutcomeSample(np.array([0]), (False,) * 3, 90.0)).numpy()[0, 0]
    rows, columns = np.nonzero(turned > 0.5)
    assert len(set(columns)) <= 2 and len(set(rows)) == pytest.approx(17, abs=1)


def test_turns_stay_within_their_limit_and_chances_are_kept():
    settings = OutcomeAugmentation(flip=(0.5, 0, 1), rotate=0.5, rotate_degrees=10)
    drawn = [draw(9, 6, settings, np.random.default_rng(n)) for n in range(400)]
    degrees = np.array([one.degrees for one in drawn])
    assert np.abs(degrees).max() <= 10 and 0.4 < (degrees != 0).mean() < 0.6
    assert 0.4 < np.mean([one.flips[0] for one in drawn]) < 0.6
    assert not any(one.flips[1] for one in drawn) and all(one.flips[2] for one in drawn)


@pytest.mark.parametrize("name", ["2be3net", "resnet-conv2d"])
def test_what_is_kept_of_the_stem_is_what_it_makes_of_the_sample(name, tmp_path):
    torch.manual_seed(0)
    network = build_outcome_network(name, size=(6, 16, 16), widths=[4, 4], hidden=8).eval()
    cache, case = StemCache(tmp_path, network), OutcomeCase("A", "A", 1, IMAGE, "key")
    for flips in ((False, False, False), (True, False, True), (True, True, False)):
        sample = OutcomeSample(np.array([0, 2, 3, 5, 5, 8]), flips)
        with torch.no_grad():
            whole = network(apply_sample(IMAGE, sample)[None])
            kept = network.logits_above(cache.sample(case, sample)[None])
        torch.testing.assert_close(kept, whole, rtol=1e-4, atol=1e-6)
    assert len(list(tmp_path.glob("*.npy"))) == 3
    assert cache.inputs(case, 6).shape == (2, 256, 6, 4, 4)


def test_another_stem_does_not_take_what_was_kept(tmp_path):
    case = OutcomeCase("A", "A", 1, IMAGE, "key")
    for seed in (0, 1):
        torch.manual_seed(seed)
        network = build_outcome_network("2be3net", size=(6, 16, 16), widths=[4, 4], hidden=8)
        StemCache(tmp_path, network).inputs(case, 6)
    assert len(list(tmp_path.glob("*.npy"))) == 2
