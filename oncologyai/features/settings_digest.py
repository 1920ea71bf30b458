"""Whether two tables of features were computed alike: the settings that change values, and their hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from oncologyai.errors import InputError
from oncologyai.features.parameters import parameters_of
from oncologyai.features.settings import FeatureSettings

__all__ = ["comparable_settings", "settings_digest", "settings_from_provenance"]

_WITHOUT_EFFECT = ("label", "label_channel", "additionalInfo")  # which mask, and what is told beside
_IMAGES = {
    "original": "Original", "wavelet": "Wavelet", "log": "LoG", "square": "Square", "squareroot": "SquareRoot",
    "logarithm": "Logarithm", "exponential": "Exponential", "gradient": "Gradient", "lbp": "LBP",
}  # fmt: skip


def comparable_settings(settings: FeatureSettings, features: Iterable[str]) -> dict[str, Any]:
    """Give the settings that values of these features depend on, as JSON values.

    Which families and features are extracted besides does not change a value; image types count that the features'
    names begin with, all of them where a name begins with none that is known.
    """
    content = parameters_of(settings)
    chosen = {name: value for name, value in content["setting"].items() if name not in _WITHOUT_EFFECT}
    wanted = {_image_of(name) for name in features}
    images = {name: options for name, options in content["imageType"].items() if wanted & {name, ""}}
    return dict(json.loads(json.dumps({"imageType": images, "setting": chosen})))


def settings_digest(settings: FeatureSettings, features: Iterable[str]) -> str:
    """Give the SHA-256 of ``comparable_settings``, keys sorted, no spaces, every number as a float."""
    text = json.dumps(_as_floats(comparable_settings(settings, features)), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def settings_from_provenance(settings: Mapping[str, Any]) -> FeatureSettings:
    """Read the settings of an extraction from what its provenance keeps of them.

    Raises
    ------
    InputError
        If they are not those of a run for features.
    """
    raw = settings.get("features")
    known = {field.name for field in fields(FeatureSettings)}
    if not isinstance(raw, Mapping) or set(raw) - known:
        raise InputError("provenance", expected="the settings of a run for features", got="others")
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in raw.items()}
    try:
        return FeatureSettings(**values)
    except TypeError as error:
        raise InputError("provenance", expected="the settings of a run for features", got=str(error)) from error


def _image_of(feature: str) -> str:
    head = feature.partition("_")[0]
    return _IMAGES.get(head, _IMAGES.get(head.partition("-")[0], ""))


def _as_floats(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _as_floats(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_as_floats(inner) for inner in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
