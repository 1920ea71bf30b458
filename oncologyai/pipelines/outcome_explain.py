"""What a network of an outcome says of a patient, and where in the image that comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from oncologyai._checks import check_choice
from oncologyai.explain import CAM_METHODS, heat_volume
from oncologyai.inference import answer_outcome, load_outcome_network, prepare_outcome_image
from oncologyai.models import OutcomeModelCard
from oncologyai.pipelines.provenance import make_provenance
from oncologyai.progress import Part, Progress, Provenance, Silent, Stages
from oncologyai.types import Mask, Table, Volume

__all__ = ["HEAT", "OutcomeExplanation", "explain_outcome"]

HEAT = {"grad-cam": "Grad-CAM", "hirescam": "HiResCAM"}
"""What the map of a method is called in a bundle and in the scene."""


@dataclass(frozen=True, eq=False)
class OutcomeExplanation:
    """What came of it.

    Attributes
    ----------
    probability : float
        Of the card's endpoint.
    heat : Volume
        On the first image's grid, 0 to 1.
    table : Table
        ``Prediction``, a row.
    provenance : Provenance
    """

    probability: float
    heat: Volume
    table: Table
    provenance: Provenance


def explain_outcome(
    volumes: Mapping[str, Volume],
    card: OutcomeModelCard,
    folder: Path,
    *,
    mask: Mask | None = None,
    method: str = "hirescam",
    progress: Progress | None = None,
) -> OutcomeExplanation:
    """Predict a patient's outcome and map what the prediction comes from.

    Parameters
    ----------
    volumes : mapping of str to Volume
        Image by the card's channel names; the map lies on the first one's grid.
    card : OutcomeModelCard
    folder : Path
        Of the card's weights.
    mask : Mask, optional
        On the first image's grid; needed where the card looks at one.
    method : str
        One of ``explain.CAM_METHODS``.
    progress : Progress, optional

    Raises
    ------
    InputError
        As ``prepare_outcome_image``, ``load_outcome_network`` and ``grad_cam``.
    CancelledError
        If the user cancelled.
    """
    check_choice(method, CAM_METHODS, "method")
    stages = Stages(progress or Silent())
    with stages("prepare", share=0.0):
        image = prepare_outcome_image(volumes, card, mask=mask)
        network = load_outcome_network(card, folder)
    with stages("network", share=0.3):
        answer = answer_outcome(network, image.inputs())
    with stages("map", share=0.5):
        heat = heat_volume(network, image, method=method, progress=Part(stages.progress, 0.5, 0.95))
    said = "; ".join(f"{one.part}: {one.what}" for one in card.initialised)
    warnings = () if heat.array.any() else (f"nothing in the image speaks for {card.endpoint.name}: the map is empty",)
    provenance = make_provenance(
        "outcome-explain",
        inputs={**volumes, **({} if mask is None else {"mask": mask})},
        settings={"model": card.id, "endpoint": card.endpoint.name, "map": method, "initialised": said},
        stages=stages,
        warnings=warnings,
        weights_sha256={card.weights.name: card.weights.sha256},
        packages=("torch",),
    )
    horizon = card.endpoint.horizon_days
    columns = ("endpoint", "horizon", "value", "interval", "risk group", "range check", "model card")
    row = (card.endpoint.name, horizon, answer.probability, None, None, None, card.id)
    return OutcomeExplanation(answer.probability, heat, Table("Prediction", columns, (row,)), provenance)
