"""A bone-scan network as files that run without torch: its last maps as ONNX, its head as numbers."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import torch
from torch import nn

from oncologyai._atomic import atomic_folder
from oncologyai._optional import import_optional
from oncologyai.errors import InputError, InstallationError
from oncologyai.models import read_weights, write_weights
from oncologyai.networks import Vgg16Classifier
from oncologyai.training.export import export_graph, halve_weights

__all__ = ["export_bonescan_network"]

_LARGEST_GAP = 1e-3  # of the last maps between torch and ONNX Runtime, beside 1e-3 of their size


class _LastMaps(nn.Module):
    """The network up to what class maps and head are made of."""

    def __init__(self, network: Vgg16Classifier) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.network.maps(image)


def export_bonescan_network(network: Vgg16Classifier, folder: Path) -> float:
    """Write a network in half precision, and of these very weights what ``BoneScanClassifier`` reads.

    Parameters
    ----------
    network : Vgg16Classifier
        Left as it is.
    folder : Path
        Gets ``weights.safetensors`` (half precision, by the names of ``state_dict()``), ``head.safetensors`` (the two
        layers after the global average) and ``maps.onnx``, which holds the same halves, computes in single
        precision and takes every size that is a multiple of the network's; all or nothing.

    Returns
    -------
    float
        The largest difference of the last maps between torch and ONNX Runtime on a random picture.

    Raises
    ------
    InputError
        If a weight is not finite or too large for half precision.
    OutputError, DiskFullError
        If the files cannot be written.
    MissingDependencyError
        If ONNX Runtime is not installed.
    InstallationError
        If both forms differ; nothing is left then.
    """
    if not isinstance(network, Vgg16Classifier):
        raise InputError("network", expected="a Vgg16Classifier", got=type(network).__name__)
    runtime = import_optional("onnxruntime", feature="export", install="pip install 'oncologyai[infer]'")
    state = {name: value.detach().cpu().float().numpy() for name, value in network.state_dict().items()}
    halved = copy.deepcopy(network).cpu().float().eval()
    side = 2**network.blocks
    trial = torch.rand(1, 3, 2 * side, 2 * side, generator=torch.Generator().manual_seed(0))
    with atomic_folder(folder) as draft:
        write_weights(state, draft / "weights.safetensors", half=True)
        halves = read_weights(draft / "weights.safetensors")
        halved.load_state_dict({name: torch.from_numpy(value) for name, value in halves.items()})
        head = {name: value for name, value in state.items() if name.startswith(("hidden.", "last."))}
        write_weights(head, draft / "head.safetensors", half=True)
        _write_maps(halved, trial, draft / "maps.onnx")
        session = runtime.InferenceSession(str(draft / "maps.onnx"), providers=["CPUExecutionProvider"])
        found = session.run(None, {"image": trial.numpy()})[0]
        with torch.inference_mode():
            expected = halved.maps(trial).numpy()
        gap = float(np.abs(found - expected).max())
        if gap > _LARGEST_GAP * (1.0 + float(np.abs(expected).max())):
            raise InstallationError(
                f"export: expected the maps of torch from ONNX Runtime, got {gap:.2g} off; update onnxruntime"
            )
    return gap


def _write_maps(network: Vgg16Classifier, trial: torch.Tensor, path: Path) -> None:
    export_graph(_LastMaps(network).eval(), trial, path, names=("image", "maps"))
    halve_weights(path)
