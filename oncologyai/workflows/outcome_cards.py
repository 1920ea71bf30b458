"""Signatures for people: which there are, and what a card says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from oncologyai.errors import InputError
from oncologyai.features import settings_from_parameters, write_settings
from oncologyai.outcome import (
    Feature,
    IndexModel,
    LinearModel,
    Signature,
    load_signature,
    shipped_signatures,
)

__all__ = ["SignatureRow", "list_signatures", "show_signature"]


@dataclass(frozen=True)
class SignatureRow:
    """A signature in a list."""

    id: str
    version: str
    title: str
    demonstration: bool
    kind: str
    columns: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON values."""
        return asdict(self)


def list_signatures() -> tuple[SignatureRow, ...]:
    """List the signatures that ship with the library; raises as ``load_signature`` where one is damaged."""
    cards = [load_signature(path) for path in shipped_signatures().values()]
    return tuple(SignatureRow(c.id, c.version, c.title, c.demonstration, c.model.kind, c.columns) for c in cards)


def show_signature(source: str | Path, *, settings: Path | None = None) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Give a card as JSON values, and as lines for people; write the settings of its image features where asked.

    Raises
    ------
    InputError
        If settings are asked for and the card has none.
    MissingFileError, UnreadableFileError
        As ``load_signature``.
    OutputError
        If the settings cannot be written.
    """
    card = load_signature(source)
    if settings is not None:
        if card.image is None or card.image.sha256 is None:
            raise InputError("--settings-out", expected="a signature of image features with settings", got=card.id)
        write_settings(settings_from_parameters(dict(card.image.settings)), settings)
    return card.to_json(), tuple(_lines(card))


def _lines(card: Signature) -> Iterator[str]:
    yield f"{card.id} {card.version}: {card.title}"
    yield card.description
    endpoint = card.endpoint
    days = f" within {endpoint.horizon_days:g} days" if endpoint.horizon_days else ""
    yield f"endpoint: {endpoint.name}{f' {endpoint.positive}' if endpoint.positive else ''}{days}"
    cohort = card.cohort
    events = "" if cohort.events is None else f", {cohort.events} with the event"
    yield f"learned from: {cohort.description}; {cohort.patients} patients{events}"
    yield from (f"inclusion: {text}" for text in cohort.inclusion)
    if card.image is not None:
        yield f"image: {card.image.modality} {card.image.unit}; {card.image.described}".rstrip("; ")
        if card.image.sha256 is not None:
            yield f"settings: SHA-256 {card.image.sha256[:12]}..., written by --settings-out"
    yield "features:"
    coefficients = card.model.coefficients if isinstance(card.model, LinearModel | IndexModel) else ()
    for place, feature in enumerate(card.features):
        yield "  " + _feature(feature, coefficients[place] if coefficients else None)
    if isinstance(card.model, IndexModel):
        yield from (f"missing: {text}" for text in card.model.missing)
    if card.groups is not None:
        yield f"groups: {', '.join(card.groups.names)}, at {card.groups.method}"
    for figure in card.performance:
        interval = "" if figure.interval is None else f" ({figure.interval[0]:.3f} to {figure.interval[1]:.3f})"
        yield f"{figure.metric}: {figure.value:.3f}{interval}; {figure.test_set}"
    yield f"licence: {card.licence.name}; {card.licence.attribution}".rstrip("; ")
    yield from (f"cite: {one.text} {one.doi}".rstrip() for one in card.citation)


def _feature(feature: Feature, coefficient: float | None) -> str:
    where = "" if feature.column == feature.name else f" of column {feature.column}"
    kinds = f", one of {', '.join(feature.categories)}" if feature.categories else ""
    span = "" if feature.range is None or feature.categories else f", {feature.range[0]:g} to {feature.range[1]:g}"
    unit = f" {feature.unit}" if feature.unit else ""
    weight = "" if coefficient is None else f"; {coefficient:+.4f} a scaled unit"
    return f"{feature.name}{where}{span}{unit}{kinds}{weight}"
