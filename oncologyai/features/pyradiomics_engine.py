"""pyradiomics (3.0.1) as a second engine, where it is installed: the same settings, the same table."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import SimpleITK as sitk

from oncologyai._optional import import_optional
from oncologyai.errors import InputError
from oncologyai.features.families import chosen_features
from oncologyai.features.parameters import PARAMETERS
from oncologyai.features.region import check_size, mask_box
from oncologyai.features.resampling import on_image_grid, picture
from oncologyai.features.settings import FeatureSettings
from oncologyai.progress import Progress, check_cancelled
from oncologyai.types import Mask, Volume

__all__ = ["pyradiomics_features", "pyradiomics_maps"]

_INSTALL = "pip install --no-build-isolation --no-deps pyradiomics==3.0.1 (it needs a C compiler)"


def pyradiomics_features(
    volume: Volume, masks: Sequence[Mask], settings: FeatureSettings, progress: Progress
) -> list[dict[str, float]]:
    """Extract features of each mask, by column name; raises as ``extract_features``."""
    extractor = _extractor(settings)
    image = picture(volume.array, volume)
    found = []
    for number, mask in enumerate(masks):
        check_cancelled(progress)
        progress.stage("features", number / len(masks))
        values = _executed(extractor, image, _label(volume, mask, settings), mask.label)
        found.append({name: float(value) for name, value in values.items() if not name.startswith("diagnostics")})
    return found


def pyradiomics_maps(volume: Volume, mask: Mask, settings: FeatureSettings) -> dict[str, sitk.Image]:
    """Compute voxel-wise maps of the features that the settings choose, on pyradiomics' crop of the image."""
    label = _label(volume, mask, settings)
    values = _executed(_extractor(settings), picture(volume.array, volume), label, mask.label, voxelBased=True)
    return {name: value for name, value in values.items() if isinstance(value, sitk.Image)}


def _extractor(settings: FeatureSettings) -> Any:
    module = import_optional("radiomics.featureextractor", feature="the pyradiomics engine", install=_INSTALL)
    with _quiet():
        extractor = module.RadiomicsFeatureExtractor()
    fields = {**PARAMETERS, "kernelRadius": "kernel_radius", "maskedKernel": "masked_kernel", "initValue": "init_value"}
    known = {name: getattr(settings, field) for name, field in fields.items()}
    extractor.settings = {
        **{name: list(value) if isinstance(value, tuple) else value for name, value in known.items()},
        **settings.filter_options,
        "label": 1,
        "additionalInfo": False,
    }
    extractor.enabledImagetypes = {name: dict(options) for name, options in settings.images.items()}
    extractor.enabledFeatures = {family: list(n) for family, n in chosen_features(settings.chosen).items()}
    return extractor


def _label(volume: Volume, mask: Mask, settings: FeatureSettings) -> sitk.Image:
    moved = on_image_grid(volume, mask, settings)
    check_size(moved.array[mask_box(moved.array, mask.label)], mask.label, settings)
    inside = volume.array[moved.array]
    if not np.isfinite(inside).all():
        raise InputError("volume", expected=f"finite values inside {mask.label}", got="NaN or infinity")
    return picture(moved.array.astype(np.uint8), volume)


def _executed(extractor: Any, image: sitk.Image, label: sitk.Image, name: str, **how: Any) -> Any:
    with _quiet():
        try:
            return extractor.execute(image, label, **how)
        except ValueError as error:
            got = f"refused: {error}"
            raise InputError(f"mask {name}", expected="a mask that pyradiomics takes", got=got) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep pyradiomics' log, which repeats what the settings say, off the terminal."""
    log = logging.getLogger("radiomics")
    level = log.level
    log.setLevel(logging.CRITICAL)
    with np.errstate(all="ignore"):
        try:
            yield
        finally:
            log.setLevel(level)
