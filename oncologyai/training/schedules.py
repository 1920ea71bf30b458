"""How the learning rate falls over a training."""

from __future__ import annotations

import math
from collections.abc import Callable

from oncologyai._checks import check_choice, check_positive, check_range

__all__ = ["SCHEDULES", "learning_rate"]

_POLY_POWER = 0.9  # Isensee et al. 2021 (nnU-Net), as are poly's users CoTr and others


def _constant(share: float) -> float:
    return 1.0


def _cosine(share: float) -> float:
    return 0.5 * (1.0 + math.cos(math.pi * share))


def _poly(share: float) -> float:
    return float((1.0 - share) ** _POLY_POWER)


SCHEDULES: dict[str, Callable[[float], float]] = {"constant": _constant, "cosine": _cosine, "poly": _poly}


def learning_rate(schedule: str, base: float, share: float, *, warm_up: float = 0.0) -> float:
    """Give the learning rate at a share of the training.

    Parameters
    ----------
    schedule : {'constant', 'cosine', 'poly'}
        cosine: base (1 + cos(pi share)) / 2, annealing as in ch. 6, without restarts; poly: base (1 - share)^0.9.
    base : float, > 0
        The rate that the schedule starts from.
    share : float, 0 to 1
        Of the steps, how many are done.
    warm_up : float, 0 to 1
        Over this share the rate rises linearly from 0.

    Returns
    -------
    float
        At least 0.

    Raises
    ------
    InputError
        If the schedule is unknown or a number is out of range.
    """
    check_choice(schedule, SCHEDULES, "schedule")
    check_positive(base, "base")
    check_range(share, 0.0, 1.0, "share")
    check_range(warm_up, 0.0, 1.0, "warm_up")
    rising = min(1.0, share / warm_up) if warm_up > 0 else 1.0
    return base * rising * SCHEDULES[schedule](share)
