"""A training on an outcome from a configuration to a model's files, resumable at any moment; and its folds."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oncologyai._atomic import atomic_file
from oncologyai.errors import InputError
from oncologyai.metrics import Interval, roc_auc
from oncologyai.models import CARD_NAME
from oncologyai.outcome import FollowUp, harrell_c
from oncologyai.progress import Part, Progress, Silent
from oncologyai.training.cross_validation import split_folds
from oncologyai.training.outcome_cases import OutcomeCase, find_outcome_cases, load_outcome_cases
from oncologyai.training.outcome_config import OutcomeTrainConfig
from oncologyai.training.outcome_export import check_outcome_card, export_outcome
from oncologyai.training.outcome_loop import OutcomeFit, OutcomeRow, answer_cases, fit_outcome
from oncologyai.training.outcome_samples import StemCache
from oncologyai.training.outcome_tables import (
    OutcomePrediction,
    patients_of_cases,
    predictions_of,
    read_predictions,
    write_deep_features,
    write_predictions,
)
from oncologyai.training.yaml_config import save_config

__all__ = ["OutcomeCrossValidation", "OutcomeTraining", "choose_epochs", "cross_validate_outcome", "train_outcome"]

_PREDICTIONS, _PATIENTS, _FEATURES, _EPOCHS = "predictions.csv", "patients.csv", "features.csv", "epochs.json"


@dataclass(frozen=True, eq=False)
class OutcomeTraining:
    """What a training left in its folder.

    Attributes
    ----------
    folder : Path
        ``config.yaml``, ``log.csv``, ``tensorboard``, ``checkpoint.pt``; once finished ``weights.safetensors``,
        ``card.json``, ``predictions.csv`` of every case, ``features.csv``.
    rows : tuple of OutcomeRow
    predictions : tuple of OutcomePrediction
        Empty while not finished.
    finished : bool
    """

    folder: Path
    rows: tuple[OutcomeRow, ...]
    predictions: tuple[OutcomePrediction, ...]
    finished: bool


@dataclass(frozen=True, eq=False)
class OutcomeCrossValidation:
    """What a cross-validation left: each case judged by the network that had not seen its patient.

    Attributes
    ----------
    folder : Path
        ``fold-0`` and so on, ``predictions.csv`` a case, ``patients.csv`` a patient.
    predictions, patients : tuple of OutcomePrediction
    auc : Interval
        Of pairs of patients that one fold's network judged: the scales of two folds' networks need not agree. NaN where
        there is no pair yet.
    fold_auc : tuple of float
        Of each fold's patients; NaN where they are of one class.
    finished : bool
    """

    folder: Path
    predictions: tuple[OutcomePrediction, ...]
    patients: tuple[OutcomePrediction, ...]
    auc: Interval
    fold_auc: tuple[float, ...]
    finished: bool


def train_outcome(
    config: OutcomeTrainConfig,
    folder: Path,
    *,
    cache: Path | None = None,
    minutes: float | None = None,
    on_epoch: Callable[[OutcomeRow], None] | None = None,
    progress: Progress | None = None,
) -> OutcomeTraining:
    """Train a network of an outcome, or go on with the training in ``folder``.

    Parameters
    ----------
    config : OutcomeTrainConfig
        ``fold`` is held out; without it every case trains.
    folder : Path
        Of everything that is written.
    cache : Path, optional
        Of prepared cases and what frozen layers make of them; ``folder/cache`` if None.
    minutes, on_epoch, progress
        As of ``train``.

    Raises
    ------
    InputError
        If the configuration, the data or an earlier checkpoint does not fit.
    CancelledError
        If cancelled; the same call goes on from the last whole epoch.
    OutOfMemoryError, DiskFullError
        If the machine does not do.
    """
    check_outcome_card(config)
    watch, kept = progress or Silent(), cache or folder / "cache"
    files = find_outcome_cases(config)
    cases = load_outcome_cases(files, config, kept, progress=Part(watch, 0.0, 0.05))
    fold = -1 if config.fold is None else config.fold
    dealt = _folds(cases, config.folds, config.seed) if config.folds else {}
    held = [case for case in cases if dealt.get(case.patient, -2) == fold]
    learn = _learned_from([case for case in cases if case not in held], config)
    save_config(config, folder / "config.yaml")
    start = 0.05
    if config.epochs_tried:
        part = Part(watch, 0.05, 0.6)
        chosen = choose_epochs(config, learn, folder, stems=kept / "stems", minutes=minutes, progress=part)
        if chosen is None:
            return OutcomeTraining(folder, (), (), False)
        config, start = config.model_copy(update={"epochs": chosen}), 0.6
    fit = fit_outcome(
        config, learn, held, folder, place=(fold + 1, 0), stems=kept / "stems", minutes=minutes,
        on_epoch=on_epoch, progress=Part(watch, start, 0.97),
    )  # fmt: skip
    if not fit.finished:
        return OutcomeTraining(folder, fit.rows, (), False)
    return _finish(config, folder, fit, cases, learn, held, kept / "stems")


def cross_validate_outcome(
    config: OutcomeTrainConfig,
    folder: Path,
    *,
    cache: Path | None = None,
    minutes: float | None = None,
    on_epoch: Callable[[OutcomeRow], None] | None = None,
    progress: Progress | None = None,
) -> OutcomeCrossValidation:
    """Train every fold and judge the patients that it leaves out; finished folds are not done again.

    Raises
    ------
    InputError
        If the configuration has no folds; else as ``train_outcome``.
    CancelledError
        If cancelled; the same call goes on.
    """
    if config.folds < 2:
        raise InputError("folds", expected="2 or more for a cross-validation", got=str(config.folds))
    watch, kept = progress or Silent(), cache or folder / "cache"
    rows: list[OutcomePrediction] = []
    finished = True
    for fold in range(config.folds):
        place, one = folder / f"fold-{fold}", config.model_copy(update={"fold": fold})
        part = Part(watch, fold / config.folds, (fold + 1) / config.folds)
        trained = train_outcome(one, place, cache=kept, minutes=minutes, on_epoch=on_epoch, progress=part)
        finished &= trained.finished
        rows += [row for row in trained.predictions if row.fold == fold]
    rows.sort(key=lambda row: row.case)
    patients = patients_of_cases(rows)
    write_predictions(rows, folder / _PREDICTIONS)
    write_predictions(patients, folder / _PATIENTS)
    each = tuple(
        roc_auc(*_labels_and_chances([row for row in patients if row.fold == fold])) for fold in range(config.folds)
    )
    return OutcomeCrossValidation(folder, tuple(rows), patients, _within_folds(patients), each, finished)


def choose_epochs(
    config: OutcomeTrainConfig,
    cases: Sequence[OutcomeCase],
    folder: Path,
    *,
    stems: Path | None = None,
    minutes: float | None = None,
    progress: Progress | None = None,
) -> int | None:
    """Choose the number of epochs by folds within the training patients: the greatest mean AUC, of equals the fewest.

    Returns
    -------
    int or None
        None where the time given ended first; the same call goes on.

    Raises
    ------
    InputError
        If there are fewer patients than inner folds; else as ``fit_outcome``.
    """
    known = folder / _EPOCHS
    tried = sorted(set(config.epochs_tried))
    longest = config.model_copy(update={"epochs": tried[-1]})
    watch, outer = progress or Silent(), -1 if config.fold is None else config.fold
    dealt = _folds(cases, config.inner_folds, config.seed + 1)
    told: dict[int, list[float]] = {epoch: [] for epoch in tried}
    for inner in range(config.inner_folds):
        held = [case for case in cases if dealt[case.patient] == inner]
        learn = [case for case in cases if dealt[case.patient] != inner]
        part = Part(watch, inner / config.inner_folds, (inner + 1) / config.inner_folds)
        fit = fit_outcome(
            longest, learn, held, folder / f"inner-{inner}", place=(outer + 1, inner + 1), told_at=tried, stems=stems,
            minutes=minutes, progress=part,
        )  # fmt: skip
        if not fit.finished:
            return None
        for epoch in tried:
            told[epoch].append(_auc(held, fit.held_out[epoch]))
    means = {epoch: float(np.nanmean(values)) for epoch, values in told.items()}
    chosen = max(tried, key=lambda epoch: (means[epoch], -epoch))
    with atomic_file(known) as draft:
        about = {"chosen": chosen, "mean_auc": means, "inner_folds": config.inner_folds}
        draft.write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    return chosen


def _folds(cases: Sequence[OutcomeCase], count: int, seed: int) -> dict[str, int]:
    """Deal patients into folds, those with the event evenly."""
    event: dict[str, int] = {}
    for case in cases:
        event[case.patient] = max(event.get(case.patient, 0), case.label)
    least = min(sum(event.values()), len(event) - sum(event.values()))
    if least < count:
        raise InputError("folds", expected=f"at most {least}, the patients of the smaller class", got=str(count))
    strata = {name: str(label) for name, label in event.items()}
    return split_folds([case.patient for case in cases], count, seed=seed, strata=strata)


def _learned_from(cases: Sequence[OutcomeCase], config: OutcomeTrainConfig) -> list[OutcomeCase]:
    if config.train_on == "all":
        return list(cases)
    with_event = {case.patient for case in cases if case.label}
    return [case for case in cases if case.patient in with_event]


def _finish(  # noqa: PLR0917
    config: OutcomeTrainConfig,
    folder: Path,
    fit: OutcomeFit,
    cases: Sequence[OutcomeCase],
    learn: Sequence[OutcomeCase],
    held: Sequence[OutcomeCase],
    stems: Path,
) -> OutcomeTraining:
    """Write what the network says of every case, its features, its weights and card; nothing where that stands."""
    if (folder / CARD_NAME).is_file() and (folder / _PREDICTIONS).is_file():
        return OutcomeTraining(folder, fit.rows, read_predictions(folder / _PREDICTIONS), True)
    fold = -1 if config.fold is None else config.fold
    seen = frozenset(case.patient for case in learn)
    kept = StemCache(stems, fit.network) if config.cache_stem else None
    answers = answer_cases(fit.network, cases, config, stems=kept)
    chances = {name: answer.probability for name, answer in answers.items()}
    left_out = frozenset(case.patient for case in held)
    rows = predictions_of(cases, chances, fold=fold, held_out=left_out, seen=seen)
    write_deep_features(cases, answers, folder / _FEATURES, fold=fold, seen=seen)
    export_outcome(config, fit, folder, seen=seen, held_out=patients_of_cases([row for row in rows if row.fold >= 0]))
    write_predictions(rows, folder / _PREDICTIONS)
    return OutcomeTraining(folder, fit.rows, rows, True)


def _auc(cases: Sequence[OutcomeCase], chances: Mapping[str, float]) -> float:
    return roc_auc([case.label == 1 for case in cases], [chances[case.name] for case in cases])


def _within_folds(patients: Sequence[OutcomePrediction]) -> Interval:
    """Give the area as the C of the event coming first, folds as strata."""
    labels = np.array([row.label for row in patients])
    try:
        found = harrell_c(
            np.array([row.probability for row in patients]),
            FollowUp(2.0 - labels, labels),
            strata=np.array([row.fold for row in patients]),
        )
    except InputError:
        return Interval(float("nan"), float("nan"), float("nan"))
    return Interval(float(found.value), float(found.low), float(found.high))


def _labels_and_chances(rows: Sequence[OutcomePrediction]) -> tuple[list[bool], list[float]]:
    return [row.label == 1 for row in rows], [row.probability for row in rows]
