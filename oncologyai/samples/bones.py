"""The bones of a synthetic chest: spine with its canal, ribs, breastbone, shoulder blades, collar bones."""

from __future__ import annotations

import numpy as np

from oncologyai.progress import Progress, check_cancelled
from oncologyai.samples.cage import Cage, superellipse_distance
from oncologyai.samples.canvas import Canvas, Layer

__all__ = ["CORD_CENTRE_MM", "CORD_MM", "paint_bones", "paint_spine"]

_CORTEX_HU, _MARROW_HU, _RIB_MARROW_HU, _CARTILAGE_HU, _DISC_HU = 620.0, 210.0, 280.0, 105.0, 75.0
_FAT_HU, _FLUID_HU, _CORD_HU = -70.0, 12.0, 38.0

_VERTEBRA_MM = 24.0
_BODY_CENTRE_MM = -50.0
CORD_CENTRE_MM = -73.0
CORD_MM = (6.3, 5.0)
_MIRROR = np.array([-1.0, 1.0, 1.0])


def paint_bones(canvas: Canvas, cage: Cage, progress: Progress) -> None:
    """Paint ribs with their cartilage, breastbone, shoulder blades and collar bones."""
    for number in range(10):
        check_cancelled(progress)
        _paint_rib(canvas, cage, number)
    _paint_breastbone(canvas, cage)
    for side in (1.0, -1.0):
        _paint_shoulder(canvas, side)


def paint_spine(canvas: Canvas, progress: Progress) -> None:
    """Paint vertebral bodies, discs, arches, and the canal with the cord."""
    _paint_bodies(canvas)
    low, high = _range(canvas)
    for level in np.arange(np.floor(low / _VERTEBRA_MM), np.ceil(high / _VERTEBRA_MM) + 1) * _VERTEBRA_MM:
        check_cancelled(progress)
        _paint_arch(canvas, float(level))
    for axes, hu in (((10.0, 9.0), _FAT_HU), ((8.8, 7.6), _FLUID_HU), (CORD_MM, _CORD_HU)):
        box = canvas.box((-axes[0], CORD_CENTRE_MM - axes[1], low), (axes[0], CORD_CENTRE_MM + axes[1], high))
        x, y, z = canvas.coordinates(box)
        distance = superellipse_distance(x, y - CORD_CENTRE_MM, axes[0], axes[1], 2.0) + 0.0 * z
        canvas.blend(Layer(box, canvas.soft(distance)), hu)


def _range(canvas: Canvas) -> tuple[float, float]:
    z = canvas.coordinates()[2]
    return float(z.min()), float(z.max())


def _paint_bodies(canvas: Canvas) -> None:
    low, high = _range(canvas)
    box = canvas.box((-24.0, _BODY_CENTRE_MM - 22.0, low), (24.0, _BODY_CENTRE_MM + 22.0, high))
    x, y, z = canvas.coordinates(box)
    # The chest's spine is bent: its ends lean forward, so a slice seldom lies wholly in a disc.
    level = z + 0.22 * np.clip(z / 80.0, -1.0, 1.0) * (y - _BODY_CENTRE_MM)
    phase = np.abs(np.mod(level + _VERTEBRA_MM / 2.0, _VERTEBRA_MM) - _VERTEBRA_MM / 2.0)
    waist = 1.0 - 0.09 * np.cos(np.pi * np.clip(phase / 10.0, 0.0, 1.0))
    across = superellipse_distance(x, y - _BODY_CENTRE_MM, 18.0 * waist, 15.0 * waist, 2.2)
    share = canvas.soft(across)
    target = canvas.array[box]
    target += share * (_DISC_HU - target)
    thickness = np.float32(canvas.grid.spacing_mm[2])
    for depth, hu in ((0.0, _CORTEX_HU * 0.75), (1.7, _MARROW_HU)):
        along = np.clip(0.5 - (phase - 10.0 + depth) / thickness, 0.0, 1.0)
        target += canvas.soft(across + depth) * along * (hu - target)


