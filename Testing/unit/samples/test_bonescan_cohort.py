"""Cohorts of synthetic bone scans."""

from dataclasses import replace

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.samples import CENTRES, Centre, draw_cohort, make_cohort_case


def test_a_case_is_the_same_however_many_are_drawn() -> None:
    few, many = draw_cohort("A", 3, seed=2), draw_cohort("A", 30, seed=2)
    assert many[:3] == few
    assert draw_cohort("A", 3, seed=3) != few
    assert draw_cohort("B", 3, seed=2) != few
    assert draw_cohort("A", 0) == ()


@pytest.mark.parametrize("centre", sorted(CENTRES))
def test_shares_and_cameras_are_the_centres(centre: str) -> None:
    cases = draw_cohort(centre, 2000, seed=1)
    share = np.mean([case.has_metastases for case in cases])
    assert share == pytest.approx(CENTRES[centre].metastatic, abs=0.04)
    assert {case.spec.camera for case in cases} == {CENTRES[centre].camera}
    assert all((case.spec.metastases > 0) == case.has_metastases for case in cases)
    assert len({case.name for case in cases}) == 2000


def test_a_case_is_made_as_it_was_drawn() -> None:
    camera = replace(CENTRES["A"].camera, rows=256, columns=64, pixel_mm=9.6)
    for case in draw_cohort("A", 4, camera=camera):
        scan = make_cohort_case(case)
        assert scan.has_metastases == case.has_metastases
        again = make_cohort_case(case)
        np.testing.assert_array_equal(scan.views["posterior"].array, again.views["posterior"].array)


def test_rejects_unknown_centres_and_numbers() -> None:
    with pytest.raises(InputError, match="centre: expected one of A, B, C, got 'D'"):
        draw_cohort("D", 1)
    with pytest.raises(InputError, match="cases"):
        draw_cohort("A", -1)
    with pytest.raises(InputError, match="seed"):
        draw_cohort("A", 1, seed=-1)
    with pytest.raises(InputError, match="metastatic"):
        Centre(CENTRES["A"].camera, 1.5)
