"""How a bone scan is shown: much uptake black, little white, up to a level that the body sets and not the bladder."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from oncologyai._checks import check_choice, check_positive
from oncologyai.scintigraphy.outline import outline_body
from oncologyai.types import Volume

__all__ = ["GREY_REFERENCES", "GreyReference", "grey_picture", "upper_level"]

GreyReference = Literal["usual", "faint", "maximum"]
GREY_REFERENCES: tuple[GreyReference, ...] = get_args(GreyReference)

# Percentiles of the body's pixels. A level at the maximum leaves nearly all bones light grey beside a full bladder.
_PERCENTILES: dict[GreyReference, float] = {"usual": 99.5, "faint": 97.0, "maximum": 100.0}
_WHITE = 255


def upper_level(view: Volume, reference: GreyReference = "usual", percent: float = 100.0) -> float:
    """Give the value that is shown black; 0 is shown white.

    Each view has a level of its own, as each is scaled by itself for the network: heads differ in sensitivity.

    Parameters
    ----------
    view : Volume
        One slice (1, j, i) in which much uptake is a large value.
    reference : {'usual', 'faint', 'maximum'}
        The 99.5th percentile of the body's pixels, the 97th, which shows faint foci, or the body's largest value.
    percent : float, > 0
        Of the reference.

    Raises
    ------
    InputError
        If the view is empty, the reference unknown, or ``percent`` not above 0.
    """
    check_choice(reference, GREY_REFERENCES, "reference")
    check_positive(percent, "percent", "%")
    picture = np.asarray(view.array[0], dtype=np.float32)
    body = picture[outline_body(picture).mask]
    level = float(np.percentile(body, _PERCENTILES[reference]))
    if level <= 0.0:  # few counts in all: only the hottest pixels have any
        level = float(body.max())
    return level * percent / 100.0


def grey_picture(view: Volume, reference: GreyReference = "usual", percent: float = 100.0) -> np.ndarray:
    """Give a view as it is shown: uint8 (j, i), 255 where there is no uptake, 0 at the upper level and above.

    Parameters and errors as for ``upper_level``.
    """
    level = upper_level(view, reference, percent)
    share = np.clip(np.asarray(view.array[0], dtype=np.float32) / np.float32(level), 0.0, 1.0)
    return np.rint(_WHITE * (1.0 - share)).astype(np.uint8)
