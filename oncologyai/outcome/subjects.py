"""Follow-up of patients, checked once: what every survival method takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai.errors import InputError

__all__ = ["FollowUp"]


@dataclass(frozen=True, eq=False)
class FollowUp:
    """Times and what ended them.

    Parameters
    ----------
    times : sequence of float, finite, >= 0
        Days from the start to the event or to the end of follow-up.
    events : sequence of bool or int
        0 or False: still without an event when the follow-up ended; 1 or True: the event; 2 and more: another event
        that makes the first one impossible (competing).

    Raises
    ------
    InputError
        If lengths differ, a time is negative or not finite, or a code is no whole number from 0.
    """

    times: np.ndarray
    events: np.ndarray

    def __init__(self, times: Sequence[float] | np.ndarray, events: Sequence[float] | np.ndarray) -> None:
        t, codes = np.asarray(times, dtype=np.float64), np.asarray(events)
        if t.ndim != 1 or codes.shape != t.shape:
            raise InputError("events", expected=f"{t.size} values, one a time", got=str(codes.size))
        if not np.isfinite(t).all() or (t < 0).any():
            raise InputError("times", expected="finite days of at least 0", got="another value")
        whole = codes.astype(np.float64)
        if not np.isfinite(whole).all() or (whole < 0).any() or (whole != np.round(whole)).any():
            raise InputError(
                "events", expected="0 (none), 1 (the event), 2 or more (a competing one)", got="another code"
            )
        object.__setattr__(self, "times", t)
        object.__setattr__(self, "events", whole.astype(np.int64))

    def __len__(self) -> int:
        """Count the patients."""
        return len(self.times)

    @property
    def happened(self) -> np.ndarray:
        """Who had the event of interest, bool (n,)."""
        return self.events == 1

    def of(self, chosen: np.ndarray) -> FollowUp:
        """Give the patients at these indices, or where a mask is True."""
        return FollowUp(self.times[chosen], self.events[chosen])

    def require(self, least: int = 1) -> None:
        """Raise InputError unless the event happened to that many patients."""
        count = int(self.happened.sum())
        if count < least:
            raise InputError(
                "events",
                expected=f"the event in at least {least} patients"
                if least > 1
                else "the event in at least one patient",
                got=str(count),
                remedy="check the column of events and its codes",
            )
