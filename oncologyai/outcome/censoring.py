"""The chance of still being followed: what estimates of survival under censoring are weighted with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oncologyai.outcome.subjects import FollowUp

__all__ = ["CensoringSurvival", "censoring_survival"]


@dataclass(frozen=True, eq=False)
class CensoringSurvival:
    """A step function: from each time on, the chance that nobody stopped following."""

    times: np.ndarray
    chance: np.ndarray

    def at(self, times: np.ndarray) -> np.ndarray:
        """Give the chance at times, those that end there counted."""
        return self._read(times, "right")

    def before(self, times: np.ndarray) -> np.ndarray:
        """Give the chance just before times."""
        return self._read(times, "left")

    def _read(self, times: np.ndarray, side: str) -> np.ndarray:
        steps = np.searchsorted(self.times, np.asarray(times, dtype=np.float64), side=side)  # type: ignore[call-overload]
        return np.concatenate([[1.0], self.chance])[steps]


def censoring_survival(follow_up: FollowUp, *, events_first: bool = True) -> CensoringSurvival:
    """Estimate the chance of not being censored, by Kaplan and Meier's product with censoring as the event.

    With ``events_first`` who has an event (of any kind) at a time was not at risk of being censored there, as
    scikit-survival has it; without, he was, as cmprsk has it. They differ only where a time holds both.
    """
    t, censored = follow_up.times, follow_up.events == 0
    times = np.unique(t[censored])
    stays = censored if events_first else np.ones(len(t), dtype=bool)
    at_risk = np.array([np.count_nonzero(t > u) + np.count_nonzero(stays & (t == u)) for u in times], dtype=float)
    count = np.array([np.count_nonzero(censored & (t == u)) for u in times], dtype=float)
    return CensoringSurvival(times, np.cumprod(1.0 - count / at_risk) if len(times) else np.zeros(0))
