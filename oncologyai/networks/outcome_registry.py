"""The list of networks that predict an outcome: name, builder, input and source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from oncologyai._checks import check_choice
from oncologyai.errors import InputError
from oncologyai.networks.be3net import Be3Net, Cnn3D, ResNetConv2D
from oncologyai.networks.outcome_network import OutcomeNetwork
from oncologyai.networks.xception3d import Xception3D

__all__ = ["OUTCOME_NETWORKS", "OutcomeSpec", "build_outcome_network"]


@dataclass(frozen=True)
class OutcomeSpec:
    """A network of the registry.

    Parameters
    ----------
    build : callable
        Gives the network; without arguments the published one.
    published_input : tuple of int
        (channel, k, j, i).
    source : str
    small : mapping
        Arguments of a narrow version, for trials and tests; its ``size`` is the input's.
    """

    build: Callable[..., OutcomeNetwork]
    published_input: tuple[int, ...]
    source: str
    small: Mapping[str, Any] = field(default_factory=dict)


_SMALL = {"size": (16, 32, 32), "widths": (8, 8, 12), "hidden": 16}

OUTCOME_NETWORKS: dict[str, OutcomeSpec] = {
    "2be3net": OutcomeSpec(Be3Net, (1, 66, 90, 90), "2Be3-Net, section 2", _SMALL),
    "resnet-conv2d": OutcomeSpec(ResNetConv2D, (1, 66, 90, 90), "2Be3-Net, section 3.2: its 2D version", _SMALL),
    "cnn3d": OutcomeSpec(
        Cnn3D, (1, 66, 90, 90), "2Be3-Net, section 3.2: the full 3D CNN",
        {"size": (16, 32, 32), "widths": (8, 8, 12, 12), "hidden": 16},
    ),
    "xception3d": OutcomeSpec(
        Xception3D, (1, 64, 256, 256), "ch. 4, deep learning model; Chollet 2017",
        {"size": (16, 32, 32), "entry": (8, 8, 12), "middle": 1, "features": 16},
    ),
}  # fmt: skip


def build_outcome_network(name: str, **arguments: Any) -> OutcomeNetwork:
    """Build a network of the registry, with random weights from torch's generator.

    Raises
    ------
    InputError
        If the name is not in the registry, or an argument is not the builder's.
    """
    check_choice(name, OUTCOME_NETWORKS, "name")
    try:
        return OUTCOME_NETWORKS[name].build(**arguments)
    except TypeError as error:
        raise InputError("arguments", expected=f"those of {name}", got=str(error)) from error
