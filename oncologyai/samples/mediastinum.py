"""What lies between the lungs of a synthetic chest: heart, great vessels, airways, gullet."""

from __future__ import annotations

import numpy as np

from oncologyai.samples.canvas import Canvas

__all__ = ["HILUM_LEFT", "HILUM_RIGHT", "occupy_mediastinum", "paint_airways", "paint_mediastinum"]

_AIR_HU, _WALL_HU, _BLOOD_HU, _MUSCLE_HU, _NODE_HU = -995.0, 15.0, 45.0, 55.0, 40.0

HILUM_RIGHT = np.array([46.0, 0.0, 6.0])
HILUM_LEFT = np.array([-46.0, -2.0, 14.0])

# Centre, half axes and turn about z of the parts of the heart; they shift together.
_HEART = (
    ((-26.0, 32.0, -42.0), (46.0, 42.0, 46.0), -25.0),
    ((-48.0, 42.0, -58.0), (34.0, 30.0, 30.0), -30.0),
    ((20.0, 26.0, -36.0), (32.0, 36.0, 42.0), 0.0),
)
_CAVITIES = (
    ((-40.0, 32.0, -52.0), (22.0, 18.0, 24.0), -30.0),
    ((22.0, 26.0, -36.0), (24.0, 27.0, 33.0), 0.0),
    ((-14.0, 2.0, -26.0), (28.0, 14.0, 22.0), 0.0),
)

# Paths in RAS mm with a radius for each: blood vessels.
_AORTA = np.array(
    [
        [4, 30, -14], [10, 36, 12], [8, 34, 34], [-1, 26, 49], [-12, 8, 56], [-22, -14, 50], [-27, -34, 34],
        [-27, -40, 5], [-22, -38, -50], [-14, -34, -100], [-6, -28, -250],
    ],
    dtype=np.float64,
)  # fmt: skip
_AORTA_RADII = np.array([15.0, 15.5, 15, 14, 13.5, 13, 12.5, 12, 11.5, 11, 10])
_VESSELS: tuple[tuple[tuple[tuple[float, float, float], ...], float], ...] = (
    (((28, 26, -20), (27, 30, 30), (25, 34, 66), (34, 32, 92), (40, 14, 150)), 8.0),
    (((25, 34, 66), (-4, 42, 68), (-30, 34, 90), (-40, 14, 150)), 6.0),
    (((-12, 44, -16), (-19, 40, 12), (-19, 22, 24)), 13.0),
    (((-16, 22, 22), (8, 12, 18), (30, 6, 14), (46, 0, 6)), 9.5),
    (((-19, 22, 24), (-34, 8, 24), (-46, -2, 14)), 9.5),
    (((2, 24, 50), (14, 22, 80), (20, 8, 150)), 5.5),
    (((-9, 14, 55), (-12, 12, 85), (-18, 6, 150)), 4.5),
    (((-17, -2, 55), (-26, -2, 88), (-42, 0, 118), (-70, 8, 134)), 4.5),
    (((-20, 10, -22), (-38, 2, -10), (-48, 0, -6)), 6.0),
    (((16, 8, -22), (36, 4, -12), (48, 0, -8)), 6.0),
    (((24, 8, -60), (26, 2, -110), (22, -8, -250)), 11.0),
)
_GULLET = np.array([[-4, -22, 155], [-5, -26, 60], [-6, -22, 10], [-10, -22, -50], [-18, -10, -85]], dtype=np.float64)
_NODES = (((17, 6, 30), 5.0), ((-8, -6, 10), 6.0), ((-30, 22, 36), 4.0), ((14, -8, 2), 5.0))

