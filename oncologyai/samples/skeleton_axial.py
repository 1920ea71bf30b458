"""Skull, spine, ribs, breast bone, shoulder girdle and pelvis of an adult of 1.75 m, as clouds of uptake.

x to the right, y to the front, z up from the soles, in mm; uptake is relative to that of soft tissue.
"""

from __future__ import annotations

import numpy as np

from oncologyai.samples.clouds import Cloud, Point3, ball, mirrored, plate, shell, tube

__all__ = ["RIBS", "VERTEBRAE", "axial_skeleton", "spine_point"]

VERTEBRAE = (*(f"C{n}" for n in range(2, 8)), *(f"T{n}" for n in range(1, 13)), *(f"L{n}" for n in range(1, 6)))
RIBS = tuple(range(1, 13))

# The middle of the vertebral bodies from C1 down to the sacrum: y, z.
_SPINE_Z = (1555.0, 1440.0, 1320.0, 1165.0, 1080.0, 1000.0)
_SPINE_Y = (-12.0, -32.0, -62.0, -42.0, -22.0, -34.0)
# Half width and half depth of the chest at each rib, and how far it falls from back to front.
_CHEST_WIDE = (62.0, 92.0, 110.0, 121.0, 129.0, 134.0, 137.0, 139.0, 139.0, 136.0, 128.0, 112.0)
_CHEST_DEEP = (48.0, 68.0, 84.0, 94.0, 99.0, 101.0, 102.0, 102.0, 100.0, 98.0, 92.0, 84.0)
_FALL = (40.0, 62.0, 82.0, 98.0, 110.0, 118.0, 122.0, 118.0, 108.0, 96.0, 55.0, 35.0)
_REACH_DEG = (140.0, 148.0, 150.0, 150.0, 148.0, 145.0, 140.0, 130.0, 118.0, 106.0, 68.0, 50.0)
_BONE = 7.0


def spine_point(z: float) -> Point3:
    """Give the middle of the spine at a height."""
    order = np.argsort(_SPINE_Z)
    return 0.0, float(np.interp(z, np.array(_SPINE_Z)[order], np.array(_SPINE_Y)[order])), z


def axial_skeleton() -> list[Cloud]:
    """Give all parts, named as anatomists do; sides end in R and L."""
    middle = [*_skull(), *_spine(), *_breast_bone(), _sacrum()]
    right = [*_ribs(), *_shoulder_girdle(), *_pelvis()]
    return [*middle, *right, *(mirrored(part) for part in right)]


def _skull() -> list[Cloud]:
    jaw = [(58.0, -5.0, 1600.0), (52.0, 25.0, 1552.0), (22.0, 68.0, 1536.0), (0.0, 76.0, 1534.0)]
    jaw += [(-x, y, z) for x, y, z in reversed(jaw[:-1])]
    return [
        shell("skull", (0.0, -2.0, 1668.0), (71.0, 90.0, 82.0), 6.0, 0.44 * _BONE),
        ball("skull base", (0.0, 0.0, 1608.0), (48.0, 58.0, 14.0), 0.3 * _BONE),
        ball("face", (0.0, 66.0, 1596.0), (25.0, 17.0, 22.0), 1.3 * _BONE),
        ball("upper jaw", (0.0, 66.0, 1565.0), (28.0, 14.0, 10.0), 1.2 * _BONE),
        tube("lower jaw", jaw, 6.5, 0.75 * _BONE),
        tube("orbit R", [(14.0, 78.0, 1622.0), (46.0, 68.0, 1626.0), (56.0, 60.0, 1606.0)], 4.5, 0.8 * _BONE),
        tube("orbit L", [(-14.0, 78.0, 1622.0), (-46.0, 68.0, 1626.0), (-56.0, 60.0, 1606.0)], 4.5, 0.8 * _BONE),
    ]


def _levels() -> list[tuple[str, float, float, float]]:
    """Name, middle, height and radius of each vertebra."""
    found = []
    for names, top, bottom, radii in (
        (VERTEBRAE[:6], 1540.0, 1441.0, (11.0, 13.0)),
        (VERTEBRAE[6:18], 1441.0, 1166.0, (14.0, 20.0)),
        (VERTEBRAE[18:], 1166.0, 1003.0, (21.0, 25.0)),
    ):
        step = (top - bottom) / len(names)
        for n, name in enumerate(names):
            radius = radii[0] + (radii[1] - radii[0]) * n / max(1, len(names) - 1)
            found.append((name, top - step * (n + 0.5), step, radius))
    return found


def _spine() -> list[Cloud]:
    parts = []
    for name, z, height, radius in _levels():
        _, y, _ = spine_point(z)
        half = 0.42 * height
        body = tube(name, [(0.0, y, z + half), (0.0, y, z - half)], radius, 0.8 * _BONE, step_mm=2.0)
        ends = [ball(name, (0.0, y, z + s * half), (radius, radius, 2.0), 0.8 * _BONE, spacing_mm=2.5) for s in (1, -1)]
        back = tube(name, [(0.0, y - radius - 8.0, z), (0.0, y - radius - 28.0, z - 10.0)], (6.0, 4.5), 0.85 * _BONE)
        arms = [
            ball(name, (s * 0.85 * radius, y - radius - 6.0, z), (6.0, 7.0, 0.36 * height), 0.95 * _BONE)
            for s in (1.0, -1.0)
        ]
        pieces = [body, *ends, back, *arms]
        points, mass = (np.concatenate([getattr(p, f) for p in pieces]) for f in ("points", "mass"))
        parts.append(Cloud(name, points, mass))
    return parts


