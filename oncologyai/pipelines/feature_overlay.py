"""Maps of features over several lesions, on the image's own grid, as one shows them over it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from oncologyai.errors import SmallMaskError
from oncologyai.features import FeatureSettings, select_maps
from oncologyai.harmonize import values_at_voxels
from oncologyai.pipelines.feature_maps import feature_maps
from oncologyai.progress import Part, Progress, Silent
from oncologyai.types import Mask, Volume

__all__ = ["overlay_maps"]


def overlay_maps(
    volume: Volume,
    masks: Sequence[Mask],
    settings: FeatureSettings,
    names: Sequence[str],
    *,
    progress: Progress | None = None,
) -> dict[str, Volume]:
    """Map features over every mask.

    Parameters
    ----------
    volume, masks : Volume, sequence of Mask
        On one grid. A mask that is too small for features is left without values; where masks overlap the first of
        them gives the values.
    settings : FeatureSettings
        ``kernel_radius`` and ``masked_kernel`` say what a voxel's neighbourhood is.
    names : sequence of str
        As ``features.select_maps`` takes them, such as ``original_glcm_Contrast``.

    Returns
    -------
    dict of str to Volume
        By column; float32 on the grid of ``volume``, NaN outside the masks and where a
        feature is not defined. Where the settings resample, a voxel has the value of the nearest resampled one.

    Raises
    ------
    InputError
        If a name cannot be mapped; else as ``feature_maps``.
    """
    watch = progress or Silent()
    wider, columns = select_maps(settings, names)
    wider = wider.with_changes(init_value=float("nan"))
    found = {column: np.full(volume.shape, np.nan, dtype=np.float32) for column in columns}
    for number, mask in enumerate(masks):
        part = Part(watch, number / len(masks), (number + 1) / len(masks))
        try:
            maps = feature_maps(volume, [mask], wider, columns, progress=part).maps[mask.label]
        except SmallMaskError:
            continue
        places = np.argwhere(mask.array)
        for column, values in maps.items():
            free = places[np.isnan(found[column][tuple(places.T)])]
            found[column][tuple(free.T)] = values_at_voxels(values, volume, free)
    return {column: Volume(array, volume.ijk_to_ras, volume.modality, "arbitrary") for column, array in found.items()}
