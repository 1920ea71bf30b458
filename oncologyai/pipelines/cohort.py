"""What an evaluation of many cases works on: rows of numbers, units of detection, and what is asked of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from oncologyai._checks import check_choice, check_positive, check_range
from oncologyai.errors import InputError
from oncologyai.metrics import NSCLC_TOLERANCE_MM

__all__ = [
    "CASE_VALUES",
    "DEFAULT_METRICS",
    "REFERENCE",
    "CohortConfig",
    "CohortRow",
    "DetectionUnit",
    "by_method",
    "has_tumour",
    "main_rows",
    "shown_name",
]

REFERENCE = "reference"
"""What a result is compared with, unless it is another result."""

DEFAULT_METRICS = ("dice", "jaccard", "surface_dice", "hd95_max_mm", "msd_mm", "apl_contour_mm")
"""Metrics that are tested, grouped and drawn where nobody chooses; ch. 6, table 2, and DenseHighRes3DNet, table 3."""

CASE_VALUES: dict[str, str] = {
    "volume_ml": "volume of the reference; 0 where it is empty",
    "predicted_volume_ml": "volume of the result",
    "recist_mm": "RECIST 1.1 long axis of the reference; 0 where it is empty",
    "predicted_recist_mm": "the same of the result",
    "tumours": "connected components of the reference (voxels joined by face, edge or corner)",
    "predicted_tumours": "the same of the result",
    "slice_thickness_mm": "spacing of the axial slices",
    "fn_slices": "slices that only the reference marks",
    "fp_slices": "slices that only the result marks",
    "seconds": "time that the contour took",
    "reference_seconds": "time that the reference's contour took",
    "predicted_dice": "Dice that was foretold",
    "predicted_low": "lower end of its interval",
    "predicted_high": "upper end of its interval",
    "positive": "1 where there is a tumour, 0 where there is none",
    "found": "1 where the result reports a tumour, 0 where it reports none",
    "score": "what the detection is ranked by, such as the largest probability",
    "time_days": "follow-up",
    "event": "1 where the outcome happened, 0 where the follow-up ended without it",
}
"""What else a row may hold beside the metrics of ``METRIC_DEFINITIONS``."""

_LONGEST_BOOTSTRAP = 1_000_000


@dataclass(frozen=True)
class CohortRow:
    """One result of one case, compared with its reference or with another result.

    ``values`` are numbers by name (``METRIC_DEFINITIONS``, ``CASE_VALUES`` and others); a missing one is absent.
    ``groups`` are the texts that cases are grouped by. ``session`` tells repeated contours of one method apart.
    """

    case: str
    method: str
    values: Mapping[str, float]
    patient: str = ""
    session: str = ""
    against: str = REFERENCE
    against_session: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> float:
        """Give a number, NaN where there is none."""
        return self.values.get(name, math.nan)


@dataclass(frozen=True)
class DetectionUnit:
    """A case or a lung: whether it holds a tumour, whether one was reported, and by what it is ranked.

    ``overlapping``: whether result and reference share a voxel in it; None where nobody knows.
    """

    case: str
    method: str
    unit: str
    positive: bool
    found: bool
    score: float
    patient: str = ""
    overlapping: bool | None = None


@dataclass(frozen=True)
class CohortConfig:
    """What is asked of a cohort.

    Attributes
    ----------
    group_by : tuple of str
        Columns or values that cases are grouped by.
    edges : mapping of str to tuple of float
        Borders of the groups of a numeric column, rising; a border belongs to the group below it.
    readers : tuple of str
        Methods that are people; every pair of methods is compared where there are any.
    metrics : tuple of str
        Which are tested, grouped and drawn; of the default ones, those that are there.
    threshold : float
        Score from which a unit counts as found where no result says so.
    horizon_days : float or None
        Follow-up ends there; 3000 is the published analysis's 100 months of 30 days.
    bootstrap, seed : int
        Samples of the detection's intervals and the seed of their generator.
    tolerance_mm : float
        Of the surface Dice.
    """

    group_by: tuple[str, ...] = ()
    edges: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    readers: tuple[str, ...] = ()
    metrics: tuple[str, ...] = DEFAULT_METRICS
    threshold: float = 0.5
    horizon_days: float | None = None
    bootstrap: int = 2000
    seed: int = 0
    tolerance_mm: float = NSCLC_TOLERANCE_MM

    def __post_init__(self) -> None:
        for name, borders in self.edges.items():
            check_choice(name, self.group_by or ("none: group by it too",), "--edges")
            rising = all(a < b for a, b in pairwise(borders))
            if not borders or not rising or not all(math.isfinite(b) for b in borders):
                got = ",".join(f"{b:g}" for b in borders)
                raise InputError(f"--edges {name}", expected="rising numbers such as 10,50", got=got or "none")
        if len(set(self.group_by)) < len(self.group_by):
            raise InputError("--group-by", expected="different columns", got=", ".join(self.group_by))
        check_positive(self.tolerance_mm, "tolerance_mm", "mm")
        check_range(self.threshold, -math.inf, math.inf, "--threshold")
        check_range(self.bootstrap, 1, _LONGEST_BOOTSTRAP, "--bootstrap")
        if self.horizon_days is not None:
            check_positive(self.horizon_days, "--horizon-days", "days")


def main_rows(rows: Sequence[CohortRow]) -> tuple[CohortRow, ...]:
    """Give the rows against the reference, of repeated contours the first that is listed."""
    first: dict[tuple[str, str], CohortRow] = {}
    for row in rows:
        if row.against == REFERENCE:
            first.setdefault((row.case, row.method), row)
    return tuple(first.values())


def has_tumour(row: CohortRow) -> bool | None:
    """Tell whether there is a tumour to be found: by ``positive``, else the reference's volume, else its voxels.

    None where the row does not say.
    """
    known = row.value("positive"), row.value("volume_ml"), row.value("tp") + row.value("fn")
    first = next((value for value in known if not math.isnan(value)), None)
    return None if first is None else first > 0


def by_method(rows: Sequence[CohortRow]) -> dict[str, list[CohortRow]]:
    """Sort rows by method, methods in the order of their first row."""
    found: dict[str, list[CohortRow]] = {}
    for row in rows:
        found.setdefault(row.method, []).append(row)
    return found


def shown_name(name: str) -> str:
    """Give what people call a value, for headings and axes: 'hd95_max_mm' is 'HD95 (larger), mm'."""
    return _NAMES.get(name, name)


_NAMES = {
    "dice": "Dice",
    "jaccard": "Jaccard",
    "surface_dice": "Surface Dice",
    "hausdorff_mm": "Hausdorff, mm",
    "hd95_max_mm": "HD95 (larger), mm",
    "hd95_mean_mm": "HD95 (mean), mm",
    "msd_mm": "Mean surface distance, mm",
    "apl_contour_mm": "Added path length, mm",
    "apl_eq7": "Added path length, eq. 7",
    "dice_2d_mean": "Dice a slice, mean",
    "volume_ml": "Volume, ml",
    "recist_mm": "RECIST long axis, mm",
    "slice_thickness_mm": "Slice thickness, mm",
    "tumours": "Tumours",
    "seconds": "Seconds",
    "predicted_volume_ml": "Volume of the result, ml",
    "predicted_recist_mm": "RECIST long axis of the result, mm",
    "predicted_tumours": "Tumours of the result",
    "reference_seconds": "Seconds, reference",
    "predicted_dice": "Dice foretold",
    "score": "Score",
    "time_days": "Follow-up, days",
}
