"""What a model card says of a channel's intensities, done to an array."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from oncologyai.errors import InputError

if TYPE_CHECKING:
    from oncologyai.models import Channel, ModelCard, Normalisation, Robust, ZScore

__all__ = ["is_pointwise", "normalise", "normalise_channel"]

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
    return normalise_channel(array, found)


def normalise_channel(array: np.ndarray, channel: Channel) -> np.ndarray:  # noqa: PLR0911  one return a kind
    """Normalise as one channel of a card, or of a training's configuration, says; see ``normalise``.

    Raises
    ------
    InputError
        If the array holds what is no number; the channel is named.
    """
    values = array.astype(np.float32)
    if not np.isfinite(values).all():
        raise InputError(
            channel.name, expected="finite values", got="infinite ones, or none", remedy="repair the image"
        )
    how = channel.normalisation
    if how.kind == "window":
        scaled = _scaled(values, how.low, how.high)
        return np.asarray(2.0 * scaled - 1.0, dtype=np.float32) if how.signed else scaled
    if how.kind == "bins":
        bins = np.floor((np.clip(values, how.low, how.high) - np.float32(how.low)) / np.float32(how.width))
        last = int(np.ceil((how.high - how.low) / how.width - 1e-9)) - 1  # the upper limit belongs to the last bin
        return np.asarray(np.minimum(bins, np.float32(last)), dtype=np.float32)
    if how.kind == "quantiles":
        seen = _seen(values, how.foreground)
        low, high = np.quantile(seen, [how.low, how.high])
        return _scaled(values, float(low), float(high))
    if how.kind == "logarithm":
        return np.asarray(np.log1p(np.clip(values, 0.0, np.float32(how.high))), dtype=np.float32)
    if how.kind == "robust":
        return _robust(values, how)
    if how.kind == "z-score":
        return _standard(values, how)
    return values


def is_pointwise(how: Normalisation) -> bool:
    """Tell whether each value depends on itself alone, so that a part of an image is normalised as the whole is."""
    if how.kind == "z-score":
        return how.mean is not None and how.deviation is not None
    return how.kind in ("as-is", "window", "bins", "logarithm", "preset")


def _standard(values: np.ndarray, how: ZScore) -> np.ndarray:
    clipped = np.clip(values, *how.clip) if how.clip is not None else values
    seen = _seen(clipped, how.foreground)
    mean = float(seen.mean(dtype=np.float64)) if how.mean is None else how.mean
    deviation = float(seen.std(dtype=np.float64)) if how.deviation is None else how.deviation
    if deviation < _FLAT:
        return np.zeros_like(clipped)
    return np.asarray((clipped - np.float32(mean)) / np.float32(deviation), dtype=np.float32)


def _robust(values: np.ndarray, how: Robust) -> np.ndarray:
    bright = values > how.floor * float(np.quantile(values, 0.99))
    seen = values[bright] if bright.any() else values
    low, middle, high = (float(v) for v in np.quantile(seen, [0.05, 0.5, 0.95]))
    if high - low < _FLAT * max(1.0, abs(middle)):
        return np.zeros_like(values)
    return np.asarray(np.clip((values - middle) / (high - low), -how.clip, how.clip), dtype=np.float32)


def _seen(values: np.ndarray, foreground: bool) -> np.ndarray:
    seen = values[values != 0] if foreground else values
    return seen if seen.size else values


def _scaled(values: np.ndarray, low: float, high: float) -> np.ndarray:
    if high - low < _FLAT:
        return np.zeros_like(values)
    share = (values - np.float32(low)) / np.float32(high - low)
    return np.asarray(np.clip(share, 0.0, 1.0, out=share), dtype=np.float32)
