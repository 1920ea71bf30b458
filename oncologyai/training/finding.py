"""When a network is sure enough to call what it marks a finding: chosen on patients left out, lesions against parts
of the same images beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai.errors import InputError

__all__ = ["FindingRule", "fit_finding_rule"]


@dataclass(frozen=True)
class FindingRule:
    """The least mean probability of a finding, and how it does on patients that did not choose it.

    Attributes
    ----------
    least : float
        Chosen on all: the middle between the two values that part lesions from the rest best (Youden's index).
    kept : tuple of bool
        Whether each patient's lesion is called by the rule of the others.
    sensitivity, specificity : float
        Share of lesions called, and of parts beside lesions in which nothing is; NaN where there are none of them.
    parts : int
        How many parts beside lesions there were.
    """

    least: float
    kept: tuple[bool, ...]
    sensitivity: float
    specificity: float
    parts: int


def fit_finding_rule(lesions: Sequence[float], beside: Sequence[Sequence[float]]) -> FindingRule:
    """Choose the rule, and judge it patient by patient without the patient.

    Parameters
    ----------
    lesions : sequence of float, 0-1
        A patient each: mean probability of the largest part found with the lesion in view; 0 where nothing was.
    beside : sequence of sequences of float, 0-1
        The same patients: of the largest part found in each view beside the lesion.

    Returns
    -------
    FindingRule
        Where nothing was ever marked beside a lesion, ``least`` is 0.

    Raises
    ------
    InputError
        If the two lists are not of the same two or more patients.
    """
    if len(lesions) != len(beside) or len(lesions) < 2:
        raise InputError("beside", expected="a list for each of two or more patients", got=f"{len(beside)}")
    kept, quiet = [], []
    for left_out in range(len(lesions)):
        others = [n for n in range(len(lesions)) if n != left_out]
        least = _least([lesions[n] for n in others], [value for n in others for value in beside[n]])
        kept.append(0.0 < lesions[left_out] >= least)
        quiet += [value < least or value == 0.0 for value in beside[left_out]]
    return FindingRule(
        least=_least(lesions, [value for row in beside for value in row]),
        kept=tuple(kept),
        sensitivity=float(np.mean(kept)),
        specificity=float(np.mean(quiet)) if quiet else float("nan"),
        parts=len(quiet),
    )


def _least(lesions: Sequence[float], beside: Sequence[float]) -> float:
    found, marked = np.asarray(lesions, dtype=np.float64), np.asarray(beside, dtype=np.float64)
    if not (marked > 0).any():
        return 0.0
    values = np.unique(np.concatenate([[0.0], found, marked]))
    middles = np.concatenate([[0.0], (values[1:] + values[:-1]) / 2])
    gains = [float((found >= least).mean() + (marked < least).mean()) for least in middles]
    return float(middles[int(np.argmax(gains))])
