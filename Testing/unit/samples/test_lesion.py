"""The tumour's shape and its volume."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.samples import GridSpec, Lesion, LesionSpec
from oncologyai.samples.canvas import Canvas

_SMOOTH = {"lobes": 0, "spicules": 0}


def _sampled_ml(lesion: Lesion, edge_mm: float) -> float:
    size = tuple(int(n) for n in np.ceil(2.0 * lesion.reach_mm / edge_mm) + 4)
    grid = GridSpec(size, (edge_mm,) * 3, tuple(lesion.centre))  # type: ignore[arg-type]
    return float(lesion.voxels(Canvas(grid, 0.0)).sum()) * edge_mm**3 / 1000.0


def test_plain_ellipsoid_has_the_textbook_volume() -> None:
    lesion = Lesion(LesionSpec(semi_axes_mm=(12.0, 9.0, 20.0), **_SMOOTH), np.random.default_rng(0))
    assert lesion.volume_ml == pytest.approx(4.0 / 3.0 * np.pi * 12.0 * 9.0 * 20.0 / 1000.0, rel=1e-9)


def test_rim_of_a_ball_has_the_textbook_volume() -> None:
    spec = LesionSpec(semi_axes_mm=(10.0, 10.0, 10.0), ground_glass_mm=5.0, **_SMOOTH)
    lesion = Lesion(spec, np.random.default_rng(0))
    assert lesion.solid_ml == pytest.approx(4.0 / 3.0 * np.pi, rel=1e-9)
    assert lesion.volume_ml == pytest.approx(4.0 / 3.0 * np.pi * 1.5**3, rel=1e-9)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_lobulated_volume_equals_fine_sampling_of_the_surface(seed: int) -> None:
    lesion = Lesion(LesionSpec(ground_glass_mm=float(seed - 1)), np.random.default_rng(seed))
    assert _sampled_ml(lesion, 0.7) == pytest.approx(lesion.volume_ml, rel=2e-3)


def test_lobes_and_spicules_add_to_the_ellipsoid() -> None:
    plain = Lesion(LesionSpec(**_SMOOTH), np.random.default_rng(0))
    bumpy = Lesion(LesionSpec(), np.random.default_rng(0))
    assert bumpy.volume_ml > 1.2 * plain.volume_ml
    assert (bumpy.reach_mm > 1.1 * plain.reach_mm).all()


def test_distance_is_negative_inside_and_in_mm() -> None:
    lesion = Lesion(LesionSpec((5.0, 6.0, 7.0), (10.0, 10.0, 10.0), **_SMOOTH), np.random.default_rng(0))
    x = np.array([5.0, 12.0, 15.0, 18.0])
    distance = lesion.distance(x, np.full(4, 6.0), np.full(4, 7.0))
    np.testing.assert_allclose(distance, [-10.0, -3.0, 0.0, 3.0], atol=1e-5)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"semi_axes_mm": (10.0, 0.0, 10.0)}, "semi_axes_mm: expected a number above 0 mm"),
        ({"lobulation": 1.5}, "lobulation: expected a number from 0 to 1"),
        ({"spiculation": -0.1}, "spiculation: expected a number from 0 to 1"),
        ({"touches_wall": True, "ground_glass_mm": 4.0}, "touches_wall: expected a lesion without ground glass"),
        ({"ground_glass_mm": -1.0}, "ground_glass_mm: expected a number from 0 to 100"),
    ],
)
def test_rejects_impossible_lesions(wrong: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        LesionSpec(**wrong)