# Path, inner radii: the windpipe and its first branches. The lumen of the last goes on into the lung.
_AIRWAYS: tuple[tuple[tuple[tuple[float, float, float], ...], tuple[float, ...]], ...] = (
    (((0, 2, 158), (0, -4, 92), (2, -9, 62), (3, -11, 36)), (8.6, 8.6, 8.8, 9.0)),
    (((3, -11, 36), (20, -10, 19), (38, -11, 2)), (7.2, 6.8, 6.0)),
    (((3, -11, 36), (-20, -11, 19), (-42, -13, 6)), (6.6, 6.2, 5.4)),
    (((22, -10, 18), (46, -7, 26), (58, -2, 44), (64, 2, 62)), (4.6, 4.0, 2.6, 1.8)),
    (((38, -11, 2), (54, -22, -22), (64, -32, -48)), (4.8, 3.6, 2.2)),
    (((38, -11, 2), (58, 10, -14), (70, 34, -24)), (3.8, 2.8, 1.8)),
    (((-42, -13, 6), (-56, -2, 24), (-62, 8, 44)), (4.2, 3.2, 1.9)),
    (((-42, -13, 6), (-56, -26, -20), (-68, -36, -46)), (4.4, 3.4, 2.0)),
)


def occupy_mediastinum(canvas: Canvas, shift_mm: float) -> None:
    """Mark with 1 what the lungs must leave free; ``shift_mm`` moves the heart to the right."""
    z = canvas.coordinates()[2]
    low, high = float(z.min()), float(z.max())
    column = (
        ((0.0, 18.0), (27.0, 80.0)),
        ((0.0, -50.0), (27.0, 25.0)),
        ((0.0, -82.0), (37.0, 27.0)),
    )
    for (cx, cy), (ax, ay) in column:
        canvas.ellipsoid((cx, cy, 0.0), (ax, ay, 2000.0), 1.0)
    # Neck vessels widen the column towards the apex.
    canvas.ellipsoid((0.0, 12.0, high), (46.0, 54.0, max(high - 62.0, 1.0)), 1.0)
    canvas.ellipsoid((-10.0, 18.0, low), (46.0, 74.0, max(-low - 96.0, 1.0)), 1.0)
    for centre, axes, turn in _HEART:
        grown = tuple(a + 5.0 for a in axes)
        canvas.ellipsoid((centre[0] + shift_mm, *centre[1:]), grown, 1.0, turn_deg=turn)
    canvas.tube(_AORTA, _AORTA_RADII + 2.5, 1.0)
    for path, radius in _VESSELS[:5]:
        canvas.tube(np.array(path, dtype=np.float64), radius + 2.0, 1.0)
    for path, radii in _AIRWAYS[:3]:
        canvas.tube(np.array(path, dtype=np.float64), np.array(radii) + 3.0, 1.0)


def paint_mediastinum(canvas: Canvas, shift_mm: float) -> None:
    """Paint heart, great vessels, gullet and a few small lymph nodes."""
    for centre, axes, turn in _HEART:
        canvas.ellipsoid((centre[0] + shift_mm, *centre[1:]), axes, _MUSCLE_HU, turn_deg=turn)
    for centre, axes, turn in _CAVITIES:
        canvas.ellipsoid((centre[0] + shift_mm, *centre[1:]), axes, _BLOOD_HU - 4.0, turn_deg=turn)
    canvas.tube(_AORTA, _AORTA_RADII, _BLOOD_HU + 8.0)
    canvas.tube(_AORTA, _AORTA_RADII - 1.5, _BLOOD_HU)
    for path, radius in _VESSELS:
        canvas.tube(np.array(path, dtype=np.float64), radius, _BLOOD_HU)
    canvas.tube(_GULLET, 6.5, 38.0, flatten=(1.0, 1.5, 1.0))
    canvas.tube(_GULLET, 1.4, -500.0)
    for centre, radius in _NODES:
        canvas.ellipsoid(centre, (radius, radius * 0.8, radius * 1.3), _NODE_HU)


def paint_airways(canvas: Canvas) -> None:
    """Paint windpipe and bronchi: first their walls, then the air in them, so that the lumina join."""
    paths = [(np.array(path, dtype=np.float64), np.array(radii)) for path, radii in _AIRWAYS]
    for path, radii in paths:
        canvas.tube(path, radii + 1.5, _WALL_HU)
    for path, radii in paths:
        canvas.tube(path, radii, _AIR_HU)
