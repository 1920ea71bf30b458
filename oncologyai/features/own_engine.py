"""Our own engine: features of regions, each image filtered where a mask lies, in as many threads as there are cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

import numpy as np

from oncologyai.features.accelerator import Accelerator
from oncologyai.features.discretise import Levels, discretise
from oncologyai.features.families import SHAPE_FAMILIES, chosen_features
from oncologyai.features.filters import filtered_images
from oncologyai.features.firstorder import firstorder_features
from oncologyai.features.glcm import glcm_features
from oncologyai.features.gldm import gldm_features
from oncologyai.features.glrlm import glrlm_features
from oncologyai.features.glszm import glszm_features
from oncologyai.features.ngtdm import ngtdm_features
from oncologyai.features.parameters import filter_options, settings_for_image
from oncologyai.features.preparation import Prepared, normalised, prepare
from oncologyai.features.region import Box, Region, mask_box, region_in
from oncologyai.features.settings import FeatureSettings
from oncologyai.features.shape import shape_features
from oncologyai.features.shape2d import shape2d_features
from oncologyai.progress import Progress, check_cancelled
from oncologyai.types import Mask, Volume

__all__ = ["own_features", "thread_count"]

ShapeFamily = Callable[[Region, FeatureSettings], dict[str, float]]
TextureFamily = Callable[[Levels, FeatureSettings], dict[str, float]]

_SHAPES: dict[str, ShapeFamily] = {"shape": shape_features, "shape2D": shape2d_features}
_TEXTURES: dict[str, TextureFamily] = {
    "glcm": glcm_features,
    "glrlm": glrlm_features,
    "glszm": glszm_features,
    "gldm": gldm_features,
    "ngtdm": ngtdm_features,
}
_MOST_THREADS = 8
_REACH_MM = 30.0  # about what filters read beyond a box: six times a LoG's sigma of 5 mm


def own_features(
    volume: Volume, masks: Sequence[Mask], settings: FeatureSettings, progress: Progress, accelerator: Accelerator
) -> list[dict[str, float]]:
    """Extract features of each mask, by column name; raises as ``extract_features``."""
    volume = normalised(volume, settings)
    prepared = []
    for mask in masks:
        check_cancelled(progress)
        prepared.append(prepare(volume, mask, settings))
    found: list[dict[str, float]] = [{} for _ in masks]
    with ThreadPoolExecutor(thread_count()) as pool:
        jobs: dict[Future[dict[str, float]], int] = {}
        for number, part in enumerate(prepared):
            jobs[pool.submit(_shape_values, part, settings)] = number
        for members in _groups(prepared) if _has_textures(settings) else ():
            for number, prefix, region, chosen in _regions(prepared, members, settings, accelerator):
                check_cancelled(progress)
                jobs[pool.submit(_values, prefix, region, chosen)] = number
        waiting = set(jobs)
        while waiting:
            waiting = wait(waiting, timeout=0.2).not_done
            progress.stage("features", 1.0 - len(waiting) / len(jobs))
            if progress.cancelled():
                pool.shutdown(wait=False, cancel_futures=True)
            check_cancelled(progress)
        for job, number in jobs.items():
            found[number].update(job.result())
    return found


def thread_count() -> int:
    """Give the number of processors this process may use, within reason."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(available, _MOST_THREADS)


def _groups(parts: Sequence[Prepared]) -> list[list[int]]:
    """Part the masks into groups of which one box is filtered at once: neighbours in one image, where that is less."""
    groups: list[list[int]] = []
    for number, part in enumerate(parts):
        for group in groups:
            together = [*group, number]
            same = parts[group[0]].image is part.image
            if same and _work(parts, together) <= _work(parts, group) + _work(parts, [number]):
                group.append(number)
                break
        else:
            groups.append([number])
    return groups


def _work(parts: Sequence[Prepared], members: Sequence[int]) -> float:
    """Estimate the voxels that filtering the common box of some masks touches."""
    sampling = np.asarray(parts[members[0]].sampling_mm)
    sizes = np.array([part.stop - part.start for part in _common_box(parts, members)])
    return float(np.prod(np.minimum(sizes + 2 * _REACH_MM / sampling, parts[members[0]].image.shape)))


def _common_box(parts: Sequence[Prepared], members: Sequence[int]) -> Box:
    k, j, i = (
        slice(min(parts[n].box[a].start for n in members), max(parts[n].box[a].stop for n in members)) for a in range(3)
    )
    return k, j, i


def _regions(
    parts: Sequence[Prepared], members: Sequence[int], settings: FeatureSettings, accelerator: Accelerator
) -> Iterator[tuple[int, str, Region, FeatureSettings]]:
    """Give the regions of some masks on every image: number of the mask, column prefix, region, settings for it."""
    common = _common_box(parts, members)
    first = parts[members[0]]
    for name, options in settings.images.items():
        chosen = settings_for_image(settings, options)
        if name == "Original":
            images: Iterator[tuple[str, np.ndarray]] = iter([("original", first.image[common])])
        else:
            images = filtered_images(first.image, first.sampling_mm, name, filter_options(chosen), common, accelerator)
        for prefix, image in images:
            for number in members:
                part = parts[number]
                k, j, i = (slice(b.start - c.start, b.stop - c.start) for b, c in zip(part.box, common, strict=True))
                yield (
                    number,
                    prefix,
                    region_in(image[k, j, i], part.inside[part.box], part.sampling_mm, part.label),
                    chosen,
                )


def _has_textures(settings: FeatureSettings) -> bool:
    return any(family not in SHAPE_FAMILIES for family in settings.chosen)


def _shape_values(part: Prepared, settings: FeatureSettings) -> dict[str, float]:
    wanted = {f: names for f, names in chosen_features(settings.chosen).items() if f in SHAPE_FAMILIES}
    if not wanted:
        return {}
    box = mask_box(part.shape_inside, part.label)
    region = region_in(part.image[box], part.shape_inside[box], part.sampling_mm, part.label)
    found = {}
    for family, names in wanted.items():
        values = _SHAPES[family](region, settings)
        found.update({f"original_{family}_{name}": values[name] for name in names})
    return found


def _values(prefix: str, region: Region, settings: FeatureSettings) -> dict[str, float]:
    levels = discretise(region.inside, region.values, region.sampling_mm, settings)
    found = {}
    for family, names in chosen_features(settings.chosen).items():
        if family in SHAPE_FAMILIES:
            continue
        if family == "firstorder":
            values = firstorder_features(region, levels, settings)
        else:
            values = _TEXTURES[family](levels, settings)
        found.update({f"{prefix}_{family}_{name}": values[name] for name in names})
    return found
