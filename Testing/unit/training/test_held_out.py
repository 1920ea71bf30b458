"""Cases left out: written and read back alike."""

import numpy as np
import pytest

from oncologyai.errors import UnreadableFileError
from oncologyai.training import HeldOut, read_held_out, views_beside, write_held_out
from oncologyai.types import Mask

ROW = HeldOut(
    "P1", "P1", "pet+ct", 2, 12.5, 11.0,
    {"dice": 0.8, "hd95_max_mm": float("inf"), "msd_mm": 1.5, "surface_dice": 0.4},
    {"log_volume": 1.0, "mean_probability": 0.9, "border_entropy": 0.5, "disagreement": 0.1, "mean_spread": 0.02},
    {"ct": 0.7}, 0.9, (0.0, 0.25),
)  # fmt: skip
NOTHING = HeldOut("P2", "P2", "pet", 0, 3.0, 0.0, {**ROW.metrics, "dice": 0.0}, {}, {}, 0.0, ())


def test_cases_come_back_as_they_were_written(tmp_path) -> None:
    path = tmp_path / "held_out.csv"
    write_held_out([ROW, NOTHING], ("pet", "ct"), path)
    assert read_held_out(path, ("pet", "ct")) == (ROW, NOTHING)
    assert ROW.dice == 0.8


def test_refuses_a_table_of_other_channels_or_a_damaged_one(tmp_path) -> None:
    path = tmp_path / "held_out.csv"
    write_held_out([ROW], ("pet", "ct"), path)
    with pytest.raises(UnreadableFileError, match="columns of cases left out"):
        read_held_out(path, ("pet",))
    path.write_text(path.read_text()[:-30])
    with pytest.raises(UnreadableFileError):
        read_held_out(path, ("pet", "ct"))


def test_views_beside_hold_nothing_of_the_lesion_and_the_thickest_come_first() -> None:
    array = np.zeros((40, 30, 30), dtype=bool)
    array[10:14, 12:20, 12:20] = True
    truth = Mask(array, np.diag([2.0, 2.0, 3.0, 1.0]))  # 8 mm are 3 slices and 4 pixels
    boxes = views_beside(truth, most=4, least_mm=12.0)
    spans = [tuple(int(v) for v in np.ptp(np.argwhere(box.array), axis=0) + 1) for box in boxes]
    assert spans == [(23, 30, 30), (7, 30, 30), (40, 8, 30), (40, 30, 8)]
    assert not any((box.array & truth.array).any() for box in boxes)
    assert len(views_beside(truth)) == 1  # 21 mm are too thin by default
    for nothing in (np.zeros_like(array), np.ones_like(array)):
        assert views_beside(Mask(nothing, truth.ijk_to_ras)) == ()
