"""What a network of an outcome holds before its training: random numbers, public weights, an earlier training's."""

from __future__ import annotations

from pathlib import Path

import torch

from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.inference import load_outcome_network
from oncologyai.models import Initialisation, load_outcome_card, read_weights, sha256_of
from oncologyai.networks import OutcomeNetwork, build_outcome_network
from oncologyai.training.outcome_config import BeginFrom, OutcomeTrainConfig, StemWeights

__all__ = ["begin_outcome_network"]

_COUNTER = "num_batches_tracked"  # of batch norms: no weight


def begin_outcome_network(config: OutcomeTrainConfig) -> tuple[OutcomeNetwork, tuple[Initialisation, ...]]:
    """Build the network of a configuration as its training begins, and say what each part holds.

    Random numbers come from torch's generator with the configuration's seed: the same in every fold, so that what the
    frozen layers make of an image may be kept.

    Raises
    ------
    MissingFileError
        If a file of weights is not there.
    UnreadableFileError
        If its SHA-256 is another, or it is damaged.
    InputError
        If weights are not the network's.
    """
    torch.manual_seed(config.seed)
    network = build_outcome_network(config.call.name, **config.call.arguments)
    random = f"random (PyTorch's own, seed {config.seed})"
    if config.begin_from is not None:
        return network, _from_earlier(network, config.begin_from, config.stemmed, random)
    said = []
    if config.stemmed:
        if config.stem is None:
            said.append(Initialisation(part="stem", what=f"{random}: no ImageNet weights were given", frozen=True))
        else:
            _load_stem(network, config.stem)
            told = config.stem
            said.append(
                Initialisation(part="stem", what=told.what, sha256=told.sha256, licence=told.licence, frozen=True)
            )
    said.append(Initialisation(part="above the stem" if config.stemmed else "network", what=random))
    return network, tuple(said)


@torch.no_grad()
def _load_stem(network: OutcomeNetwork, given: StemWeights) -> None:
    """Take over the stem's weights from a file in torchvision's names."""
    path = Path(given.path)
    if not path.is_file():
        raise MissingFileError("stem.path", expected="ResNet-50's weights in safetensors", got=str(path))
    if (found := sha256_of(path)) != given.sha256:
        raise UnreadableFileError(str(path), expected=f"SHA-256 {given.sha256[:12]}...", got=f"{found[:12]}...")
    (stem,) = network.frozen()
    own = {name: value for name, value in stem.state_dict().items() if not name.endswith(_COUNTER)}
    read = read_weights(path, names=own)
    for name, value in own.items():
        if name not in read or read[name].shape != tuple(value.shape):
            got = f"{name} of shape {read[name].shape}" if name in read else f"none called {name}"
            raise InputError("stem.path", expected="ResNet-50's weights in torchvision's names", got=got)
        value.copy_(torch.from_numpy(read[name]))


@torch.no_grad()
def _from_earlier(network: OutcomeNetwork, begin: BeginFrom, stemmed: bool, random: str) -> tuple[Initialisation, ...]:
    """Take over an earlier training's weights; what the stem was is what that one's card says."""
    folder = Path(begin.path)
    card = load_outcome_card(folder)
    earlier = load_outcome_network(card, folder if folder.is_dir() else folder.parent).state_dict()
    own = network.state_dict()
    kept = {name for name in own if not (begin.reset_last and name.startswith("last."))}
    for name in kept:
        if name not in earlier or earlier[name].shape != own[name].shape:
            raise InputError("begin_from", expected="an earlier training of the same network", got=f"another {name}")
        own[name].copy_(earlier[name])
    said = [one for one in card.initialised if one.part == "stem"] if stemmed else []
    what = f"an earlier training, {card.id}, on {card.endpoint.name} of {len(card.seen)} patients"
    part = "above the stem" if stemmed else "network"
    said.append(Initialisation(part=part, what=what, sha256=card.weights.sha256, licence=card.licence.name))
    if begin.reset_last:
        said.append(Initialisation(part="last layer", what=random))
    return tuple(said)
