"""A view is known by its values and its place, at the moment when it is looked at."""

from dataclasses import replace

import numpy as np

from oncologyai.scintigraphy import WholeBodyScan, figure_of, uptake_of_view
from oncologyai.scintigraphy.known_view import KnownView
from Testing.unit.scintigraphy.conftest import as_view, draw_body


def test_equal_values_in_the_same_place_are_the_same_view() -> None:
    view = as_view(draw_body("anterior"), "anterior")
    same = replace(view, array=view.array.copy())
    assert KnownView.of(view) == KnownView.of(same) and hash(KnownView.of(view)) == hash(KnownView.of(same))
    assert KnownView.of(view) != KnownView.of(replace(view, ijk_to_ras=2.0 * view.ijk_to_ras))
    assert KnownView.of(view) != KnownView.of(replace(view, array=view.array.astype(np.float64)))


def test_what_was_measured_follows_an_array_that_is_changed() -> None:
    view = as_view(draw_body("anterior"), "anterior")
    before, figure = uptake_of_view(view).median, figure_of(WholeBodyScan(view))
    view.array[:] *= 3.0
    assert uptake_of_view(view).median > 2.5 * before
    view.array[0, :140] = 0.0  # without its head
    assert figure_of(WholeBodyScan(view)).top_mm < figure.top_mm - 50.0
