import numpy as np
import pytest

from oncologyai.errors import CancelledError, InputError, OutOfMemoryError
from oncologyai.inference import plan_windows, shrunk, sliding_labels, sliding_window
from oncologyai.progress import Silent


def identity(batch):
    return batch[:, :1]


def place_dependent(batch):
    """A network whose answer depends on the place in the patch, so that averaging shows."""
    ramp = np.linspace(0, 0.5, batch.shape[-1], dtype=np.float32)
    one = 0.5 * batch[:, :1] + ramp
    return np.concatenate([one, 1 - one], axis=1)


def by_plain_loop(volume, predict, plan):
    """The weighted mean, with full-size sums and the weights written out."""
    axes = [np.exp(-0.5 * ((np.arange(n) - (n - 1) / 2) / (n / 8)) ** 2) for n in plan.patch]
    weight = np.maximum(np.einsum("a,b,c->abc", *axes), 1e-3)
    total = norm = 0
    for start in plan.starts:
        window = tuple(slice(s, s + p) for s, p in zip(start, plan.patch, strict=True))
        found = predict(volume[(slice(None), *window)][None])[0]
        one, count = np.zeros((found.shape[0], *plan.padded)), np.zeros(plan.padded)
        one[(slice(None), *window)] = found * weight
        count[window] = weight
        total, norm = total + one, norm + count
    return total / norm


def test_the_identity_comes_back_whole():
    volume = np.random.default_rng(0).random((1, 11, 23, 30), dtype=np.float32)
    for patch in ((8, 16, 16), (16, 16)):
        np.testing.assert_allclose(sliding_window(volume, identity, patch=patch), volume, atol=1e-6)


@pytest.mark.parametrize("batch", [1, 3])
def test_overlaps_are_the_gaussian_mean(batch):
    volume = np.random.default_rng(1).random((1, 19, 20, 21), dtype=np.float32)
    expected = by_plain_loop(volume, place_dependent, plan_windows((19, 20, 21), (8, 8, 8), overlap=0.6))
    found = sliding_window(volume, place_dependent, patch=(8, 8, 8), overlap=0.6, batch=batch)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_labels_are_the_argmax_of_the_probabilities():
    volume = np.random.default_rng(2).random((1, 19, 20, 21), dtype=np.float32)
    settings = {"patch": (8, 8, 8), "overlap": 0.5}
    labels = sliding_labels(volume, place_dependent, **settings)
    assert labels.dtype == np.uint8
    assert np.array_equal(labels, sliding_window(volume, place_dependent, **settings).argmax(axis=0))
    assert 0 < labels.mean() < 1


def test_only_patches_that_hold_the_mask_are_run():
    volume = np.ones((1, 40, 40, 40), dtype=np.float32)
    mask = np.zeros((40, 40, 40), dtype=bool)
    mask[30:34, 2:6, 2:6] = True
    shapes = []

    def counting(batch):
        shapes.append(batch.shape)
        return identity(batch)

    found = sliding_window(volume, counting, patch=(8, 8, 8), mask=mask)
    assert len(shapes) == 1
    assert np.array_equal(found[0] > 0, mask)
    assert not sliding_window(volume, counting, patch=(8, 8, 8), mask=np.zeros_like(mask)).any()
    assert len(shapes) == 1


def test_an_image_smaller_than_the_patch_is_filled():
    seen = []

    def watching(batch):
        seen.append(batch)
        return identity(batch)

    volume = np.full((1, 3, 5, 9), 2.0, dtype=np.float32)
    assert np.array_equal(sliding_window(volume, watching, patch=(4, 8, 8), fill=-1.0), volume)
    assert seen[0].shape == (1, 1, 4, 8, 8)
    assert (seen[0][0, 0, 3] == -1).all()
    assert (seen[0][0, 0, :3, 5:] == -1).all()


def test_after_a_shortage_of_memory_less_is_taken_and_told():
    volume = np.random.default_rng(3).random((1, 40, 40, 40), dtype=np.float32)
    told = []

    def small_only(batch):
        if batch.size > 16 * 16 * 32:
            raise OutOfMemoryError("memory: none left")
        return identity(batch)

    found = sliding_window(volume, small_only, patch=(32, 32, 32), batch=2, report=told.append)
    np.testing.assert_allclose(found, volume, atol=1e-6)
    assert [line.split(":")[0] for line in told] == [
        "memory did not do for 2 patches at once",
        "memory did not do for a patch of (32, 32, 32)",
        "memory did not do for a patch of (16, 32, 32)",
    ]


def test_when_nothing_fits_the_shortage_is_raised():
    def never(batch):
        raise OutOfMemoryError("memory: none left")

    with pytest.raises(OutOfMemoryError, match="none left"):
        sliding_labels(np.zeros((1, 20, 20, 20)), never, patch=(16, 16, 16))


def test_a_cancelled_run_stops_before_the_next_patch():
    class Watcher(Silent):
        calls = 0

        def cancelled(self):
            return Watcher.calls >= 2

    def counting(batch):
        Watcher.calls += 1
        return identity(batch)

    with pytest.raises(CancelledError):
        sliding_window(np.zeros((1, 9, 16, 16)), counting, patch=(16, 16), progress=Watcher())
    assert Watcher.calls == 2


def test_plans_cover_the_mask_and_refuse_what_does_not_fit():
    mask = np.zeros((10, 50, 50), dtype=bool)
    mask[2:9, 7:45, 11:14] = True
    covered = np.zeros_like(mask)
    for k, j, i in plan_windows(mask.shape, (4, 16, 16), mask=mask).starts:
        covered[k : k + 4, j : j + 16, i : i + 16] = True
    assert covered[mask].all()
    with pytest.raises(InputError, match="patch: expected 2 or 3 sides"):
        plan_windows((4, 4, 4), (4,))
    with pytest.raises(InputError, match="overlap"):
        plan_windows((4, 4, 4), (4, 4), overlap=1.0)
    with pytest.raises(InputError, match="mask: expected shape"):
        plan_windows((4, 4, 4), (4, 4), mask=mask)
    with pytest.raises(InputError, match="volume: expected a non-empty array"):
        sliding_window(np.zeros((4, 4, 4)), identity, patch=(4, 4))


def test_a_window_larger_than_the_image_shrinks_to_a_multiple():
    assert shrunk((96, 88, 16), (30, 40, 50), 8) == (32, 40, 16)
    assert shrunk((96, 88), (30, 40, 50), 16) == (48, 64)
    assert shrunk((96, 88, 16), (30, 40, 50), 0) == (96, 88, 16)
