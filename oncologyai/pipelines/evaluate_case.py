"""One result against its reference, or against another result: all numbers of a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai._checks import check_positive
from oncologyai.measure import axial_axis, recist_diameters, split_lesions
from oncologyai.metrics import (
    NSCLC_TOLERANCE_MM,
    compare_masks,
    dice_by_slice,
    lung_labels,
    lung_scores,
    true_positive_slices,
)
from oncologyai.types import Mask, Volume

__all__ = ["CaseNumbers", "UnitNumbers", "detect_in_case", "evaluate_case"]


@dataclass(frozen=True)
class CaseNumbers:
    """``values``: as in ``CohortRow``. ``slice_dices``: Dice of each slice that the reference marks, in order."""

    values: Mapping[str, float]
    slice_dices: tuple[float, ...]


@dataclass(frozen=True)
class UnitNumbers:
    """What a detection unit is, without the names of case and method."""

    unit: str
    positive: bool
    found: bool
    overlapping: bool
    score: float


def evaluate_case(reference: Mask, result: Mask, *, tolerance_mm: float = NSCLC_TOLERANCE_MM) -> CaseNumbers:
    """Compare a result with a reference and measure both.

    Parameters
    ----------
    reference, result : Mask
        On one grid; either may be empty.
    tolerance_mm : float
        Of the surface Dice.

    Returns
    -------
    CaseNumbers
        The metrics of ``compare_masks``, then volume, RECIST long axis and number of components of both (0 of an
        empty mask), slice thickness, and the numbers of slices that only one of them marks.

    Raises
    ------
    GeometryMismatchError
        If the masks are not on one grid.
    """
    check_positive(tolerance_mm, "tolerance_mm", "mm")
    values = compare_masks(reference, result, tolerance_mm=tolerance_mm)
    shared = int(np.count_nonzero(true_positive_slices(reference, result)))
    marked = [reference.array.any(axis=(1, 2)), result.array.any(axis=(1, 2))]
    for prefix, mask in (("", reference), ("predicted_", result)):
        values[f"{prefix}volume_ml"] = mask.volume_ml
        values[f"{prefix}recist_mm"] = 0.0 if mask.is_empty else recist_diameters(mask).long_axis.length_mm
        values[f"{prefix}tumours"] = float(len(split_lesions(mask)))
    values["slice_thickness_mm"] = reference.sampling_mm[axial_axis(reference.ijk_to_ras)]
    values["fn_slices"] = float(np.count_nonzero(marked[0]) - shared)
    values["fp_slices"] = float(np.count_nonzero(marked[1]) - shared)
    slices = dice_by_slice(reference, result)[marked[0]]
    return CaseNumbers(values, tuple(float(v) for v in slices))


def detect_in_case(
    reference: Mask,
    result: Mask,
    *,
    lungs: Mapping[str, Mask] | None = None,
    probability: Volume | None = None,
) -> Sequence[UnitNumbers]:
    """Tell what was to be found and what was found, in the whole case or in each lung.

    Parameters
    ----------
    reference, result : Mask
        On one grid.
    lungs : mapping of name to Mask, optional
        On the same grid; the whole case is one unit where there are none.
    probability : Volume, optional
        Of unit probability, on the same grid: the score is its largest value in the unit. Without, a unit scores 1
        where something was found in it and else 0.

    Raises
    ------
    GeometryMismatchError
        If grids differ.
    UnitsError
        If ``probability`` is no probability.
    """
    whole = {"case": Mask.on(reference, np.ones_like(reference.array), "case")}
    units = dict(lungs) if lungs else whole
    labels, found = lung_labels(reference, units), lung_labels(result, units)
    both = lung_labels(Mask.on(reference, reference.array & result.array), units)
    scores = {name: float(found[name]) for name in units}
    if probability is not None:
        scores = lung_scores(probability, units)
    return [UnitNumbers(name, labels[name], found[name], both[name], scores[name]) for name in units]
