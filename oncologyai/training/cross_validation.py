"""Folds over patients: the same for the same patients, whatever the order of the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from oncologyai.errors import InputError

__all__ = ["split_folds"]


def split_folds(
    patients: Sequence[str], folds: int, *, seed: int = 0, strata: Mapping[str, str] | None = None
) -> dict[str, int]:
    """Deal patients into folds: all the cases of a patient share one, and each stratum is spread evenly.

    Parameters
    ----------
    patients : sequence of str
        The patient of each case; repeated where a patient has several.
    folds : int, 2 to the number of patients
        How many.
    seed : int, >= 0
        Of the shuffle. The result depends on the set of patients, not on their order.
    strata : mapping of str to str, optional
        The stratum of each patient, such as the modalities at hand; those left out share the stratum ''.

    Returns
    -------
    dict of str to int
        The fold, from 0, of each patient, sorted by patient. Fold sizes differ by at most 1, in each stratum too.

    Raises
    ------
    InputError
        If there are fewer patients than folds, or fewer than two folds.
    """
    names = sorted(set(patients))
    if not 2 <= folds <= len(names):
        raise InputError("folds", expected=f"2 to the number of patients, {len(names)}", got=str(folds))
    chosen = strata or {}
    generator = np.random.default_rng(seed)
    dealt: list[str] = []
    for stratum in sorted({chosen.get(name, "") for name in names}):
        members = [name for name in names if chosen.get(name, "") == stratum]
        dealt += [members[index] for index in generator.permutation(len(members))]
    fold_of = {name: place % folds for place, name in enumerate(dealt)}
    return {name: fold_of[name] for name in names}
