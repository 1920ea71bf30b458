"""A whole cross-validation: each fold's training, the patients left out, the final model with its figures and trust.

Nothing of the final card is judged on a patient that the judged weights had learned from, and the epoch is the last
one unless the configuration keeps the best, which looks at the fold that is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from oncologyai.errors import InputError
from oncologyai.inference import (
    TRUST_FEATURES,
    InferenceConfig,
    TrustFit,
    fit_trust,
    training_ranges,
)
from oncologyai.models import CARD_NAME, Figure, ModelCard, load_card, save_card
from oncologyai.progress import Part, Progress, Silent, check_cancelled
from oncologyai.training.config import TrainConfig
from oncologyai.training.data import CaseFiles, find_cases, read_case
from oncologyai.training.distributed import is_launched
from oncologyai.training.finding import FindingRule, fit_finding_rule
from oncologyai.training.held_out import HeldOut, predict_held_out, read_held_out, write_held_out
from oncologyai.training.log import EpochRow
from oncologyai.training.train import split_cases, train

__all__ = ["HELD_OUT", "CrossValidation", "cross_validate"]

HELD_OUT = "held_out.csv"
"""The file, in a fold's folder and in the whole's, of the cases left out."""

_INTERVAL_DRAWS, _LEAST_FOR_TRUST = 2000, 8
_FINAL = "final"


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """What a cross-validation left.

    Attributes
    ----------
    folder : Path
        ``fold-0`` and so on, ``held_out.csv`` and, with the final model, ``final``.
    rows : tuple of HeldOut
        Every case of the folds that are finished.
    trust : TrustFit or None
        None while a fold is missing, or where fewer than 8 cases held a finding.
    finding : FindingRule or None
        When what is marked is called a finding; None while a fold is missing.
    finished : bool
        False where the time given ended first: the same call goes on.
    """

    folder: Path
    rows: tuple[HeldOut, ...]
    trust: TrustFit | None
    finding: FindingRule | None
    finished: bool


def cross_validate(
    config: TrainConfig,
    folder: Path,
    *,
    cache: Path | None = None,
    members: str = "flips",
    final: bool = True,
    minutes: float | None = None,
    on_epoch: Callable[[EpochRow], None] | None = None,
    progress: Progress | None = None,
) -> CrossValidation:
    """Train every fold, judge each on its own patients, then train on all and write that model's card.

    Parameters
    ----------
    config : TrainConfig
        ``folds`` says how many; ``model`` holds the texts of the card and must be given.
    folder : Path
        Of everything that is written. Finished folds, and cases judged, are not done again.
    cache : Path, optional
        Of prepared cases; ``folder/cache`` if None.
    members : {'flips', 'none'}
        How the model will be run: what disagrees is what its trust is told from.
    final : bool
        Whether the model of all cases is trained too.
    minutes : float, optional
        Of each training; see ``train``.
    on_epoch : callable, optional
        Told every epoch.
    progress : Progress, optional
        Told folds and cases; asked for cancellation.

    Returns
    -------
    CrossValidation

    Raises
    ------
    InputError
        If the configuration has no folds or no ``model``, or torch's launcher started this; see ``train``.
    CancelledError
        If cancelled; the same call goes on.
    """
    _check(config, folder)
    watch = progress or Silent()
    kept = cache or folder / "cache"
    files = find_cases(config, progress=Part(watch, 0.0, 0.01))
    inference = InferenceConfig(members=members, threads=config.threads)
    share = 1.0 / (config.folds + 1)
    rows: list[HeldOut] = []
    finished = True
    for fold in range(config.folds):
        check_cancelled(watch)
        part = Part(watch, share * fold, share * (fold + 1))
        chosen = config.model_copy(update={"fold": fold})
        place = folder / f"fold-{fold}"
        found = _one_fold(chosen, place, files, kept, inference, minutes, on_epoch, part)
        finished &= found is not None
        rows += found or ()
    names = [channel.name for channel in config.channels]
    rows.sort(key=lambda row: row.case)
    write_held_out(rows, names, folder / HELD_OUT)
    trust = _trust(rows) if finished and members != "none" else None
    finding = fit_finding_rule([row.certainty for row in rows], [row.beside for row in rows]) if finished else None
    judged = CrossValidation(folder, tuple(rows), trust, finding, finished)
    if finished and final:
        whole = config.model_copy(update={"fold": None})
        result = train(
            whole,
            folder / _FINAL,
            cache=kept,
            minutes=minutes,
            on_epoch=on_epoch,
            progress=Part(watch, 1.0 - share, 1.0),
        )
        judged = replace(judged, finished=result.finished)
        if result.finished:
            _write_final_card(whole, files, judged, members)
    return judged


def _check(config: TrainConfig, folder: Path) -> None:
    if config.folds < 2 or not config.model:
        raise InputError("config", expected="folds of 2 or more, and model, the card's texts", got="one without")
    if is_launched():
        raise InputError(
            "torchrun",
            expected="one process for a cross-validation",
            got="several",
            remedy=f"train each fold with train segmentation --fold N --out {folder}/fold-N, then run this alone",
        )


def _one_fold(  # noqa: PLR0917
    config: TrainConfig,
    folder: Path,
    files: Sequence[CaseFiles],
    cache: Path,
    inference: InferenceConfig,
    minutes: float | None,
    on_epoch: Callable[[EpochRow], None] | None,
    progress: Progress,
) -> tuple[HeldOut, ...] | None:
    """Train a fold and judge its patients; None where the time given ended first."""
    names = [channel.name for channel in config.channels]
    table = folder / HELD_OUT
    if table.is_file():
        return read_held_out(table, names)
    result = train(config, folder, cache=cache, minutes=minutes, on_epoch=on_epoch, progress=Part(progress, 0.0, 0.9))
    if not result.finished:
        return None
    left_out = set(split_cases(files, config)[1])
    found = predict_held_out(
        [case for case in files if case.name in left_out],
        config,
        load_card(folder / CARD_NAME),
        folder,
        inference=inference,
        progress=Part(progress, 0.9, 1.0),
    )
    write_held_out(found, names, table)
    return found


def _trust(rows: Sequence[HeldOut]) -> TrustFit | None:
    told = [row for row in rows if row.features]
    if len(told) < _LEAST_FOR_TRUST:
        return None
    features = np.array([[row.features[name] for name in TRUST_FEATURES] for row in told])
    return fit_trust(features, np.array([row.dice for row in told]))


def _write_final_card(config: TrainConfig, files: Sequence[CaseFiles], judged: CrossValidation, members: str) -> None:
    """Add to the final model's card what the cross-validation told: figures, trust, ranges of the images seen."""
    place = judged.folder / _FINAL / CARD_NAME
    card = load_card(place)
    where = f"{config.folds}-fold cross-validation over patients; each judged by a model that had not seen it"
    update: dict[str, object] = {
        "figures": (
            *_figures(judged.rows, where, [channel.name for channel in config.channels]),
            *(_finding_figures(judged.finding, where) if judged.finding is not None else ()),
        ),
        "minimum_probability": 0.0 if judged.finding is None else round(judged.finding.least, 4),
        "training_ranges": training_ranges([read_case(case, config)[0] for case in files]),
        "training": card.training.model_copy(update={"patients": len({case.patient for case in files})}),
    }
    if judged.trust is not None:
        update["trust"] = judged.trust.calibration(members, test_set=where)
    changed = {**card.to_json(), **{name: _plain(value) for name, value in update.items()}, "digest": ""}
    save_card(ModelCard.model_validate(changed), place)


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    dump = getattr(value, "model_dump", None)
    return dump(mode="json") if dump is not None else value


