"""A whole adult for a bone scan: skeleton in a pose, soft tissue, kidneys, bladder, injection site, as clouds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai.samples.clouds import Cloud, Point3, ball
from oncologyai.samples.skeleton_axial import axial_skeleton
from oncologyai.samples.skeleton_limbs import Arm, Leg, arm_bones, leg_bones

__all__ = ["PatientBody", "Pose", "draw_pose", "make_body", "uptake_variation"]

_Widths = Sequence[float] | np.ndarray
_HEIGHT_MM = 1750.0
_SOFT_SPACING_MM = 7.0
# Half width, half depth and y of the middle of head, neck and trunk at heights.
_TRUNK = np.array(
    [
        (1752.0, 12.0, 15.0, -2.0), (1740.0, 42.0, 52.0, -2.0), (1700.0, 72.0, 92.0, -2.0), (1650.0, 80.0, 101.0, 0.0),
        (1600.0, 76.0, 98.0, 4.0), (1560.0, 66.0, 84.0, 8.0), (1530.0, 60.0, 66.0, 2.0), (1500.0, 62.0, 62.0, -14.0),
        (1470.0, 105.0, 66.0, -24.0), (1440.0, 178.0, 76.0, -22.0), (1400.0, 200.0, 90.0, -14.0),
        (1340.0, 176.0, 108.0, -4.0), (1260.0, 166.0, 118.0, 0.0), (1160.0, 160.0, 116.0, 2.0),
        (1080.0, 158.0, 112.0, 2.0), (1000.0, 170.0, 114.0, 0.0), (920.0, 182.0, 116.0, -6.0),
        (850.0, 178.0, 108.0, -10.0),
        (815.0, 168.0, 92.0, -10.0), (800.0, 30.0, 60.0, 0.0),
    ]
)  # fmt: skip
_ARM_RADII = (22.0, 50.0, 42.0, 30.0, 20.0, 8.0)  # above the joint, at each, below the last
_LEG_RADII = (60.0, 86.0, 60.0, 38.0, 26.0, 10.0)
_KIDNEY, _BLADDER = 5.5, 11.0


@dataclass(frozen=True)
class Pose:
    """How the patient lies: angles of arms and legs outwards (right, left) and of the whole body, in degrees; bends.

    ``scoliosis_mm`` is how far the spine swings sideways; ``height`` and ``girth`` are factors of 1.75 m and of a
    usual girth.
    """

    arms_deg: tuple[float, float] = (2.0, 2.0)
    legs_deg: tuple[float, float] = (1.0, 1.0)
    tilt_deg: float = 0.0
    scoliosis_mm: float = 0.0
    height: float = 1.0
    girth: float = 1.0


@dataclass(frozen=True, eq=False)
class PatientBody:
    """Bones, soft tissue and organs in RAS mm, upright, soles at about z = 0, and the pose."""

    bones: tuple[Cloud, ...]
    soft: Cloud
    organs: tuple[Cloud, ...]
    pose: Pose

    def place(self, points: np.ndarray) -> np.ndarray:
        """Bring points (n, 3) of the adult of 1.75 m to where they are in this patient."""
        return _posed(np.asarray(points, dtype=np.float64), self.pose)


def draw_pose(rng: np.random.Generator) -> Pose:
    """Draw how a patient lies and how tall and wide he is."""
    return Pose(
        arms_deg=(float(rng.uniform(0.0, 5.0)), float(rng.uniform(0.0, 5.0))),
        legs_deg=(float(rng.uniform(-0.5, 3.5)), float(rng.uniform(-0.5, 3.5))),
        tilt_deg=float(rng.normal(0.0, 0.8)),
        scoliosis_mm=float(rng.normal(0.0, 5.0)),
        height=float(np.clip(rng.normal(0.965, 0.05), 0.85, 1.09)),
        girth=float(np.clip(rng.normal(1.03, 0.1), 0.85, 1.3)),
    )


def make_body(pose: Pose, rng: np.random.Generator, *, soft_uptake: float = 1.0) -> PatientBody:
    """Make a patient with physiological uptake, without disease; ``soft_uptake`` is that of soft tissue."""
    arms = [Arm().turned(angle) for angle in pose.arms_deg]
    legs = [Leg().turned(angle) for angle in pose.legs_deg]
    bones = axial_skeleton()
    for n, side in enumerate((False, True)):
        bones += [*arm_bones(arms[n], left=side), *leg_bones(legs[n], left=side)]
    factors = uptake_variation([bone.name for bone in bones], rng)
    bones = [bone.scaled(factors[bone.name]) for bone in bones]
    placed = tuple(_place(bone, pose) for bone in bones)
    soft = _place(_soft_tissue(arms, legs, soft_uptake), pose)
    organs = tuple(_place(organ, pose) for organ in _organs(arms, rng))
    return PatientBody(placed, soft, organs, pose)


def uptake_variation(names: Sequence[str], rng: np.random.Generator) -> dict[str, float]:
    """Draw a factor for each bone: what regions share, sides nearly share, and each has alone."""
    regions: dict[str, float] = {}
    factors: dict[str, float] = {}
    for name in sorted(set(names)):
        stem = name.removesuffix(" R").removesuffix(" L")
        region = "spine" if stem[0] in "CTL" and stem[1:].isdigit() else stem.split()[0]
        for key, spread in ((region, 0.16), (stem, 0.06)):
            if key not in regions:
                regions[key] = float(np.exp(rng.normal(0.0, spread)))
        factors[name] = regions[region] * regions[stem] * float(np.exp(rng.normal(0.0, 0.05)))
    return factors


def _soft_tissue(arms: Sequence[Arm], legs: Sequence[Leg], uptake: float) -> Cloud:
    """Fill trunk and limbs on one lattice, so that where they overlap nothing counts twice."""
    pieces = [_filled(_TRUNK[:, 0], _TRUNK[:, 3] * 0.0, _TRUNK[:, 3], _TRUNK[:, 1], _TRUNK[:, 2])]
    for joints, radii, lift in ((arms, _ARM_RADII, 42.0), (legs, _LEG_RADII, 40.0)):
        for n, limb in enumerate(joints):
            course = np.array(list(vars(limb).values()))
            ends = np.array([[0.0, 0.0, lift], [0.0, 0.0, -8.0]])
            course = np.concatenate([course[:1] + ends[:1], course, course[-1:] + ends[1:]])
            side = 1.0 if n == 0 else -1.0
            pieces.append(_filled(course[:, 2], side * course[:, 0], course[:, 1], radii, radii))
    cells = np.unique(np.concatenate(pieces), axis=0)
    return Cloud("soft tissue", cells * _SOFT_SPACING_MM, np.full(len(cells), uptake * _SOFT_SPACING_MM**3))


def _filled(heights: np.ndarray, x: np.ndarray, y: np.ndarray, half_wide: _Widths, half_deep: _Widths) -> np.ndarray:
    """Give the cells (n, 3) of the lattice inside a stack of ellipses; their middles and sizes stand at heights."""
    order = np.argsort(heights)
    k = np.arange(int(np.ceil(heights.min() / _SOFT_SPACING_MM)), int(heights.max() / _SOFT_SPACING_MM) + 1)
    z = k * _SOFT_SPACING_MM
    x, y, wide, deep = (np.interp(z, heights[order], np.asarray(v)[order]) for v in (x, y, half_wide, half_deep))
    reach = int(max(wide.max(), deep.max()) / _SOFT_SPACING_MM) + 1
    i0, j0 = np.rint(x / _SOFT_SPACING_MM).astype(int), np.rint(y / _SOFT_SPACING_MM).astype(int)
    step = np.arange(-reach, reach + 1)
    n, i, j = np.meshgrid(np.arange(len(z)), step, step, indexing="ij")
    i, j = i + i0[n], j + j0[n]
    inside = ((i * _SOFT_SPACING_MM - x[n]) / wide[n]) ** 2 + ((j * _SOFT_SPACING_MM - y[n]) / deep[n]) ** 2 <= 1.0
    return np.stack([i[inside], j[inside], k[n[inside]]], axis=1)


def _organs(arms: Sequence[Arm], rng: np.random.Generator) -> list[Cloud]:
    found = []
    for side, z in ((1.0, 1098.0), (-1.0, 1112.0)):
        centre = (side * float(rng.normal(62.0, 4.0)), -44.0, z + float(rng.normal(0.0, 8.0)))
        uptake = _KIDNEY * float(np.exp(rng.normal(0.0, 0.4)))
        found.append(ball("kidney R" if side > 0 else "kidney L", centre, (25.0, 20.0, 50.0), uptake))
    full = float(np.exp(rng.normal(0.0, 0.25)))
    size = (34.0 * full, 27.0 * full, 27.0 * full)
    found.append(
        ball("bladder", (float(rng.normal(0.0, 5.0)), 34.0, 896.0), size, _BLADDER * float(np.exp(rng.normal(0, 0.5))))
    )
    if rng.random() < 0.7:
        found.append(_injection_site(arms, rng))
    if rng.random() < 0.12:
        spot = (float(rng.normal(0.0, 35.0)), 95.0, float(rng.uniform(700.0, 830.0)))
        found.append(ball("urine", spot, (9.0, 6.0, 14.0), float(rng.uniform(6.0, 40.0))))
    return found  # fmt: skip


def _injection_site(arms: Sequence[Arm], rng: np.random.Generator) -> Cloud:
    side = int(rng.random() < 0.5)
    arm = arms[side]
    base = np.array(
        arm.elbow if rng.random() < 0.65 else np.add(np.multiply(arm.wrist, 0.5), np.multiply(arm.tips, 0.5))
    )
    x, y, z = base + rng.normal(0.0, 8.0, 3) + (0.0, 22.0, 0.0)
    centre: Point3 = (float(x if side == 0 else -x), float(y), float(z))
    size = float(rng.uniform(4.0, 11.0))
    return ball(
        "injection site", centre, (size, 0.6 * size, 1.8 * size), float(np.exp(rng.uniform(np.log(10), np.log(250))))
    )


def _place(cloud: Cloud, pose: Pose) -> Cloud:
    return Cloud(cloud.name, _posed(cloud.points, pose), cloud.mass)


def _posed(points: np.ndarray, pose: Pose) -> np.ndarray:
    x, y, z = points.T
    trunk = np.clip((z - 950.0) / 550.0, 0.0, 1.0)
    x = x + pose.scoliosis_mm * np.sin(2.0 * np.pi * trunk) * (np.abs(x) < 215.0)
    girth = 1.0 + (pose.girth - 1.0) * np.where(z > 1480.0, 0.2, np.where(np.abs(x) < 150.0, 0.8, 0.9))
    x, y, z = x * girth * pose.height, y * girth * pose.height, z * pose.height
    angle = np.deg2rad(pose.tilt_deg)
    middle = 900.0 * _HEIGHT_MM / 1750.0
    dx, dz = x, z - middle
    return np.stack(
        [np.cos(angle) * dx + np.sin(angle) * dz, y, middle - np.sin(angle) * dx + np.cos(angle) * dz], axis=1
    )
