"""What fixed blocks make of scans: the network's own, kept, and made on after a stop."""

from pathlib import Path

import numpy as np
import pytest
import torch

from oncologyai.errors import CancelledError, InputError
from oncologyai.networks import VGG16_WIDTHS, Vgg16Classifier
from oncologyai.progress import Silent
from oncologyai.training import FeatureCache
from oncologyai.training.bonescan_features import fixed_layers
from Testing.unit.training.bonescan_trial import trial_config, trial_picture

ORIGINS = [f"scan-{n}" for n in range(20)]


@pytest.fixture(scope="module")
def a_network() -> Vgg16Classifier:
    torch.manual_seed(2)
    return Vgg16Classifier([[4], [6], [8, 8]], hidden=12, standardise=True).eval()


def _cache(folder: Path, network: Vgg16Classifier, **changes: object) -> FeatureCache:
    config = trial_config(**changes)
    object.__setattr__(config, "trained_blocks", changes.get("trained_blocks", 1))  # of a narrow network, which has
    return FeatureCache(folder, network, config, ORIGINS, "base")  # no weights to begin with: refused otherwise


def test_the_layers_before_the_blocks_that_learn_are_fixed() -> None:
    network = Vgg16Classifier(VGG16_WIDTHS)
    assert [fixed_layers(network, blocks) for blocks in (5, 4, 3, 2, 1)] == [0, 5, 10, 17, 24]


@pytest.mark.parametrize("turned", [False, True])
def test_features_are_what_the_blocks_give(tmp_path: Path, a_network: Vgg16Classifier, turned: bool) -> None:
    cache = _cache(tmp_path, a_network, standardise=True)
    cache.fill([3, 5], trial_picture, turned=turned)
    picture = trial_picture(5)[:, ::-1] if turned else trial_picture(5)
    image = torch.from_numpy(np.repeat(np.ascontiguousarray(picture)[None, None], 3, axis=1))
    with torch.no_grad():
        expected = a_network.features[: cache.layers](a_network.given(image)).numpy()
    found = cache.take([5], [turned])
    assert found.shape == expected.shape == (1, 6, 8, 8)
    assert np.abs(found - expected).max() < 0.02 * expected.max()  # bfloat16 where the processor knows it


def test_the_pictures_themselves_are_kept_where_all_blocks_learn(tmp_path: Path, a_network: Vgg16Classifier) -> None:
    cache = _cache(tmp_path, a_network, trained_blocks=3)
    cache.fill([0], trial_picture, turned=True)
    assert cache.layers == 0
    assert np.allclose(cache.take([0], [True])[0, 0], trial_picture(0)[:, ::-1], atol=1e-3)


def test_what_a_stop_left_is_not_made_again(tmp_path: Path, a_network: Vgg16Classifier) -> None:
    asked: list[int] = []

    def pictures(place: int) -> np.ndarray:
        asked.append(place)
        return trial_picture(place)

    class Stops(Silent):
        def cancelled(self) -> bool:
            return len(asked) >= 7

    with pytest.raises(CancelledError):
        _cache(tmp_path, a_network).fill(range(20), pictures, turned=False, progress=Stops())
    asked_before, again = list(asked), _cache(tmp_path, a_network)
    asked.clear()
    again.fill(range(20), pictures, turned=False)
    assert asked_before == list(range(7)) and asked == list(range(7, 20))
    whole = _cache(tmp_path / "other", a_network)
    whole.fill(range(20), trial_picture, turned=False)
    assert np.array_equal(again.take(range(20), [False] * 20), whole.take(range(20), [False] * 20))


def test_another_preparation_or_scan_has_features_of_its_own(tmp_path: Path, a_network: Vgg16Classifier) -> None:
    first = _cache(tmp_path, a_network)
    assert _cache(tmp_path, a_network).folder == first.folder
    assert _cache(tmp_path, a_network, picture={"height": 32, "width": 16, "logarithm": True}).folder != first.folder
    config = trial_config()
    assert FeatureCache(tmp_path, a_network, config, [*ORIGINS[:-1], "changed"], "base").folder != first.folder


def test_a_picture_of_another_size_is_refused(tmp_path: Path, a_network: Vgg16Classifier) -> None:
    with pytest.raises(InputError, match=r"picture: expected shape \(32, 32\), got shape \(16, 16\)"):
        _cache(tmp_path, a_network).fill([0], lambda _: np.zeros((16, 16), np.float32), turned=False)
