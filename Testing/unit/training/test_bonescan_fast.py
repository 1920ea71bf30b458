"""Heads for small pictures: averages as the network pools them, and a head that reads them."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from oncologyai.errors import CancelledError
from oncologyai.metrics import roc_auc
from oncologyai.models import read_weights
from oncologyai.networks import Vgg16Classifier
from oncologyai.progress import Silent
from oncologyai.training import average_maps, refit_head
from oncologyai.training.bonescan_export import export_bonescan_network
from Testing.unit.training.bonescan_trial import trial_config, trial_picture


@pytest.fixture(scope="module")
def an_export(tmp_path_factory: pytest.TempPathFactory) -> tuple[Vgg16Classifier, Path]:
    torch.manual_seed(1)
    network = Vgg16Classifier([[4], [6], [8, 8]], hidden=12, standardise=False).eval()
    network.load_state_dict({name: value.half().float() for name, value in network.state_dict().items()})
    folder = tmp_path_factory.mktemp("export") / "network"
    export_bonescan_network(network, folder)
    return network, folder


def test_averages_are_what_the_head_gets(an_export: tuple[Vgg16Classifier, Path], tmp_path: Path) -> None:
    network, folder = an_export
    found = average_maps(folder / "maps.onnx", trial_picture, 3, tmp_path / "kept.npy", threads=1)
    images = torch.from_numpy(np.stack([trial_picture(n) for n in range(3)]))[:, None].expand(-1, 3, -1, -1)
    with torch.no_grad():
        expected = network.features(images).mean(dim=(2, 3)).numpy()
    assert np.allclose(found, expected, atol=1e-5)


def test_a_stop_loses_nothing(an_export: tuple[Vgg16Classifier, Path], tmp_path: Path) -> None:
    asked: list[int] = []

    def pictures(place: int) -> np.ndarray:
        asked.append(place)
        return trial_picture(place)

    class Stops(Silent):
        def cancelled(self) -> bool:
            return len(asked) == 3

    maps, kept = an_export[1] / "maps.onnx", tmp_path / "kept.npy"
    with pytest.raises(CancelledError):
        average_maps(maps, pictures, 5, kept, threads=1, progress=Stops())
    assert len(average_maps(maps, pictures, 5, kept, threads=1)) == 5 and asked == [0, 1, 2, 3, 4]


def test_the_head_learns_to_read_other_averages(an_export: tuple[Vgg16Classifier, Path], tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    labels = np.arange(600) % 2
    averages = generator.normal(size=(600, 8)) + 1.2 * labels[:, None] * np.sign(np.arange(8) - 3.5)
    refit_head(
        trial_config(),
        an_export[1] / "head.safetensors",
        averages,
        labels.tolist(),
        range(500),
        tmp_path / "h.safetensors",
    )

    def area(head: Path) -> float:
        state = {name: torch.from_numpy(value) for name, value in read_weights(head).items()}
        given = torch.from_numpy(averages[500:].astype(np.float32))
        hidden = functional.relu(functional.linear(given, state["hidden.weight"], state["hidden.bias"]))
        logits = functional.linear(hidden, state["last.weight"], state["last.bias"])
        return roc_auc((labels[500:] == 1).tolist(), (logits[:, 1] - logits[:, 0]).tolist())

    assert area(tmp_path / "h.safetensors") > max(0.8, area(an_export[1] / "head.safetensors"))
