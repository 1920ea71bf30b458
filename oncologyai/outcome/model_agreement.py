"""Where two models call patients the same, and how right they are there (ch. 4)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai.errors import InputError
from oncologyai.metrics import cohen_kappa
from oncologyai.outcome.classification import ClassPerformance, class_performance

__all__ = ["ModelAgreement", "model_agreement"]


@dataclass(frozen=True)
class ModelAgreement:
    """Two models' calls of the same rows.

    Attributes
    ----------
    rows, agreed : int
        All, and those that both call the same.
    kappa : float
        Agreement beyond chance.
    positives : int
        Rows of class 1 among the agreed.
    performance : ClassPerformance, optional
        Of the agreed rows, by the mean of both chances; None where one class alone is left.
    """

    rows: int
    agreed: int
    kappa: float
    positives: int
    performance: ClassPerformance | None

    @property
    def share(self) -> float:
        """The agreed of all; NaN of none."""
        return self.agreed / self.rows if self.rows else math.nan


def model_agreement(
    labels: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    *,
    thresholds: tuple[float | np.ndarray, float | np.ndarray],
    groups: Sequence[str] | None = None,
    splits: np.ndarray | None = None,
    samples: int = 2000,
    seed: int = 0,
) -> ModelAgreement:
    """Compare what two models call class 1.

    Parameters
    ----------
    labels : ndarray of 0 and 1, (n,)
    first, second : ndarray (n,), 0 to 1
        Chances of the same rows.
    thresholds : pair of float or ndarray (n,)
        Of each model, from its training.
    groups, splits, samples, seed
        As in ``class_performance``.

    Raises
    ------
    InputError
        If lengths differ; and as ``class_performance``.
    """
    truth = np.asarray(labels).astype(bool)
    chances = [np.asarray(one, dtype=np.float64) for one in (first, second)]
    if any(one.shape != truth.shape for one in chances):
        raise InputError(
            "second", expected=f"{truth.size} chances of each", got=", ".join(str(c.size) for c in chances)
        )
    cuts = [np.broadcast_to(np.asarray(cut, dtype=np.float64), truth.shape) for cut in thresholds]
    one, two = (chance >= cut for chance, cut in zip(chances, cuts, strict=True))
    same = one == two
    kept = truth[same]
    whose = None if groups is None else [groups[int(n)] for n in np.flatnonzero(same)]
    performance = None
    if 0 < int(kept.sum()) < len(kept):
        # of two chances above their thresholds the mean is above the thresholds' mean, and of two below it is below
        performance = class_performance(
            kept, (chances[0] + chances[1])[same] / 2, threshold=(cuts[0] + cuts[1])[same] / 2,
            groups=whose, splits=None if splits is None else np.asarray(splits)[same], samples=samples, seed=seed,
        )  # fmt: skip
    kappa = cohen_kappa(one.tolist(), two.tolist())
    return ModelAgreement(len(truth), int(same.sum()), kappa, int(kept.sum()), performance)
