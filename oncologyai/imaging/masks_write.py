"""Masks to a file in the format of its name."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from oncologyai.errors import InputError
from oncologyai.imaging.files import write_volume
from oncologyai.imaging.seg_nrrd_write import write_seg_nrrd
from oncologyai.types import Mask, Volume

__all__ = ["write_masks"]

_MOST_LABELS = 255


def write_masks(masks: Sequence[Mask], path: str | os.PathLike[str]) -> None:
    """Write masks as a segmentation of Slicer (.seg.nrrd), or as a label map of 8 bit with values 1, 2, ...

    Parameters
    ----------
    masks : sequence of Mask
        On one grid; in a label map they may not overlap.
    path : path
        .seg.nrrd, or .nrrd, .nii.gz, .nii, .mha for a label map, which keeps neither labels nor codes.

    Raises
    ------
    InputError
        If there is no mask, the ending is another, or masks overlap in a label map.
    GeometryMismatchError
        If the masks are on several grids.
    OutputError
        If the file cannot be written.
    """
    if not masks or len(masks) > _MOST_LABELS:
        raise InputError("masks", expected=f"1 to {_MOST_LABELS} masks", got=str(len(masks)))
    if os.fspath(path).lower().endswith(".seg.nrrd"):
        write_seg_nrrd(masks, path)
        return
    labels = np.zeros(masks[0].shape, np.uint8)
    for value, mask in enumerate(masks, start=1):
        masks[0].require_same_grid(mask, mask.label)
        if labels[mask.array].any():
            raise InputError(
                mask.label, expected="masks that do not overlap in a label map", got="one that does",
                remedy="write .seg.nrrd",
            )  # fmt: skip
        labels[mask.array] = value
    write_volume(Volume(labels, masks[0].ijk_to_ras, "SEG"), path)
