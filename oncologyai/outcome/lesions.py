"""Lesions judged by chains that learned from lesions, brought to their patients: the greatest chance counts (ch. 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from oncologyai.errors import InputError
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.design import Judged, Split, judged_from

__all__ = ["patient_maximum"]


def patient_maximum(
    judged: Judged, data: OutcomeData, splits: Sequence[Split]
) -> tuple[Judged, OutcomeData, tuple[Split, ...]]:
    """Give what was judged of lesions as if of patients.

    A patient's chance is the greatest of his lesions', his class is 1 where a lesion's is; so for the patients that a
    split's chain learned from, whose chances give the threshold.

    Parameters
    ----------
    judged : Judged
        What ``validate`` gave of lesions.
    data : OutcomeData
        The lesions, with ``groups``.
    splits : sequence of Split
        Those that were judged.

    Returns
    -------
    tuple of Judged, OutcomeData, tuple of Split
        Of patients, in the order of their first lesion; the data have no features.

    Raises
    ------
    InputError
        If rows are no lesions, or the splits are not those that were judged.
    """
    if not data.groups:
        raise InputError("groups", expected="whose lesion each row is", got="rows of patients")
    if len(splits) != len(judged.training):
        raise InputError("splits", expected=f"{len(judged.training)}, those that were judged", got=str(len(splits)))
    unit, strata = data.unit_strata
    names = tuple(dict.fromkeys(data.groups))
    patients = OutcomeData(names, (), np.empty((len(names), 0)), strata)
    made, tests, trains = [], [], []
    for n, split in enumerate(splits):
        here = judged.predictions[judged.split == n]
        test, said = _greatest(unit[split.test], here)
        train, learned = _greatest(unit[split.train], judged.training[n])
        made.append(Split(split.name, train, test))
        tests.append(said)
        trains.append(learned)
    found = judged_from(judged.name, patients, made, tests, judged.told, trains)
    return replace(found, name=f"{judged.name}, greatest of a patient"), patients, tuple(made)


def _greatest(unit: np.ndarray, chance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the different units, ascending, and the greatest chance of each."""
    found, place = np.unique(unit, return_inverse=True)
    most = np.full(len(found), -np.inf)
    np.maximum.at(most, place, chance)
    return found, most
