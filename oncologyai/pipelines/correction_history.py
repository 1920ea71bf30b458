"""What a user did to a result, step by step: undo, redo, and a log of clicks and editing time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from oncologyai.progress import Progress, Silent
from oncologyai.segmenters import Correction, Stroke, correct_mask, expected_seconds
from oncologyai.types import Mask, Table, Volume

__all__ = ["CorrectionAction", "CorrectionHistory", "CorrectionStep"]

CorrectionAction = Literal["inside", "outside", "undo", "redo"]

_COLUMNS = (
    "step",
    "action",
    "points",
    "R",
    "A",
    "S",
    "editing s",
    "computing s",
    "reach mm",
    "added voxels",
    "removed voxels",
    "added ml",
    "removed ml",
    "volume ml",
)


@dataclass(frozen=True)
class CorrectionStep:
    """One thing that the user did.

    Parameters
    ----------
    number : int
        From 1, undone steps counted too.
    action : {'inside', 'outside', 'undo', 'redo'}
        A stroke of that kind, or taking the last one back or again.
    points_ras : tuple of (R, A, S) in mm
        Of the stroke concerned; more than one where it is a scribble.
    editing_s : float
        The user's time: from the end of the step before (or the beginning) to this step.
    computing_s : float
        The computer's time.
    reach_mm : float
        Nothing farther than this from the stroke has changed; 0 where nothing had to.
    added_voxels, removed_voxels : int
        What changed.
    added_ml, removed_ml, volume_ml : float
        The same in ml, and the volume after the step.
    """

    number: int
    action: CorrectionAction
    points_ras: tuple[tuple[float, float, float], ...]
    editing_s: float
    computing_s: float
    reach_mm: float
    added_voxels: int
    removed_voxels: int
    added_ml: float
    removed_ml: float
    volume_ml: float


@dataclass(frozen=True, eq=False)
class _Edit:
    """A stroke and the voxels (flat indices) that it turned over."""

    stroke: Stroke
    turned: np.ndarray
    reach_mm: float


class CorrectionHistory:
    """Corrects one result again and again, and remembers how.

    Parameters
    ----------
    volume : Volume
        The image.
    mask : Mask
        The result to correct, on the volume's grid; it stays as it is.
    probability : Volume, optional
        What ``correct_mask`` may use of the network that made it.
    max_reach_mm : float, > 0
        As ``correct_mask`` takes it.
    label : str
        Of the corrected mask; empty for the old label with ``edited``.
    said : sequence of Stroke
        What the result was made from, such as its seeds: they hold as strokes do, and cannot be taken back.
    clock : callable
        Gives seconds that never go back.
    begun : float, optional
        When the user began to look, by the clock; now if not given.

    Raises
    ------
    GeometryMismatchError
        If the mask is not on the volume's grid.
    """

    def __init__(
        self,
        volume: Volume,
        mask: Mask,
        *,
        probability: Volume | None = None,
        max_reach_mm: float = 80.0,
        label: str = "",
        said: Sequence[Stroke] = (),
        clock: Callable[[], float] = time.monotonic,
        begun: float | None = None,
    ) -> None:
        volume.require_same_grid(mask, "mask")
        self.volume, self.original, self.probability = volume, mask, probability
        self.max_reach_mm, self.label = max_reach_mm, label or f"{mask.label} edited"
        self.said = tuple(said)
        self._array = mask.array
        self._done: list[_Edit] = []
        self._undone: list[_Edit] = []
        self._steps: list[CorrectionStep] = []
        self._clock = clock
        self._since = clock() if begun is None else begun

    @property
    def mask(self) -> Mask:
        """The mask as corrected so far, under its own label."""
        original = self.original
        return Mask.on(self.volume, self._array, self.label, code=original.code, kind=original.kind)

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """The strokes that hold, in their order; undone ones are not among them."""
        return tuple(edit.stroke for edit in self._done)

    @property
    def steps(self) -> tuple[CorrectionStep, ...]:
        """Everything that the user did, undoing included."""
        return tuple(self._steps)

    @property
    def can_undo(self) -> bool:
        """Whether there is a stroke to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether the last thing done was taking a stroke back."""
        return bool(self._undone)

    def add(self, strokes: Sequence[Stroke], *, progress: Progress | None = None) -> Mask:
        """Correct by strokes, each a step; each also heeds the others and all before.

        All of them are taken or, where one is refused or the user cancels, none. What was undone is forgotten.

        Raises
        ------
        OutsideImageError, InputError, CancelledError
            As ``correct_mask`` does.
        """
        begun, mask = self._clock(), self.mask
        made, seconds = list[Correction](), list[float]()
        for number, stroke in enumerate(strokes):
            start = self._clock()
            found = correct_mask(
                self.volume,
                mask,
                stroke,
                earlier=[*self.said, *self.strokes, *(s for n, s in enumerate(strokes) if n != number)],
                probability=self.probability,
                max_reach_mm=self.max_reach_mm,
                progress=progress or Silent(),
            )
            mask = found.mask
            made.append(found)
            seconds.append(self._clock() - start)
        return self.take(strokes, made, seconds, begun=begun)

    def take(
        self,
        strokes: Sequence[Stroke],
        made: Sequence[Correction],
        seconds: Sequence[float],
        *,
        begun: float | None = None,
    ) -> Mask:
        """Take corrections that another process made of these strokes, in their order, as ``add`` would have made them.

        Parameters
        ----------
        strokes : sequence of Stroke
            What the user said.
        made : sequence of Correction
            What came of each.
        seconds : sequence of float
            How long each took to compute.
        begun : float, optional
            When the user asked for it, by the clock; now if not given.

        Raises
        ------
        GeometryMismatchError
            If a mask is not on the image's grid.
        """
        for found in made:
            self.volume.require_same_grid(found.mask, "mask")
        waited = (self._clock() if begun is None else begun) - self._since
        for number, (stroke, found, computing_s) in enumerate(zip(strokes, made, seconds, strict=True)):
            edit = _Edit(stroke, np.flatnonzero(found.mask.array != self._array), found.reach_mm)
            self._array = found.mask.array
            self._done.append(edit)
            self._undone.clear()
            self._steps.append(self._step(stroke.kind, edit, (waited if number == 0 else 0.0, computing_s)))
        self._since = self._clock()
        return self.mask

    def expected_seconds(self, strokes: Sequence[Stroke]) -> float:
        """Foretell how long ``add`` takes on a free core; it raises what that says of the strokes."""
        mask = self.mask
        return sum(expected_seconds(mask, stroke, max_reach_mm=self.max_reach_mm) for stroke in strokes)

    def undo(self) -> Mask:
        """Take the last stroke back; without one nothing happens."""
        if self._done:
            self._undone.append(self._done.pop())
            self._turn(self._undone[-1], "undo")
        return self.mask

    def redo(self) -> Mask:
        """Make the stroke again that was taken back last; without one nothing happens."""
        if self._undone:
            self._done.append(self._undone.pop())
            self._turn(self._done[-1], "redo")
        return self.mask

    def table(self) -> Table:
        """Give the log as a table ``Corrections``, a row a step; the place is the stroke's first point."""
        rows = tuple(
            (
                step.number,
                step.action,
                len(step.points_ras),
                *(round(v, 2) for v in step.points_ras[0]),
                *(round(v, 3) for v in (step.editing_s, step.computing_s)),
                round(step.reach_mm, 1),
                step.added_voxels,
                step.removed_voxels,
                *(round(v, 3) for v in (step.added_ml, step.removed_ml, step.volume_ml)),
            )
            for step in self._steps
        )
        return Table("Corrections", _COLUMNS, rows)

    def _turn(self, edit: _Edit, action: CorrectionAction) -> None:
        start = self._clock()
        array = self._array.copy()
        array.flat[edit.turned] ^= True
        self._array = array
        now = self._clock()
        self._steps.append(self._step(action, edit, (start - self._since, now - start)))
        self._since = now

    def _step(self, action: CorrectionAction, edit: _Edit, times: tuple[float, float]) -> CorrectionStep:
        added = int(np.count_nonzero(self._array.flat[edit.turned]))
        removed = edit.turned.size - added
        ml = self.volume.voxel_ml
        return CorrectionStep(
            len(self._steps) + 1,
            action,
            edit.stroke.points_ras,
            *times,
            reach_mm=edit.reach_mm,
            added_voxels=added,
            removed_voxels=removed,
            added_ml=added * ml,
            removed_ml=removed * ml,
            volume_ml=int(np.count_nonzero(self._array)) * ml,
        )
