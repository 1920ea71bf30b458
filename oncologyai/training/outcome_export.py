"""A trained network of an outcome as a model: weights in single precision and a card that says what it began with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from oncologyai.errors import InputError
from oncologyai.metrics import auc_interval
from oncologyai.models import (
    CARD_NAME,
    Initialisation,
    OutcomeModelCard,
    save_outcome_card,
    sha256_of,
    write_weights,
)
from oncologyai.training.export import WEIGHTS_NAME
from oncologyai.training.outcome_config import OutcomeTrainConfig
from oncologyai.training.outcome_loop import OutcomeFit
from oncologyai.training.outcome_tables import OutcomePrediction

__all__ = ["check_outcome_card", "export_outcome"]

_LICENCE = {"name": "not stated", "commercial": False}


def check_outcome_card(config: OutcomeTrainConfig) -> None:
    """Check the fields of ``model`` before anything is trained; raises InputError that names the first wrong one."""
    trial = {"name": WEIGHTS_NAME, "role": "weights", "sha256": "0" * 64, "size_bytes": 1}
    _card(config, trial, (Initialisation(part="network", what="random"),))


def export_outcome(
    config: OutcomeTrainConfig,
    fit: OutcomeFit,
    folder: Path,
    *,
    seen: frozenset[str],
    held_out: Sequence[OutcomePrediction],
) -> OutcomeModelCard:
    """Write weights and card.

    Parameters
    ----------
    config : OutcomeTrainConfig
        ``model`` holds the card's texts; without them it says that nothing is stated.
    fit : OutcomeFit
    folder : Path
    seen : frozenset of str
        Patients that were learned from.
    held_out : sequence of OutcomePrediction
        Patients that were not: the card's figure; empty leaves it out.

    Raises
    ------
    InputError
        If a weight is not finite.
    OutputError, DiskFullError
        If the files cannot be written.
    """
    weights = {name: value.detach().cpu().float().numpy() for name, value in fit.network.state_dict().items()}
    path = folder / WEIGHTS_NAME
    write_weights(weights, path)
    file = {"name": WEIGHTS_NAME, "role": "weights", "sha256": sha256_of(path), "size_bytes": path.stat().st_size}
    card = _card(config, file, fit.initialised, seen=sorted(seen), figures=_figures(config, held_out))
    return save_outcome_card(card, folder / CARD_NAME)


def _card(
    config: OutcomeTrainConfig,
    file: object,
    initialised: Sequence[Initialisation],
    *,
    seen: Sequence[str] = (),
    figures: Sequence[object] = (),
) -> OutcomeModelCard:
    plain = config.to_dict()
    fields: dict[str, Any] = {
        "id": config.name,
        "title": config.name,
        "endpoint": {"name": config.data.label, "positive": config.data.positive},
        "training": {"description": "not stated"},
        "licence": _LICENCE,
        **config.model,
        "channels": plain["channels"],
        "image": plain["image"],
        "network": config.call.model_dump(mode="json"),
        "initialised": [one.model_dump(mode="json") for one in initialised],
        "seed": config.seed,
        "epochs": config.epochs,
        "files": [file],
        "seen": list(seen),
        "figures": list(figures),
    }
    if isinstance(fields["training"], dict):
        fields["training"] = {**fields["training"], "patients": len(seen)}
    try:
        return OutcomeModelCard.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in ("model", *first["loc"]))
        raise InputError(place, expected="a field of a card", got=first["msg"][:200]) from error


def _figures(config: OutcomeTrainConfig, rows: Sequence[OutcomePrediction]) -> list[dict[str, Any]]:
    labels = [row.label == 1 for row in rows]
    if not 0 < sum(labels) < len(labels):
        return []
    found = auc_interval(labels, np.array([row.probability for row in rows]))
    where = f"patients of fold {config.fold} of {config.folds}, not trained on; nothing was chosen by them"
    interval = [found.low, found.high] if np.isfinite([found.low, found.high]).all() else None
    return [{"metric": "AUC", "value": found.value, "interval": interval, "test_set": where, "cases": len(rows)}]
