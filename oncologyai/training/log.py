"""The record of a training: a CSV of every epoch, TensorBoard's curves, and lines for a live table."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from oncologyai._atomic import atomic_file
from oncologyai._optional import import_optional

__all__ = ["LOG", "Curves", "EpochRow", "table_cells", "write_dice", "write_log"]

LOG = "log.csv"
"""The file, in the output folder, of every epoch."""


_COUNTS = ("epoch", "steps", "seconds", "best")  # of a row; no curves of their own


@dataclass(frozen=True)
class EpochRow:
    """An epoch: ``dice`` is the validation's mean, None where there was none; ``seconds`` are the epoch's own."""

    epoch: int
    steps: int
    loss: float
    learning_rate: float
    dice: float | None
    best: float | None
    seconds: float


def write_log(rows: Sequence[Any], path: Path) -> None:
    """Write every epoch, a dataclass each, as a line of a CSV, whole or not at all; None is an empty cell.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    with atomic_file(path) as draft, draft.open("w", newline="", encoding="utf-8") as stream:
        names = [field.name for field in fields(rows[0])] if rows else []
        writer = csv.DictWriter(stream, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)


def write_dice(dice: Mapping[str, float], path: Path) -> None:
    """Write the Dice of each validated case as a CSV.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    with atomic_file(path) as draft, draft.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["case", "dice"])
        writer.writerows([name, f"{value:.6f}"] for name, value in sorted(dice.items()))


class Curves:
    """TensorBoard's curves, written anew from the epochs so far, so that a training that went on shows one curve.

    Parameters
    ----------
    folder : Path
        Its files are replaced.
    rows : sequence of dataclasses
        The epochs so far: each number but counts and seconds is a curve.

    Raises
    ------
    MissingDependencyError
        If TensorBoard is not installed.
    """

    def __init__(self, folder: Path, rows: Sequence[Any]) -> None:
        install = "pip install 'oncologyai[train]'"
        board = import_optional("torch.utils.tensorboard", feature="curves in TensorBoard", install=install)
        shutil.rmtree(folder, ignore_errors=True)
        self._writer: Any = board.SummaryWriter(str(folder))
        for row in rows:
            self.add(row)

    def add(self, row: Any) -> None:
        """Add an epoch."""
        for name, value in asdict(row).items():
            if name not in _COUNTS and value is not None:
                self._writer.add_scalar(name, value, row.steps)
        self._writer.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        """Close the files."""
        self._writer.close()


def table_cells(row: EpochRow) -> tuple[str, ...]:
    """Give the cells of a live table: epoch, steps, loss, rate, Dice, best Dice, seconds."""
    dice, best = ("" if value is None else f"{value:.4f}" for value in (row.dice, row.best))
    rate = f"{row.learning_rate:.2e}"
    return str(row.epoch), str(row.steps), f"{row.loss:.4f}", rate, dice, best, f"{row.seconds:.1f}"
