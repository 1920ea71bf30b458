"""Cases: found in a table or in DICOM, prepared once as inference prepares them, kept on disk as arrays.

Arrays are read through memory maps, so that a cohort larger than memory trains too.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from oncologyai._atomic import atomic_folder
from oncologyai.errors import EmptyMaskError, EmptyStudyError, MissingFileError, UnreadableFileError
from oncologyai.imaging import find_studies, read_masks, read_series, read_volume, references_of, series_drawn_on
from oncologyai.inference import SliceConfig, box_around, plan_crops, prepare_channels, prepare_slices, resample
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.training.config import TrainConfig
from oncologyai.types import Mask, Series, Study, Volume

__all__ = ["Case", "CaseFiles", "find_cases", "load_cases", "read_case", "read_image", "stamp_of"]

_VERSION = 1  # of the arrays kept on disk: another number makes them anew


@dataclass(frozen=True)
class CaseFiles:
    """Where a case lies: an image by channel, a path or a DICOM series, and the file of its truth."""

    name: str
    patient: str
    stratum: str
    images: Mapping[str, Path | Series]
    mask: Path
    structures: tuple[str, ...] | None = None

    def files(self) -> tuple[Path, ...]:
        """Give every file that the case is read from, in a fixed order."""
        found = [self.mask]
        for image in self.images.values():
            found += [image] if isinstance(image, Path) else [Path(name) for name in sorted(image.files)]
        return tuple(found)


@dataclass(frozen=True, eq=False)
class Case:
    """A case ready for training.

    Attributes
    ----------
    image : ndarray, shape (input, k, j, i), float32
        As ``prepare_channels`` gives it; read-only. Of a training on the lungs' region: the slices that hold some of
        it, as ``prepare_slices`` gives them, cut to the region with inference's margin.
    truth : ndarray, shape (k, j, i), float32
        The lesion's share of each voxel, 0 to 1.
    sampling_mm : tuple of float
        Voxel edges (k, j, i).
    complete : bool
        Whether every channel was given.
    """

    name: str
    patient: str
    stratum: str
    image: np.ndarray
    truth: np.ndarray
    sampling_mm: tuple[float, float, float]
    complete: bool


def find_cases(config: TrainConfig, *, progress: Progress | None = None) -> tuple[CaseFiles, ...]:
    """List the cases of a configuration, by name.

    Raises
    ------
    MissingFileError
        If the table, the folder or a file named in the table is not there.
    UnreadableFileError
        If the table lacks a column or names a case twice.
    EmptyStudyError
        If no case with its structures is found.
    """
    if config.data.table:
        found = _from_table(Path(config.data.table), config)
    else:
        found = _from_dicom(Path(config.data.dicom), config, progress or Silent())
    if not found:
        raise EmptyStudyError("data", expected="cases with their structures", got="none", remedy="check the paths")
    return tuple(sorted(found, key=lambda case: case.name))


def load_cases(
    files: Sequence[CaseFiles], config: TrainConfig, cache: Path, *, progress: Progress | None = None
) -> tuple[Case, ...]:
    """Prepare every case, or take it from the cache where its files and the preparation are the same.

    Parameters
    ----------
    files : sequence of CaseFiles
        See :func:`find_cases`.
    config : TrainConfig
        Says how channels are prepared.
    cache : Path
        A folder of one's own; each case is kept in a folder within.
    progress : Progress, optional
        Told each case, asked for cancellation between them.

    Raises
    ------
    InputError
        If an image or a truth cannot be read or prepared; see ``prepare_channels`` and ``read_masks``.
    EmptyMaskError
        If the truth is empty and ``crop_mm`` asks for its box.
    """
    watch = progress or Silent()
    cases = []
    for number, case in enumerate(files):
        check_cancelled(watch)
        watch.stage(f"prepare {case.name}", number / len(files))
        folder = cache / f"{_plain(case.name)}-{_key(case, config)}"
        if not (folder / "case.json").is_file():
            _prepare(case, config, folder)
        cases.append(_kept(case, folder))
    return tuple(cases)


def _from_table(table: Path, config: TrainConfig) -> list[CaseFiles]:
    if not table.is_file():
        raise MissingFileError("data.table", expected="a CSV of image and mask paths", got=str(table))
    with table.open(newline="", encoding="utf-8-sig") as stream:
        reader = csv.DictReader(stream)
        rows, columns = list(reader), set(reader.fieldnames or ())
    needed = {"case", "mask", *(channel.name for channel in config.channels if channel.required)}
    if needed - columns:
        missing = ", ".join(sorted(needed - columns))
        raise UnreadableFileError(str(table), expected=f"the column {missing}", got=", ".join(sorted(columns)))
    found = [_from_row(row, number, table, config) for number, row in enumerate(rows, start=2)]
    names = [case.name for case in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UnreadableFileError(str(table), expected="each case once", got=f"{twice[0]} several times")
    return found


def _from_row(row: Mapping[str, str | None], number: int, table: Path, config: TrainConfig) -> CaseFiles:
    cells = {key: (value or "").strip() for key, value in row.items() if key}
    images: dict[str, Path | Series] = {}
    for channel in config.channels:
        if cells.get(channel.name):
            images[channel.name] = _existing(table, cells[channel.name], number)
        elif channel.required:
            raise MissingFileError(f"{table}, line {number}", expected=f"a path in {channel.name}", got="an empty cell")
    if not cells["case"] or not cells["mask"]:
        raise MissingFileError(f"{table}, line {number}", expected="a case and its mask", got="an empty cell")
    stratum = cells.get("stratum") or "+".join(images)
    patient = cells.get("patient") or cells["case"]
    return CaseFiles(cells["case"], patient, stratum, images, _existing(table, cells["mask"], number))


def _existing(table: Path, cell: str, number: int) -> Path:
    path = table.parent / cell
    if not path.exists():
        raise MissingFileError(f"{table}, line {number}", expected="a file that exists", got=str(path))
    return path


def _from_dicom(folder: Path, config: TrainConfig, progress: Progress) -> list[CaseFiles]:
    found: list[CaseFiles] = []
    taken: dict[str, int] = {}
    for study in find_studies(folder, progress=progress):
        for series in study.series:
            if series.modality not in ("RTSTRUCT", "SEG"):
                continue
            images = _images_of(study, series, config)
            if images is None:
                continue
            patient = study.patient_id or study.uid
            taken[patient] = taken.get(patient, 0) + 1
            name = patient if taken[patient] == 1 else f"{patient}-{taken[patient]}"
            mask = Path(series.files[0])
            found.append(CaseFiles(name, patient, "+".join(images), images, mask, config.data.structures))
    return found


def _images_of(study: Study, structures: Series, config: TrainConfig) -> dict[str, Path | Series] | None:
    """Give the series of each channel, or None where the structures were drawn on another modality."""
    lead = config.data.mask_on or config.channels[0].name
    images: dict[str, Path | Series] = {}
    for channel in config.channels:
        choice = study.of_modality(channel.modality)
        if channel.name == lead:
            drawn = series_drawn_on(references_of(structures.files[0]), choice)
            choice = () if drawn is None else (drawn,)
        if choice:
            images[channel.name] = choice[0]
        elif channel.required or channel.name == lead:
            return None
    return images


def read_case(case: CaseFiles, config: TrainConfig) -> tuple[dict[str, Volume], Mask]:
    """Read the images of a case, the leading one first, and its truth on the leading image's grid.

    Raises
    ------
    MissingFileError
        If the case lacks the channel that leads.
    EmptyMaskError
        If the file of the truth holds no structure, where ``negatives`` does not take that for none to be found.
    InputError
        If a file cannot be read; see ``read_volume`` and ``read_masks``.
    """
    lead = config.data.mask_on or config.channels[0].name
    if lead not in case.images:
        raise MissingFileError(case.name, expected=f"an image of the channel {lead}, which leads", got="none")
    order = [lead, *(name for name in case.images if name != lead)]
    modality = {channel.name: channel.modality for channel in config.channels}
    volumes = {name: read_image(case.images[name], modality[name]) for name in order}
    first = volumes[lead]
    masks = read_masks(case.mask, grid=first, names=case.structures)
    if not masks and not config.data.negatives:
        remedy = "set data.negatives where this is a case without a lesion"
        raise EmptyMaskError(f"{case.name}: {case.mask}", expected="a structure", got="none", remedy=remedy)
    nothing = np.zeros(first.shape, dtype=bool)
    return volumes, Mask.on(first, np.logical_or.reduce([nothing, *(mask.array for mask in masks)]))


def _prepare(case: CaseFiles, config: TrainConfig, folder: Path) -> None:
    volumes, union = read_case(case, config)
    make = _lung_slices if config.region == "lungs" else _channels
    image, truth, about = make(volumes, union, config, case.name)
    with atomic_folder(folder) as draft:
        np.save(draft / "image.npy", image)
        np.save(draft / "truth.npy", truth)
        (draft / "case.json").write_text(json.dumps(about), encoding="utf-8")


def _channels(
    volumes: Mapping[str, Volume], union: Mask, config: TrainConfig, name: str
) -> tuple[np.ndarray, np.ndarray, dict[str, object]]:
    bare = config.model_copy(update={"margin": 0})  # a sample shows what lies around the image by itself
    prepared = prepare_channels(volumes, bare, box=_box(union, config, name))
    truth = Volume(union.array.astype(np.float32), union.ijk_to_ras)
    shape = prepared.array.shape[1:]
    grid = Volume(prepared.array[0], prepared.ijk_to_ras)
    share = resample(truth, prepared.ijk_to_ras, (shape[0], shape[1], shape[2]))
    about = {"sampling_mm": grid.sampling_mm, "complete": all(prepared.present)}
    return prepared.array, np.clip(share, 0.0, 1.0), about


def _lung_slices(
    volumes: Mapping[str, Volume], union: Mask, config: TrainConfig, name: str
) -> tuple[np.ndarray, np.ndarray, dict[str, object]]:
    """Prepare a CT by the slice-wise chain of inference: the same slices, the same pixels, the same air outside."""
    slices = prepare_slices(next(iter(volumes.values())), config, size=config.window or config.patch)
    crops = plan_crops(slices.region, SliceConfig(batch=len(slices.region)))  # one crop for all slices
    if not crops:
        raise EmptyMaskError(name, expected="lungs within the slices", got="none", remedy="give a larger window")
    where = (list(crops[0].slices), slice(*crops[0].rows), slice(*crops[0].columns))
    truth = slices.on_grid(union)[where].astype(np.float32)
    about = {"sampling_mm": slices.harmonized.volume.sampling_mm, "complete": True}
    return slices.array[where][None], truth, about


def read_image(image: Path | Series, modality: str) -> Volume:
    """Read an image; a file that names no modality is taken at the configuration's word. Raises as ``read_volume``."""
    if isinstance(image, Series):
        return read_series(image)
    volume = read_volume(image)
    return replace(volume, modality=modality) if volume.modality in ("", "OT") else volume


