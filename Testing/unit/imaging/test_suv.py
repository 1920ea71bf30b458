"""The SUV formulas against numbers worked by hand."""

import numpy as np
import pytest

from oncologyai.errors import InputError, MissingAttributeError, UnitsError
from oncologyai.imaging.suv import (
    body_surface_area_m2,
    decayed_dose_bq,
    lean_body_mass_james_kg,
    lean_body_mass_janmahasatian_kg,
    suv_body_weight,
)

CASE = {"injected_dose_bq": 370e6, "body_mass_kg": 70.0, "decay_s": 3600.0, "half_life_s": 6586.2}


def test_body_weight_suv_of_a_worked_case():
    activity = np.full((1, 2, 2), 5000.0)
    # 5000 * 70000 / 253314180.2416 = 1.3816834...
    np.testing.assert_allclose(suv_body_weight(activity, **CASE), 5000 * 70000 / 253314180.2416, rtol=1e-9)
    assert (activity == 5000.0).all()


def test_one_half_life_halves_the_dose():
    assert decayed_dose_bq(200e6, decay_s=6586.2, half_life_s=6586.2) == pytest.approx(100e6)
    assert not suv_body_weight(np.zeros((1, 1, 1)), **CASE).any()


def test_body_sizes_of_worked_cases():
    assert lean_body_mass_james_kg(70, 1.75, "M") == pytest.approx(77 - 128 * 0.16)
    assert lean_body_mass_james_kg(70, 1.75, "F") == pytest.approx(74.9 - 148 * 0.16)
    assert lean_body_mass_janmahasatian_kg(81, 1.8, "M") == pytest.approx(9270 * 81 / (6680 + 216 * 25))
    assert lean_body_mass_janmahasatian_kg(81, 1.8, "F") == pytest.approx(9270 * 81 / (8780 + 244 * 25))
    assert body_surface_area_m2(70, 1.7) == pytest.approx(1.8097, abs=1e-4)  # the tables of Du Bois give 1.81


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"injected_dose_bq": 370.0}, UnitsError, "injected_dose_bq: expected Bq, at least 1e6, got 370"),
        ({"body_mass_kg": 70_000.0}, UnitsError, "body_mass_kg: expected kg, got 70000"),
        ({"body_mass_kg": 0.0}, InputError, "body_mass_kg: expected a number above 0 kg"),
        ({"half_life_s": 0.0}, InputError, "half_life_s: expected a number above 0 s"),
        ({"decay_s": -1.0}, InputError, "decay_s: expected a number of seconds from 0, got -1.0"),
    ],
)
def test_numbers_out_of_range_are_refused(change, error, message):
    with pytest.raises(error, match=message):
        suv_body_weight(np.ones((1, 1, 1)), **(CASE | change))


@pytest.mark.parametrize("activity", [np.ones((2, 2)), np.full((1, 1, 1), np.nan)])
def test_activity_that_is_no_finite_volume_is_refused(activity):
    with pytest.raises(InputError, match="activity: expected a finite array"):
        suv_body_weight(activity, **CASE)


def test_bodies_that_the_formulas_do_not_hold_for_are_refused():
    with pytest.raises(MissingAttributeError, match="PatientSex: expected M or F, for lean body mass, got O"):
        lean_body_mass_james_kg(70, 1.75, "O")
    with pytest.raises(UnitsError, match="height_m: expected metres, got 175"):
        body_surface_area_m2(70, 175)
    with pytest.raises(UnitsError, match="formula of James holds for, got 300 kg at 1.6 m"):
        lean_body_mass_james_kg(300, 1.6, "F")
