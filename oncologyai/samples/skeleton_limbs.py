"""Bones of arms and legs of an adult of 1.75 m, as clouds of uptake, in a pose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oncologyai.samples.clouds import Cloud, Point3, ball, mirrored, tube

__all__ = ["Arm", "Leg", "arm_bones", "leg_bones"]

_BONE = 7.0
_HAND = 0.75 * _BONE


@dataclass(frozen=True)
class Arm:
    """Where the joints of the right arm lie."""

    shoulder: Point3 = (182.0, -12.0, 1412.0)
    elbow: Point3 = (220.0, -30.0, 1112.0)
    wrist: Point3 = (232.0, 14.0, 868.0)
    tips: Point3 = (214.0, 40.0, 690.0)

    def turned(self, degrees: float) -> Arm:
        """Spread from the body by an angle about the shoulder, front view."""
        return Arm(*(_turn(p, self.shoulder, degrees) for p in (self.shoulder, self.elbow, self.wrist, self.tips)))


@dataclass(frozen=True)
class Leg:
    """Where the joints of the right leg lie."""

    hip: Point3 = (92.0, 2.0, 905.0)
    knee: Point3 = (92.0, 4.0, 478.0)
    ankle: Point3 = (84.0, -14.0, 84.0)
    toes: Point3 = (108.0, 78.0, -58.0)

    def turned(self, degrees: float) -> Leg:
        """Spread from the middle by an angle about the hip, front view."""
        return Leg(*(_turn(p, self.hip, degrees) for p in (self.hip, self.knee, self.ankle, self.toes)))


def arm_bones(arm: Arm, *, left: bool = False) -> list[Cloud]:
    """Give the bones of an arm, its joints as parts of their own."""
    head, elbow, wrist, tips = (np.array(p) for p in (arm.shoulder, arm.elbow, arm.wrist, arm.tips))
    side = _unit(np.cross(elbow - wrist, (0.0, 1.0, 0.0)))
    parts = [
        ball("humeral head R", _at(head), (23.0, 22.0, 23.0), 0.72 * _BONE),
        tube("humerus R", [_at(head, 0, 0, -10), _at(elbow)], (12.0, 10.0), 0.58 * _BONE),
        ball("acromioclavicular joint R", _at(head, -10.0, 6.0, 30.0), (9.0, 8.0, 6.0), 0.9 * _BONE),
        ball("elbow R", _at(elbow), (25.0, 12.0, 14.0), 0.62 * _BONE),
        tube("radius R", [_at(elbow + 11 * side), _at(wrist + 9 * side)], (6.0, 8.0), 0.6 * _BONE),
        tube("ulna R", [_at(elbow - 9 * side), _at(wrist - 9 * side)], (8.0, 5.0), 0.6 * _BONE),
        ball("wrist R", _at(wrist + 0.1 * (tips - wrist)), (20.0, 9.0, 17.0), 0.78 * _BONE),
        *_fingers(wrist, tips, side),
    ]
    return [mirrored(p) for p in parts] if left else parts


def leg_bones(leg: Leg, *, left: bool = False) -> list[Cloud]:
    """Give the bones of a leg, its joints as parts of their own."""
    hip, knee, ankle, toes = (np.array(p) for p in (leg.hip, leg.knee, leg.ankle, leg.toes))
    great = hip + np.array([40.0, -10.0, -14.0])
    under = hip + np.array([16.0, -12.0, -62.0])
    heel = ankle + np.array([0.0, -36.0, -42.0])
    ball_of_foot = ankle + 0.68 * (toes - ankle)
    parts = [
        ball("femoral head R", _at(hip), (23.0, 23.0, 23.0), 0.55 * _BONE),
        tube("femoral neck R", [_at(hip), _at(great)], (17.0, 19.0), 0.55 * _BONE),
        tube("trochanter R", [_at(great, 4.0, 0, 6.0), _at(under)], (16.0, 17.0), 0.62 * _BONE),
        tube("femur R", [_at(under), _at(0.5 * (under + knee), 6.0, 8.0, 0.0), _at(knee, 0, 0, 45)],
             (14.0, 12.0, 14.0), 0.6 * _BONE),
        *(ball("knee R", _at(knee, s * 21.0, -4.0, z), (22.0, 24.0, 22.0), 0.44 * _BONE)
          for s in (1, -1) for z in (20.0, -20.0)),
        ball("patella R", _at(knee, 0.0, 44.0, 14.0), (20.0, 9.0, 20.0), 0.75 * _BONE),
        tube("tibia R", [_at(knee, -4, 0, -32), _at(ankle, 0, 0, 20)], (17.0, 12.0), 0.58 * _BONE),
        tube("fibula R", [_at(knee, 30.0, -20.0, -40.0), _at(ankle, 24.0, -8.0, -6.0)], (6.0, 7.0), 0.58 * _BONE),
        ball("ankle R", _at(ankle), (25.0, 22.0, 20.0), 0.68 * _BONE),
        ball("heel R", _at(heel), (18.0, 26.0, 18.0), 0.55 * _BONE),
        tube("midfoot R", [_at(ankle, 0, 14, -22), _at(ball_of_foot)], (20.0, 24.0), 0.42 * _BONE, flat=0.5),
        *(tube("toes R", [_at(ball_of_foot, x, 0, 0), _at(toes, 1.3 * x, 0, -abs(x) * 0.5)], 7.0, 0.58 * _BONE)
          for x in (-20.0, -7.0, 6.0, 18.0)),
    ]  # fmt: skip
    return [mirrored(p) for p in parts] if left else parts


def _fingers(wrist: np.ndarray, tips: np.ndarray, side: np.ndarray) -> list[Cloud]:
    palm = wrist + 0.5 * (tips - wrist)
    spread = (-26.0, -13.0, 0.0, 12.0)
    return [
        *(
            tube("hand R", [_at(wrist + 0.4 * s * side), _at(palm + s * side), _at(tips + 1.1 * s * side)], 4.5, _HAND)
            for s in spread
        ),
        tube("thumb R", [_at(wrist + 12 * side), _at(palm + 36 * side, 0, 8, 0)], (7.0, 5.0), _HAND),
    ]  # fmt: skip


def _turn(point: Point3, about: Point3, degrees: float) -> Point3:
    angle = np.deg2rad(degrees)
    x, z = point[0] - about[0], point[2] - about[2]
    return (
        float(about[0] + np.cos(angle) * x - np.sin(angle) * z),
        point[1],
        float(about[2] + np.sin(angle) * x + np.cos(angle) * z),
    )


def _unit(vector: np.ndarray) -> np.ndarray:
    found: np.ndarray = vector / max(float(np.linalg.norm(vector)), 1e-9)
    return found


def _at(point: np.ndarray, dx: float = 0.0, dy: float = 0.0, dz: float = 0.0) -> Point3:
    x, y, z = (float(v) for v in point)
    return x + dx, y + dy, z + dz
