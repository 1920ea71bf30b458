"""Where a model that works on volumes is to look: everywhere, in the body, or at the lungs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from oncologyai.anatomy import find_body, isolate_lungs
from oncologyai.inference.channels import Prepared, resample
from oncologyai.inference.likeness import axes_code
from oncologyai.progress import Progress
from oncologyai.types import Volume

if TYPE_CHECKING:
    from oncologyai.models import ModelCard

__all__ = ["find_region"]

_AIR_HU = -1000.0


def find_region(
    volumes: Mapping[str, Volume], card: ModelCard, prepared: Prepared, *, progress: Progress | None = None
) -> np.ndarray | None:
    """Find the card's region on the working grid.

    Parameters
    ----------
    volumes : mapping of str to Volume
        Image by channel, as given; the CT among them shows body and lungs.
    card : ModelCard
        Its ``region``.
    prepared : Prepared
        The working grid.
    progress : Progress, optional
        Asked for cancellation.

    Returns
    -------
    ndarray of bool, shape (k, j, i), or None
        None where the network looks everywhere: the card says so, or there is no CT in HU.

    Raises
    ------
    EmptyMaskError
        If lungs are wanted and the CT shows none.
    """
    if card.region == "whole":
        return None
    ct = next((v for v in volumes.values() if v.modality == "CT" and v.unit == "HU"), None)
    if ct is None:
        return None
    k, j, i = prepared.array.shape[1:]
    if card.region == "lungs":
        region = isolate_lungs(ct, progress=progress).region
        on_ct = ct.with_array(region.array.astype(np.float32), unit="arbitrary")
        return resample(on_ct, prepared.ijk_to_ras, (k, j, i), order=0) > 0.5
    working = Volume(resample(ct, prepared.ijk_to_ras, (k, j, i), fill=_AIR_HU), prepared.ijk_to_ras)
    flips = tuple(
        slice(None, None, 1 if letter == wanted else -1)
        for letter, wanted in zip(axes_code(prepared.ijk_to_ras)[::-1], "SAR", strict=True)
    )
    return find_body(working.array[flips], working.sampling_mm).inside[flips]
