"""What the page of an exploration holds: values and correlations packed as bytes, statistics rounded for reading."""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np

from oncologyai.pipelines import ExploreResult
from oncologyai.report.plots import COLOURS
from oncologyai.types import Table

__all__ = ["page_data", "page_features"]

_DIGITS = 6  # of what the page prints; the tables beside it hold every digit
_NO_VALUE = -128
_MOST_VALUES = 4_000_000  # 43 MB in the page
_MOST_FEATURES = 3_000  # the matrix of all has the square of this many cells

_HEADS = {
    "feature": "Feature", "stability": "Stability", "p": "p", "p_corrected": "p corrected", "p_fdr": "p (FDR)",
    "auc": "AUC", "auc_low": "from", "auc_high": "to", "spearman_volume": "ρ with volume", "group": "Group",
    "missing": "Missing", "n": "n", "median": "Median", "mean": "Mean", "sd": "SD", "note": "Note",
}  # fmt: skip


def page_features(result: ExploreResult) -> np.ndarray:
    """Give the places of the features that the page can hold, in the table's order: all, or those of the least p."""
    count = len(result.table.names)
    most = min(_MOST_FEATURES, max(1, _MOST_VALUES // max(1, len(result.table.cases))))
    if count <= most:
        return np.arange(count)
    p = np.nan_to_num(result.values("p"), nan=2.0)
    kept = set(np.argsort(p, kind="stable")[:most].tolist())
    if result.volume:
        kept.add(result.table.names.index(result.volume))
    return np.array(sorted(kept))


def page_data(result: ExploreResult) -> dict[str, Any]:
    """Give the page's data as JSON values; NaN and infinite numbers are null there.

    ``values``: float64 little-endian, base64, feature after feature. ``codes``: a byte a row, its class.
    ``correlation``: a signed byte a pair, hundredths, -128 for none; the upper triangle with the diagonal, row after
    row. ``order``: the features so that like ones stand together.
    """
    kept = page_features(result)
    table, features = result.table, result.tables["features"]
    rows = [[_plain(cell) for cell in features.rows[n]] for n in kept]
    areas = ["auc"] if result.is_binary else [f"auc_{label}" for label in result.classes]
    codes = np.array([result.classes.index(label) for label in table.labels], dtype=np.uint8)
    place = {int(n): k for k, n in enumerate(kept)}
    strongest = [place[n] for n in result.strongest(1) if n in place]
    return {
        "outcome": result.config.outcome,
        "classes": list(result.classes),
        "colours": [COLOURS[n % len(COLOURS)] for n in range(len(result.classes))],
        "counts": [int((codes == n).sum()) for n in range(len(result.classes))],
        "cases": list(table.cases),
        "codes": _packed(codes),
        "values": _packed(table.values[:, kept].T.astype("<f8")),
        "features": {"columns": list(features.columns), "rows": rows},
        "numeric": _numeric(features),
        "shown": _shown(features, areas),
        "heads": {**_HEADS, **{name: f"AUC {name.removeprefix('auc_')}" for name in areas if name != "auc"}},
        "areas": areas,
        "area_codes": [result.classes.index(label) for label in result.areas],
        "correlation": _packed(_triangle(result.correlation[np.ix_(kept, kept)])),
        "order": [place[int(n)] for n in result.groups.order if int(n) in place],
        "volume": _volume(result, place),
        "alpha": result.config.alpha,
        "auc_threshold": result.config.auc_threshold,
        "volume_threshold": result.config.volume_threshold,
        "tested": int(np.count_nonzero(~np.isnan(result.values("p")))),
        "first": strongest[0] if strongest else 0,
    }


def _shown(features: Table, areas: list[str]) -> list[str]:
    wanted = ["feature", "stability", "p", "p_corrected", *areas]
    wanted += ["auc_low", "auc_high"] if areas == ["auc"] else []
    wanted += ["spearman_volume", "group", "n", "missing", "median", "mean", "sd", "note"]
    return [name for name in wanted if name in features.columns]


def _numeric(features: Table) -> list[bool]:
    return [name not in ("feature", "stability", "stability_measured", "note") for name in features.columns]


def _volume(result: ExploreResult, place: dict[int, int]) -> dict[str, Any] | None:
    if not result.volume:
        return None
    curves = [
        {
            "code": result.classes.index(one.label),
            "falling": one.falling,
            "precision": [_plain(float(v)) for v in one.curve.precision],
            "recall": [_plain(float(v)) for v in one.curve.recall],
            "average_precision": _plain(one.curve.average_precision),
            "area": _plain(one.curve.area),
            "prevalence": _plain(one.curve.prevalence),
        }
        for one in result.curves
        if len(one.curve.recall)
    ]
    return {"feature": place[result.table.names.index(result.volume)], "curves": curves}


def _triangle(matrix: np.ndarray) -> np.ndarray:
    upper = matrix[np.triu_indices(len(matrix))]
    return np.where(np.isnan(upper), _NO_VALUE, np.round(np.nan_to_num(upper) * 100)).astype(np.int8)


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")


def _plain(cell: str | float | int | None) -> str | float | int | None:
    if not isinstance(cell, float):
        return cell
    return float(f"{cell:.{_DIGITS}g}") if math.isfinite(cell) else None
