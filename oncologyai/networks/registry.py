"""The list of all networks: name, builder, sizes and source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from oncologyai._checks import check_choice
from oncologyai.errors import InputError
from oncologyai.networks.network import SegmentationNetwork
from oncologyai.networks.unet2d import UNet2D, published_unet2d

__all__ = ["NETWORKS", "NetworkSpec", "build_network"]


@dataclass(frozen=True)
class NetworkSpec:
    """A network of the registry.

    Parameters
    ----------
    build : callable
        Gives the network; called without arguments it gives the published one.
    dims : int
        2 (b, c, j, i) or 3 (b, c, k, j, i).
    published_input : tuple of int
        (channel, [k,] j, i) that the paper trained on.
    source : str
        Where it is described.
    small : mapping
        Arguments of a narrow version of the same structure, for trials and tests.
    small_input : tuple of int
        (channel, [k,] j, i) that suits the narrow version.
    """

    build: Callable[..., SegmentationNetwork]
    dims: int
    published_input: tuple[int, ...]
    source: str
    small: Mapping[str, Any] = field(default_factory=dict)
    small_input: tuple[int, ...] = ()


NETWORKS: dict[str, NetworkSpec] = {
    "unet2d": NetworkSpec(
        build=UNet2D,
        dims=2,
        published_input=(1, 512, 512),
        source="ch. 6, 'Tumor detection and segmentation'",
        small={"filters": (4, 6, 8, 10, 12)},
        small_input=(1, 32, 32),
    ),
    "unet2d-published": NetworkSpec(
        build=published_unet2d,
        dims=2,
        published_input=(1, 512, 512),
        source="ch. 6, the model file of the published weights",
        small={"filters": (4, 6, 8, 10, 12)},
        small_input=(1, 32, 32),
    ),
}


def build_network(name: str, **arguments: Any) -> SegmentationNetwork:
    """Build a network of the registry, with random weights from torch's generator.

    Parameters
    ----------
    name : str
        A key of ``NETWORKS``.
    **arguments
        Of the family's builder; none gives the published network.

    Returns
    -------
    SegmentationNetwork
        forward: (b, in_channels, [k,] j, i) to logits (b, out_channels, [k,] j, i); in training mode.

    Raises
    ------
    InputError
        If the name is not in the registry, or an argument is not the builder's.
    """
    check_choice(name, NETWORKS, "name")
    try:
        return NETWORKS[name].build(**arguments)
    except TypeError as error:
        raise InputError("arguments", expected=f"those of {name}", got=str(error)) from error
