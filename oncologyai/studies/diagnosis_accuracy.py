"""How well each reader, and a model, tells cases with the disease from those without."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from oncologyai.metrics import auc_interval, proportion_interval, summarise
from oncologyai.studies.accuracy_bootstrap import AccuracyDraws, bootstrap_accuracy, f1_score
from oncologyai.studies.model_scores import ModelScores
from oncologyai.studies.resampling import Resampling
from oncologyai.types import Table

__all__ = ["MODEL_GROUP", "Judge", "accuracy_table", "groups_table", "judges_of", "times_table"]

MODEL_GROUP = "model"
Row = tuple[str | float | int | None, ...]


@dataclass(frozen=True, eq=False)
class Judge:
    """A reader or a model: what was said of the cases judged, and areas and F1 scores of cases drawn again."""

    name: str
    group: str
    cases: tuple[str, ...]
    truth: np.ndarray
    scores: np.ndarray
    called: np.ndarray
    seconds: np.ndarray
    draws: AccuracyDraws

    @property
    def is_model(self) -> bool:
        """Whether it is no reader."""
        return self.group == MODEL_GROUP


def judges_of(
    first: pd.DataFrame, truth: dict[str, bool], models: Sequence[ModelScores], draws: Resampling
) -> tuple[Judge, ...]:
    """Give the readers in the order in which they stand, then the models.

    Parameters
    ----------
    first : DataFrame
        Columns reader, group, case, truth, choice, score, seconds; no repeats.
    truth : dict of str to bool
        By case of the study, for the models.
    models : sequence of ModelScores
    draws : Resampling
        Of the bootstrap; the same cases are drawn for all who judged as many.
    """
    found = []
    for name, part in first.groupby("reader", sort=False):
        known, scores, said, taken = (part[c].to_numpy() for c in ("truth", "score", "choice", "seconds"))
        cases = tuple(part["case"])
        drawn = bootstrap_accuracy(known, scores, said, draws)
        found.append(Judge(str(name), str(part["group"].iloc[0]), cases, known, scores, said, taken, drawn))
    for model in models:
        cases = tuple(case for case in truth if case in model.scores)
        scores = np.array([model.scores[case] for case in cases])
        taken = np.array([model.seconds.get(case, math.nan) for case in cases])
        known = np.array([truth[case] for case in cases], dtype=bool)
        said = scores >= model.threshold
        drawn = bootstrap_accuracy(known, scores, said, draws)
        found.append(Judge(model.name, MODEL_GROUP, cases, known, scores, said, taken, drawn))
    return tuple(found)


def accuracy_table(judges: Sequence[Judge], level: float) -> Table:
    """Give area, sensitivity, specificity and F1 of each judge with intervals.

    Returns
    -------
    Table
        reader, group, cases, positives; auc with its bootstrap interval, the median and the quartiles' distance of the
        draws, and DeLong's interval; sensitivity and specificity with exact intervals (Clopper-Pearson); f1 with its
        bootstrap interval; tp, fn, fp, tn. None where undefined.
    """
    return Table("accuracy", _ACCURACY, tuple(_accuracy(judge, level) for judge in judges))


def groups_table(judges: Sequence[Judge]) -> Table:
    """Give, by group of readers and over all of them, how their figures spread: median and quartiles over readers.

    Returns
    -------
    Table
        group, readers, auc_median, auc_q1, auc_q3, auc_iqr, auc_mean, f1_median, sensitivity_median,
        specificity_median, total_min_mean (minutes for all cases, mean over readers).
    """
    readers = [judge for judge in judges if not judge.is_model]
    names = list(dict.fromkeys(judge.group for judge in readers))
    parts = [(name, [judge for judge in readers if judge.group == name]) for name in names]
    if len(names) > 1:
        parts.append(("all readers", readers))
    return Table("groups", _GROUPS, tuple(_group(name, part) for name, part in parts))


def times_table(judges: Sequence[Judge]) -> Table:
    """Give seconds a case and minutes in all, of everyone whose times are known.

    Returns
    -------
    Table
        reader, group, cases, total_min, median_s, q1_s, q3_s, mean_s, sd_s, least_s, most_s.
    """
    rows: list[Row] = []
    for judge in judges:
        known = judge.seconds[np.isfinite(judge.seconds)]
        if known.size:
            s = summarise(known.tolist())
            spread = (s.median, s.q1, s.q3, s.mean, s.sd, s.minimum, s.maximum)
            rows.append((judge.name, judge.group, s.n, float(known.sum()) / 60, *map(_plain, spread)))
    columns = (
        "reader",
        "group",
        "cases",
        "total_min",
        "median_s",
        "q1_s",
        "q3_s",
        "mean_s",
        "sd_s",
        "least_s",
        "most_s",
    )
    return Table("times", columns, tuple(rows))


_ACCURACY = (
    "reader", "group", "cases", "positives", "auc", "auc_low", "auc_high", "draws_median", "draws_iqr", "delong_low",
    "delong_high", "sensitivity", "sensitivity_low", "sensitivity_high", "specificity", "specificity_low",
    "specificity_high", "f1", "f1_low", "f1_high", "tp", "fn", "fp", "tn",
)  # fmt: skip
_GROUPS = (
    "group", "readers", "auc_median", "auc_q1", "auc_q3", "auc_iqr", "auc_mean", "f1_median", "sensitivity_median",
    "specificity_median", "total_min_mean",
)  # fmt: skip


def _accuracy(judge: Judge, level: float) -> Row:
    truth, called = judge.truth, judge.called
    area = auc_interval(truth, judge.scores, level=level)
    tp, fn = int((truth & called).sum()), int((truth & ~called).sum())
    fp, tn = int((~truth & called).sum()), int((~truth & ~called).sum())
    auc, f1 = (draw[np.isfinite(draw)] for draw in judge.draws)
    middle = np.quantile(auc, [0.5, 0.25, 0.75]) if auc.size else np.full(3, math.nan)
    values = (
        area.value, *_ends(auc, level), float(middle[0]), float(middle[2] - middle[1]), area.low, area.high,
        *proportion_interval(tp, tp + fn, level=level), *proportion_interval(tn, tn + fp, level=level),
        f1_score(truth, called), *_ends(f1, level),
    )  # fmt: skip
    return (judge.name, judge.group, len(judge.cases), tp + fn, *map(_plain, values), tp, fn, fp, tn)


def _group(name: str, part: Sequence[Judge]) -> Row:
    areas = summarise([auc_interval(judge.truth, judge.scores).value for judge in part])
    f1 = summarise([f1_score(judge.truth, judge.called) for judge in part])
    sensitivity = summarise([_share(judge.called[judge.truth]) for judge in part])
    specificity = summarise([_share(~judge.called[~judge.truth]) for judge in part])
    minutes = summarise([float(judge.seconds.sum()) / 60 for judge in part])
    figures = (
        areas.median, areas.q1, areas.q3, areas.q3 - areas.q1, areas.mean, f1.median, sensitivity.median,
        specificity.median, minutes.mean,
    )  # fmt: skip
    return (name, len(part), *map(_plain, figures))


def _ends(drawn: np.ndarray, level: float) -> tuple[float, float]:
    if not drawn.size:
        return math.nan, math.nan
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _share(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else math.nan


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
