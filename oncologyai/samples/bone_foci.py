"""Foci of raised uptake in bone: worn joints, fractures, Paget's disease, and metastases, each of known place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai.errors import InputError
from oncologyai.samples.clouds import Cloud, Point3, ball
from oncologyai.samples.patient_body import PatientBody

__all__ = ["Focus", "draw_benign", "draw_metastases", "plant_metastases", "uptake_of"]

_BONE = 7.0  # uptake of bone against soft tissue, as in the skeleton
_BALL_SHARE = 0.3  # of the added uptake that fills the focus whatever the bone's own shape there
_WHOLE_BONE_MM = 1000.0
_FILLED_MM = 40.0  # larger foci take the bone's shape alone

# How often a worn joint is which; places of both sides by their name without the side.
_WORN: Mapping[str, float] = {
    "knee": 20, "patella": 4, "acromioclavicular joint": 10, "humeral head": 5, "glenoid": 4,
    "sternoclavicular joint": 7, "L2": 3, "L3": 5, "L4": 8, "L5": 9, "T8": 2, "T10": 2, "T12": 2, "C4": 3, "C5": 4,
    "C6": 3, "femoral head": 5, "acetabulum": 5, "ankle": 5, "midfoot": 6, "toes": 5, "wrist": 5, "thumb": 6,
    "elbow": 4, "sacroiliac joint": 5, "sternal angle": 4, "upper jaw": 6, "lower jaw": 3, "trochanter": 3, "heel": 3,
}  # fmt: skip
_BOTH_SIDES = 0.35
# Where metastases of breast and prostate settle: red marrow.
_SETTLED: Mapping[str, float] = {
    **{f"T{n}": 2.2 for n in range(1, 13)}, **{f"L{n}": 3.2 for n in range(1, 6)}, "C6": 0.7, "C7": 0.8,
    **{f"rib {n}": 2.0 for n in range(2, 11)}, "ilium": 8.0, "sacrum": 4.5, "acetabulum": 3.0, "ischium": 2.0,
    "pubis": 2.0, "pubic ramus": 0.8, "skull": 5.0, "sternum": 3.0, "manubrium": 2.0, "scapula": 3.0,
    "scapular spine": 1.0, "clavicle": 1.0, "femur": 2.5, "trochanter": 2.5, "femoral neck": 1.2, "humerus": 2.0,
    "humeral head": 1.0,
}  # fmt: skip
_PAGET = (
    ("ilium", "acetabulum", "pubis", "ischium", "pubic ramus"),
    ("femur", "trochanter"),
    ("tibia",),
    ("skull",),
    ("L3",),
)


@dataclass(frozen=True)
class Focus:
    """A place of raised uptake.

    Parameters
    ----------
    kind : str
        'metastasis', 'worn joint', 'fracture' or 'Paget'.
    site : str
        The bone.
    centre_ras : (x, y, z)
        In the patient, mm; of a placed focus in the views, y aside, which a view does not show.
    radius_mm : float
        Where the added uptake has fallen to nothing; what lies in other bones keeps its own.
    factor : float
        Added uptake at the middle, in units of the bone's own.
    """

    kind: str
    site: str
    centre_ras: Point3
    radius_mm: float
    factor: float


def uptake_of(focus: Focus, body: PatientBody) -> Cloud:
    """Give the uptake that a focus adds: along its bone, and as a ball around its middle."""
    centre = np.array(focus.centre_ras)
    points, mass = [np.zeros((0, 3))], [np.zeros(0)]
    for bone in body.bones:
        if bone.name == focus.site:
            away = np.linalg.norm(bone.points - centre, axis=1) / focus.radius_mm
            near = away < 1.0
            points.append(bone.points[near])
            mass.append(bone.mass[near] * focus.factor * (1.0 - away[near] ** 2))
    if focus.radius_mm < _FILLED_MM:
        half = 0.45 * focus.radius_mm
        filled = ball("", focus.centre_ras, (half, half, half), _BALL_SHARE * _BONE * focus.factor, spacing_mm=2.5)
        points.append(filled.points)
        mass.append(filled.mass)
    return Cloud(f"{focus.kind} {focus.site}", np.concatenate(points), np.concatenate(mass))


def draw_benign(body: PatientBody, rng: np.random.Generator, *, joints: float = 4.0) -> list[Focus]:
    """Draw what is hot and no metastasis: ``joints`` worn ones on average, fractures, Paget's disease."""
    found: list[Focus] = []
    for _ in range(int(rng.poisson(joints))):
        found += _worn_joint(body, rng)
    if rng.random() < 0.22:
        found += _broken_ribs(body, rng)
    if rng.random() < 0.12:
        name = str(rng.choice(["T7", "T8", "T11", "T12", "L1", "L2", "L3"]))
        found.append(Focus("fracture", name, _middle(body, name), 55.0, _log_uniform(rng, 1.2, 5.0)))
    if rng.random() < 0.04:
        found += _sacral_fracture(body, rng)
    if rng.random() < 0.03:
        found += _paget(body, rng)
    return found


