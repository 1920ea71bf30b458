import numpy as np
import pytest
import torch

from oncologyai.errors import InputError
from oncologyai.inference import dropout_members, ensemble_members, flip_members, flipped, joined
from oncologyai.inference.torch_engine import TorchEngine


def shifted(batch):
    """A network that is not the same when flipped: it moves everything on by one voxel along i."""
    return np.roll(batch[:, :1], 1, axis=-1)


def test_a_flip_is_taken_back():
    batch = np.random.default_rng(0).random((2, 1, 3, 4, 5), dtype=np.float32)
    assert np.array_equal(flipped(lambda b: b, (-1, -3))(batch), batch)
    assert np.array_equal(flipped(shifted, (-1,))(batch), np.roll(batch, -1, axis=-1))


def test_flips_are_one_along_each_axis():
    batch = np.random.default_rng(0).random((1, 1, 3, 4, 5), dtype=np.float32)
    found = [member(batch) for member in flip_members(shifted, 3)]
    assert len(found) == 4
    assert [np.array_equal(f, np.roll(batch, s, axis=-1)) for f, s in zip(found, (1, -1, 1, 1), strict=True)] == [
        True
    ] * 4


def test_joined_gives_mean_deviation_and_votes():
    rng = np.random.default_rng(1)
    answers = rng.random((5, 2, 3, 4, 4)).astype(np.float32)
    members = [lambda batch, n=n: answers[n] for n in range(5)]
    found = joined(members, label=2, threshold=0.6)(np.zeros((2, 1, 4, 4)))
    values = answers[:, :, 2].astype(np.float64)
    np.testing.assert_allclose(found[:, 0], values.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(found[:, 1], values.std(axis=0), atol=1e-6)
    np.testing.assert_allclose(found[:, 2], (answers[:, :, 2] > 0.6).mean(axis=0), atol=1e-6)
    with pytest.raises(InputError, match="members: expected 1 or more"):
        joined([])


def test_an_ensemble_has_a_member_an_engine():
    engines = [TorchEngine(torch.nn.Conv2d(1, 1, 1)) for _ in range(3)]
    batch = np.ones((1, 1, 2, 2), dtype=np.float32)
    found = [member(batch)[0, 0, 0, 0] for member in ensemble_members(engines, "sigmoid")]
    assert len(set(found)) == 3


def test_dropout_members_differ_and_need_dropout():
    engine = TorchEngine(
        torch.nn.Sequential(torch.nn.Conv2d(1, 16, 1), torch.nn.Dropout(0.5), torch.nn.Conv2d(16, 1, 1))
    )
    batch = np.ones((1, 1, 4, 4), dtype=np.float32)
    members = dropout_members(engine, "sigmoid", samples=3)
    found = [member(batch) for member in members]
    assert not np.array_equal(found[0], found[1])
    assert np.array_equal(members[0](batch), found[0])
    with pytest.raises(InputError, match="expected a network with dropout"):
        dropout_members(TorchEngine(torch.nn.Conv2d(1, 1, 1)), "sigmoid")
    with pytest.raises(InputError, match="samples"):
        dropout_members(engine, "sigmoid", samples=1)
