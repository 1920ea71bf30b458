"""A bone-scan network as files."""

from pathlib import Path

import numpy as np
import pytest
import torch

from oncologyai.errors import InputError
from oncologyai.inference.onnx_engine import OnnxEngine
from oncologyai.models import read_weights
from oncologyai.networks import Vgg16Classifier
from oncologyai.training.bonescan_export import export_bonescan_network

NARROW = ((4, 4), (6, 6), (8, 8, 8), (8, 8, 8), (10, 10, 10))


def test_files_hold_the_halved_network_and_take_any_size(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = Vgg16Classifier(NARROW, hidden=12).eval()
    export_bonescan_network(network, tmp_path / "model")
    assert sorted(p.name for p in (tmp_path / "model").iterdir()) == [
        "head.safetensors",
        "maps.onnx",
        "weights.safetensors",
    ]
    weights = read_weights(tmp_path / "model" / "weights.safetensors")
    assert weights.keys() == network.state_dict().keys()
    halved = Vgg16Classifier(NARROW, hidden=12).eval()
    halved.load_state_dict({name: torch.as_tensor(value) for name, value in weights.items()})
    engine = OnnxEngine(tmp_path / "model" / "maps.onnx", threads=1)
    for size in ((64, 64), (96, 32)):
        image = np.random.default_rng(0).random((2, 3, *size)).astype(np.float32)
        with torch.no_grad():
            expected = halved.maps(torch.as_tensor(image)).numpy()
        np.testing.assert_allclose(engine.infer(image), expected, atol=1e-4)


def test_weights_beyond_half_precision_leave_nothing(tmp_path: Path) -> None:
    network = Vgg16Classifier(NARROW, hidden=12)
    network.last.weight.data[0, 0] = 1e6
    with pytest.raises(InputError, match="last.weight: expected finite numbers in float16"):
        export_bonescan_network(network, tmp_path / "model")
    assert not (tmp_path / "model").exists()
