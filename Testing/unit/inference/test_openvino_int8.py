"""Networks in 8 bits: near to single precision, from ranges alone, and told where ranges do not fit."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from oncologyai.errors import InputError, MissingFileError
from oncologyai.inference.openvino_engine import OpenVinoEngine
from oncologyai.inference.openvino_int8 import OpenVinoInt8Engine, convolution_ranges
from oncologyai.training.export import export_graph, halve_weights


@pytest.fixture(scope="module")
def a_network(tmp_path_factory: pytest.TempPathFactory) -> tuple[nn.Module, Path]:
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 24, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)
    ).eval()
    network.load_state_dict({name: value.half().float() for name, value in network.state_dict().items()})
    path = tmp_path_factory.mktemp("int8") / "maps.onnx"
    export_graph(network, torch.rand(1, 3, 16, 16), path, names=("image", "maps"))
    halve_weights(path)
    return network, path


def _images(count: int, seed: int = 0) -> list[np.ndarray]:
    return list(np.random.default_rng(seed).random((count, 1, 3, 32, 32), dtype=np.float32))


def test_ranges_are_the_largest_values_into_each_convolution(a_network: tuple[nn.Module, Path]) -> None:
    network, path = a_network
    images = _images(3)
    with torch.no_grad():
        between = max(float(network[:2](torch.from_numpy(image)).max()) for image in images)  # type: ignore[index]
    found = convolution_ranges(path, images, threads=1)
    assert found == pytest.approx((max(float(image.max()) for image in images), between), rel=1e-5)
    with pytest.raises(InputError, match="images: expected at least one"):
        convolution_ranges(path, [])


def test_8_bits_are_near_to_single_precision(a_network: tuple[nn.Module, Path]) -> None:
    ranges = convolution_ranges(a_network[1], _images(6), threads=1)
    exact = OpenVinoEngine(a_network[1], threads=1)
    rounded = OpenVinoInt8Engine(a_network[1], ranges, threads=1)
    for image in _images(3, seed=1):
        expected, found = exact.infer(image), rounded.infer(image)
        assert found.shape == expected.shape
        gap = np.abs(found - expected)
        assert 0.0 < gap.max() < 0.05 * expected.max() and gap.mean() < 0.01 * expected.max()


def test_values_beyond_the_range_are_cut(a_network: tuple[nn.Module, Path]) -> None:
    cut = OpenVinoInt8Engine(a_network[1], (0.5, 10.0), threads=1)
    high = np.full((1, 3, 8, 8), 0.9, dtype=np.float32)
    assert np.allclose(cut.infer(high), cut.infer(np.full_like(high, 0.5)))


@pytest.mark.parametrize("ranges", [(1.0,), (1.0, 0.0), (1.0, 2.0, 3.0)])
def test_ranges_that_do_not_fit_are_told(a_network: tuple[nn.Module, Path], ranges: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="ranges: expected 2 numbers above 0"):
        OpenVinoInt8Engine(a_network[1], ranges)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError):
        OpenVinoInt8Engine(tmp_path / "none.onnx", (1.0,))
