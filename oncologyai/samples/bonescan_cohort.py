"""Cohorts of synthetic bone scans: centres with a camera each, patients drawn one by one from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oncologyai._checks import check_choice, check_range
from oncologyai.errors import InputError
from oncologyai.progress import Progress
from oncologyai.samples.bonescan import BoneScan, BoneScanSpec, make_bonescan
from oncologyai.samples.gamma_camera import CAMERAS, Camera

__all__ = ["CENTRES", "Centre", "CohortCase", "draw_cohort", "make_cohort_case"]

# Shares of patients by how many metastases they have: one, 2 to 4, 5 to 12, 13 to 35.
_BURDENS = ((0.26, 1, 1), (0.34, 2, 4), (0.26, 5, 12), (0.14, 13, 35))


@dataclass(frozen=True)
class Centre:
    """Where patients come from.

    Parameters
    ----------
    camera : Camera
    metastatic : float, 0 to 1
        Share of its patients with metastases.
    worn_joints : float
        How many on average: the older its patients the more; the same in both classes.
    soft_uptake : (float, float)
        Least and most uptake of soft tissue.
    """

    camera: Camera
    metastatic: float
    worn_joints: float = 4.0
    soft_uptake: tuple[float, float] = (0.6, 1.2)

    def __post_init__(self) -> None:
        check_range(self.metastatic, 0.0, 1.0, "metastatic")


# Shares as in table 1 of ch. 7, its three centres being A, B and C.
CENTRES: dict[str, Centre] = {
    "A": Centre(CAMERAS["alpha"], 293 / 1019),
    "B": Centre(CAMERAS["beta"], 118 / 348, worn_joints=4.6),
    "C": Centre(CAMERAS["gamma"], 411 / 998, worn_joints=5.0, soft_uptake=(0.5, 1.0)),
}


@dataclass(frozen=True)
class CohortCase:
    """One patient to be made: ``seed`` is all that the scan depends on beside its ``spec``."""

    name: str
    centre: str
    has_metastases: bool
    spec: BoneScanSpec
    seed: tuple[int, ...]


def draw_cohort(centre: str, cases: int, *, seed: int = 1, camera: Camera | None = None) -> tuple[CohortCase, ...]:
    """Draw the patients of a centre; case n is the same however many are drawn.

    Parameters
    ----------
    centre : str
        One of ``CENTRES``.
    cases : int, >= 0
        How many.
    seed : int, >= 0
        Start of all randomness.
    camera : Camera, optional
        Another camera, such as a coarse one for trials.

    Raises
    ------
    InputError
        If there is no such centre, or a number is negative.
    """
    check_choice(centre, CENTRES, "centre")
    for name, value in (("cases", cases), ("seed", seed)):
        if value < 0:
            raise InputError(name, expected="a whole number from 0", got=str(value))
    return tuple(_draw(centre, number, seed, camera) for number in range(cases))


def make_cohort_case(case: CohortCase, *, progress: Progress | None = None) -> BoneScan:
    """Make the scan of a case; the same case gives the same counts."""
    return make_bonescan(case.spec, np.random.default_rng([*case.seed, 1]), progress=progress)


def _draw(name: str, number: int, seed: int, camera: Camera | None) -> CohortCase:
    centre = CENTRES[name]
    origin = (seed, sorted(CENTRES).index(name), number)
    rng = np.random.default_rng([*origin, 0])
    ill = bool(rng.random() < centre.metastatic)
    share, least, most = np.array(_BURDENS).T
    burden = int(rng.choice(len(share), p=share / share.sum()))
    count = int(rng.integers(int(least[burden]), int(most[burden]) + 1))
    spec = BoneScanSpec(
        camera=camera or centre.camera,
        metastases=count if ill else 0,
        worn_joints=centre.worn_joints,
        soft_uptake=float(rng.uniform(*centre.soft_uptake)),
    )
    return CohortCase(f"{name}-{number:04d}", name, ill, spec, origin)
