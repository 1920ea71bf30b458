"""The ensemble of DenseHighRes3DNet: three trainings' weights, each after its best number of steps, as one model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from pydantic import JsonValue

from oncologyai.errors import InputError
from oncologyai.models import NetworkCall, read_weights
from oncologyai.networks import build_network
from oncologyai.training.config import TrainConfig, load_config
from oncologyai.training.export import check_card, export_network, write_card
from oncologyai.training.yaml_config import save_config

__all__ = ["export_ensemble"]

_NAME = "densehighres3dnet-ensemble"
_MEMBERS = ("highres3dnet", "densehighres3dnet-v1", "densehighres3dnet-v2")  # as highres3dnet_ensemble holds them
_PREPARATION = ("channels", "spacing_mm", "orientation", "interpolation", "patch")


def export_ensemble(members: Sequence[Path], folder: Path) -> float:
    """Write the ensemble's weights, its exported form and its card.

    Parameters
    ----------
    members : sequence of Path
        A file of weights of each network (the baseline, version 1 and version 2, in any order), in the folder of its
        training, such as ``weights-60.safetensors`` beside ``config.yaml``.
    folder : Path
        Gets ``weights.safetensors``, ``model.onnx``, ``config.yaml`` and, where a member's configuration has
        ``model``, ``card.json``.

    Returns
    -------
    float
        The largest difference of logits between the two forms.

    Raises
    ------
    InputError
        If a network is missing or given twice, the members saw differently prepared images, or a file's weights are
        not its network's.
    MissingFileError, UnreadableFileError
        If a file of weights or its ``config.yaml`` is not there or damaged.
    """
    trained = {}
    for path in members:
        config = load_config(path.parent / "config.yaml")
        trained[config.network.name] = (path, config)
    if set(trained) != set(_MEMBERS) or len(members) != len(_MEMBERS):
        got = f"{len(members)} files, of {', '.join(sorted(trained)) or 'no network'}"
        raise InputError("members", expected=f"weights of {', '.join(_MEMBERS)}, one each", got=got)
    config = _shared_config([trained[name][1] for name in _MEMBERS])
    weights = {}
    for place, name in enumerate(_MEMBERS):
        path, own = trained[name]
        for key, value in _checked(path, own.network).items():
            weights[f"members.{place}.{key}"] = value
    check_card(config)
    gap = export_network(config.network, weights, folder, patch=config.patch)
    save_config(config, folder / "config.yaml")
    write_card(config, folder, dice={})
    return gap


def _shared_config(configs: Sequence[TrainConfig]) -> TrainConfig:
    first = configs[0].to_dict()
    for config in configs[1:]:
        other = [name for name in _PREPARATION if config.to_dict()[name] != first[name]]
        if other:
            raise InputError("members", expected=f"trainings of the same {', '.join(other)}", got="different ones")
    arguments: dict[str, JsonValue] = {}
    for config in configs:
        arguments.update(config.network.arguments)
    call = NetworkCall(name=_NAME, arguments=arguments)
    return configs[0].model_copy(update={"name": _NAME, "network": call, "keep_epochs": ()})


def _checked(path: Path, call: NetworkCall) -> dict[str, torch.Tensor]:
    """Read weights and try them on the network that they should belong to."""
    network = build_network(call.name, **call.arguments)
    weights = {name: torch.from_numpy(value) for name, value in read_weights(path).items()}
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        got = " ".join(str(error).split())[:160]
        raise InputError(str(path), expected=f"weights of {call.name} as {path.parent} built it", got=got) from error
    return weights
