"""One call from a study to a segmented, measured, reported scene."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from oncologyai._atomic import atomic_folder
from oncologyai.bundle import Bundle, write_bundle
from oncologyai.errors import GeometryMismatchError
from oncologyai.features import FeatureSettings, load_settings
from oncologyai.imaging import write_dicom_seg, write_rtstruct
from oncologyai.pipelines import AnalyseConfig, ModelConfig, ModelInputs, SegmentConfig, analyse
from oncologyai.progress import Part, Progress, Silent, Stages
from oncologyai.report import write_report
from oncologyai.samples import write_sample
from oncologyai.types import Point
from oncologyai.workflows.account import Origin, sample_origin, with_provenance
from oncologyai.workflows.model_images import ReadConfig
from oncologyai.workflows.output_folder import remove_stale, require_replaceable
from oncologyai.workflows.pictures import draw_pictures, require_scene, write_scene
from oncologyai.workflows.pseudonym import pseudonym, series_name, without_identity
from oncologyai.workflows.segment import Request, bundle_from_analysis, read_images, require_seeds
from oncologyai.workflows.tables import measurements_json

__all__ = ["RunConfig", "RunResult", "run", "run_config", "run_sample"]


@dataclass(frozen=True)
class RunConfig:
    """What a run may be told; the defaults do for a chest CT or a PET. ``channels``: files of a model's images."""

    analyse: AnalyseConfig = field(default_factory=AnalyseConfig)
    patient: str = ""
    how: ReadConfig = field(default_factory=ReadConfig)
    scene: bool = True
    channels: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class RunResult:
    """The folder, the files in it that a user opens, what was made, and what the user should know."""

    folder: Path
    outputs: tuple[Path, ...]
    bundle: Bundle
    notes: tuple[str, ...]


def run_config(
    *,
    config: SegmentConfig | ModelConfig | None = None,
    patient: str = "",
    how: ReadConfig | None = None,
    channels: Mapping[str, Path] | None = None,
    settings: str | Path | None = None,
    scene: bool = True,
) -> RunConfig:
    """Make a configuration from what the user said, the defaults for the rest; ``settings`` of the features.

    Raises
    ------
    InputError
        If the settings are neither a preset nor a parameter file.
    """
    features = load_settings(settings) if settings else FeatureSettings()
    chosen = AnalyseConfig(segment=config or SegmentConfig(), features=features)
    return RunConfig(chosen, patient, how or ReadConfig(), scene, dict(channels or {}))


