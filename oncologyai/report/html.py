"""The report: one HTML file with everything inside it, readable without a network."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2

import oncologyai
from oncologyai.bundle import Bundle
from oncologyai.report.model import model_summary
from oncologyai.types import Point, Table

__all__ = ["Picture", "embedded", "page_environment", "write_report"]

# UCUM codes as people write them; the tables and files keep the codes.
_UNITS = {
    "1": "",
    "[hnsf'U]": "HU",
    "{SUVbw}g/ml": "SUV (body weight)",
    "{SUVlbm}g/ml": "SUV (lean body mass)",
    "{SUVbsa}cm2/ml": "SUV (body surface)",
}


@dataclass(frozen=True)
class Picture:
    """A PNG file and what it shows."""

    path: Path
    caption: str


def write_report(bundle: Bundle, pictures: Sequence[Picture], path: Path, *, notes: Sequence[str] = ()) -> None:
    """Write the report of a run.

    Parameters
    ----------
    bundle : Bundle
        A result: its pseudonym, measurements, features and provenance are shown.
    pictures : sequence of Picture
        Embedded in the file.
    path : Path
        The HTML file.
    notes : sequence of str
        What the reader should know: warnings, outputs that could not be made and why.
    """
    environment = page_environment()
    environment.filters |= {"number": _number, "unit": _unit}
    template = environment.get_template("report.html.j2")
    provenance = bundle.provenance.to_dict() if bundle.provenance else {}
    page = template.render(
        bundle=bundle,
        version=oncologyai.__version__,
        pictures=[{"data": embedded(p.path), "caption": p.caption, "alt": _alt(bundle, p)} for p in pictures],
        measurements=bundle.table("Measurements"),
        model=model_summary(bundle.model) if bundle.model else None,
        features=_by_feature(bundle.table("Features")),
        notes=notes,
        facts=_facts(bundle),
        origin=_origin(bundle),
        provenance=json.dumps(provenance, indent=2, ensure_ascii=False),
    )
    path.write_text(page, encoding="utf-8")


def page_environment() -> jinja2.Environment:
    """Give the environment of the package's templates; names that they lack are errors, texts are escaped."""

    def source(name: str) -> str:
        return (resources.files(__package__) / name).read_text(encoding="utf-8")

    return jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, loader=jinja2.FunctionLoader(source)
    )


def embedded(path: Path) -> str:
    """Give a file as base64, to stand inside a page."""
    return base64.b64encode(path.read_bytes()).decode("ascii")


def _alt(bundle: Bundle, picture: Picture) -> str:
    """Give what a reader who cannot see the picture should know: what is drawn, and how large it is."""
    what = f"{bundle.volume.modality} picture, {picture.caption}"
    drawn = ", ".join(f"{mask.label} of {mask.volume_ml:.1f} ml" for mask in bundle.masks)
    lines = "; ".join(f"{line.name} {line.length_mm:.1f} mm" for line in bundle.lines)
    return ": ".join(part for part in (what, "; ".join(part for part in (drawn, lines) if part)) if part)


def _origin(bundle: Bundle) -> list[tuple[str, str]]:
    """Give the part of the provenance that a printed report must hold."""
    if bundle.provenance is None:
        return []
    found = bundle.provenance
    rows = [("Command", str(found.settings.get("command", "")))]
    rows += [("Versions", ", ".join(f"{name} {version}" for name, version in found.versions.items()))]
    rows += [(f"SHA-256 of {name}", digest) for name, digest in found.inputs_sha256.items()]
    return [(name, value) for name, value in rows if value]


def _facts(bundle: Bundle) -> list[tuple[str, str]]:
    spacing = " x ".join(f"{s:.3g}" for s in bundle.volume.spacing_mm)
    size = " x ".join(str(n) for n in bundle.volume.shape[::-1])
    seconds = sum(bundle.provenance.seconds.values()) if bundle.provenance else 0.0
    return [
        ("Patient (pseudonym)", bundle.patient),
        ("Series", bundle.name),
        ("Image", f"{bundle.volume.modality}, {size} voxels of {spacing} mm, in {bundle.volume.unit}"),
        ("Method", bundle.method),
        ("Seeds inside (RAS mm)", _places(bundle.inside)),
        ("Seeds outside (RAS mm)", _places(bundle.outside)),
        ("Time", f"{seconds:.1f} s"),
    ]


def _by_feature(table: Table | None) -> dict[str, Any] | None:
    """Turn a row a segment into a row a feature, which reads better than a hundred columns."""
    if table is None:
        return None
    segments = [row[0] for row in table.rows]
    rows = [(name, [row[n] for row in table.rows]) for n, name in enumerate(table.columns) if n]
    return {"segments": segments, "rows": rows}


def _places(points: Sequence[Point]) -> str:
    return "; ".join(", ".join(f"{v:.1f}" for v in point.ras) for point in points) or "none"


def _unit(code: Any) -> str:
    return "" if code is None else _UNITS.get(str(code), str(code))


def _number(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
