"""The report of one bone scan: probability with interval and threshold, pictures, lesion list, the model's card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from oncologyai.bundle import BoneScanBundle
from oncologyai.errors import InputError
from oncologyai.report.cohort_tables import Shown, plain_table
from oncologyai.report.html import Picture
from oncologyai.report.sections import Section, write_sections
from oncologyai.types import Table

__all__ = ["answer_sentence", "write_bonescan_report"]

_DEMONSTRATION = (
    "The model is a demonstration: it learned from synthetic scans alone. Its answer says nothing about a patient."
)
_LESIONS = (
    "Foci are connected hot regions of the class map, numbered as in the picture; one that both views show has one "
    "number. Side and region are told by the place in the body. The list shows what the network looked at: a focus is "
    "not a metastasis, and what is not listed is not excluded."
)
_NO_LESIONS = "No foci are listed: the map speaks against metastases, or is nowhere high."
_INDEX = (
    "Figure like a Bone Scan Index: {value:.3g} % of the skeleton. It is approximate: it counts hot spots that the map "
    "points at, told by their places, and no reader drew them; the mass of each bone is a published mean. It tells "
    "little from much, and is no measure of tumour."
)
_SANITY = (
    "The map of the trained network is compared with those of networks whose weights were made random (Adebayo et al. "
    "2018): a map that stays alike does not show what the network learned."
)


def write_bonescan_report(bundle: BoneScanBundle, pictures: Sequence[Picture], path: Path) -> None:
    """Write the report of a classified bone scan.

    Parameters
    ----------
    bundle : BoneScanBundle
        A result; its notes are shown.
    pictures : sequence of Picture
        Embedded in the file.
    path : Path
        The HTML file.

    Raises
    ------
    InputError
        If the bundle is a request, without a prediction.
    """
    prediction = bundle.table("Prediction")
    if prediction is None or bundle.provenance is None:
        raise InputError("bundle", expected="a classified bone scan", got="one without prediction or provenance")
    sections = [
        Section("Answer", _answer(bundle), (_upright(bundle, "Prediction"),)),
        Section("Pictures", "Each view as its camera saw it; much uptake is dark.", pictures=tuple(pictures)),
        Section("Foci", _of_lesions(bundle), _lesion_tables(bundle), words=True),
    ]
    if sanity := bundle.table("Sanity"):
        sections.append(Section("Sanity check of the map", _SANITY, (_headed(sanity),)))
    if bundle.model:
        fast = bool(bundle.settings.get("fast"))
        sections.append(Section("Model", _of_model(bundle.model), _model_tables(bundle.model, fast=fast), words=True))
    write_sections(
        path, kind="Bone scan", name=bundle.name, facts=_facts(bundle), sections=sections,
        provenance=bundle.provenance, notes=bundle.notes,
    )  # fmt: skip


def answer_sentence(bundle: BoneScanBundle) -> str:
    """Give the answer in one sentence."""
    chance, low, high = (bundle.value(name) for name in ("probability", "low", "high"))
    said = f"Probability of bone metastases {float(chance or 0.0):.2f}"
    if low is not None and high is not None:
        said += f" (95 % interval {float(low):.2f} to {float(high):.2f})"
    threshold = bundle.value("threshold")
    if threshold is not None:
        said += f"; at the threshold {float(threshold):.2f} ({bundle.value('rule')}): {bundle.value('group')}"
    return said + "."


def _answer(bundle: BoneScanBundle) -> str:
    explained = f"The map explains the class '{bundle.value('explained')}', by {bundle.value('map')}."
    warning = _DEMONSTRATION if bundle.model.get("demonstration", False) else ""
    return "\n\n".join(part for part in (answer_sentence(bundle), explained, warning) if part)


def _upright(bundle: BoneScanBundle, name: str) -> Shown:
    """Show a table of one row as a row a value."""
    table = bundle.table(name)
    rows = [] if table is None else list(zip(table.columns, table.rows[0], strict=True))
    shown = tuple((column.replace("_", " "), _cell(cell)) for column, cell in rows if cell is not None)
    return Shown("", ("", "Value"), shown, (False, False))


def _of_lesions(bundle: BoneScanBundle) -> str:
    lesions, index = bundle.table("Lesions"), bundle.value("bone_scan_index")
    parts = [_LESIONS if lesions is not None and lesions.rows else _NO_LESIONS]
    if isinstance(index, int | float):
        parts.append(_INDEX.format(value=float(index)))
    return "\n\n".join(parts)


def _lesion_tables(bundle: BoneScanBundle) -> tuple[Shown, ...]:
    shown = []
    for name, caption in (("Lesions", ""), ("BoneScanIndex", "Bones that count for the index, approximate")):
        table = bundle.table(name)
        if table is not None and table.rows:
            shown.append(_headed(table, caption, folded=name == "BoneScanIndex"))
    return tuple(shown)


def _headed(table: Table, caption: str = "", *, folded: bool = False) -> Shown:
    """Show a table as it is, its columns named by words."""
    heads = tuple(column.replace("_", " ") for column in table.columns)
    return replace(plain_table(table, caption, folded=folded), columns=heads)


def _of_model(card: Mapping[str, Any]) -> str:
    parts = [f"{card['title']} ({card['id']}).", str(card.get("description", ""))]
    training, licence = card["training"], card["licence"]
    parts.append(f"Trained on: {training['description']}")
    commercial = "commercial use allowed" if licence["commercial"] else "no commercial use"
    parts.append("Licence: " + "; ".join([licence["name"], commercial, *licence["restrictions"]]))
    return "\n\n".join(part for part in parts if part)


def _model_tables(card: Mapping[str, Any], *, fast: bool) -> tuple[Shown, ...]:
    """Give the card's figures, of the form that was used too, and its thresholds with what they gave."""
    form = card.get("fast" if fast else "full") or {}
    rows = []
    for figure in (*card.get("figures", ()), *form.get("figures", ())):
        within = figure.get("interval")
        value = f"{figure['value']:.4g} {figure.get('unit', '')}".rstrip()
        value += f" ({within[0]:.4g} to {within[1]:.4g})" if within else ""
        cases = f", {figure['cases']} scans" if figure.get("cases") else ""
        rows.append((figure["metric"], value, figure["test_set"] + cases))
    columns = ("Figure of the model", "Value", "On")
    shown = [Shown("", columns, tuple(rows), (False, True, False))] if rows else []
    if thresholds := form.get("thresholds"):
        scans = form["calibration"]["scans"]
        cells = tuple(
            (str(t["rule"]), *(f"{t[name]:.3f}" for name in ("value", "sensitivity", "specificity")))
            for t in thresholds
        )
        heads = ("Threshold", "Probability", "Sensitivity", "Specificity")
        shown.append(Shown(f"On {scans} scans held out of the training", heads, cells, (False, True, True, True)))
    return tuple(shown)


def _facts(bundle: BoneScanBundle) -> list[tuple[str, str]]:
    seconds = sum(bundle.provenance.seconds.values()) if bundle.provenance else 0.0
    facts = [("Patient (pseudonym)", bundle.patient), ("Series", bundle.name)]
    for view, volume in bundle.views.items():
        rows, columns = volume.shape[1:]
        edge = volume.spacing_mm
        size = f"{columns} x {rows} pixels of {edge[0]:.3g} x {edge[1]:.3g} mm, in {volume.unit}"
        facts.append((view.capitalize(), size))
    return [*facts, ("Model", bundle.model_id), ("Time", f"{seconds:.1f} s")]


def _cell(cell: str | float | int | None) -> str:
    return f"{cell:.3g}" if isinstance(cell, float) else str(cell)
