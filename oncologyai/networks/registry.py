"""The list of all networks: name, builder, sizes and source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from oncologyai._checks import check_choice
from oncologyai.errors import InputError
from oncologyai.networks.coretr import CoReTr
from oncologyai.networks.densehighres3dnet import DenseHighRes3DNet, highres3dnet_ensemble
from oncologyai.networks.highres3dnet import HighRes3DNet
from oncologyai.networks.network import SegmentationNetwork
from oncologyai.networks.resenc_unet import ResEncUNet
from oncologyai.networks.rivals import CoTr, attention_unet3d, resnet_unet3d, unet3d, unetr
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


_SMALL_CORETR = {
    "widths": (4, 4, 6, 6, 8),
    "hidden": 12,
    "layers": 1,
    "heads": 2,
    "points": 2,
    "shallow_blocks": (0, 0, 0, 1, 1),
    "deep_blocks": (0, 0, 1, 1, 1),
}

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
    "highres3dnet": NetworkSpec(
        build=HighRes3DNet,
        dims=3,
        published_input=(1, 48, 192, 192),
        source="DenseHighRes3DNet paper, section 3.2 and footnote 1: the baseline",
        small={"widths": (4, 6, 8), "head": 8},
        small_input=(1, 12, 16, 16),
    ),
    "densehighres3dnet-v1": NetworkSpec(
        build=partial(DenseHighRes3DNet, version=1),
        dims=3,
        published_input=(1, 48, 192, 192),
        source="DenseHighRes3DNet paper, section 3.2, figure 3 top",
        small={"widths": (4, 8, 8)},
        small_input=(1, 12, 16, 16),
    ),
    "densehighres3dnet-v2": NetworkSpec(
        build=partial(DenseHighRes3DNet, version=2),
        dims=3,
        published_input=(1, 48, 192, 192),
        source="DenseHighRes3DNet paper, section 3.2, figure 3 middle",
        small={"widths": (4, 8, 8)},
        small_input=(1, 12, 16, 16),
    ),
    "densehighres3dnet-ensemble": NetworkSpec(
        build=highres3dnet_ensemble,
        dims=3,
        published_input=(1, 48, 192, 192),
        source="DenseHighRes3DNet paper, section 4.3 and table 3",
        small={"widths": (4, 8, 8), "head": 8},
        small_input=(1, 12, 16, 16),
    ),
    "resenc-unet": NetworkSpec(
        build=ResEncUNet,
        dims=3,
        published_input=(1, 128, 128, 128),
        source="Isensee et al. 2021 and 2024 (nnU-Net, residual encoder M)",
        small={"widths": (4, 6, 8), "blocks": (1, 2, 2)},
        small_input=(1, 12, 16, 16),
    ),
    "coretr": NetworkSpec(
        build=CoReTr,
        dims=3,
        published_input=(1, 96, 96, 96),
        source="Co-ReTr paper, section 2.2, its sizes as in section 2.2.4",
        small=_SMALL_CORETR,
        small_input=(1, 32, 64, 64),
    ),
    "coretr-single-resolution": NetworkSpec(
        build=partial(CoReTr, resolution="single"),
        dims=3,
        published_input=(1, 96, 96, 96),
        source="Co-ReTr paper, table 4: without multi-resolution input",
        small=_SMALL_CORETR,
        small_input=(1, 32, 64, 64),
    ),
    "coretr-without-transformer": NetworkSpec(
        build=partial(CoReTr, transformer=False),
        dims=3,
        published_input=(1, 96, 96, 96),
        source="Co-ReTr paper, table 5: without transformer",
        small=_SMALL_CORETR,
        small_input=(1, 32, 64, 64),
    ),
    "unet3d": NetworkSpec(
        build=unet3d,
        dims=3,
        published_input=(1, 96, 96, 96),
        source="Co-ReTr paper, section 2.2.5; MONAI's BasicUNet",
        small={"features": (4, 4, 6, 6, 8, 4)},
        small_input=(1, 32, 32, 32),
    ),
    "attention-unet3d": NetworkSpec(
        build=attention_unet3d,
        dims=3,
        published_input=(1, 96, 96, 96),
        source="Co-ReTr paper, section 2.2.5; Oktay et al. 2018; MONAI's AttentionUnet",
        small={"channels": (4, 6, 8)},
        small_input=(1, 16, 16, 16),
    ),
    "resnet-unet3d": NetworkSpec(
        build=resnet_unet3d,
        dims=3,
        published_input=(1, 96, 96, 96),
        source="Co-ReTr paper, section 2.2.5; MONAI's DynUNet with residual blocks",
        small={"filters": (4, 6, 8)},
        small_input=(1, 16, 16, 16),
    ),
    "cotr": NetworkSpec(
        build=CoTr,
        dims=3,
        published_input=(1, 96, 96, 96),
        source="Co-ReTr paper, section 2.2.5; Xie et al. 2021 (CoTr)",
        small={"widths": (4, 6, 8, 8), "hidden": 12, "layers": 1, "heads": 2, "points": 2},
        small_input=(1, 16, 32, 32),
    ),
    "unetr": NetworkSpec(
        build=unetr,
        dims=3,
        published_input=(1, 96, 96, 96),
        source="Co-ReTr paper, section 2.2.5; Hatamizadeh et al. 2022; MONAI's UNETR",
        small={"size": (32, 32, 32), "features": 4, "hidden": 24, "hidden_mlp": 48, "heads": 2},
        small_input=(1, 32, 32, 32),
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
