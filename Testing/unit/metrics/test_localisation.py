"""Maps against lesions: cases whose figures are known."""

import math

import numpy as np
import pytest

from oncologyai.errors import GeometryMismatchError, InputError
from oncologyai.metrics import localise_map, summarise_localisation
from oncologyai.types import Mask, Volume

SHAPE = (1, 40, 20)


def a_map(values: np.ndarray, pixel_mm: float = 2.0) -> Volume:
    return Volume(values.reshape(SHAPE).astype(np.float32), np.diag([pixel_mm, pixel_mm, 1.0, 1.0]))


def a_mask(grid: Volume, rows: slice, columns: slice, label: str = "lesion") -> Mask:
    array = np.zeros(SHAPE, dtype=bool)
    array[0, rows, columns] = True
    return Mask.on(grid, array, label)


ALL = slice(None)


def test_a_map_spread_evenly_over_the_body_has_what_chance_gives() -> None:
    grid = a_map(np.zeros(SHAPE))
    body = a_mask(grid, slice(0, 40), slice(5, 15), "body")
    even = grid.with_array(body.array.astype(np.float32))
    lesion = a_mask(grid, slice(10, 14), slice(6, 11))
    found = localise_map({"a": even}, {"a": [lesion]}, {"a": body}, tolerance_mm=0.0)
    assert found.energy == pytest.approx(20 / 400) and found.chance == pytest.approx(20 / 400)
    assert found.energy_ratio == pytest.approx(1.0)
    assert found.pointing_chance == pytest.approx(20 / 400)
    assert found.overlap == pytest.approx(20 / 400)


def test_energy_that_lies_outside_the_body_counts_against_the_map() -> None:
    values = np.zeros(SHAPE)
    values[0, 12, 8] = 1.0
    values[0, 12, 1] = 3.0
    grid = a_map(values)
    body = a_mask(grid, slice(0, 40), slice(5, 15), "body")
    lesion = a_mask(grid, slice(10, 14), slice(6, 11))
    found = localise_map({"a": grid}, {"a": [lesion]}, {"a": body}, tolerance_mm=2.0)
    assert found.energy == pytest.approx(0.25)
    assert found.energy_ratio == pytest.approx(0.25 / (20 / 400))
    assert not found.is_pointed_at


@pytest.mark.parametrize(("tolerance_mm", "expected"), [(0.0, False), (5.9, False), (6.0, True)])
def test_pointing_allows_the_tolerance_in_mm(tolerance_mm: float, expected: bool) -> None:
    values = np.zeros(SHAPE)
    values[0, 12, 13] = 1.0  # three pixels of 2 mm right of the lesion's last column
    grid = a_map(values)
    lesion = a_mask(grid, slice(10, 14), slice(6, 11))
    body = a_mask(grid, ALL, ALL, "body")
    found = localise_map({"a": grid}, {"a": [lesion]}, {"a": body}, tolerance_mm=tolerance_mm)
    assert found.is_pointed_at is expected


def test_two_views_are_one_case() -> None:
    grid = a_map(np.zeros(SHAPE))
    one, other = np.zeros(SHAPE), np.zeros(SHAPE)
    one[0, 12, 8], other[0, 30, 3] = 1.0, 0.9
    body = a_mask(grid, ALL, ALL, "body")
    first, second = a_mask(grid, slice(12, 13), slice(8, 9)), a_mask(grid, slice(0, 2), slice(0, 2))
    maps = {"anterior": grid.with_array(one), "posterior": grid.with_array(other)}
    bodies = {"anterior": body, "posterior": body}
    found = localise_map(maps, {"anterior": [first], "posterior": [second]}, bodies, tolerance_mm=0.0)
    assert found.energy == pytest.approx(1.0 / 1.9)
    assert found.chance == pytest.approx(5 / 1600)
    assert found.is_pointed_at and (found.lesions, found.lesions_met) == (2, 1)
    assert found.overlap == pytest.approx(1 / 6)
    missed = localise_map(maps, {"posterior": [second]}, bodies, tolerance_mm=0.0)
    assert not missed.is_pointed_at and missed.energy == 0.0


def test_a_map_of_zeros_points_at_nothing() -> None:
    grid = a_map(np.zeros(SHAPE))
    found = localise_map({"a": grid}, {"a": [a_mask(grid, ALL, ALL)]}, {"a": a_mask(grid, ALL, ALL, "body")})
    assert (found.energy, found.is_pointed_at, found.overlap, found.lesions_met) == (0.0, False, 0.0, 0)


def test_a_cohort_has_means_and_intervals_that_hold_them() -> None:
    generator = np.random.default_rng(4)
    cases = []
    for _ in range(30):
        grid = a_map(generator.random(SHAPE))
        row = int(generator.integers(0, 30))
        lesion = a_mask(grid, slice(row, row + 6), slice(4, 12))
        cases.append(localise_map({"a": grid}, {"a": [lesion]}, {"a": a_mask(grid, ALL, ALL, "body")}))
    found = summarise_localisation(cases, samples=300)
    assert found.cases == 30
    assert found.energy.value == pytest.approx(np.mean([c.energy for c in cases]))
    assert found.energy_ratio.value == pytest.approx(1.0, abs=0.05)
    assert found.pointing.value == np.mean([c.is_pointed_at for c in cases])
    assert all(i.low <= i.value <= i.high for i in found[1:])
    assert summarise_localisation(cases, samples=300) == found
    assert math.isnan(summarise_localisation([]).energy.value)


def test_rejects_what_cannot_be_compared() -> None:
    grid = a_map(np.ones(SHAPE))
    lesion, body = a_mask(grid, slice(0, 2), ALL), a_mask(grid, ALL, ALL, "body")
    with pytest.raises(InputError, match="bodies: expected the body in picture a, got b"):
        localise_map({"a": grid}, {"a": [lesion]}, {"b": body})
    with pytest.raises(InputError, match="lesions: expected a lesion that covers something, got none"):
        localise_map({"a": grid}, {}, {"a": body})
    with pytest.raises(InputError, match=r"maps\[a\]: expected finite values of 0 or more"):
        localise_map({"a": grid.with_array(-grid.array)}, {"a": [lesion]}, {"a": body})
    with pytest.raises(GeometryMismatchError, match="lesion of a"):
        localise_map({"a": a_map(np.ones(SHAPE), 3.0)}, {"a": [lesion]}, {"a": body})
    with pytest.raises(InputError, match="samples: expected"):
        summarise_localisation([], samples=0)
