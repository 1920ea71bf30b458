"""A training's last epochs as a table on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from oncologyai.cli.reporting import Reporter

__all__ = ["LiveTable"]

_SHOWN = 20  # epochs of the live table


class LiveTable(Reporter):
    """The last epochs as a table on a terminal, and under it what is being done."""

    def __init__(self, columns: Sequence[str]) -> None:
        from rich.console import Console
        from rich.live import Live

        self._columns = tuple(columns)
        self._rows: list[tuple[str, ...]] = []
        self._doing = "start"
        self._live = Live(console=Console(stderr=True), get_renderable=self._table, refresh_per_second=2)

    def stage(self, name: str, share: float) -> None:
        """Say it under the table."""
        self._doing = f"{100 * share:.1f} %  {name}"

    def epoch(self, cells: tuple[str, ...]) -> None:
        """Add an epoch."""
        self._rows = [*self._rows, cells][-_SHOWN:]

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._live.stop()

    def _table(self) -> Any:
        from rich.table import Table

        table = Table(*self._columns, caption=self._doing)
        for cells in self._rows:
            table.add_row(*cells)
        return table
