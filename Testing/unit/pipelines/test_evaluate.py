"""Pairs of masks become rows of metrics."""

import numpy as np
import pytest

from oncologyai.errors import GeometryMismatchError, InputError
from oncologyai.pipelines import EvaluateConfig, evaluate
from oncologyai.types import Mask, Point, Volume

Ball = tuple[Volume, Mask, Point]


def test_row_a_pair(a_ball: Ball) -> None:
    _, truth, _ = a_ball
    smaller = Mask.on(truth, truth.array & np.roll(truth.array, 2, axis=2), "mine")
    table = evaluate([(truth, truth), (truth, smaller)]).table
    dsc = table.columns.index("dice")
    assert table.rows[0][:2] == ("GTV-1", "GTV-1")
    assert table.rows[1][:2] == ("GTV-1", "mine")
    assert table.rows[0][dsc] == 1
    both = np.count_nonzero(smaller.array)
    assert table.rows[1][dsc] == pytest.approx(2 * both / (both + np.count_nonzero(truth.array)))


def test_refuses_nothing_and_other_grids(a_ball: Ball) -> None:
    _, truth, _ = a_ball
    with pytest.raises(InputError, match="masks: expected at least one reference"):
        evaluate([])
    with pytest.raises(GeometryMismatchError):
        evaluate([(truth, Mask(truth.array, np.eye(4)))])
    with pytest.raises(InputError, match="tolerance_mm: expected a number above 0 mm"):
        EvaluateConfig(tolerance_mm=0.0)
