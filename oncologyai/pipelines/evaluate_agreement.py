"""How volume and RECIST diameter of the results agree with those of the references (Bland and Altman)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from oncologyai.metrics import BlandAltman, bland_altman
from oncologyai.pipelines.cohort import CohortRow, by_method
from oncologyai.types import Table

__all__ = ["QUANTITIES", "Agreement", "analyse_agreement"]

QUANTITIES = ("volume_ml", "recist_mm")

_COLUMNS = (
    "method", "quantity", "n", "bias", "bias_low", "bias_high", "sd",
    "lower", "lower_low", "lower_high", "upper", "upper_low", "upper_high",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Agreement:
    """One method's agreement in one quantity."""

    method: str
    quantity: str
    found: BlandAltman


def analyse_agreement(rows: Sequence[CohortRow]) -> tuple[Table, tuple[Agreement, ...]]:
    """Give bias and limits of result minus reference, a row a method and quantity.

    Cases without a tumour in both are left out: nothing was measured there. A missed tumour counts with 0.
    """
    found = []
    for method, own in by_method(rows).items():
        for quantity in QUANTITIES:
            pairs = [(row.value(quantity), row.value(f"predicted_{quantity}")) for row in own]
            kept = [pair for pair in pairs if not any(math.isnan(v) for v in pair) and any(pair)]
            if kept:
                found.append(Agreement(method, quantity, bland_altman(*zip(*kept, strict=True))))
    cells = tuple((a.method, a.quantity, *_cells(a.found)) for a in found)
    return Table("agreement", _COLUMNS, cells), tuple(found)


def _cells(found: BlandAltman) -> tuple[float | int | None, ...]:
    cells = (found.n, *found.bias, found.sd, *found.lower, *found.upper)
    return tuple(None if math.isnan(cell) else cell for cell in cells)
