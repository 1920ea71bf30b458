"""Seconds of work without its pauses."""

from __future__ import annotations

import time
from collections.abc import Callable

from oncologyai._checks import check_range

__all__ = ["Stopwatch"]


class Stopwatch:
    """Counts active and total seconds on a clock that nobody sets.

    Parameters
    ----------
    clock : callable
        Gives seconds that never run backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._active = 0.0
        self._since: float | None = None
        self._begin: float | None = None

    @property
    def running(self) -> bool:
        """Whether time is being counted."""
        return self._since is not None

    @property
    def started(self) -> bool:
        """Whether it was started since it was made or reset."""
        return self._begin is not None

    @property
    def active_s(self) -> float:
        """Seconds counted, without pauses."""
        return self._active + (self._clock() - self._since if self._since is not None else 0.0)

    @property
    def total_s(self) -> float:
        """Seconds since the start, with pauses."""
        return self._clock() - self._begin if self._begin is not None else 0.0

    def start(self) -> None:
        """Count, also after a pause; while it counts, nothing changes."""
        if self._since is None:
            self._since = self._clock()
            self._begin = self._since if self._begin is None else self._begin

    def pause(self, idle_s: float = 0.0) -> None:
        """Stop counting; the last ``idle_s`` seconds, at most those since counting began, do not count either.

        Raises
        ------
        InputError
            If ``idle_s`` is below 0 or not finite.
        """
        check_range(idle_s, 0.0, 1e9, "idle_s")
        if self._since is not None:
            self._active += max(self._clock() - self._since - idle_s, 0.0)
            self._since = None

    def reset(self) -> None:
        """Forget everything."""
        self._active = 0.0
        self._since = None
        self._begin = None
