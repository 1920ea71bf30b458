"""What a model card says of a channel's intensities, done to an array."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from oncologyai.errors import InputError

if TYPE_CHECKING:
    from oncologyai.models import ModelCard

__all__ = ["normalise"]

_FLAT = 1e-8


def normalise(array: np.ndarray, card: ModelCard, channel: str) -> np.ndarray:
    """Normalise an image's intensities as the card says of the channel; presets are ``harmonize``'s.

    Parameters
    ----------
    array : ndarray, shape (k, j, i)
        The image's own values, on its own grid, whole: quantiles and means are taken over it.
    card : ModelCard
    channel : str
        A name of the card's channels.

    Returns
    -------
    ndarray, shape (k, j, i), float32
        A constant image gives zeros where its own spread is what it is scaled by. The input is not changed.

    Raises
    ------
    InputError
        If the card has no such channel, or the array holds what is no number.
    """
    found = next((c for c in card.channels if c.name == channel), None)
    if found is None:
        raise InputError("channel", expected=" or ".join(c.name for c in card.channels), got=repr(channel))
    values = array.astype(np.float32)
    if not np.isfinite(values).all():
        raise InputError(channel, expected="finite values", got="infinite ones, or none", remedy="repair the image")
    how = found.normalisation
    if how.kind == "window":
        return _scaled(values, how.low, how.high)
    if how.kind == "bins":
        bins = np.floor((np.clip(values, how.low, how.high) - np.float32(how.low)) / np.float32(how.width))
        return np.asarray(bins, dtype=np.float32)
    if how.kind == "quantiles":
        seen = _seen(values, how.foreground)
        low, high = np.quantile(seen, [how.low, how.high])
        return _scaled(values, float(low), float(high))
    if how.kind == "z-score":
        clipped = np.clip(values, *how.clip) if how.clip is not None else values
        seen = _seen(clipped, how.foreground)
        mean = float(seen.mean(dtype=np.float64)) if how.mean is None else how.mean
        deviation = float(seen.std(dtype=np.float64)) if how.deviation is None else how.deviation
        if deviation < _FLAT:
            return np.zeros_like(clipped)
        return np.asarray((clipped - np.float32(mean)) / np.float32(deviation), dtype=np.float32)
    return values


def _seen(values: np.ndarray, foreground: bool) -> np.ndarray:
    seen = values[values != 0] if foreground else values
    return seen if seen.size else values


def _scaled(values: np.ndarray, low: float, high: float) -> np.ndarray:
    if high - low < _FLAT:
        return np.zeros_like(values)
    share = (values - np.float32(low)) / np.float32(high - low)
    return np.asarray(np.clip(share, 0.0, 1.0, out=share), dtype=np.float32)