def run(
    study: str | os.PathLike[str],
    inside: Sequence[Point] = (),
    outside: Sequence[Point] = (),
    out: str | os.PathLike[str] = "oncologyai-results",
    *,
    config: RunConfig | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Read a study, segment the lesions, measure them, and write scene, DICOM, tables and report.

    Parameters
    ----------
    study : path
        A DICOM folder or file, or a NRRD, NIfTI or MHA image.
    inside, outside : sequence of Point
        RAS mm; at least one inside without a model.
    out : path
        Folder for the results; its files appear, or are replaced, only when all is done. Files of an earlier run
        that this one does not make are taken away, so that no two patients lie side by side.

    Raises
    ------
    InputError
        If the study, a seed or the output folder is not usable.
    OutputError
        If ``out`` cannot be written, or holds folders of ours by name that no run has made.
    InstallationError
        If the scene is wanted and slicer-core is absent.
    CancelledError
        If ``progress`` says so; the folder is as it was.
    """
    config = config or RunConfig()
    require_seeds(inside, config.analyse.segment)
    require_replaceable(Path(out), {name: _MARKS[name] for name in ("bundle", "pictures")})
    with atomic_folder(out) as draft:
        seeds = (tuple(inside), tuple(outside))
        result = _run_into(draft, Path(out), study, seeds, config, progress or Silent(), origin=Origin())
    remove_stale(result.folder, _OUTPUTS, result.outputs)
    return result


def run_sample(
    sample: str,
    out: str | os.PathLike[str],
    *,
    random_seed: int = 1,
    inside: Sequence[Point] = (),
    outside: Sequence[Point] = (),
    config: RunConfig | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Make a synthetic study in ``out/study`` and run on it; a method without seeds gets the lesion's deepest point.

    Raises
    ------
    InputError
        If there is no sample of that name; else as ``run``.
    """
    watch = progress or Silent()
    config = config or RunConfig()
    require_replaceable(Path(out), _MARKS)
    with atomic_folder(out) as draft:
        watch.stage("sample", 0.0)
        truth = write_sample(sample, draft / "study", seed=random_seed, progress=watch)
        points = tuple(inside)
        if not points and not isinstance(config.analyse.segment, ModelConfig):
            points = tuple(Point(f"Inside-{n}", ras) for n, ras in enumerate(truth.seeds_ras, start=1))
        seeds = (points, tuple(outside))
        if not isinstance(config.analyse.segment, ModelConfig):
            config = replace(config, how=replace(config.how, modality=config.how.modality or truth.modality))
        part = Part(watch, 0.15, 1.0)
        origin = sample_origin(sample, random_seed)
        result = _run_into(draft, Path(out), draft / "study", seeds, config, part, origin=origin)
    remove_stale(result.folder, _OUTPUTS, result.outputs)
    return result


def _run_into(
    draft: Path,
    out: Path,
    study: str | os.PathLike[str],
    seeds: tuple[tuple[Point, ...], tuple[Point, ...]],
    config: RunConfig,
    progress: Progress,
    *,
    origin: Origin,
) -> RunResult:
    if config.scene:
        require_scene()
    stages = Stages(progress)
    with stages("read", share=0.0):
        images = read_images(study, config.analyse.segment, config.channels, how=config.how, progress=progress)
    request = _request(images, seeds, config, origin)
    analysis = analyse(
        request.volume, *seeds, config.analyse, channels=request.channels, progress=Part(progress, 0.1, 0.5)
    )
    stages.seconds.update(analysis.provenance.seconds)
    bundle = replace(bundle_from_analysis(request, analysis), pipeline="run")
    notes = [*origin.notes, *request.notes, *analysis.provenance.warnings]
    with stages("bundle", share=0.5):
        write_bundle(bundle, draft / "bundle")
    with stages("dicom", share=0.6):
        notes += _write_dicom(bundle, draft)
    nodes = None
    if config.scene:
        with stages("scene", share=0.7):
            so_far = _told(notes, images, study, config, origin)
            explained = with_provenance(bundle, origin, config, stages.seconds, so_far)
            nodes = write_scene(explained, draft / "scene.mrb")
    with stages("pictures", share=0.85):
        pictures, why = draw_pictures(bundle, draft / "pictures", nodes)
        notes += why
    told = _told(notes, images, study, config, origin)
    bundle = with_provenance(bundle, origin, config, stages.seconds, told)
    with stages("report", share=0.95):
        _write_tables(bundle, draft)
        write_report(bundle, pictures, draft / "report.html", notes=told)
    outputs = tuple(out / name for name in _OUTPUTS if (draft / name).exists())
    return RunResult(out, outputs, bundle, tuple(notes))


_MARKS = {"bundle": "bundle/bundle.json", "pictures": "provenance.json", "study": "study/truth.json"}
_OUTPUTS = (
    "report.html",
    "scene.mrb",
    "segmentation.seg.nrrd",
    "segmentation.dcm",
    "rtstruct.dcm",
    "measurements.json",
    "features.csv",
    "provenance.json",
    "pictures",
    "bundle",
    "study",
)


def _request(
    images: ModelInputs, seeds: tuple[tuple[Point, ...], tuple[Point, ...]], config: RunConfig, origin: Origin
) -> Request:
    volume = images.volume
    patient, study = pseudonym(volume)
    name = str(volume.meta["description"]) if origin.is_synthetic else series_name(volume)
    notes = (*volume.meta.get("warnings", ()), *images.notes)
    return Request(
        volume,
        *seeds,
        config.analyse.segment,
        name,
        config.patient or patient,
        study,
        channels=images.channels,
        notes=notes,
    )


def _told(
    notes: Sequence[str], images: ModelInputs, study: str | os.PathLike[str], config: RunConfig, origin: Origin
) -> tuple[str, ...]:
    """Give the notes without what names the patient, in the first image or in any other."""
    if origin.is_synthetic:
        return tuple(notes)
    told = without_identity(notes, images.volume, study)
    for name, volume in images.channels.items():
        told = without_identity(told, volume, config.channels.get(name, study))
    return told


def _write_dicom(bundle: Bundle, draft: Path) -> list[str]:
    if not bundle.masks:
        return ["no DICOM SEG and no RTSTRUCT: no tumour was found"]
    if bundle.volume.dicom is None:
        return ["no DICOM SEG and no RTSTRUCT: the image did not come from DICOM, so there is no series to refer to"]
    write_rtstruct(bundle.masks, bundle.volume, draft / "rtstruct.dcm")
    try:
        write_dicom_seg(bundle.masks, bundle.volume, draft / "segmentation.dcm")
    except GeometryMismatchError as error:
        return [f"no DICOM SEG: {error}"]
    return []


def _write_tables(bundle: Bundle, draft: Path) -> None:
    for name in ("segmentation.seg.nrrd", "features.csv"):
        if (draft / "bundle" / name).is_file():  # there is no segmentation where no tumour was found
            shutil.copyfile(draft / "bundle" / name, draft / name)
    measurements = bundle.table("Measurements")
    if measurements is not None:
        (draft / "measurements.json").write_text(measurements_json(measurements, bundle.lines), encoding="utf-8")
    if bundle.provenance is not None:
        text = json.dumps(bundle.provenance.to_dict(), indent=2, ensure_ascii=False)
        for place in (draft, draft / "bundle"):  # nodes refer to the one in the bundle
            (place / "provenance.json").write_text(text + "\n", encoding="utf-8")
