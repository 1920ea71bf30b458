"""What a user did to a result, step by step: undo, redo, and a log of clicks and editing time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from oncologyai.progress import Progress, Silent
from oncologyai.segmenters import Stroke, correct_mask
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
    clock : callable
        Gives seconds that never go back.

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
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        volume.require_same_grid(mask, "mask")
        self.volume, self.original, self.probability = volume, mask, probability
        self.max_reach_mm, self.label = max_reach_mm, label or f"{mask.label} edited"
        self._array = mask.array
        self._done: list[_Edit] = []
        self._undone: list[_Edit] = []
        self._steps: list[CorrectionStep] = []
        self._clock = clock
        self._since = clock()

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
        begun = self._clock()
        array, edits, steps = self._array, list[_Edit](), list[CorrectionStep]()
        editing_s = begun - self._since
        for number, stroke in enumerate(strokes):
            start = self._clock()
            others = [*self.strokes, *(s for n, s in enumerate(strokes) if n != number)]
            found = correct_mask(
                self.volume,
                Mask.on(self.volume, array, self.original.label),
                stroke,
                earlier=others,
                probability=self.probability,
                max_reach_mm=self.max_reach_mm,
                progress=progress or Silent(),
            )
            turned = np.flatnonzero(found.mask.array != array)
            array = found.mask.array
            edits.append(_Edit(stroke, turned, found.reach_mm))
            times = (editing_s if number == 0 else 0.0, self._clock() - start)
            steps.append(self._step(stroke.kind, edits[-1], array, times, len(self._steps) + number + 1))
        self._array = array
        self._done += edits
        self._undone.clear()
        self._steps += steps
        self._since = self._clock()
        return self.mask

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
        self._steps.append(self._step(action, edit, array, (start - self._since, now - start), len(self._steps) + 1))
        self._since = now

    def _step(
        self, action: CorrectionAction, edit: _Edit, array: np.ndarray, times: tuple[float, float], number: int
    ) -> CorrectionStep:
        added = int(np.count_nonzero(array.flat[edit.turned]))
        removed = edit.turned.size - added
        ml = self.volume.voxel_ml
        return CorrectionStep(
            number,
            action,
            edit.stroke.points_ras,
            *times,
            reach_mm=edit.reach_mm,
            added_voxels=added,
            removed_voxels=removed,
            added_ml=added * ml,
            removed_ml=removed * ml,
            volume_ml=int(np.count_nonzero(array)) * ml,
        )
