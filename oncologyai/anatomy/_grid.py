"""The patient's own axes and a coarse working grid: where anatomy is searched, whatever the array order was."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations, product

import numpy as np

__all__ = ["PatientAxes", "WorkingGrid"]


@dataclass(frozen=True, eq=False)
class PatientAxes:
    """How an array (k, j, i) is turned so that its axes run to Superior, Anterior and Right.

    ``order[n]`` is the input's array axis that becomes axis n; ``flips[n]`` tells whether it is reversed.
    """

    order: tuple[int, int, int]
    flips: tuple[bool, bool, bool]
    ijk_to_ras: np.ndarray

    @classmethod
    def of(cls, shape: tuple[int, int, int], ijk_to_ras: np.ndarray) -> PatientAxes:
        """Find the turn for a grid: each array axis goes to the patient axis that it is closest to."""
        columns = ijk_to_ras[:3, :3] / np.linalg.norm(ijk_to_ras[:3, :3], axis=0)
        best = max(permutations(range(3)), key=lambda p: sum(abs(columns[r, p[r]]) for r in range(3)))
        turned = np.eye(4)
        turned[:3, 3] = ijk_to_ras[:3, 3]
        flips = []
        for ras, column in enumerate(best):
            backward = bool(columns[ras, column] < 0)
            step = ijk_to_ras[:3, column]
            if backward:
                turned[:3, 3] += step * (shape[2 - column] - 1)
            turned[:3, ras] = -step if backward else step
            flips.append(backward)
        order = tuple(2 - column for column in best[::-1])
        return cls(order, tuple(flips[::-1]), turned)  # type: ignore[arg-type]

    def turn(self, array: np.ndarray) -> np.ndarray:
        """Give the array seen along the patient's axes (a view)."""
        return array.transpose(self.order)[self._reversal()]

    def turn_back(self, array: np.ndarray) -> np.ndarray:
        """Give an array along the patient's axes in the input's order again (contiguous)."""
        inverse = np.argsort(np.array(self.order))
        return np.ascontiguousarray(array[self._reversal()].transpose(tuple(inverse)))

    @property
    def sampling_mm(self) -> tuple[float, float, float]:
        """Voxel edge lengths along (S, A, R)."""
        r, a, s = (float(v) for v in np.linalg.norm(self.ijk_to_ras[:3, :3], axis=0))
        return s, a, r

    def ras(self, points_sar: np.ndarray) -> np.ndarray:
        """Map voxel coordinates (n, 3) in the turned array's order to RAS mm."""
        return points_sar[:, ::-1] @ self.ijk_to_ras[:3, :3].T + self.ijk_to_ras[:3, 3]

    def _reversal(self) -> tuple[slice, slice, slice]:
        a, b, c = (slice(None, None, -1) if flip else slice(None) for flip in self.flips)
        return a, b, c


@dataclass(frozen=True)
class WorkingGrid:
    """Blocks of ``factors`` voxels, each averaged into one voxel of edge ``sampling_mm`` (S, A, R)."""

    fine_shape: tuple[int, int, int]
    factors: tuple[int, int, int]
    sampling_mm: tuple[float, float, float]

    @classmethod
    def of(cls, fine_shape: tuple[int, int, int], sampling_mm: tuple[float, ...], target_mm: float) -> WorkingGrid:
        """Choose blocks whose edges are close to, and not much above, ``target_mm``."""
        f = [max(1, int(target_mm / edge + 0.25)) for edge in sampling_mm]
        f = [min(n, size) for n, size in zip(f, fine_shape, strict=True)]
        coarse = [n * edge for n, edge in zip(f, sampling_mm, strict=True)]
        return cls(fine_shape, (f[0], f[1], f[2]), (coarse[0], coarse[1], coarse[2]))

    @property
    def voxel_ml(self) -> float:
        """Volume of one block."""
        s, a, r = self.sampling_mm
        return s * a * r / 1000.0

    def shrink(self, fine: np.ndarray) -> np.ndarray:
        """Average each block; the last ones repeat the array's edge where it does not divide evenly. float32."""
        missing = [(0, -n % f) for n, f in zip(fine.shape, self.factors, strict=True)]
        if any(after for _, after in missing):
            fine = np.pad(fine, missing, mode="edge")
        total = np.zeros([n // f for n, f in zip(fine.shape, self.factors, strict=True)], dtype=np.float32)
        for s, a, r in product(*(range(f) for f in self.factors)):  # four times faster than a mean over six axes
            total += fine[s :: self.factors[0], a :: self.factors[1], r :: self.factors[2]]
        return total / np.float32(np.prod(self.factors))

    def expand(self, coarse: np.ndarray, box: tuple[slice, slice, slice] | None = None) -> np.ndarray:
        """Repeat the values of a box of blocks (default all) over its fine voxels."""
        box = box or (slice(0, coarse.shape[0]), slice(0, coarse.shape[1]), slice(0, coarse.shape[2]))
        for axis, (factor, span) in enumerate(zip(self.factors, self.fine_box(box), strict=True)):
            if factor > 1:
                coarse = np.repeat(coarse, factor, axis=axis)[(slice(None),) * axis + (slice(span.stop - span.start),)]
        return coarse

    def fine_box(self, box: tuple[slice, slice, slice]) -> tuple[slice, slice, slice]:
        """Give the fine voxels of a box of blocks."""
        s, a, r = (
            slice(b.start * f, min(b.stop * f, n)) for b, f, n in zip(box, self.factors, self.fine_shape, strict=True)
        )
        return s, a, r
