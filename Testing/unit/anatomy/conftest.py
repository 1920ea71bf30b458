"""A thorax made of ellipses, along the patient's axes and in any array order."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from oncologyai.types import Volume


@dataclass(frozen=True)
class Phantom:
    """A DICOM-like CT (i to the left, j to the back, k upwards) and where its parts are, on the same grid."""

    volume: Volume
    left: np.ndarray
    right: np.ndarray
    spine_x_mm: float
    body: np.ndarray
    couch: np.ndarray


def _ellipse(x, y, centre, radii):
    return ((x - centre[0]) / radii[0]) ** 2 + ((y - centre[1]) / radii[1]) ** 2 <= 1.0


def make_thorax(
    *, opaque: str = "", shift_mm: float = 0.0, spacing=(2.0, 2.0, 3.0), bowel: bool = True, lungs: bool = True
) -> Phantom:
    """Build it: lungs of 850 HU below water, spine at ``shift_mm``, couch touching the back, bowel gas below."""
    i_mm, j_mm, k_mm = spacing
    nk, nj, ni = round(240 / k_mm), round(300 / j_mm), round(400 / i_mm)
    matrix = np.diag([-i_mm, -j_mm, k_mm, 1.0])
    matrix[:3, 3] = (ni - 1) / 2 * i_mm, (nj - 1) / 2 * j_mm, 0.0
    x = (matrix[0, 3] - i_mm * np.arange(ni))[None, None, :]
    y = (matrix[1, 3] - j_mm * np.arange(nj))[None, :, None]
    z = (k_mm * np.arange(nk))[:, None, None]
    shape = (nk, nj, ni)
    body = np.broadcast_to(_ellipse(x, y, (shift_mm, 0), (160, 100)), shape)
    couch = np.broadcast_to((np.abs(x) < 190) & (np.abs(y + 103) < 2), shape)
    profile = np.clip(1 - ((z - 130) / 80) ** 2, 0, None) ** 0.5
    sides = {}
    for name, sign in (("right", 1), ("left", -1)):
        r = np.maximum(profile, 1e-6)
        sides[name] = _ellipse(x, y, (shift_mm + sign * 75, 5), (55 * r, 75 * r)) & (profile > 0.05) & lungs
    hu = np.full(shape, -1000.0)
    hu[couch] = 100
    hu[body] = 40
    for name, mask in sides.items():
        hu[mask] = 30 if name == opaque else -850
    hu[np.broadcast_to(_ellipse(x, y, (shift_mm, -60), (20, 20)), shape)] = 300
    hu[_ellipse(x, y, (shift_mm, 10), (9, 9)) & (z > 150)] = -1000
    if bowel:
        hu[(x - shift_mm - 30) ** 2 + (y - 30) ** 2 + (z - 25) ** 2 < 20**2] = -1000
    hu += np.random.default_rng(7).normal(0, 12, shape)
    return Phantom(
        Volume(np.rint(hu).astype(np.int16), matrix, "CT", "HU"), sides["left"], sides["right"], shift_mm, body, couch
    )


@pytest.fixture(scope="session")
def a_thorax() -> Phantom:
    return make_thorax()


@pytest.fixture(scope="session")
def a_thorax_with_opaque_left_lung() -> Phantom:
    return make_thorax(opaque="left", shift_mm=12.0)


@pytest.fixture(scope="session")
def a_thorax_maker() -> Callable[..., Phantom]:
    return make_thorax
