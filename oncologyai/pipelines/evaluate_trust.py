"""Whether the Dice that was foretold is the Dice that came, and which cases to look at first."""

from __future__ import annotations

import math
from collections.abc import Sequence

from oncologyai.metrics import assess_predictions
from oncologyai.pipelines.cohort import CohortRow, by_method
from oncologyai.types import Table

__all__ = ["analyse_trust"]

_COLUMNS = ("method", "n", "error", "error_of_mean", "rank_correlation", "p", "n_intervals", "coverage")
_RANKED = ("method", "rank", "case", "predicted_dice", "predicted_low", "predicted_high", "dice", "error")


def analyse_trust(rows: Sequence[CohortRow]) -> tuple[Table, Table]:
    """Compare foretold with true Dice by method, and rank its cases by the foretold, worst first.

    Returns
    -------
    tuple of Table
        ``trust``: see ``assess_predictions``. ``ranked``: also cases without a reference. Both are empty where no
        row has ``predicted_dice``.
    """
    figures, ranked = [], []
    for method, own in by_method([row for row in rows if "predicted_dice" in row.values]).items():
        columns = {
            name: [row.value(name) for row in own]
            for name in ("predicted_dice", "dice", "predicted_low", "predicted_high")
        }
        found = assess_predictions(
            columns["predicted_dice"], columns["dice"], low=columns["predicted_low"], high=columns["predicted_high"]
        )
        figures.append((method, *(None if math.isnan(value) else value for value in found)))
        worst_first = sorted(own, key=lambda row: row.values["predicted_dice"])
        ranked += [(method, rank, row.case, *_cells(row)) for rank, row in enumerate(worst_first, start=1)]
    return Table("trust", _COLUMNS, tuple(figures)), Table("ranked", _RANKED, tuple(ranked))


def _cells(row: CohortRow) -> tuple[float | None, ...]:
    error = abs(row.value("predicted_dice") - row.value("dice"))
    cells = (*(row.value(name) for name in _RANKED[3:7]), error)
    return tuple(None if math.isnan(cell) else cell for cell in cells)
