"""Map features voxel by voxel over lesions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

from oncologyai.features import FeatureSettings, find_accelerator
from oncologyai.pipelines.provenance import make_provenance
from oncologyai.progress import Part, Progress, Provenance, Silent, Stages
from oncologyai.types import Mask, Volume

__all__ = ["FeatureMapsResult", "feature_maps"]


@dataclass(frozen=True)
class FeatureMapsResult:
    """For each lesion by its label the maps by column name, such as ``original_glcm_Contrast``."""

    maps: Mapping[str, Mapping[str, Volume]]
    provenance: Provenance


def feature_maps(
    volume: Volume,
    masks: Sequence[Mask],
    settings: FeatureSettings | None = None,
    columns: Collection[str] | None = None,
    *,
    device: str = "cpu",
    progress: Progress | None = None,
) -> FeatureMapsResult:
    """Map the features that the settings choose, or those of them whose columns are given, over every mask.

    ``device`` is what ``find_accelerator`` takes: on a graphics card maps of first order and GLCM and images of LoG
    and wavelet are computed. Where its memory does not do, the processor does it, and a warning says so.

    Raises
    ------
    GeometryMismatchError
        If a mask is not on the grid of the image.
    EmptyMaskError, SmallMaskError
        If a mask has no voxel, or too few.
    InputError
        If the settings, the device or the image are not usable.
    MissingDependencyError
        If torch is not installed and a graphics card is asked for.
    """
    from oncologyai.features.maps import feature_maps as maps_of

    settings = settings or FeatureSettings()
    accelerator = find_accelerator(device)
    stages = Stages(progress or Silent())
    with stages("maps", share=0.0):
        maps = {}
        for number, mask in enumerate(masks):
            part = Part(stages.progress, number / len(masks), (number + 1) / len(masks))
            maps[mask.label] = maps_of(volume, mask, settings, columns, accelerator=accelerator, progress=part)
    provenance = make_provenance(
        "feature_maps",
        inputs={"image": volume, **{mask.label: mask for mask in masks}},
        settings={"features": asdict(settings)},
        stages=stages,
        warnings=tuple(accelerator.notes),
        device=accelerator.device,
        packages=("numba", "torch", "PyWavelets") if accelerator.place else ("numba", "PyWavelets"),
    )
    return FeatureMapsResult(maps, provenance)
