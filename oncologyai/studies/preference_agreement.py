"""How far readers agree with each other, and each with what he or she said before."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from oncologyai.metrics import cohen_kappa, fleiss_kappa, proportion_interval, sign_flip_test
from oncologyai.studies.resampling import Resampling, interval_over_cases
from oncologyai.types import Table

__all__ = ["agreement_table", "consistency_table", "pairs_table"]


def agreement_table(
    named: Sequence[tuple[str, pd.DataFrame]],
    choices: Sequence[str],
    draws: Resampling | None = None,
) -> Table:
    """Give Fleiss' kappa of each group, on the cases that all its readers judged.

    Parameters
    ----------
    named : sequence of (str, DataFrame)
        Groups of two readers or more get a row; columns reader, case, preferred; no repeats.
    choices : sequence of str
        What may be preferred.
    draws : Resampling, optional
        For the interval, from drawing cases again.

    Returns
    -------
    Table
        group, readers, cases, agreed (share of agreeing pairs in per cent), kappa, low, high; None where undefined.
    """
    rows: list[tuple[str | float | int | None, ...]] = []
    for name, part in named:
        wide = part.pivot(index="case", columns="reader", values="preferred").dropna()
        if wide.shape[1] < 2:
            continue
        counts = np.stack([(wide == choice).sum(axis=1).to_numpy() for choice in choices], axis=1)
        kappa = fleiss_kappa(counts)
        low, high = interval_over_cases(partial(_kappa_of, counts), len(counts), draws)
        pairs = wide.shape[1] * (wide.shape[1] - 1)
        agreed = 100 * float((counts * (counts - 1)).sum() / pairs / len(counts)) if len(counts) else math.nan
        rows.append((name, wide.shape[1], len(wide), _plain(agreed), _plain(kappa), _plain(low), _plain(high)))
    return Table("agreement", ("group", "readers", "cases", "agreed", "kappa", "low", "high"), tuple(rows))


def pairs_table(first: pd.DataFrame) -> Table:
    """Give Cohen's kappa of each two readers, on the cases that both judged.

    Parameters
    ----------
    first : DataFrame
        Columns reader, case, preferred; no repeats.

    Returns
    -------
    Table
        first, second, cases, agreed (per cent), kappa; None where undefined.
    """
    wide = first.pivot(index="case", columns="reader", values="preferred")
    rows = []
    for one, other in itertools.combinations(dict.fromkeys(first["reader"]), 2):
        both = wide[[one, other]].dropna()
        same = 100 * float((both[one] == both[other]).mean())
        rows.append((one, other, len(both), _plain(same), _plain(cohen_kappa(list(both[one]), list(both[other])))))
    return Table("pairs", ("first", "second", "cases", "agreed", "kappa"), tuple(rows))


def consistency_table(frame: pd.DataFrame, *, level: float = 0.95) -> Table:
    """Give for each reader how often a repeat got the same answer, and how often the left side was chosen.

    Parameters
    ----------
    frame : DataFrame
        Columns reader, group, case, repeat, preferred, side.
    level : float
        Of the exact intervals.

    Returns
    -------
    Table
        reader, group, repeats, same, consistency, low, high (per cent), kappa (first against repeat), left, right,
        left_share (per cent), left_p (exact two-sided test against half); None where undefined or not known.
    """
    columns = (
        "reader", "group", "repeats", "same", "consistency", "low", "high", "kappa", "left", "right", "left_share",
        "left_p",
    )  # fmt: skip
    rows = []
    for reader, part in frame.groupby("reader", sort=False):
        again = part["repeat"].astype(bool)
        pairs = part[~again].merge(part[again], on="case", suffixes=("_first", "_again"))
        first, second = list(pairs["preferred_first"]), list(pairs["preferred_again"])
        same = sum(a == b for a, b in zip(first, second, strict=True))
        share = proportion_interval(same, len(pairs), level=level)
        left, right = (int((part["side"] == side).sum()) for side in ("left", "right"))
        sided = left + right
        rows.append(
            (str(reader), str(part["group"].iloc[0]), len(pairs), same,
             *(_plain(100 * value) for value in share),
             _plain(cohen_kappa(first, second)), left, right, 100 * left / sided if sided else None,
             sign_flip_test([1] * left + [-1] * right) if sided else None)
        )  # fmt: skip
    return Table("consistency", columns, tuple(rows))


def _kappa_of(counts: np.ndarray, cases: np.ndarray) -> float:
    return fleiss_kappa(counts[cases])


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value
