"""A synthetic chest CT with a tumour of known shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from scipy import ndimage

from oncologyai._checks import check_choice, check_range
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.resources import terminology
from oncologyai.samples.bones import CORD_CENTRE_MM, CORD_MM, paint_bones, paint_spine
from oncologyai.samples.cage import Cage
from oncologyai.samples.canvas import Box, Canvas, GridSpec, Layer
from oncologyai.samples.lesion import Lesion, LesionSpec
from oncologyai.samples.mediastinum import (
    HILUM_LEFT,
    HILUM_RIGHT,
    occupy_mediastinum,
    paint_airways,
    paint_mediastinum,
)
from oncologyai.samples.vessels import grow_tree, paint_tree
from oncologyai.types import Mask, MaskKind, Volume

__all__ = ["Thorax", "ThoraxSpec", "make_thorax"]

_AIR_HU, _SKIN_HU, _FAT_HU, _MUSCLE_HU, _BLOOD_HU = -1000.0, 10.0, -102.0, 52.0, 45.0
_LIVER_HU, _SPLEEN_HU, _STOMACH_HU, _OPAQUE_HU = 58.0, 48.0, 22.0, 36.0
_SKIN_MM, _FAT_MM, _WALL_MM = 2.2, 13.0, 2.0


@dataclass(frozen=True)
class ThoraxSpec:
    """What a synthetic chest holds.

    Parameters
    ----------
    grid : GridSpec
        Its voxels.
    lesion : LesionSpec
        The tumour, labelled GTV-1.
    second : LesionSpec, optional
        Another one, labelled GTV-2.
    opaque_lung : 'left' or 'right', optional
        A lung without air, as after an obstruction: no parenchyma or vessels to be seen in it.
    volume_loss : float, 0 to 1
        How much of the usual shrinking the opaque lung shows: 1 lifts its half of the diaphragm by 20 mm and pulls
        the heart over by 18 mm.
    lung_hu : float
        Mean density of aerated lung; it falls by 35 HU towards the front and rises by as much towards the back.
    vessels : int, 0 to 5000
        Ends of the arteries in each lung; the veins have seven tenths of that.
    couch : bool
        Whether a mattress and a table lie under the patient.
    noise_hu : float, >= 0
        Standard deviation of the noise in the middle of the body.
    """

    grid: GridSpec = field(default_factory=GridSpec)
    lesion: LesionSpec = field(default_factory=LesionSpec)
    second: LesionSpec | None = None
    opaque_lung: Literal["left", "right"] | None = None
    volume_loss: float = 1.0
    lung_hu: float = -855.0
    vessels: int = 420
    couch: bool = True
    noise_hu: float = 14.0

    def __post_init__(self) -> None:
        check_range(self.volume_loss, 0.0, 1.0, "volume_loss")
        check_range(self.vessels, 0, 5000, "vessels")
        check_range(self.noise_hu, 0.0, 1000.0, "noise_hu")
        if self.opaque_lung is not None:
            check_choice(self.opaque_lung, ("left", "right"), "opaque_lung")


@dataclass(frozen=True, eq=False)
class Thorax:
    """A synthetic chest and the truth about it: the CT in HU, lesions and organs, and the lesions' formulas."""

    volume: Volume
    masks: tuple[Mask, ...]
    lesions: tuple[Lesion, ...]


def make_thorax(
    spec: ThoraxSpec,
    rng: np.random.Generator,
    *,
    progress: Progress | None = None,
    below: Callable[[Canvas], None] | None = None,
) -> Thorax:
    """Make a chest CT from its spec; the same spec and generator state give the same voxels.

    Parameters
    ----------
    spec : ThoraxSpec
        What to make.
    rng : Generator
        Source of all randomness: the tumour's lobes, the vessels' courses, texture and noise.
    progress : Progress, optional
        Told the stages.
    below : callable, optional
        Paints, on the canvas in HU, what lies below the chest in a longer image.

    Returns
    -------
    Thorax
        The CT (int16, HU, supine, head first) with masks GTV-1, GTV-2 where there is one, Lung L, Lung R (vessels and
        tumour included), Spinal cord and Body.

    Raises
    ------
    CancelledError
        If ``progress`` says so.
    """
    return _Painter(spec, rng, progress or Silent()).paint(below)


