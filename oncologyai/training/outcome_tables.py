"""What a network said of each case and patient, and its features, as tables."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oncologyai._atomic import atomic_file
from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.inference import OutcomeAnswer
from oncologyai.training.outcome_cases import OutcomeCase

__all__ = ["OutcomePrediction", "patients_of_cases", "predictions_of", "read_predictions", "write_deep_features",
           "write_predictions"]  # fmt: skip

_COLUMNS = ("case", "patient", "label", "probability", "fold", "seen")


@dataclass(frozen=True)
class OutcomePrediction:
    """A case or patient: ``fold`` is the one it was held out in (-1: none), ``seen`` whether it was learned from."""

    case: str
    patient: str
    label: int
    probability: float
    fold: int
    seen: bool


def predictions_of(
    cases: Sequence[OutcomeCase],
    answers: Mapping[str, float],
    *,
    fold: int,
    held_out: frozenset[str],
    seen: frozenset[str],
) -> tuple[OutcomePrediction, ...]:
    """Put answers beside the cases they are of; ``held_out`` and ``seen`` are patients."""
    return tuple(
        OutcomePrediction(
            case.name,
            case.patient,
            case.label,
            answers[case.name],
            fold if case.patient in held_out else -1,
            case.patient in seen,
        )
        for case in cases
    )


def patients_of_cases(rows: Sequence[OutcomePrediction]) -> tuple[OutcomePrediction, ...]:
    """Give a row a patient: the greatest chance of the cases, and whether any has the event (ch. 4, 2.7)."""
    found: dict[str, OutcomePrediction] = {}
    for row in rows:
        had = found.get(row.patient)
        label = max(row.label, had.label if had else 0)
        chance = max(row.probability, had.probability if had else 0.0)
        found[row.patient] = OutcomePrediction(row.patient, row.patient, label, chance, row.fold, row.seen)
    return tuple(found[name] for name in sorted(found))


def write_predictions(rows: Sequence[OutcomePrediction], path: Path) -> None:
    """Write a line a row; raises OutputError."""
    with atomic_file(path) as draft, draft.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for row in rows:
            writer.writerow([row.case, row.patient, row.label, repr(row.probability), row.fold, int(row.seen)])


def read_predictions(path: Path) -> tuple[OutcomePrediction, ...]:
    """Read what ``write_predictions`` wrote; raises MissingFileError and UnreadableFileError."""
    if not path.is_file():
        raise MissingFileError(str(path), expected="predictions of a training", got="none")
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            return tuple(
                OutcomePrediction(
                    row["case"],
                    row["patient"],
                    int(row["label"]),
                    float(row["probability"]),
                    int(row["fold"]),
                    row["seen"] == "1",
                )
                for row in csv.DictReader(stream)
            )
    except (KeyError, ValueError, TypeError) as error:
        raise UnreadableFileError(str(path), expected="predictions of a training", got=str(error)) from error


def write_deep_features(
    cases: Sequence[OutcomeCase], answers: Mapping[str, OutcomeAnswer], path: Path, *, fold: int, seen: frozenset[str]
) -> None:
    """Write a table of features: case, patient, label, fold, seen, then ``deep_000`` and so on.

    Features of two folds' networks have nothing to do with each other: a table is of one network. Whoever learns from
    it must leave out, or split off, the patients that ``seen`` marks.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    count = len(next(iter(answers.values())).features) if answers else 0
    digits = max(3, len(str(count - 1)))
    with atomic_file(path) as draft, draft.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["case", "patient", "label", "fold", "seen", *(f"deep_{n:0{digits}d}" for n in range(count))])
        for case in cases:
            values = np.asarray(answers[case.name].features, dtype=np.float64)
            about = [case.name, case.patient, case.label, fold, int(case.patient in seen)]
            writer.writerow([*about, *(f"{value:.9g}" for value in values)])
