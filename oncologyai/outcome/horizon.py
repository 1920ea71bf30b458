"""Follow-up times as two classes: the event by a horizon, or none by then; censored before it is neither."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from oncologyai._checks import check_positive
from oncologyai.errors import InputError

__all__ = ["event_by_horizon"]


def event_by_horizon(times: Sequence[float], events: Sequence[float], horizon: float) -> np.ndarray:
    """Tell for each patient whether the event happened by a horizon.

    Parameters
    ----------
    times : sequence of float, >= 0
        Days to the event or the last sight; NaN where unknown.
    events : sequence of float
        1 where the event happened, 0 where the follow-up ended without it, NaN where unknown.
    horizon : float, > 0
        Days.

    Returns
    -------
    ndarray, float64
        1: the event came at or before the horizon. 0: the follow-up goes beyond the horizon, or reaches it without
        an event. NaN: nobody knows, since the follow-up ended before the horizon without an event, or the time is
        unknown, or the event is for a time up to the horizon.

    Raises
    ------
    InputError
        If lengths differ, a time is negative or infinite, an event is neither 0 nor 1, or ``horizon`` is not above 0.
    """
    check_positive(horizon, "horizon_days", "days")
    t, e = np.asarray(times, dtype=np.float64), np.asarray(events, dtype=np.float64)
    if t.shape != e.shape or t.ndim != 1:
        raise InputError("events", expected=f"{t.size} values, one a time", got=str(e.size))
    known = ~np.isnan(t)
    if not np.isfinite(t[known]).all() or (t[known] < 0).any():
        raise InputError("times", expected="finite days of at least 0", got="another value")
    if not np.isin(e[~np.isnan(e)], (0.0, 1.0)).all():
        raise InputError("events", expected="0 or 1", got="another value")
    found = np.full(t.shape, np.nan)
    found[(t <= horizon) & (e == 1.0)] = 1.0
    found[(t > horizon) | ((t == horizon) & (e == 0.0))] = 0.0
    return found
