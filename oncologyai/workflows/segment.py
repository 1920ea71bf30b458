"""Segment an image, or the request in a bundle, to a mask file or a bundle."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from oncologyai.bundle import Bundle, read_bundle, write_bundle
from oncologyai.errors import InputError
from oncologyai.imaging import SuvKind, read_volume, write_dicom_seg, write_masks
from oncologyai.pipelines import AnalyseConfig, AnalyseResult, SegmentConfig, analyse, segment
from oncologyai.progress import Progress, Silent
from oncologyai.types import Point, Unit, Volume
from oncologyai.workflows.pseudonym import series_name

__all__ = [
    "Request",
    "bundle_from_analysis",
    "request_from_bundle",
    "request_from_image",
    "require_seeds",
    "segment_config",
    "segment_to_bundle",
    "segment_to_file",
]


@dataclass(frozen=True, eq=False)
class Request:
    """What a segmentation needs: the image, the seeds, the settings, and names for what comes out."""

    volume: Volume
    inside: tuple[Point, ...]
    outside: tuple[Point, ...] = ()
    config: SegmentConfig = field(default_factory=SegmentConfig)
    name: str = "image"
    patient: str = "anonymous"
    study: str = "study"


def segment_config(*, method: str = "", max_distance_mm: float | None = None) -> SegmentConfig:
    """Make a configuration from what the user said, the defaults for the rest."""
    said: dict[str, Any] = {}
    if method:
        said["method"] = method
    if max_distance_mm is not None:
        said["max_distance_mm"] = max_distance_mm
    return SegmentConfig(**said)


def request_from_image(  # noqa: PLR0913  an argument for each option of the command
    image: str | os.PathLike[str],
    inside: tuple[Point, ...],
    outside: tuple[Point, ...] = (),
    *,
    method: str = "",
    max_distance_mm: float | None = None,
    series_uid: str | None = None,
    modality: str | None = None,
    unit: Unit | None = None,
    suv: SuvKind = "bw",
    allow_missing_slices: bool = False,
    progress: Progress | None = None,
) -> Request:
    """Read the image of a request; as ``read_volume`` and ``SegmentConfig`` raise."""
    watch = progress or Silent()
    config = segment_config(method=method, max_distance_mm=max_distance_mm)
    require_seeds(inside)
    watch.stage("read", 0.0)
    volume = read_volume(
        image, series_uid=series_uid, modality=modality, unit=unit, suv=suv,
        allow_missing_slices=allow_missing_slices, progress=watch,
    )  # fmt: skip
    return Request(volume, inside, outside, config, name=series_name(volume))


def request_from_bundle(folder: str | os.PathLike[str]) -> Request:
    """Read the request that another program left in a bundle.

    Raises
    ------
    InputError
        If the bundle has no seeds, or settings that a SegmentConfig does not know.
    """
    bundle = read_bundle(Path(folder))
    known = {f.name for f in fields(SegmentConfig)}
    if strange := sorted(set(bundle.settings) - known):
        raise InputError("settings", expected="some of " + ", ".join(sorted(known)), got=", ".join(strange))
    require_seeds(bundle.inside)
    return Request(
        bundle.volume,
        bundle.inside,
        bundle.outside,
        SegmentConfig(**bundle.settings),
        name=bundle.name,
        patient=bundle.patient,
        study=bundle.study,
    )


def segment_to_file(request: Request, path: Path, *, progress: Progress | None = None) -> float:
    """Segment and write the mask in the format of the file's name; give its volume in ml.

    Raises
    ------
    InputError
        As ``segment`` does; for ``.dcm`` also if the image did not come from DICOM.
    """
    result = segment(request.volume, request.inside, request.outside, request.config, progress=progress)
    if path.suffix.lower() == ".dcm":
        write_dicom_seg((result.mask,), request.volume, path)
    else:
        write_masks((result.mask,), path)
    return result.mask.volume_ml


def segment_to_bundle(request: Request, folder: Path, *, progress: Progress | None = None) -> Bundle:
    """Segment, measure, extract features and write it all as a bundle."""
    config = AnalyseConfig(segment=request.config)
    result = analyse(request.volume, request.inside, request.outside, config, progress=progress)
    bundle = bundle_from_analysis(request, result)
    write_bundle(bundle, folder, compress=False)
    return bundle


def bundle_from_analysis(request: Request, result: AnalyseResult) -> Bundle:
    """Gather a request and its result."""
    return Bundle(
        name=request.name,
        pipeline="segment",
        method=request.config.method,
        volume=request.volume,
        patient=request.patient,
        study=request.study,
        masks=result.masks,
        inside=request.inside,
        outside=request.outside,
        lines=result.lines,
        tables=(result.measurements, result.features),
        settings=result.provenance.settings,
        provenance=result.provenance,
    )


def require_seeds(inside: Sequence[Point]) -> None:
    """Raise InputError if there is no seed, before anything is read."""
    if not inside:
        raise InputError("--seed", expected="at least one point inside the lesion", got="none")
