"""Bladder and injection site: found, masked, and against the synthetic truth."""

from dataclasses import replace

import numpy as np
import pytest

from oncologyai.samples import CAMERAS, draw_cohort, make_cohort_case
from oncologyai.scintigraphy import Preparation, WholeBodyScan, find_organs, prepare_scan, without_organs
from oncologyai.types import Mask
from Testing.unit.scintigraphy.conftest import as_view, draw_body

ARM_COLUMN, ARM_ROW = 106, 200  # of the left arm in the anterior view


@pytest.fixture
def a_scan() -> WholeBodyScan:
    """The drawn body with an injection site in the left arm."""
    views = []
    for view in ("anterior", "posterior"):
        counts = draw_body(view)
        column = ARM_COLUMN if view == "anterior" else counts.shape[1] - 1 - ARM_COLUMN
        counts[ARM_ROW - 3 : ARM_ROW + 4, column - 2 : column + 3] += 150.0
        views.append(as_view(counts, view))
    return WholeBodyScan(*views)


def named(masks: tuple[Mask, ...]) -> dict[str, np.ndarray]:
    return {mask.label: mask.array[0] for mask in masks}


def test_finds_the_drawn_bladder_and_injection_site(a_scan: WholeBodyScan) -> None:
    found = find_organs(a_scan)
    for view in a_scan.views:
        column = ARM_COLUMN if view == "anterior" else 127 - ARM_COLUMN
        site = np.argwhere(named(found[view])["injection site"]).mean(axis=0)
        assert site == pytest.approx((ARM_ROW, column), abs=2.0)
    bladder = np.argwhere(named(found["anterior"])["bladder"]).mean(axis=0)
    assert bladder == pytest.approx((258.0, 64.0), abs=3.0)


def test_what_is_taken_out_is_as_its_surroundings_and_all_else_stays(a_scan: WholeBodyScan) -> None:
    organs, changed = find_organs(a_scan), without_organs(a_scan)
    for view, volume in a_scan.views.items():
        covered = np.any([mask.array for mask in organs[view]], axis=0)
        after = changed.views[view].array
        np.testing.assert_array_equal(after[~covered], volume.array[~covered])
        assert after[covered].max() < 0.5 * volume.array[covered].max()
    assert changed.notes[-1] == "taken out of the picture: bladder, injection site"
    assert a_scan.notes == ()


def test_preparation_takes_them_out_where_asked_and_says_so(a_scan: WholeBodyScan) -> None:
    plain, masked = prepare_scan(a_scan), prepare_scan(a_scan, Preparation(without_organs=True))
    assert plain.notes == ()
    assert masked.notes == ("taken out of the picture: bladder, injection site",)
    assert np.median(masked.image[masked.image > 0.05]) > np.median(plain.image[plain.image > 0.05])


def test_an_even_body_has_neither(a_scan: WholeBodyScan) -> None:
    view = a_scan.views["anterior"]
    even = view.with_array(np.where(view.array > 4.0, 20.0, 0.2).astype(np.float32))
    scan = without_organs(WholeBodyScan(anterior=even))
    assert find_organs(WholeBodyScan(anterior=even)) == {"anterior": ()}
    np.testing.assert_array_equal(scan.views["anterior"].array, even.array)
    assert "neither" in scan.notes[-1]


def test_covers_the_synthetic_bladders_and_injection_sites() -> None:
    camera = replace(CAMERAS["gamma"], rows=512, columns=256, pixel_mm=3.9, counts=(5e5, 1.2e6))
    taken = {"bladder": [], "injection site": []}  # type: dict[str, list[float]]
    for case in draw_cohort("C", 6, seed=41, camera=camera):
        scan = make_cohort_case(case)
        found = find_organs(WholeBodyScan(scan.views["anterior"], scan.views["posterior"]))
        front, truth = named(found["anterior"]), named(scan.organs["anterior"])
        for name, values in taken.items():
            if name in truth:
                counts = scan.views["anterior"].array[0] * truth[name]
                values.append(float((counts * front.get(name, np.zeros_like(truth[name]))).sum() / counts.sum()))
    assert len(taken["bladder"]) == 6 and len(taken["injection site"]) >= 2
    assert np.median(taken["bladder"]) > 0.8
    assert np.median(taken["injection site"]) > 0.8