def _breast_bone() -> list[Cloud]:
    manubrium = plate(
        "manubrium", [(-30.0, 80.0, 1408.0), (-14.0, 94.0, 1368.0)], [(30.0, 80.0, 1408.0), (14.0, 94.0, 1368.0)],
        11.0, 0.85 * _BONE,
    )  # fmt: skip
    body = plate(
        "sternum", [(-13.0, 94.0, 1366.0), (-17.0, 108.0, 1268.0)], [(13.0, 94.0, 1366.0), (17.0, 108.0, 1268.0)],
        10.0, 0.72 * _BONE, rims=(1.3, 1.3),
    )  # fmt: skip
    return [manubrium, body, ball("sternal angle", (0.0, 94.0, 1367.0), (15.0, 5.0, 5.0), 0.8 * _BONE)]


def _ribs() -> list[Cloud]:
    heights = {name: z for name, z, _, _ in _levels()}
    parts = []
    for number, wide, deep, fall, reach in zip(RIBS, _CHEST_WIDE, _CHEST_DEEP, _FALL, _REACH_DEG, strict=True):
        z = heights[f"T{number}"] + 8.0
        back = spine_point(z)[1] - 12.0
        angle = np.deg2rad(np.linspace(9.0, reach, 40))
        x = wide * np.sin(angle) ** 0.85 + 8.0
        y = back + deep * (1.0 - np.cos(angle)) * 0.98 - 20.0 * np.sin(angle) ** 2
        drop = fall * (angle / np.pi) ** 1.15
        course = np.stack([x, y, z - drop], axis=1)
        parts.append(tube(f"rib {number} R", course, np.linspace(5.4, 6.0, 40), 1.0 * _BONE))
    return parts


def _shoulder_girdle() -> list[Cloud]:
    clavicle = [(28.0, 80.0, 1410.0), (70.0, 76.0, 1424.0), (120.0, 38.0, 1436.0), (166.0, -2.0, 1444.0)]
    medial = [(72.0, -84.0, 1430.0), (78.0, -98.0, 1360.0), (96.0, -104.0, 1278.0)]
    lateral = [(140.0, -42.0, 1432.0), (146.0, -48.0, 1385.0), (112.0, -96.0, 1278.0)]
    ridge = [(80.0, -104.0, 1396.0), (125.0, -88.0, 1424.0), (172.0, -28.0, 1446.0)]
    return [
        tube("clavicle R", clavicle, (6.5, 5.5, 6.0, 7.0), 0.75 * _BONE),
        ball("sternoclavicular joint R", (27.0, 82.0, 1408.0), (10.0, 7.0, 9.0), 1.1 * _BONE),
        plate("scapula R", medial, lateral, 4.0, 0.9 * _BONE, rims=(2.4, 3.4)),
        tube("scapular spine R", ridge, (5.0, 6.0, 8.0), 0.8 * _BONE),
        ball("glenoid R", (158.0, -18.0, 1408.0), (8.0, 14.0, 18.0), 0.9 * _BONE),
    ]


def _sacrum() -> Cloud:
    right = [(46.0, -48.0, 994.0), (42.0, -74.0, 958.0), (22.0, -92.0, 922.0), (8.0, -88.0, 894.0)]
    left = [(-x, y, z) for x, y, z in right]
    return plate("sacrum", right, left, 15.0, 0.72 * _BONE, rims=(1.8, 1.8))


def _pelvis() -> list[Cloud]:
    crest = [(44.0, -84.0, 992.0), (82.0, -58.0, 1034.0), (122.0, -8.0, 1040.0), (134.0, 40.0, 1000.0)]
    inner = [(47.0, -62.0, 948.0), (66.0, -38.0, 934.0), (84.0, -10.0, 926.0), (96.0, 16.0, 924.0)]
    crest, inner = [*crest, (124.0, 66.0, 968.0)], [*inner, (104.0, 40.0, 928.0)]
    ramus, seat = [(10.0, 60.0, 862.0), (34.0, 34.0, 836.0), (56.0, -6.0, 820.0)], (58.0, -26.0, 822.0)
    hip = (92.0, 2.0, 905.0)
    return [
        plate("ilium R", crest, inner, 7.0, 0.62 * _BONE, rims=(2.4, 1.7)),
        tube("sacroiliac joint R", [(45.0, -66.0, 988.0), (42.0, -78.0, 940.0)], (7.0, 6.0), 1.35 * _BONE),
        shell("acetabulum R", hip, (29.0, 29.0, 29.0), 6.0, 0.62 * _BONE, 1500),
        tube("pubis R", [(74.0, 28.0, 896.0), (44.0, 52.0, 884.0), (10.0, 60.0, 868.0)], (9.0, 7.5, 9.0), 0.75 * _BONE),
        tube("pubic ramus R", ramus, (7.0, 6.0, 8.0), 0.7 * _BONE),
        tube("ischium R", [(84.0, -22.0, 890.0), (72.0, -36.0, 856.0), seat], (13.0, 11.0, 12.0), 0.72 * _BONE),
    ]  # fmt: skip
