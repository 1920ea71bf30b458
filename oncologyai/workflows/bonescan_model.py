"""The model that a bone-scan training leaves: exported networks, calibration and thresholds, sealed by a card."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from oncologyai._atomic import atomic_folder

if TYPE_CHECKING:
    from oncologyai.models import BoneScanCard, BoneScanForm, BoneScanPicture
    from oncologyai.training import BoneScanCase, BoneScanTrainConfig

__all__ = ["HeldOutScan", "calibrated_form", "write_bonescan_model"]

_SENSITIVITIES = (0.9, 0.95)
_NO_SLOPE = 1e-6  # keeps the order of scans


@dataclass(frozen=True)
class HeldOutScan:
    """What the exported networks say of a scan held out: the mean logit in each form, full size first."""

    name: str
    centre: str
    label: int
    logits: tuple[float, ...]


def calibrated_form(
    labels: np.ndarray,
    logits: np.ndarray,
    members: Sequence[Mapping[str, Any]],
    picture: BoneScanPicture,
    test_set: str,
) -> BoneScanForm:
    """Give a form of a model: its calibration and thresholds of scans held out.

    Parameters
    ----------
    labels, logits : ndarray (n,)
        Of scans that were not learned from.
    members : sequence of mapping
        Fields of ``BoneScanMember``.
    picture : BoneScanPicture
    test_set : str
        What the scans are, for the figures.

    Raises
    ------
    InputError
        If a class is missing.
    """
    from oncologyai.models import BoneScanForm, BoneScanMember, DecisionThreshold, Figure, LogitCalibration
    from oncologyai.outcome import class_performance, recalibrate_logits, sensitivity_threshold, youden_threshold

    line = recalibrate_logits(labels, logits)
    if line.slope <= 0.0:  # no better than by chance: the probability is the share of the class, whatever is said
        share = float(np.mean(labels))
        line = line._replace(intercept=float(np.log(share / (1.0 - share))), slope=_NO_SLOPE)
    chance = 1.0 / (1.0 + np.exp(-(line.intercept + line.slope * logits)))
    values = {"youden": youden_threshold(labels, chance)}
    values |= {f"sensitivity-{s:.2f}": sensitivity_threshold(labels, chance, s) for s in _SENSITIVITIES}
    truth = labels == 1
    thresholds = tuple(
        DecisionThreshold(
            rule=rule,
            value=value,
            sensitivity=float((chance[truth] >= value).mean()),
            specificity=float((chance[~truth] < value).mean()),
        )
        for rule, value in values.items()
    )
    found = class_performance(labels, chance, threshold=values["youden"])
    figure = Figure(
        metric="AUC", value=round(found.auc.value, 4), interval=(round(found.auc.low, 4), round(found.auc.high, 4)),
        test_set=test_set, cases=len(labels),
    )  # fmt: skip
    return BoneScanForm(
        members=tuple(BoneScanMember.model_validate(member) for member in members),
        picture=picture,
        calibration=LogitCalibration(
            temperature=line.temperature, intercept=line.intercept, slope=line.slope, covariance=line.covariance,
            prevalence=float(truth.mean()), scans=len(labels),
        ),
        thresholds=thresholds,
        figures=(figure,),
    )  # fmt: skip


def write_bonescan_model(
    config: BoneScanTrainConfig,
    networks: Sequence[Path],
    told: Sequence[HeldOutScan],
    learned: Sequence[BoneScanCase],
    folder: Path,
    *,
    ranges: Sequence[Sequence[float]] = (),
    base_sha256: str = "",
) -> BoneScanCard:
    """Write a model's folder, all or nothing: the exported networks and the card.

    Parameters
    ----------
    config : BoneScanTrainConfig
    networks : sequence of Path
        Folders that ``export_bonescan_network`` wrote, a member each.
    told : sequence of HeldOutScan
        All of as many forms.
    learned : sequence of BoneScanCase
    folder : Path
    ranges : sequence of sequences of float
        Of each member's convolutions, where there is a quicker form.
    base_sha256 : str
        Of the weights that the training began with.

    Raises
    ------
    InputError
        If both classes are not among the scans held out, or the configuration's fields of the card do not fit.
    OutputError, DiskFullError
        If the folder cannot be written.
    """
    from oncologyai.models import CARD_NAME, save_card

    ends = ["", *(f"-{n}" for n in range(2, len(networks) + 1))]
    members = [{"maps": f"maps{end}.onnx", "head": f"head{end}.safetensors"} for end in ends]
    made: list[list[dict[str, Any]]] = [list(members)]
    if config.fast:
        made.append([{**member, "ranges": own} for member, own in zip(members, ranges, strict=True)])
    labels = np.array([scan.label for scan in told])
    with atomic_folder(folder) as draft:
        for member, place in zip(members, networks, strict=True):
            shutil.copyfile(place / "maps.onnx", draft / member["maps"])
            shutil.copyfile(place / "head.safetensors", draft / member["head"])
        which = f"{len(told)} scans held out from training, half with metastases; calibration and thresholds are theirs"
        forms = [
            calibrated_form(labels, np.array([scan.logits[n] for scan in told]), form, config.picture, which)
            for n, form in enumerate(made)
        ]
        files = [(member["maps"], member["head"]) for member in members]
        return save_card(_card(config, forms, files, draft, learned, base_sha256), draft / CARD_NAME)


def _card(
    config: BoneScanTrainConfig,
    forms: Sequence[BoneScanForm],
    names: Sequence[tuple[str, str]],
    draft: Path,
    learned: Sequence[BoneScanCase],
    base_sha256: str,
) -> BoneScanCard:
    from oncologyai.models import BoneScanCard, sha256_of
    from oncologyai.training.yaml_config import checked_config

    files = [
        {"name": name, "role": role, "sha256": sha256_of(draft / name), "size_bytes": (draft / name).stat().st_size}
        for pair in names
        for name, role in zip(pair, ("onnx", "weights"), strict=True)
    ]
    synthetic = config.data.kind == "synthetic"
    ill = sum(case.label for case in learned)
    begun = "random weights" if config.base is None else f"{config.base.what} (SHA-256 {base_sha256[:16]}...)"
    recipe = config.to_dict()
    recipe["base"] = None if config.base is None else {**config.base.model_dump(), "path": Path(config.base.path).name}
    recipe.pop("model")
    fields: dict[str, Any] = {
        "id": config.name,
        "title": "Metastases on whole-body bone scans",
        "origin": f"oncology-ai train bonescan; the network began with {begun}.",
        "demonstration": synthetic,
        "network": {
            "name": "vgg16", "arguments": {"widths": recipe["widths"], "hidden": config.hidden,
                                           "standardise": config.standardise},
        },
        "full": forms[0].model_dump(),
        "fast": forms[1].model_dump() if len(forms) > 1 else None,
        "files": files,
        "training": {
            "description": f"{len(learned)} {'synthetic ' if synthetic else ''}scans, {ill} of them with metastases",
            "patients": len({case.patient for case in learned}),
            "synthetic": synthetic,
        },
        "recipe": recipe,
        "licence": {"name": "not stated", "commercial": False},
    }  # fmt: skip
    card = {**fields, **config.model, "training": {**fields["training"], **_mapping(config.model.get("training"))}}
    return checked_config(BoneScanCard, card, "the model's card")


def _mapping(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}