def _box(union: Mask, config: TrainConfig, name: str) -> Mask | None:
    margin = config.data.crop_mm
    return None if margin is None else box_around(union, margin, name=name)


def _key(case: CaseFiles, config: TrainConfig) -> str:
    """Give a short hash of what the arrays depend on: files by path, size and time, and the preparation."""
    plain = config.to_dict()
    steps = {name: plain[name] for name in ("channels", "spacing_mm", "orientation", "interpolation", "data")}
    if config.region == "lungs":
        steps["lungs"] = [config.outside, plain["window"] or plain["patch"]]
    files = [(str(path), *stamp_of(path)) for path in case.files()]
    text = json.dumps([_VERSION, steps, files, list(case.images), case.structures], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def stamp_of(path: Path) -> tuple[int, int]:
    """Give a file's size and time, which change when it does."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in name)[:64]


def _kept(case: CaseFiles, folder: Path) -> Case:
    try:
        about = json.loads((folder / "case.json").read_text(encoding="utf-8"))
        image = np.load(folder / "image.npy", mmap_mode="r", allow_pickle=False)
        truth = np.load(folder / "truth.npy", mmap_mode="r", allow_pickle=False)
        k, j, i = (float(edge) for edge in about["sampling_mm"])
    except (OSError, ValueError, KeyError) as error:
        raise UnreadableFileError(
            str(folder), expected="a case prepared before", got=str(error), remedy="delete this folder and run again"
        ) from error
    return Case(case.name, case.patient, case.stratum, image, truth, (k, j, i), bool(about["complete"]))
