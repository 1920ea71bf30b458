"""A training that begins from the weights of an earlier one."""

from __future__ import annotations

from pathlib import Path

import torch

from oncologyai.errors import InputError, MissingFileError
from oncologyai.models import read_weights
from oncologyai.networks import SegmentationNetwork

__all__ = ["begin_from"]


@torch.no_grad()
def begin_from(network: SegmentationNetwork, path: Path) -> None:
    """Take over the weights of a file, in place.

    Parameters
    ----------
    network : SegmentationNetwork
        Of the same structure as the earlier one, but that it may have more inputs: the earlier network's are the first
        of them, and the weights of the others are 0, so that at the beginning both networks answer alike.
    path : Path
        Weights in safetensors.

    Raises
    ------
    MissingFileError
        If there is no such file.
    UnreadableFileError
        If it is no safetensors file.
    InputError
        If a weight's name or shape is not the network's.
    """
    if not path.is_file():
        raise MissingFileError("begin_from", expected="weights of an earlier training", got=str(path))
    given, own = read_weights(path), network.state_dict()
    if set(given) != set(own):
        other = sorted(set(given) ^ set(own))[0]
        raise InputError("begin_from", expected="weights of the same network", got=f"{path}, which differs in {other}")
    for name, values in own.items():
        earlier = torch.from_numpy(given[name]).to(values)
        if earlier.shape != values.shape:
            if not _has_fewer_inputs(earlier, values):
                got = f"{name} of shape {tuple(earlier.shape)} in {path}"
                raise InputError("begin_from", expected=f"shape {tuple(values.shape)}", got=got)
            values.zero_()
            values[:, : earlier.shape[1]].copy_(earlier)
        else:
            values.copy_(earlier)


def _has_fewer_inputs(earlier: torch.Tensor, now: torch.Tensor) -> bool:
    alike = earlier.ndim == now.ndim > 2
    return (
        alike
        and earlier.shape[0] == now.shape[0]
        and earlier.shape[2:] == now.shape[2:]
        and (earlier.shape[1] < now.shape[1])
    )
