"""How long work reports itself and is cancelled, and how a run's provenance is gathered."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from oncologyai.errors import CancelledError

__all__ = ["Named", "Part", "Progress", "Provenance", "Silent", "Stages", "check_cancelled"]


class Progress(Protocol):
    """What whoever waits passes down to the work."""

    def stage(self, name: str, share: float) -> None:
        """Say what is being done now and which share (0 to 1) of the whole is done."""

    def cancelled(self) -> bool:
        """Tell whether the user wants the work to end."""


class Silent:
    """Progress that nobody watches."""

    def stage(self, name: str, share: float) -> None:
        """Do nothing."""

    def cancelled(self) -> bool:
        """Never cancel."""
        return False


class Part:
    """A step's progress as a part, from ``start`` to ``end``, of the whole."""

    def __init__(self, whole: Progress, start: float, end: float) -> None:
        self._whole, self._start, self._span = whole, start, end - start

    def stage(self, name: str, share: float) -> None:
        """Pass on what is being done, its share scaled to the part."""
        self._whole.stage(name, self._start + self._span * share)

    def cancelled(self) -> bool:
        """Ask the whole."""
        return self._whole.cancelled()


class Named:
    """Progress of a step whose stages all go by one name."""

    def __init__(self, whole: Progress, name: str) -> None:
        self._whole, self._name = whole, name

    def stage(self, name: str, share: float) -> None:
        """Pass on the share, under the step's name."""
        self._whole.stage(self._name, share)

    def cancelled(self) -> bool:
        """Ask the whole."""
        return self._whole.cancelled()


def check_cancelled(progress: Progress) -> None:
    """Raise CancelledError if the user has cancelled; long loops call it several times a second."""
    if progress.cancelled():
        raise CancelledError("cancelled: nothing was changed")


class Stages:
    """Reports each stage of a run to a Progress and keeps the seconds it took.

    Examples
    --------
    >>> stages = Stages()
    >>> with stages("read", share=0.0):
    ...     pass
    >>> list(stages.seconds)
    ['read']
    """

    def __init__(self, progress: Progress | None = None) -> None:
        self.progress: Progress = progress or Silent()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str, *, share: float) -> Iterator[None]:
        """Run one stage; ``share`` of the whole is done when it starts. Raises CancelledError at its borders."""
        check_cancelled(self.progress)
        self.progress.stage(name, share)
        start = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
        check_cancelled(self.progress)


@dataclass(frozen=True)
class Provenance:
    """How a result came about: enough to make it again."""

    pipeline: str
    versions: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    inputs_sha256: Mapping[str, str] = field(default_factory=dict)
    weights_sha256: Mapping[str, str] = field(default_factory=dict)
    seeds: Mapping[str, int] = field(default_factory=dict)
    device: str = "cpu"
    seconds: Mapping[str, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give plain dictionaries, lists, text and numbers, ready for JSON."""
        return asdict(self)
