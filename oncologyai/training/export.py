"""A trained network as a model: half-precision weights, the exported form that equals them, and a card."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from pydantic import ValidationError
from torch import nn

from oncologyai._atomic import atomic_file
from oncologyai._optional import import_optional
from oncologyai.errors import InputError, InstallationError
from oncologyai.models import CARD_NAME, ModelCard, NetworkCall, read_weights, save_card, sha256_of, write_weights
from oncologyai.networks import SegmentationNetwork, build_network
from oncologyai.networks.network import pad_to_multiple
from oncologyai.training.config import TrainConfig

__all__ = [
    "ONNX_NAME",
    "WEIGHTS_NAME",
    "check_card",
    "export_graph",
    "export_network",
    "halve_weights",
    "save_weights",
    "write_card",
]

WEIGHTS_NAME, ONNX_NAME = "weights.safetensors", "model.onnx"
_LARGEST_GAP = 1e-3  # of logits between torch and ONNX Runtime, beside 1e-3 of their size
_OPSET = 17
_LEAST_HALVED = 64  # numbers of a tensor that is worth a node of its own


def export_network(
    call: NetworkCall, weights: Mapping[str, torch.Tensor], folder: Path, *, patch: Sequence[int]
) -> float:
    """Write the weights in half precision and, of these very weights, the ONNX model in single precision.

    Parameters
    ----------
    call : NetworkCall
        How the network is built.
    weights : mapping of str to Tensor
        Its ``state_dict()``.
    folder : Path
        Gets ``weights.safetensors`` and ``model.onnx``, which holds the same numbers, computes in single precision and
        takes every size that is a multiple of the network's.
    patch : sequence of int
        ([k,] j, i) of the trial that both forms are compared on.

    Returns
    -------
    float
        The largest difference of logits between torch and ONNX Runtime on random input.

    Raises
    ------
    InputError
        If a weight is not finite or too large for half precision.
    OutputError, DiskFullError
        If the files cannot be written.
    MissingDependencyError
        If ONNX Runtime is not installed.
    InstallationError
        If the two forms differ; no ONNX model is left then.
    """
    runtime = import_optional("onnxruntime", feature="export", install="pip install 'oncologyai[infer]'")
    folder.mkdir(parents=True, exist_ok=True)
    save_weights(weights, folder / WEIGHTS_NAME)
    network = _with_weights(call, folder / WEIGHTS_NAME)
    generator = torch.Generator().manual_seed(0)
    trial = pad_to_multiple(torch.randn(1, network.in_channels, *patch, generator=generator), network.multiple)
    with atomic_file(folder / ONNX_NAME) as draft:
        _write_onnx(network, trial, draft)
        session = runtime.InferenceSession(str(draft), providers=["CPUExecutionProvider"])
        found = session.run(None, {"image": trial.numpy()})[0]
        with torch.inference_mode():
            expected = network(trial).numpy()
        gap = float(np.abs(found - expected).max())
        if gap > _LARGEST_GAP * (1.0 + float(np.abs(expected).max())):
            raise InstallationError(
                f"export: expected the logits of torch from ONNX Runtime, got {gap:.2g} off; update onnxruntime"
            )
    return gap


def save_weights(weights: Mapping[str, torch.Tensor], path: Path) -> None:
    """Write a ``state_dict()`` in half precision.

    What is not floating is the number of batches that batch norm has seen, which only training with a cumulative
    average reads: it stays within half precision's range.

    Raises
    ------
    InputError
        If a weight is not finite or too large for half precision.
    OutputError, DiskFullError
        If the file cannot be written.
    """
    most = np.finfo(np.float16).max
    arrays = {}
    for name, value in weights.items():
        array = value.detach().cpu().float().numpy()
        arrays[name] = array if value.is_floating_point() else np.minimum(array, most)
    write_weights(arrays, path, half=True)


def check_card(config: TrainConfig) -> None:
    """Check the fields of ``model`` in a configuration before anything is trained.

    Raises
    ------
    InputError
        If they make no card; the first wrong field is named.
    """
    if config.model:
        trial = {"name": WEIGHTS_NAME, "role": "weights", "sha256": "0" * 64, "size_bytes": 1}
        _card(config, [trial], [])


def write_card(config: TrainConfig, folder: Path, *, dice: Mapping[str, float]) -> ModelCard | None:
    """Write the card of an exported model, or nothing where the configuration has no ``model``.

    Parameters
    ----------
    config : TrainConfig
        ``model`` holds the card's texts: title, labels, training, licence and what else it should say.
    folder : Path
        Of the exported files.
    dice : mapping of str to float
        Of the cases that validated; empty leaves the figure out.

    Raises
    ------
    InputError
        If the fields make no card.
    OutputError
        If the place cannot be written.
    """
    if not config.model:
        return None
    files = []
    for name, role in ((WEIGHTS_NAME, "weights"), (ONNX_NAME, "onnx")):
        path = folder / name
        files.append({"name": name, "role": role, "sha256": sha256_of(path), "size_bytes": path.stat().st_size})
    figures = []
    if dice:
        mean = round(float(np.mean(list(dice.values()))), 4)
        chosen = ", but it chose the epoch" if config.keep == "best" else ""
        where = f"fold {config.fold} of {config.folds}, not trained on{chosen}; working grid"
        figures.append({"metric": "mean Dice", "value": mean, "test_set": where, "cases": len(dice)})
    return save_card(_card(config, files, figures), folder / CARD_NAME)


def _card(config: TrainConfig, files: Sequence[object], figures: Sequence[object]) -> ModelCard:
    plain = config.to_dict()
    geometry = ("spacing_mm", "orientation", "interpolation", "region", "outside", "margin", "shrink_to", "overlap")
    shared = ("channels", "network", *geometry)
    fields = {
        "id": config.name,
        "title": config.name,
        **{name: plain[name] for name in shared},
        "patch": plain["window"] or plain["patch"],
        "files": list(files),
        "figures": list(figures),
        **config.model,
    }
    try:
        return ModelCard.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in ("model", *first["loc"]))
        raise InputError(place, expected="a field of a model card", got=first["msg"][:200]) from error


def _with_weights(call: NetworkCall, path: Path) -> SegmentationNetwork:
    network = build_network(call.name, **call.arguments)
    kinds = {name: value.dtype for name, value in network.state_dict().items()}
    read = read_weights(path)
    network.load_state_dict({name: torch.from_numpy(value).to(kinds[name]) for name, value in read.items()})
    return network.eval()


def _write_onnx(network: SegmentationNetwork, trial: torch.Tensor, path: Path) -> None:
    axes = {0: "batch"}
    if getattr(network, "only_size", None) is None:
        axes.update(dict(enumerate("kji"[3 - network.dims :], start=2)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer's, of the checks that a traced copy leaves out
        torch.onnx.export(
            network,
            (trial,),
            str(path),
            dynamo=False,
            input_names=["image"],
            output_names=["logits"],
            dynamic_axes={"image": axes, "logits": axes},
            opset_version=_OPSET,
        )
    halve_weights(path)


def export_graph(module: nn.Module, trial: torch.Tensor, path: Path, *, names: tuple[str, str]) -> None:
    """Write a network of two-dimensional pictures (batch, channel, j, i) as ONNX; all but the channels may vary.

    Parameters
    ----------
    module : Module
        In the state of inference.
    trial : Tensor
        A picture of a size that it takes.
    path : Path
    names : (str, str)
        Of what goes in and what comes out.
    """
    axes = {0: "batch", 2: "j", 3: "i"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer's, of checks that a traced copy leaves out
        torch.onnx.export(
            module, (trial,), str(path), dynamo=False, input_names=[names[0]], output_names=[names[1]],
            dynamic_axes=dict.fromkeys(names, axes), opset_version=_OPSET,
        )  # fmt: skip


def halve_weights(path: Path) -> None:
    """Store in half precision what half precision holds exactly: half the file, the same numbers when it is loaded."""
    onnx = import_optional("onnx", feature="export", install="pip install 'oncologyai[train]'")
    model = onnx.load(str(path))
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT:
            continue
        values = onnx.numpy_helper.to_array(tensor)
        with np.errstate(over="ignore"):
            halves = values.astype(np.float16)
        if values.size >= _LEAST_HALVED and np.array_equal(halves.astype(np.float32), values):
            name = tensor.name
            tensor.CopyFrom(onnx.numpy_helper.from_array(halves, f"{name}.half"))
            casts.append(onnx.helper.make_node("Cast", [tensor.name], [name], to=onnx.TensorProto.FLOAT))
    for node in reversed(casts):
        model.graph.node.insert(0, node)
    onnx.save(model, str(path))
