"""Segment images, or the request in a bundle, to a mask file or a bundle."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from oncologyai.bundle import Bundle, read_bundle, write_bundle
from oncologyai.errors import InputError
from oncologyai.imaging import write_dicom_seg, write_masks
from oncologyai.pipelines import (
    AnalyseConfig,
    AnalyseResult,
    ModelConfig,
    ModelInputs,
    SegmentConfig,
    SegmentResult,
    analyse,
    model_inputs,
    segment,
)
from oncologyai.progress import Progress, Silent
from oncologyai.types import Point, Volume
from oncologyai.workflows.model_images import ReadConfig, read_model_images
from oncologyai.workflows.pseudonym import series_name

__all__ = [
    "Request",
    "bundle_from_analysis",
    "method_name",
    "read_images",
    "request_from_bundle",
    "request_from_image",
    "require_seeds",
    "segment_config",
    "segment_to_bundle",
    "segment_to_file",
]


@dataclass(frozen=True, eq=False)
class Request:
    """What a segmentation needs: images, seeds, settings, names for what comes out, and what was odd in reading."""

    volume: Volume
    inside: tuple[Point, ...] = ()
    outside: tuple[Point, ...] = ()
    config: SegmentConfig | ModelConfig = field(default_factory=SegmentConfig)
    name: str = "image"
    patient: str = "anonymous"
    study: str = "study"
    channels: Mapping[str, Volume] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def segment_config(
    *, method: str = "", max_distance_mm: float | None = None, model: str = "", **of_model: Any
) -> SegmentConfig | ModelConfig:
    """Make a configuration from what the user said, the defaults for the rest.

    Parameters
    ----------
    method, model : str
        A method's name or a model's id; not both.
    max_distance_mm : float, optional
        Of either.
    **of_model
        Further fields of ModelConfig; None and False stand for what was not said.

    Raises
    ------
    InputError
        If both are given, or something that only a model takes without one; else as the configurations raise.
    """
    said: dict[str, Any] = {key: value for key, value in of_model.items() if value not in (None, False, "")}
    if max_distance_mm is not None:
        said["max_distance_mm"] = max_distance_mm
    if model:
        if method:
            raise InputError("--method", expected="a method or a model", got="both", remedy="leave one out")
        return ModelConfig(model=model, **said)
    if only := [key for key in said if key in of_model]:
        option = "--" + only[0].removesuffix("_ras").replace("_", "-")
        raise InputError(option, expected="a model that takes it", got="none", remedy="give --model ID")
    if method:
        said["method"] = method
    return SegmentConfig(**said)


def request_from_image(
    image: str | os.PathLike[str],
    inside: tuple[Point, ...] = (),
    outside: tuple[Point, ...] = (),
    *,
    config: SegmentConfig | ModelConfig | None = None,
    channels: Mapping[str, str | os.PathLike[str]] | None = None,
    how: ReadConfig | None = None,
    progress: Progress | None = None,
) -> Request:
    """Read the images of a request.

    Parameters
    ----------
    image : path
        As for ``read_volume``; with a model as for ``read_model_images``.
    inside, outside : tuple of Point
        Seeds, at least one inside without a model.
    config : SegmentConfig or ModelConfig, optional
        Method or model.
    channels : mapping of str to path, optional
        Further images of a model.
    how : ReadConfig, optional
        How the first image is read.
    progress : Progress, optional
        Told the stages, asked for cancellation.

    Raises
    ------
    InputError
        If there is no seed where one is needed, or channels are given without a model; else as reading raises.
    """
    config, how = config or SegmentConfig(), how or ReadConfig()
    require_seeds(inside, config)
    images = read_images(image, config, channels, how=how, progress=progress)
    volume = images.volume
    notes = (*volume.meta.get("warnings", ()), *images.notes)
    return Request(volume, inside, outside, config, name=series_name(volume), channels=images.channels, notes=notes)


def read_images(
    image: str | os.PathLike[str],
    config: SegmentConfig | ModelConfig,
    channels: Mapping[str, str | os.PathLike[str]] | None = None,
    *,
    how: ReadConfig,
    progress: Progress | None = None,
) -> ModelInputs:
    """Read the image of a method, or those of a model; raises as ``read_volume`` and ``read_model_images``."""
    if isinstance(config, ModelConfig):
        return read_model_images(image, config, channels, how=how, progress=progress)
    if channels:
        raise InputError("--channel", expected="a model that takes it", got="none", remedy="give --model ID")
    watch = progress or Silent()
    watch.stage("read", 0.0)
    return ModelInputs("image", how.read(image, progress=watch), {})


def request_from_bundle(place: Bundle | str | os.PathLike[str]) -> Request:
    """Read the request that another program left in a bundle, or in its folder.

    ``settings`` are the fields of a SegmentConfig or, where ``model`` is among them, of a ModelConfig, whose further
    images are the bundle's ``channels``.

    Raises
    ------
    InputError
        If the bundle has no seeds where they are needed, settings that the configuration does not know, or images that
        do not suit the model.
    """
    bundle = place if isinstance(place, Bundle) else read_bundle(Path(place))
    kind = ModelConfig if "model" in bundle.settings else SegmentConfig
    known = {f.name for f in fields(kind)}
    if strange := sorted(set(bundle.settings) - known):
        raise InputError("settings", expected="some of " + ", ".join(sorted(known)), got=", ".join(strange))
    config = kind(**bundle.settings)
    require_seeds(bundle.inside, config)
    images = ModelInputs("image", bundle.volume, bundle.channels)
    if isinstance(config, ModelConfig):
        images = model_inputs(config, bundle.volume, bundle.channels)
    return Request(
        images.volume,
        bundle.inside,
        bundle.outside,
        config,
        name=bundle.name,
        patient=bundle.patient,
        study=bundle.study,
        channels=images.channels,
        notes=images.notes,
    )


def segment_to_file(request: Request, path: Path, *, progress: Progress | None = None) -> SegmentResult:
    """Segment and write the mask, a label a lesion, in the format of the file's name.

    Where a model finds no tumour an empty mask is written: a file that is there says so, and no older mask is taken for
    this one's. A DICOM Segmentation cannot be empty: none is written then, and an older one of that name is removed.

    Raises
    ------
    InputError
        As ``segment`` does; for ``.dcm`` also if the image did not come from DICOM.
    """
    if path.suffix.lower() == ".dcm" and request.volume.dicom is None:
        raise InputError(str(path), expected="an image from DICOM for a DICOM Segmentation", got="a plain image")
    result = segment(
        request.volume, request.inside, request.outside, request.config, channels=request.channels, progress=progress
    )
    if path.suffix.lower() != ".dcm":
        write_masks(result.masks or (result.mask,), path)
    elif result.masks:
        write_dicom_seg(result.masks, request.volume, path)
    else:
        path.unlink(missing_ok=True)
    return result


def segment_to_bundle(request: Request, folder: Path, *, progress: Progress | None = None) -> Bundle:
    """Segment, measure, extract features and write it all as a bundle."""
    config = AnalyseConfig(segment=request.config)
    result = analyse(
        request.volume, request.inside, request.outside, config, channels=request.channels, progress=progress
    )
    bundle = bundle_from_analysis(request, result)
    write_bundle(bundle, folder, compress=False)
    return bundle


def bundle_from_analysis(request: Request, result: AnalyseResult) -> Bundle:
    """Gather a request and its result."""
    found = result.finding
    return Bundle(
        name=request.name,
        pipeline="segment",
        method=method_name(request.config),
        volume=result.volume,
        patient=request.patient,
        study=request.study,
        masks=result.masks,
        inside=request.inside,
        outside=request.outside,
        lines=result.lines,
        tables=(result.measurements, result.features),
        settings=result.provenance.settings,
        provenance=replace(result.provenance, warnings=(*request.notes, *result.provenance.warnings)),
        channels=request.channels,
        probability=found.probability if found else None,
        disagreement=found.disagreement if found else None,
        model=found.to_dict() if found else {},
    )


def method_name(config: SegmentConfig | ModelConfig) -> str:
    """Give the id of the model, or the name of the method."""
    return config.model if isinstance(config, ModelConfig) else config.method


def require_seeds(inside: Sequence[Point], config: SegmentConfig | ModelConfig) -> None:
    """Raise InputError if there is no seed where a method needs one, before anything is read."""
    if not inside and not isinstance(config, ModelConfig):
        raise InputError("--seed", expected="at least one point inside the lesion", got="none")
