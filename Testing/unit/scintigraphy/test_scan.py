"""The views of one scan."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.scintigraphy import WholeBodyScan
from Testing.unit.scintigraphy.conftest import as_view, draw_body


def test_views_are_listed_anterior_first() -> None:
    front, back = as_view(draw_body("anterior"), "anterior"), as_view(draw_body("posterior"), "posterior")
    assert list(WholeBodyScan(front, back).views) == ["anterior", "posterior"]
    assert list(WholeBodyScan(posterior=back).views) == ["posterior"]


def test_rejects_none_and_stacks() -> None:
    with pytest.raises(InputError, match="an anterior or a posterior view, got neither"):
        WholeBodyScan()
    front = as_view(draw_body("anterior"), "anterior")
    stack = type(front)(np.repeat(front.array, 2, axis=0), front.ijk_to_ras, "NM", "counts")
    with pytest.raises(InputError, match="anterior: expected one slice, got 2"):
        WholeBodyScan(stack)