def _paint_arch(canvas: Canvas, level: float) -> None:
    for hu, thinner in ((_CORTEX_HU, 0.0), (_MARROW_HU + 60.0, 1.6)):
        for side in (1.0, -1.0):
            mirror = np.array([side, 1.0, 1.0])
            pedicle = np.array([[12.0, -60.0, level + 3], [13.0, -75.0, level + 2]]) * mirror
            lamina = np.array([[12.0, -78.0, level + 2], [4.0, -87.0, level - 7]]) * mirror
            # Joints stand one upon the other from vertebra to vertebra.
            joint = np.array([[14.0, -79.0, level + 13], [14.0, -80.0, level - 12]]) * mirror
            transverse = np.array([[13.0, -75.0, level + 2], [33.0, -83.0, level + 5]]) * mirror
            canvas.tube(pedicle, 4.4 - thinner, hu)
            canvas.tube(lamina, 3.6 - thinner, hu, flatten=(1.0, 1.0, 0.5))
            canvas.tube(joint, 4.0 - thinner, hu)
            canvas.tube(transverse, np.array([4.6, 3.8]) - thinner, hu)
        spinous = np.array([[0.0, -86.0, level - 3], [0.0, -97.0, level - 15]])
        canvas.tube(spinous, np.array([3.4, 3.0]) - thinner, hu, flatten=(1.0, 1.0, 0.6))


def _paint_rib(canvas: Canvas, cage: Cage, number: int) -> None:
    """Paint a pair of ribs: from the spine round the wall and down, with cartilage up to the breastbone in front."""
    head = 4.5 * _VERTEBRA_MM - _VERTEBRA_MM * number
    share = np.linspace(0.0, 1.0, 34)
    height = head - min(40.0 + 6.0 * number, 84.0) * share**1.1
    turn = -60.0 + 130.0 * share
    points = cage.wall_point(turn, np.minimum(height, cage.apex_mm - 8.0), 6.0)
    points = np.vstack([[[17.0, -60.0, head], [30.0, -72.0, head + 1.0]], points])
    bone = 28 if number < 7 else 24
    for side in (np.ones(3), _MIRROR):
        path = points * side
        cartilage = path[bone - 1 :]
        if number < 7:
            level = max(float(height[-1]) + 6.0 + 6.0 * number, -44.0)
            end = [9.0 * side[0], _front(cage, level) + 8.0, level]
            cartilage = np.vstack([cartilage, [end]])
            canvas.tube(cartilage, 4.4, _CARTILAGE_HU, flatten=(1.0, 1.0, 0.8))
        canvas.tube(path[:bone], 4.6, _CORTEX_HU, flatten=(1.0, 1.0, 0.75))
        canvas.tube(path[:bone], 2.9, _RIB_MARROW_HU, flatten=(1.0, 1.0, 0.75))


def _front(cage: Cage, z: float) -> float:
    """The y of the inner wall behind the breastbone at height z."""
    height = np.array(min(z, 62.0))
    return float(cage.pleura_middle(height) + cage.pleura_axes(height)[1])


def _paint_breastbone(canvas: Canvas, cage: Cage) -> None:
    heights = np.linspace(-48.0, 84.0, 12)
    points = np.array([[0.0, _front(cage, z) + 8.0, z] for z in heights])
    radii = np.where(heights > 48.0, 8.6, 6.4)
    canvas.tube(points, radii, _CORTEX_HU * 0.65, flatten=(0.34, 1.0, 1.0))
    canvas.tube(points, radii - 1.5, 140.0, flatten=(0.34, 1.0, 1.0))


def _paint_shoulder(canvas: Canvas, side: float) -> None:
    turn = 52.0 * side
    for thinner, hu in ((0.0, _CORTEX_HU), (1.9, 260.0)):
        axes = (36.0 - thinner, 4.0 - 0.6 * thinner, 62.0 - thinner)
        canvas.ellipsoid((104.0 * side, -58.0, 78.0), axes, hu, turn_deg=turn)
        spine = np.array([[84.0, -84.0, 108.0], [128.0, -64.0, 122.0], [150.0, -32.0, 134.0]])
        canvas.tube(spine * np.array([side, 1.0, 1.0]), 5.2 - thinner, hu)
        collar = np.array([[22.0, 66.0, 92.0], [62.0, 66.0, 108.0], [104.0, 38.0, 124.0], [146.0, 4.0, 138.0]])
        canvas.tube(collar * np.array([side, 1.0, 1.0]), 6.0 - thinner, hu)
