"""Cases left out: written and read back alike."""

import pytest

from oncologyai.errors import UnreadableFileError
from oncologyai.training import HeldOut, read_held_out, write_held_out

ROW = HeldOut(
    "P1", "P1", "pet+ct", 2, 12.5, 11.0,
    {"dice": 0.8, "hd95_max_mm": float("inf"), "msd_mm": 1.5, "surface_dice": 0.4},
    {"log_volume": 1.0, "mean_probability": 0.9, "border_entropy": 0.5, "disagreement": 0.1, "mean_spread": 0.02},
    {"ct": 0.7},
)  # fmt: skip
NOTHING = HeldOut("P2", "P2", "pet", 0, 3.0, 0.0, {**ROW.metrics, "dice": 0.0}, {}, {})


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
