"""A network of an outcome from its card, and what it says of an image."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from oncologyai._memory import memory_errors
from oncologyai._optional import import_optional
from oncologyai.errors import UnreadableFileError

if TYPE_CHECKING:
    from oncologyai.models import OutcomeModelCard
    from oncologyai.networks import OutcomeNetwork

__all__ = ["OutcomeAnswer", "answer_outcome", "load_outcome_network"]


@dataclass(frozen=True, eq=False)
class OutcomeAnswer:
    """What a network says of a patient: the chance, and the features before its last layer (f,), float32."""

    probability: float
    features: np.ndarray


def load_outcome_network(card: OutcomeModelCard, folder: Path) -> OutcomeNetwork:
    """Build a card's network with its weights, ready for use.

    Raises
    ------
    MissingFileError
        If the weights are not there.
    UnreadableFileError
        If they are not those that the card names, or not the network's.
    MissingDependencyError
        If torch is not installed.
    """
    torch = import_optional("torch", feature="networks of outcomes", install="pip install 'oncologyai[train]'")
    from oncologyai.models import check_file, read_weights
    from oncologyai.networks import build_outcome_network

    place = folder / card.weights.name
    check_file(place, card.weights)
    network = build_outcome_network(card.network.name, **card.network.arguments)
    own, read = network.state_dict(), read_weights(place)
    if {name: tuple(value.shape) for name, value in own.items()} != {n: v.shape for n, v in read.items()}:
        raise UnreadableFileError(str(place), expected=f"weights of {card.network.name}", got="others")
    network.load_state_dict({name: torch.from_numpy(value).to(own[name].dtype) for name, value in read.items()})
    return network.eval()


def answer_outcome(network: OutcomeNetwork, inputs: np.ndarray, *, above: bool = False) -> OutcomeAnswer:
    """Give what a network of one logit says, the mean over an image's views.

    Parameters
    ----------
    network : OutcomeNetwork
        Its mode is left as it was.
    inputs : ndarray, shape (view, channel, k, j, i), float32
        As ``OutcomeImage.inputs`` gives them; one view at a time goes through the network.
    above : bool
        Whether they are what the frozen layers made of them.

    Raises
    ------
    InputError
        If the views are not what the network takes.
    OutOfMemoryError
        If a view does not fit.
    """
    import torch

    device = next(network.parameters()).device
    chances, features = [], []
    was_training = network.training
    network.eval()
    try:
        with torch.inference_mode(), memory_errors(f"a view of {inputs.shape[1:]}"):
            for view in inputs:
                given = torch.from_numpy(np.ascontiguousarray(view, dtype=np.float32))[None].to(device)
                found = network.embed(network.above(given)) if above else network.features(given)
                chances.append(float(torch.sigmoid(network.last(found)[0, 0])))
                features.append(found[0].cpu().numpy())
    finally:
        network.train(was_training)
    return OutcomeAnswer(float(np.mean(chances)), np.stack(features).mean(axis=0))
