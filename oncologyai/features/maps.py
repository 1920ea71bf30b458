"""Voxel-wise maps: a feature of the neighbourhood of each voxel of a mask, as an image.

The meaning is pyradiomics' (3.0.1): grey levels are those of the whole mask, neighbourhoods reach ``kernel_radius``
voxels and, with ``masked_kernel``, hold the mask's voxels only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np

from oncologyai.errors import InputError
from oncologyai.features.accelerator import Accelerator
from oncologyai.features.angles import neighbour_angles
from oncologyai.features.discretise import Levels, discretise
from oncologyai.features.families import SHAPE_FAMILIES, chosen_features
from oncologyai.features.filters import filtered_images
from oncologyai.features.firstorder import ORDER as FIRSTORDER
from oncologyai.features.glcm import ORDER as GLCM
from oncologyai.features.glcm import weighted_angles
from oncologyai.features.gldm import ORDER as GLDM
from oncologyai.features.glrlm import ORDER as GLRLM
from oncologyai.features.glrlm import run_angles
from oncologyai.features.glszm import ORDER as GLSZM
from oncologyai.features.map_kernels import firstorder_map, glcm_map, gldm_map, glrlm_map, glszm_map, ngtdm_map
from oncologyai.features.ngtdm import ORDER as NGTDM
from oncologyai.features.own_engine import thread_count
from oncologyai.features.parameters import filter_options, settings_for_image
from oncologyai.features.preparation import Prepared, normalised, prepare
from oncologyai.features.region import Box, region_in
from oncologyai.features.settings import FeatureSettings
from oncologyai.features.torch_firstorder import torch_firstorder_map
from oncologyai.features.torch_glcm import torch_glcm_map
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.types import Mask, Volume

__all__ = ["FeatureMaps", "feature_maps"]

_ORDERS = {"firstorder": FIRSTORDER, "glcm": GLCM, "glrlm": GLRLM, "glszm": GLSZM, "gldm": GLDM, "ngtdm": NGTDM}
_CHUNK = 512  # voxels of a mask between two looks at whether the work is cancelled


class FeatureMaps(Mapping[str, Volume]):
    """Maps by column name; each is laid onto its grid when it is asked for, so that many do not fill the memory."""

    def __init__(
        self, columns: dict[str, np.ndarray], part: Prepared, box: Box, source: Volume, outside: float
    ) -> None:
        self._columns, self._outside, self._matrix = columns, outside, part.ijk_to_ras
        self._shape, self._box, self._inside = part.image.shape, box, part.inside[box].copy()
        self._modality = source.modality
        self._dicom = source.dicom if source.array.shape == part.image.shape else None

    def __getitem__(self, name: str) -> Volume:
        """Give one map; KeyError where there is none of that name."""
        column = self._columns[name]
        array = np.zeros(self._shape, dtype=np.float32)
        if self._outside != 0.0:
            array[...] = self._outside
        array[self._box][self._inside] = column
        return Volume(array, self._matrix, self._modality, "arbitrary", {}, self._dicom)

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def feature_maps(
    volume: Volume,
    mask: Mask,
    settings: FeatureSettings,
    columns: Collection[str] | None = None,
    *,
    accelerator: Accelerator | None = None,
    progress: Progress | None = None,
) -> FeatureMaps:
    """Compute maps of features over a mask.

    Parameters
    ----------
    volume, mask : Volume, Mask
        On one grid.
    settings : FeatureSettings
        The families and features to map, and ``kernel_radius``, ``masked_kernel`` and ``init_value``. Families of
        shape have no map and are passed over.
    columns : collection of str, optional
        Only these of the maps that the settings lead to.
    accelerator : Accelerator, optional
        Where first order, GLCM, LoG and wavelet are computed, if it has a place.

    Returns
    -------
    FeatureMaps
        By column name; float32, on the image's grid, or on that which resampling or pre-cropping leads to. Outside the
        mask ``init_value``; NaN where the feature is not defined.

    Raises
    ------
    InputError
        If no family but those of shape is chosen; else as ``extract_features``.
    """
    watch, helper = progress or Silent(), accelerator or Accelerator()
    families = {f: names for f, names in chosen_features(settings.chosen).items() if f not in SHAPE_FAMILIES}
    if not families:
        raise InputError("featureClass", expected="a family that can be mapped", got="shape, which is of a whole mask")
    part = prepare(normalised(volume, settings), mask, settings)
    columns_found: dict[str, np.ndarray] = {}
    box = part.box
    images = [
        i for i in _images(part, settings, helper) if columns is None or any(c.startswith(f"{i[0]}_") for c in columns)
    ]
    for number, (prefix, image, box, chosen) in enumerate(images):
        field = _field(image, part.inside[box], part, chosen)
        for family, names in families.items():
            watch.stage("maps", number / len(images))
            values = _family_map(family, field, watch, helper)
            for name in names:
                column = f"{prefix}_{family}_{name}"
                if columns is None or column in columns:
                    row = values[:, _ORDERS[family].index(name)]
                    columns_found[column] = row.astype(np.float32)
    return FeatureMaps(columns_found, part, box, volume, settings.init_value)


def _images(
    part: Prepared, settings: FeatureSettings, accelerator: Accelerator
) -> Iterator[tuple[str, np.ndarray, Box, FeatureSettings]]:
    """Give every image in the mask's box with a margin of the kernel's radius, as far as the image reaches."""
    reach = settings.kernel_radius
    k, j, i = (
        slice(max(b.start - reach, 0), min(b.stop + reach, n)) for b, n in zip(part.box, part.image.shape, strict=True)
    )
    box = (k, j, i)
    for name, options in settings.images.items():
        chosen = settings_for_image(settings, options)
        if name == "Original":
            yield "original", part.image[box], box, chosen
            continue
        filtering = filter_options(chosen)
        for prefix, image in filtered_images(part.image, part.sampling_mm, name, filtering, box, accelerator):
            yield prefix, image, box, chosen


@dataclass(frozen=True, eq=False)
class _Field:
    """What a family's map is made from: codes with a margin, the mask's voxels in it, how far their surroundings go."""

    codes: np.ndarray
    places: np.ndarray
    reach: np.ndarray
    levels: Levels
    image: np.ndarray
    settings: FeatureSettings
    with_mcc: bool


def _field(image: np.ndarray, inside: np.ndarray, part: Prepared, settings: FeatureSettings) -> _Field:
    seen = inside if settings.masked_kernel else np.ones_like(inside)
    values = region_in(image, seen, part.sampling_mm, part.label).values
    levels = discretise(seen, values, part.sampling_mm, settings)
    reach = np.full(3, settings.kernel_radius)
    if settings.force_2d:
        reach[settings.force_2d_dimension] = 0
    margin = levels.margin + settings.kernel_radius
    codes = np.pad(levels.codes, settings.kernel_radius)
    around = np.pad(image.astype(np.float64), margin)
    wanted = chosen_features(settings.chosen).get("glcm", ())
    return _Field(codes, np.argwhere(inside) + margin, reach, levels, around, settings, "MCC" in wanted)


def _family_map(family: str, field: _Field, progress: Progress, accelerator: Accelerator) -> np.ndarray:
    """Give all statistics of a family for each voxel of the mask, shape (voxels, statistics)."""
    if not accelerator.place or family not in _BY_TORCH:
        return _looped(family, field, progress)
    return accelerator.try_first(
        f"maps of {family}",
        lambda: _BY_TORCH[family](field, accelerator.place, progress),
        lambda: _looped(family, field, progress),
    )


def _firstorder_by_torch(field: _Field, place: str, progress: Progress) -> np.ndarray:
    shift, size = field.settings.voxel_array_shift, math.prod(field.levels.sampling_mm)
    return torch_firstorder_map(
        field.codes, field.places, field.reach, field.image,
        shift=shift, voxel_mm3=size, place=place, progress=progress,
    )  # fmt: skip


def _glcm_by_torch(field: _Field, place: str, progress: Progress) -> np.ndarray:
    angles, weights = weighted_angles(field.levels, field.settings)
    return torch_glcm_map(
        field.codes, field.places, field.reach, field.levels.values, highest=field.levels.highest, angles=angles,
        weights=weights, symmetrical=field.settings.symmetrical_glcm, with_mcc=field.with_mcc, place=place,
        progress=progress,
    )  # fmt: skip


_BY_TORCH: dict[str, Callable[[_Field, str, Progress], np.ndarray]] = {
    "firstorder": _firstorder_by_torch,
    "glcm": _glcm_by_torch,
}


def _looped(family: str, field: _Field, progress: Progress) -> np.ndarray:
    """Give the same by the processor's loops, in as many threads as there are processors."""
    found = np.zeros((len(field.places), len(_ORDERS[family])))
    with ThreadPoolExecutor(thread_count()) as pool:
        parts = [slice(at, at + _CHUNK) for at in range(0, len(field.places), _CHUNK)]
        jobs = [pool.submit(_run, family, field, field.places[part], found[part]) for part in parts]
        waiting = set(jobs)
        while waiting:
            waiting = wait(waiting, timeout=0.2).not_done
            if progress.cancelled():
                pool.shutdown(wait=False, cancel_futures=True)
            check_cancelled(progress)
        for job in jobs:
            job.result()
    return found


def _run(family: str, field: _Field, places: np.ndarray, found: np.ndarray) -> None:
    levels, settings = field.levels, field.settings
    common = (field.codes, places, field.reach, levels.margin, levels.values)
    if family == "firstorder":
        size, number = math.prod(levels.sampling_mm), levels.values.size
        firstorder_map(*common[:3], field.image, settings.voxel_array_shift, size, number, found)
    elif family == "glcm":
        angles, weights = weighted_angles(levels, settings)
        glcm_map(*common, levels.highest, angles, weights, settings.symmetrical_glcm, field.with_mcc, found)
    elif family == "glrlm":
        glrlm_map(*common, *run_angles(levels, settings), found)
    elif family == "glszm":
        glszm_map(*common, neighbour_angles(settings, distances=(1,)), found)
    elif family == "gldm":
        gldm_map(*common, neighbour_angles(settings), settings.gldm_a, found)
    else:
        ngtdm_map(*common, neighbour_angles(settings), found)
