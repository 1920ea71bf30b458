"""Signatures read from and written to files, and those that ship with the library."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from oncologyai._atomic import atomic_file
from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.models import card_digest
from oncologyai.outcome.signature import Signature
from oncologyai.outcome.signature_parts import TreesModel
from oncologyai.resources import resource_path

__all__ = [
    "find_signature",
    "load_signature",
    "model_bytes",
    "sealed_signature",
    "shipped_signatures",
    "signature_from_text",
    "write_signature",
]

_MOST_BYTES = 4 << 20  # a card is text for people; more is something else
_FOLDER = "signatures"


def shipped_signatures() -> dict[str, Path]:
    """Give the cards that come with the library, by id."""
    folder = resource_path(_FOLDER)
    return {path.name.removesuffix(".json"): path for path in sorted(folder.glob("*.json")) if _is_card(path)}


def find_signature(source: str | Path) -> Path:
    """Give the file of a card: that of a shipped one by its id, or the path as it is.

    Raises
    ------
    MissingFileError
        If it is neither.
    """
    shipped = shipped_signatures()
    if str(source) in shipped:
        return shipped[str(source)]
    path = Path(source)
    if not path.is_file():
        listed = ", ".join(shipped) or "none"
        raise MissingFileError(
            "CARD", expected=f"a signature's file, or one of those at hand ({listed})", got=repr(str(source))
        )
    return path


def load_signature(source: str | Path) -> Signature:
    """Read a card by the id of a shipped one or by its path; its model's file is checked too.

    Raises
    ------
    MissingFileError
        If there is no card, or its model's file is absent.
    UnreadableFileError
        If it is no JSON, breaks the schema, is not sealed, or it or its model's file was changed after it was sealed.
    """
    path = find_signature(source)
    if path.stat().st_size > _MOST_BYTES:
        raise UnreadableFileError(str(path), expected="a signature under 4 MB", got="a larger file")
    card = signature_from_text(path.read_bytes(), path.name)
    model_bytes(card, path.parent)
    return card


def signature_from_text(text: bytes, name: str) -> Signature:
    """Read a card from its bytes; ``name`` is what errors call it. Raises UnreadableFileError as ``load_signature``."""
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise UnreadableFileError(name, expected="a signature in JSON", got=f"text that is not ({error})") from error
    if not isinstance(raw, dict):
        raise UnreadableFileError(name, expected="a signature in JSON", got=type(raw).__name__)
    try:
        card = Signature.model_validate_json(json.dumps(raw))  # what was hashed below, and nothing else
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "card"
        raise UnreadableFileError(
            name,
            expected="a card that keeps to signature.schema.json",
            got=f"{field}: {first['msg']} ({error.error_count()} faults)",
            remedy="correct the card or get it again",
        ) from error
    found = card_digest(raw)
    if card.digest != found:
        sealed = f"digest {card.digest[:12]}..." if card.digest else "with a digest, which this one lacks"
        raise UnreadableFileError(
            name, expected=f"the card as it was sealed ({sealed})", got=f"a changed one (digest {found[:12]}...)",
            remedy="get it again",
        )  # fmt: skip
    return card


def sealed_signature(card: Signature) -> Signature:
    """Give a card with the digest of its content."""
    return card.model_copy(update={"digest": card_digest(card.to_json())})


def write_signature(card: Signature, path: Path, *, model: bytes = b"") -> Signature:
    """Write a card, sealed, and its model's file beside it; each whole or not at all. Give the card as written.

    Raises
    ------
    InputError
        If the card names a model's file that ``model`` is not.
    OutputError
        If the place cannot be written.
    """
    sealed = sealed_signature(card)
    if isinstance(card.model, TreesModel):
        if hashlib.sha256(model).hexdigest() != card.model.file.sha256:
            raise InputError("model", expected=f"the bytes of {card.model.file.name}", got="others")
        with atomic_file(path.parent / card.model.file.name) as draft:
            draft.write_bytes(model)
    with atomic_file(path) as draft:
        draft.write_text(json.dumps(sealed.to_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return sealed


def model_bytes(card: Signature, folder: Path) -> bytes:
    """Give the bytes of a card's model file; none where it has no file.

    Raises
    ------
    MissingFileError
        If it is not in the folder.
    UnreadableFileError
        If it is not the one that the card was sealed with.
    """
    if not isinstance(card.model, TreesModel):
        return b""
    path = folder / card.model.file.name
    if not path.is_file():
        raise MissingFileError(str(path), expected="the model's file beside the card", got="none")
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != card.model.file.sha256:
        raise UnreadableFileError(
            path.name, expected=f"the file that the card names (SHA-256 {card.model.file.sha256[:12]}...)",
            got=f"a changed one (SHA-256 {found[:12]}...)", remedy="get it again",
        )  # fmt: skip
    return content


def _is_card(path: Path) -> bool:
    raw: Any = json.loads(path.read_bytes())
    return isinstance(raw, dict) and "schema_version" in raw
