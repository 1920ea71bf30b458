"""The page of many bone scans: a thumbnail a scan, the likeliest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import oncologyai
from oncologyai.report.html import page_environment

__all__ = ["ScanOnPage", "write_bonescan_page"]

Cell = str | float | int | None


@dataclass(frozen=True)
class ScanOnPage:
    """A scan: its name, its cells by column, and its picture's and report's places relative to the page, with ``/``."""

    name: str
    cells: Mapping[str, Cell]
    picture: str
    report: str = ""


def write_bonescan_page(
    path: Path, *, name: str, scans: Sequence[ScanOnPage], failures: Sequence[tuple[str, str]] = ()
) -> None:
    """Write the page.

    Parameters
    ----------
    path : Path
        The HTML file; pictures are linked, since thousands would not fit, and travel with it.
    name : str
        Of the folder.
    scans : sequence of ScanOnPage
        In any order; they are sorted by probability, the largest first.
    failures : sequence of (str, str)
        Scans that failed, and why.
    """
    ordered = sorted(scans, key=lambda scan: (-_number(scan.cells.get("probability")), scan.name))
    groups = [str(scan.cells.get("group") or "") for scan in ordered]
    counts = {group: groups.count(group) for group in dict.fromkeys(groups) if group}
    facts = [("Scans", f"{len(scans)} classified, {len(failures)} failed")]
    facts += [("Groups", ", ".join(f"{count} {group}" for group, count in counts.items()))] if counts else []
    for label, column in (("Model", "model"), ("Threshold", "threshold"), ("Rule", "rule")):
        values = sorted({_text(scan.cells.get(column)) for scan in ordered})
        facts += [(label, ", ".join(values))] if values else []
    page = (
        page_environment()
        .get_template("bonescans.html.j2")
        .render(
            name=name,
            version=oncologyai.__version__,
            facts=facts,
            scans=[_shown(scan) for scan in ordered],
            failures=failures,
        )
    )
    path.write_text(page, encoding="utf-8")


def _shown(scan: ScanOnPage) -> dict[str, str]:
    cells = scan.cells
    low, high = cells.get("low"), cells.get("high")
    within = f" ({_text(low)} to {_text(high)})" if low is not None and high is not None else ""
    foci = cells.get("foci")
    return {
        "name": scan.name,
        "picture": quote(scan.picture),
        "report": quote(scan.report),
        "chance": f"{_text(cells.get('probability'))}{within}",
        "group": str(cells.get("group") or ""),
        "explained": str(cells.get("explained") or ""),
        "foci": "" if foci is None else f"{foci} {'focus' if foci == 1 else 'foci'}",
        "notes": str(cells.get("notes") or ""),
    }


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float) else -1.0


def _text(cell: Cell) -> str:
    return "–" if cell is None else f"{cell:.2f}" if isinstance(cell, float) else str(cell)
