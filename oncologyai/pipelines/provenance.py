"""What every pipeline notes about itself: versions, settings, hashes of what went in, seconds a stage."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from typing import Any

import numpy as np

import oncologyai
from oncologyai.progress import Provenance, Stages
from oncologyai.types import Mask, Volume

__all__ = ["hash_image", "make_provenance"]

_PACKAGES = ("numpy", "scipy", "scikit-image", "SimpleITK", "pydicom", "highdicom", "slicer-core", "vtk")


def hash_image(image: Volume | Mask) -> str:
    """Give the SHA-256 of an image's shape, type, voxels (C order, little-endian) and affine.

    It depends on what the image is, not on the file format that it came in.
    """
    array = np.ascontiguousarray(image.array)
    digest = hashlib.sha256(f"{array.shape} {array.dtype.newbyteorder('<').str}".encode())
    digest.update(array.astype(array.dtype.newbyteorder("<"), copy=False).view(np.uint8).data)
    digest.update(np.round(image.ijk_to_ras, 6).astype("<f8").tobytes())
    return digest.hexdigest()


def make_provenance(
    pipeline: str,
    *,
    inputs: Mapping[str, Volume | Mask],
    settings: Mapping[str, Any],
    stages: Stages,
    warnings: tuple[str, ...] = (),
    weights_sha256: Mapping[str, str] | None = None,
    device: str = "cpu",
    packages: tuple[str, ...] = (),
) -> Provenance:
    """Gather a pipeline's provenance; ``packages`` are further ones whose versions matter."""
    return Provenance(
        pipeline=pipeline,
        versions=dict((*_versions(), *_found(packages))),
        weights_sha256=dict(weights_sha256 or {}),
        device=device,
        settings=dict(settings),
        inputs_sha256={name: hash_image(image) for name, image in inputs.items()},
        seconds={name: round(seconds, 3) for name, seconds in stages.seconds.items()},
        warnings=warnings,
    )


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    found = [("oncologyai", oncologyai.__version__), ("python", platform.python_version())]
    return (*found, *_found(_PACKAGES))


def _found(packages: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    found = []
    for name in packages:
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    return tuple(found)