def _figures(rows: Sequence[HeldOut], where: str, channels: Sequence[str]) -> tuple[Figure, ...]:
    figures = _of_group(rows, where)
    everything = "+".join(channels)
    complete = [row for row in rows if set(row.channels.split("+")) == set(channels)]
    if len(channels) > 1 and 0 < len(complete) < len(rows):
        figures += _of_group(complete, f"{where}; the patients with {everything}")
    for name in channels:
        left = [row.without[name] for row in complete if name in row.without]
        if left:
            figures.append(_mean(left, "mean Dice", f"{where}; the patients with {everything}, {name} left out"))
    return tuple(figures)


def _finding_figures(finding: FindingRule, where: str) -> list[Figure]:
    chosen = f"{where}, the rule chosen without it"
    figures = [Figure(metric="lesions found", value=finding.sensitivity, test_set=chosen, cases=len(finding.kept))]
    if finding.parts:
        beside = f"{chosen}; views that end beside the lesion"
        figures.append(
            Figure(metric="views with no tumour found", value=finding.specificity, test_set=beside, cases=finding.parts)
        )
    return figures


def _of_group(rows: Sequence[HeldOut], where: str) -> list[Figure]:
    dice = [row.dice for row in rows]
    far = [row.metrics["hd95_max_mm"] for row in rows]
    far_median = float(np.median(far))
    figures = [
        _mean(dice, "mean Dice", where),
        Figure(metric="median Dice", value=round(float(np.median(dice)), 4), test_set=where, cases=len(rows)),
    ]
    if np.isfinite(far_median):
        figures.append(
            Figure(metric="median HD95", value=round(far_median, 2), unit="mm", test_set=where, cases=len(rows))
        )
    return figures


def _mean(values: Sequence[float], metric: str, where: str) -> Figure:
    """Give a mean with its bootstrap interval of 95 % over cases."""
    generator = np.random.default_rng(0)
    array = np.asarray(values, dtype=np.float64)
    means = generator.choice(array, (_INTERVAL_DRAWS, len(array))).mean(axis=1)
    low, high = (round(float(v), 4) for v in np.quantile(means, [0.025, 0.975]))
    value = round(float(array.mean()), 4)
    return Figure(metric=metric, value=value, interval=(low, high), test_set=where, cases=len(array))
