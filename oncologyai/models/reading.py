"""Cards read from and written to files, and the digest that tells whether one was changed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from oncologyai._atomic import atomic_file
from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.models.bonescan_card import BoneScanCard
from oncologyai.models.card import CARD_NAME, ModelCard

__all__ = ["AnyCard", "card_digest", "card_from_text", "load_any_card", "load_card", "save_card"]

AnyCard = ModelCard | BoneScanCard
"""The cards that the store holds."""

_KINDS: dict[str, tuple[type[ModelCard] | type[BoneScanCard], str]] = {
    "segmentation": (ModelCard, "model-card.schema.json"),
    "bone-scan": (BoneScanCard, "bonescan-model-card.schema.json"),
}

Card = TypeVar("Card", bound=AnyCard)

_MAX_CARD_BYTES = 1 << 20  # a card is text for people; more is something else


def load_card(path: Path) -> ModelCard:
    """Read the card of a model that segments.

    Parameters
    ----------
    path : Path
        A card, or the folder that holds ``card.json``.

    Raises
    ------
    MissingFileError
        If there is no card.
    UnreadableFileError
        If it is no JSON, breaks the schema, was changed after it was sealed, or is of a model of another task.
    """
    card = load_any_card(path)
    if not isinstance(card, ModelCard):
        raise UnreadableFileError(str(path), expected="the card of a model that segments", got=f"one for {card.task}")
    return card


def load_any_card(path: Path) -> AnyCard:
    """Read a card of any task; else as ``load_card``."""
    place = path / CARD_NAME if path.is_dir() else path
    if not place.is_file():
        raise MissingFileError(str(place), expected=f"a model card ({CARD_NAME})", got="none")
    if place.stat().st_size > _MAX_CARD_BYTES:
        raise UnreadableFileError(str(place), expected="a model card under 1 MB", got="a larger file")
    return card_from_text(place.read_bytes(), str(place))


def card_from_text(text: bytes, name: str) -> AnyCard:
    """Read a card from its bytes; ``name`` is what errors call it. Raises UnreadableFileError as ``load_card`` does."""
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise UnreadableFileError(name, expected="a model card in JSON", got=f"text that is not ({error})") from error
    task = raw.get("task") if isinstance(raw, dict) else None
    kind, schema = _KINDS.get(str(task), _KINDS["segmentation"])
    card: AnyCard
    try:
        card = kind.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "card"
        raise UnreadableFileError(
            name,
            expected=f"a card that keeps to {schema}",
            got=f"{field}: {first['msg']} ({error.error_count()} faults)",
            remedy="correct the card or get it again",
        ) from error
    if card.digest and card.digest != card_digest(raw):
        raise UnreadableFileError(
            name,
            expected=f"the card as it was sealed (digest {card.digest[:12]}...)",
            got=f"a changed one (digest {card_digest(raw)[:12]}...)",
            remedy="get it again, or take the digest out if you changed it yourself",
        )
    return card


def save_card(card: Card, path: Path) -> Card:
    """Write a card, sealed with its digest, whole or not at all; give it as written.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    raw = card.to_json()
    raw["digest"] = card_digest(raw)
    with atomic_file(path) as draft:
        draft.write_text(json.dumps(raw, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return cast("Card", card.model_copy(update={"digest": raw["digest"]}))


def card_digest(raw: dict[str, Any]) -> str:
    """Give the SHA-256 of a card's JSON values without ``digest``, keys sorted, no spaces."""
    rest = {key: value for key, value in raw.items() if key != "digest"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