def draw_metastases(body: PatientBody, rng: np.random.Generator, count: int) -> list[Focus]:
    """Draw ``count`` metastases, each at a point of red marrow, small ones more often than large ones."""
    found = []
    for _ in range(count):
        site = _with_side(_drawn(_SETTLED, rng), body, rng)
        radius = _log_uniform(rng, 8.0, 24.0)
        found.append(Focus("metastasis", site, _point_in(body, site, rng), radius, _log_uniform(rng, 1.8, 11.0)))
    return found


def plant_metastases(body: PatientBody, sites: Sequence[str], *, radius_mm: float, factor: float) -> list[Focus]:
    """Give a metastasis in the middle of each of the bones named, at its point that is nearest to that.

    Raises
    ------
    InputError
        If the body has no such bone.
    """
    found = []
    for site in sites:
        points = _points(body, site)
        if not points.size:
            names = sorted({bone.name for bone in body.bones})
            raise InputError("sites", expected=f"bones such as {', '.join(names[:3])}", got=site)
        nearest = np.linalg.norm(points - points.mean(axis=0), axis=1).argmin()
        found.append(Focus("metastasis", site, _as_point(points[nearest]), radius_mm, factor))
    return found


def _worn_joint(body: PatientBody, rng: np.random.Generator) -> list[Focus]:
    stem = _drawn(_WORN, rng)
    site = _with_side(stem, body, rng)
    radius, factor = _log_uniform(rng, 8.0, 20.0), _log_uniform(rng, 1.0, 9.0)
    centre = _edge_of(body, site, rng) if stem[0] in "CTL" and stem[1:].isdigit() else _point_in(body, site, rng)
    found = [Focus("worn joint", site, centre, radius, factor)]
    if site != stem and rng.random() < _BOTH_SIDES:
        other = f"{stem} {'L' if site.endswith('R') else 'R'}"
        again = float(factor * np.exp(rng.normal(0.0, 0.35)))
        found.append(Focus("worn joint", other, _point_in(body, other, rng), radius, again))
    return found


def _broken_ribs(body: PatientBody, rng: np.random.Generator) -> list[Focus]:
    """Give breaks of one to four neighbouring ribs in a row."""
    side, first = str(rng.choice(["R", "L"])), int(rng.integers(3, 9))
    share, factor = float(rng.uniform(0.25, 0.95)), _log_uniform(rng, 1.8, 9.0)
    found = []
    for number in range(first, min(first + int(rng.integers(1, 5)), 11)):
        points = _points(body, f"rib {number} {side}")
        at = points[int(np.clip(share + rng.normal(0.0, 0.03), 0.0, 0.99) * len(points))]
        again = float(factor * np.exp(rng.normal(0.0, 0.3)))
        found.append(Focus("fracture", f"rib {number} {side}", _as_point(at), float(rng.uniform(8.0, 13.0)), again))
    return found


def _sacral_fracture(body: PatientBody, rng: np.random.Generator) -> list[Focus]:
    middle, factor = np.array(_middle(body, "sacrum")), _log_uniform(rng, 2.0, 6.0)
    shifts = np.array([(32.0, 6.0, 14.0), (-32.0, 6.0, 14.0), (0.0, 0.0, -6.0)])
    return [Focus("fracture", "sacrum", _as_point(middle + shift), 26.0, factor) for shift in shifts]


def _paget(body: PatientBody, rng: np.random.Generator) -> list[Focus]:
    stems = _PAGET[int(rng.integers(len(_PAGET)))]
    side, factor = str(rng.choice([" R", " L"])), _log_uniform(rng, 1.5, 5.0)
    names = [stem if _points(body, stem).size else stem + side for stem in stems]
    return [Focus("Paget", name, _middle(body, name), _WHOLE_BONE_MM, factor) for name in names]


def _drawn(weights: Mapping[str, float], rng: np.random.Generator) -> str:
    shares = np.array(list(weights.values()), dtype=np.float64)
    return list(weights)[int(rng.choice(len(shares), p=shares / shares.sum()))]


def _with_side(stem: str, body: PatientBody, rng: np.random.Generator) -> str:
    side = str(rng.choice([" R", " L"]))
    return stem + side if any(bone.name == stem + side for bone in body.bones) else stem


def _points(body: PatientBody, name: str) -> np.ndarray:
    parts = [bone.points for bone in body.bones if bone.name == name]
    return np.concatenate(parts) if parts else np.zeros((0, 3))


def _middle(body: PatientBody, name: str) -> Point3:
    return _as_point(_points(body, name).mean(axis=0))


def _point_in(body: PatientBody, name: str, rng: np.random.Generator) -> Point3:
    points = _points(body, name)
    return _as_point(points[int(rng.integers(len(points)))])


def _edge_of(body: PatientBody, name: str, rng: np.random.Generator) -> Point3:
    """Give a point at the right or left border of a vertebra, where spurs and small joints are."""
    points = _points(body, name)
    aside = np.abs(points[:, 0] - points[:, 0].mean())
    outer = points[aside >= np.quantile(aside, 0.85)]
    return _as_point(outer[int(rng.integers(len(outer)))])


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _as_point(values: np.ndarray | Sequence[float]) -> Point3:
    x, y, z = (float(v) for v in values)
    return x, y, z
