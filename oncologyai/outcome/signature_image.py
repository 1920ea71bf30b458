"""Which features of a signature are computed from an image, and with which settings."""

from __future__ import annotations

from typing import Any

from oncologyai.features import FEATURES
from oncologyai.outcome.signature import Signature

__all__ = ["image_columns", "image_parameters", "is_image_feature"]


def is_image_feature(column: str) -> bool:
    """Tell whether a column is named as a feature of an image is: ``<image>_<family>_<feature>``."""
    return _parts(column) is not None


def image_columns(card: Signature) -> tuple[str, ...]:
    """Give the columns of a card that are features of an image, by their names: ``<image>_<family>_<feature>``."""
    if card.image is None:
        return ()
    columns = [feature.column for feature in card.features if feature.source != "clinical"]
    return tuple(dict.fromkeys(column for column in columns if is_image_feature(column)))


def image_parameters(card: Signature) -> dict[str, Any]:
    """Give the sections of a parameter file that extracts just the card's features; empty where it has no settings."""
    if card.image is None or not card.image.settings:
        return {}
    families: dict[str, list[str]] = {}
    for column in image_columns(card):
        family, name = _parts(column) or ("", "")
        if name not in families.setdefault(family, []):
            families[family].append(name)
    return {**card.image.settings, "featureClass": families}


def _parts(column: str) -> tuple[str, str] | None:
    parts = column.split("_")
    return (parts[-2], parts[-1]) if len(parts) > 2 and parts[-2] in FEATURES else None