class _Painter:
    """Paints one chest from the outside to the inside."""

    def __init__(self, spec: ThoraxSpec, rng: np.random.Generator, progress: Progress) -> None:
        self.spec, self.rng, self.progress = spec, rng, progress
        lift = 20.0 * spec.volume_loss
        cage = Cage()
        if spec.opaque_lung == "left":
            cage = replace(cage, dome_left_mm=cage.dome_left_mm + lift)
        if spec.opaque_lung == "right":
            cage = replace(cage, dome_right_mm=cage.dome_right_mm + lift)
        self.cage = cage
        pull = 18.0 * spec.volume_loss
        self.shift_mm = {"left": -pull, "right": pull}.get(spec.opaque_lung or "", 0.0)
        self.canvas = Canvas(spec.grid, _AIR_HU)
        specs = [spec.lesion] + ([spec.second] if spec.second else [])
        self.lesions = tuple(Lesion(self._placed(one), rng) for one in specs)

    def paint(self, below: Callable[[Canvas], None] | None) -> Thorax:
        self._stage("outline of the body", 0.0)
        body = self._paint_outline()
        lungs, belly = self._paint_cavities()
        self._stage("organs", 0.25)
        self._paint_belly(belly)
        if below is not None:
            below(self.canvas)
        paint_mediastinum(self.canvas, self.shift_mm)
        self._stage("bones", 0.35)
        paint_bones(self.canvas, self.cage, self.progress)
        paint_spine(self.canvas, self.progress)
        self._stage("lungs and their vessels", 0.5)
        for name, share in lungs.items():
            self._paint_lung(name, share)
        paint_airways(self.canvas)
        self._stage("tumour", 0.8)
        for lesion in self.lesions:
            self._paint_lesion(lesion)
        self._stage("noise", 0.85)
        masks = self._masks(body, lungs)
        return Thorax(self._finish(), masks, self.lesions)

    def _stage(self, name: str, share: float) -> None:
        check_cancelled(self.progress)
        self.progress.stage(name, share)

    def _placed(self, spec: LesionSpec) -> LesionSpec:
        """Move a lesion that touches the wall sideways until its ellipsoid reaches 2 mm into it."""
        if not spec.touches_wall:
            return spec
        x, y, z = spec.centre_ras
        beside = np.linspace(0.0, 200.0, 4001) * (1.0 if x >= 0.0 else -1.0)
        inside = self.cage.pleura_distance(beside, np.array(y), np.array(z)) < 0.0
        wall = float(beside[inside][-1]) if inside.any() else x
        outwards = 1.0 if x >= 0.0 else -1.0
        return replace(spec, centre_ras=(wall + outwards * (_WALL_MM - spec.semi_axes_mm[0]), y, z))

    def _paint_outline(self) -> np.ndarray:
        """Paint couch, skin, fat and muscle; give the body as shares."""
        canvas = self.canvas
        x, y, z = canvas.coordinates()
        if self.spec.couch:
            _paint_couch(canvas)
        skin = self.cage.skin_distance(x, y, z)
        body = canvas.soft(skin)
        canvas.array += body * (_SKIN_HU - canvas.array)
        canvas.array += canvas.soft(skin + _SKIN_MM) * (_FAT_HU - canvas.array)
        check_cancelled(self.progress)
        depth = _FAT_MM + 5.0 * np.abs(x) / 166.0 - 4.0 * np.clip(z / 150.0, -0.5, 1.0)
        muscle = canvas.soft(skin + depth + 2.5 * self._field((6, 8, 8)))
        # Layers of fat run between and through the muscles.
        streaks = np.clip(self._field((18, 30, 30)) - 1.05, 0.0, 1.0) * 0.9
        muscle *= 1.0 - streaks
        canvas.array += muscle * (_MUSCLE_HU - canvas.array)
        return body

    def _paint_cavities(self) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Paint what fills the chest; give the lungs' shares by side and that of the belly."""
        canvas = self.canvas
        x, y, z = canvas.coordinates()
        wall = self.cage.pleura_distance(x, y, z)
        inside = canvas.soft(wall)
        self._paint_fat_planes(wall)
        canvas.array += canvas.soft(wall - 1.6) * (_MUSCLE_HU - canvas.array)
        height = self.cage.diaphragm_height(x, y).astype(np.float32)
        above = np.clip(0.5 + (z - height) / np.float32(self.spec.grid.spacing_mm[2]), 0.0, 1.0)
        canvas.array += inside * (_FAT_HU + 8.0 - canvas.array)
        middle = Canvas(self.spec.grid, 0.0)
        occupy_mediastinum(middle, self.shift_mm)
        check_cancelled(self.progress)
        air = inside * above * (1.0 - middle.array)
        belly = inside * (1.0 - above)
        diaphragm = np.clip(1.0 - np.abs(z - height + 2.0) / 3.0, 0.0, 1.0) * inside
        canvas.array += diaphragm * (_MUSCLE_HU - canvas.array)
        return {"Lung L": air * (x < 0.0), "Lung R": air * (x >= 0.0)}, belly

    def _paint_fat_planes(self, wall: np.ndarray) -> None:
        """Paint fat between the muscles of the wall and the shoulder girdle, in the armpits and in the neck."""
        canvas = self.canvas
        muscle = np.clip((canvas.array - _FAT_HU) / (_MUSCLE_HU - _FAT_HU), 0.0, 1.0)
        depth = wall - 17.0 + 3.0 * self._field((10, 10, 10))
        plane = np.clip(1.0 - np.abs(depth) / 3.2, 0.0, 1.0) * muscle
        canvas.array += plane * (_FAT_HU - canvas.array)
        for side in (1.0, -1.0):
            canvas.ellipsoid((112.0 * side, 2.0, 102.0), (17.0, 36.0, 46.0), _FAT_HU, muscle, turn_deg=-18.0 * side)
            canvas.ellipsoid((46.0 * side, 18.0, 150.0), (24.0, 20.0, 42.0), _FAT_HU, muscle)
            canvas.tube(np.array([[100.0 * side, 2.0, 118.0], [150.0 * side, -10.0, 128.0]]), 4.5, _BLOOD_HU)
        canvas.ellipsoid((0.0, 6.0, 140.0), (27.0, 34.0, 44.0), _FAT_HU + 20.0, muscle)

    def _paint_belly(self, belly: np.ndarray) -> None:
        canvas = self.canvas
        canvas.ellipsoid((62.0, 6.0, -110.0), (82.0, 84.0, 72.0), _LIVER_HU, belly)
        canvas.ellipsoid((-18.0, 46.0, -104.0), (58.0, 38.0, 36.0), _LIVER_HU, belly)
        canvas.ellipsoid((-92.0, -34.0, -116.0), (32.0, 42.0, 44.0), _SPLEEN_HU, belly)
        canvas.ellipsoid((-62.0, 24.0, -116.0), (42.0, 40.0, 40.0), _STOMACH_HU, belly)
        canvas.ellipsoid((-62.0, 42.0, -112.0), (24.0, 14.0, 22.0), -970.0, belly)

    def _paint_lung(self, name: str, share: np.ndarray) -> None:
        """Paint parenchyma with its gradient and texture, fissure and vessels, or an airless lung."""
        side = "left" if name == "Lung L" else "right"
        box = _bounding_box(share)
        part = share[box]
        target = self.canvas.array[box]
        if self.spec.opaque_lung == side:
            target += part * (_OPAQUE_HU - target)
            return
        x, y, z = self.canvas.coordinates(box)
        tissue = self.spec.lung_hu + 35.0 * (8.0 - y) / 88.0 + 14.0 * self._field((30, 60, 60), box)
        # The oblique fissure: a thin sheet that rises towards the back.
        fissure = np.abs((z - 6.0) * 0.62 + (y + 8.0) * 0.78 + 0.04 * np.abs(x))
        tissue = tissue + np.clip(1.0 - fissure / 1.5, 0.0, 1.0) * 140.0
        target += part * (tissue.astype(np.float32) - target)
        check_cancelled(self.progress)
        hilum = HILUM_RIGHT if side == "right" else HILUM_LEFT
        candidates = np.argwhere(part > 0.98)
        for lower, count, leaf in ((0.0, self.spec.vessels, 0.8), (-9.0, self.spec.vessels * 7 // 10, 0.72)):
            chosen = candidates[self.rng.integers(0, len(candidates), count)]
            k, j, i = (chosen + [s.start for s in box]).T
            targets = np.stack([i, j, k, np.ones_like(i)], axis=-1) @ self.spec.grid.ijk_to_ras.T
            root = hilum + np.array([0.0, lower, lower])
            tree = grow_tree(root, targets[:, :3], leaf_mm=leaf, rng=self.rng)
            paint_tree(self.canvas, tree, _BLOOD_HU, share, largest_mm=7.0, progress=self.progress)

    def _paint_lesion(self, lesion: Lesion) -> None:
        low, high = lesion.centre - lesion.reach_mm, lesion.centre + lesion.reach_mm
        if lesion.spec.ground_glass_mm > 0.0:
            self.canvas.blend(self.canvas.layer(lesion.outer_distance, low, high), lesion.spec.ground_glass_hu)
        self.canvas.blend(self.canvas.layer(lesion.distance, low, high), lesion.spec.hu)

    def _masks(self, body: np.ndarray, lungs: dict[str, np.ndarray]) -> tuple[Mask, ...]:
        canvas = self.canvas
        masks = []
        for number, lesion in enumerate(self.lesions, start=1):
            masks.append(self._mask(lesion.voxels(canvas), f"GTV-{number}", "tumour", "lesion"))
        masks += [
            self._mask(share >= 0.5, name, "lung_left" if name == "Lung L" else "lung_right", "organ")
            for name, share in lungs.items()
        ]
        x, y, z = canvas.coordinates()
        cord = (x / CORD_MM[0]) ** 2 + ((y - CORD_CENTRE_MM) / CORD_MM[1]) ** 2 + 0.0 * z <= 1.0
        masks.append(self._mask(cord, "Spinal cord", "spinal_cord", "organ"))
        masks.append(self._mask(body >= 0.5, "Body", "body", "region"))
        return tuple(masks)

    def _mask(self, inside: np.ndarray, label: str, name: str, kind: MaskKind) -> Mask:
        return Mask(inside, self.spec.grid.ijk_to_ras, label, terminology(name), kind)

    def _finish(self) -> Volume:
        """Blur to the slice thickness and the reconstruction kernel, add noise, round."""
        image = ndimage.gaussian_filter(self.canvas.array, (0.35, 0.45, 0.45), mode="nearest", truncate=3.0)
        check_cancelled(self.progress)
        if self.spec.noise_hu > 0.0:
            image += self._noise()
        array = np.rint(image).clip(-1024.0, 3071.0).astype(np.int16)
        meta = {"description": "synthetic thorax"}
        return Volume(array, self.spec.grid.ijk_to_ras, "CT", "HU", meta)

    def _noise(self) -> np.ndarray:
        """Noise with short correlation in plane, strongest in the middle and at the shoulders."""
        noise = self.rng.standard_normal(self.spec.grid.shape, dtype=np.float32)
        noise = ndimage.gaussian_filter(noise, (0.0, 0.65, 0.65), mode="wrap", truncate=3.0)
        noise *= np.float32(1.0 / noise[:, ::4, ::4].std())
        x, y, z = self.canvas.coordinates()
        strength = (
            0.55 + 0.45 * np.exp(-((x / 150.0) ** 2) - (y / 120.0) ** 2) + 0.3 * np.clip((z - 90) / 60.0, 0.0, 1.0)
        )
        noise *= (self.spec.noise_hu * strength).astype(np.float32)
        return noise

    def _field(self, knots: tuple[int, int, int], box: Box | None = None) -> np.ndarray:
        """A smooth random field on a box of the grid, mean 0 and deviation near 1, from so many knots along k, j, i."""
        waves = self.rng.standard_normal(knots, dtype=np.float32) * np.float32(1.5)
        for axis, (size, count) in enumerate(zip(self.spec.grid.shape, knots, strict=True)):
            place = np.linspace(0.0, count - 1.0, size, dtype=np.float32)[(box or (slice(None),) * 3)[axis]]
            before = np.minimum(place.astype(np.int64), count - 2)
            share = (place - before).astype(np.float32)
            share = (share * share * (3.0 - 2.0 * share)).reshape([-1 if n == axis else 1 for n in range(3)])
            low, high = (waves.take(knot, axis=axis) for knot in (before, before + 1))
            waves = low + share * (high - low)
        return waves


def _paint_couch(canvas: Canvas) -> None:
    """Paint a mattress and a slightly curved table: a thin shell around foam."""
    for top, bottom, half_width, hu in (
        (-110.0, -126.0, 175.0, -930.0),
        (-127.0, -152.0, 180.0, -120.0),
        (-130.0, -149.0, 177.0, -940.0),
    ):
        box = canvas.box((-half_width, bottom - 2.0, -1e4), (half_width, top + 12.0, 1e4))
        x, y, z = canvas.coordinates(box)
        level = y - 9.0 * (x / 200.0) ** 2
        distance = np.maximum(np.maximum(level - top, bottom - level), np.abs(x) - half_width)
        canvas.blend(Layer(box, canvas.soft(distance + 0.0 * z)), hu)


def _bounding_box(share: np.ndarray) -> Box:
    parts = []
    for axis in range(3):
        used = np.flatnonzero(share.max(axis=tuple(a for a in range(3) if a != axis)) > 0.0)
        parts.append(slice(int(used[0]), int(used[-1]) + 1) if used.size else slice(0, 1))
    return parts[0], parts[1], parts[2]
