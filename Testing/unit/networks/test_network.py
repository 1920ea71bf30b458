"""The base of all networks: padding, checking and what a traced copy leaves out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch

from oncologyai.networks.network import SegmentationNetwork, pad_to_multiple


class Doubling(SegmentationNetwork):
    """Logits are the image times two; remembers the size that came."""

    def __init__(self, multiple: Sequence[int], *, further: bool = False) -> None:
        super().__init__(len(multiple), 1, 1, multiple)
        self.further = further
        self.seen: tuple[int, ...] = ()

    def logits(self, image: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        self.seen = tuple(image.shape[2:])
        return (2 * image, image[..., ::2, ::2]) if self.further else 2 * image


def test_pads_each_axis_at_its_end_by_the_last_voxel() -> None:
    image = torch.arange(2 * 3 * 5, dtype=torch.float32).reshape(1, 1, 2, 3, 5)
    padded = pad_to_multiple(image, (1, 2, 4))
    expected = np.pad(image.numpy(), ((0, 0), (0, 0), (0, 0), (0, 1), (0, 3)), mode="edge")
    assert np.array_equal(padded.numpy(), expected)


def test_leaves_an_image_of_fitting_size_itself() -> None:
    image = torch.zeros(1, 1, 4, 8)
    assert pad_to_multiple(image, (4, 8)) is image


def test_pads_before_the_logits_and_crops_after() -> None:
    network = Doubling((4, 2, 8))
    image = torch.randn(1, 1, 5, 4, 9)
    assert torch.equal(network(image), 2 * image)
    assert network.seen == (8, 4, 16)


def test_crops_the_full_size_logits_of_a_tuple_only() -> None:
    full, lower = Doubling((4, 4), further=True)(torch.zeros(1, 1, 6, 7))
    assert (full.shape, lower.shape) == ((1, 1, 6, 7), (1, 1, 4, 4))


@pytest.mark.filterwarnings(
    "ignore:.*legacy TorchScript.*:DeprecationWarning", "ignore:.*torch.jit.*:DeprecationWarning"
)
def test_a_traced_copy_takes_any_fitting_size_without_warning() -> None:
    traced = torch.jit.trace(Doubling((4, 4)), torch.zeros(1, 1, 4, 4))
    image = torch.randn(2, 1, 8, 12)
    assert torch.equal(traced(image), 2 * image)
