"""Cases with an outcome: found in a table, prepared once as inference prepares them, kept on disk as arrays."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oncologyai._atomic import atomic_folder
from oncologyai.errors import EmptyMaskError, InputError, MissingFileError, UnreadableFileError
from oncologyai.imaging import read_masks
from oncologyai.inference import OutcomeImage, prepare_outcome_image, slice_views
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.training.data import read_image, stamp_of
from oncologyai.training.outcome_config import OutcomeTrainConfig
from oncologyai.types import Mask

__all__ = ["OutcomeCase", "OutcomeCaseFiles", "find_outcome_cases", "load_outcome_cases", "prepare_outcome_case"]

_VERSION = 1  # of the arrays kept on disk: another number makes them anew


@dataclass(frozen=True)
class OutcomeCaseFiles:
    """Where a case lies, whose it is and what became of it (``label`` 0 or 1)."""

    name: str
    patient: str
    label: int
    images: Mapping[str, Path]
    mask: Path | None = None


@dataclass(frozen=True, eq=False)
class OutcomeCase:
    """A case ready for training: ``image`` is float32 (channel, k, j, i), read-only, all slices; ``key`` names it."""

    name: str
    patient: str
    label: int
    image: np.ndarray
    key: str

    def inputs(self, slices: int) -> np.ndarray:
        """Give the network's inputs, evenly spread, float32 (view, channel, k, j, i)."""
        return np.stack([self.image[:, view] for view in slice_views(self.image.shape[1], slices)])


def find_outcome_cases(config: OutcomeTrainConfig) -> tuple[OutcomeCaseFiles, ...]:
    """List the cases of a table, by name; rows without an outcome are left out.

    Raises
    ------
    MissingFileError
        If the table or a file named in it is not there, or a cell is empty.
    UnreadableFileError
        If it lacks a column or names a case twice.
    InputError
        If the cases with an outcome are not of two classes.
    """
    table, source = Path(config.data.table), config.data
    if not table.is_file():
        raise MissingFileError("data.table", expected="a CSV of images and outcomes", got=str(table))
    with table.open(newline="", encoding="utf-8-sig") as stream:
        reader = csv.DictReader(stream)
        rows, columns = list(reader), set(reader.fieldnames or ())
    channels = {channel.name: source.columns.get(channel.name, channel.name) for channel in config.channels}
    needed = {source.case, source.label, *channels.values()} | ({source.patient} if source.patient else set())
    if config.needs_mask and not source.mask:
        raise InputError("data.mask", expected="the column of masks, which the input looks at", got="none")
    needed |= {source.mask} if config.needs_mask else set()
    if missing := sorted(needed - columns):
        raise UnreadableFileError(
            str(table), expected=f"the column {', '.join(missing)}", got=", ".join(sorted(columns))
        )
    found = [_case(row, line, table, config, channels) for line, row in enumerate(rows, start=2)]
    cases = sorted((case for case in found if case is not None), key=lambda case: case.name)
    names = [case.name for case in cases]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UnreadableFileError(str(table), expected="each case once", got=f"{twice[0]} several times")
    if {case.label for case in cases} != {0, 1}:
        got = f"{sum(case.label for case in cases)} of {len(cases)} with {source.label} {source.positive}"
        raise InputError(source.label, expected="cases of both classes", got=got, remedy="check data.positive")
    return tuple(cases)


def load_outcome_cases(
    files: Sequence[OutcomeCaseFiles], config: OutcomeTrainConfig, cache: Path, *, progress: Progress | None = None
) -> tuple[OutcomeCase, ...]:
    """Prepare every case, or take it from the cache where its files and the preparation are the same.

    Raises
    ------
    InputError
        If an image or a mask cannot be read or prepared; see ``prepare_outcome_image``.
    CancelledError
        If cancelled; what was prepared stays.
    """
    watch = progress or Silent()
    cases = []
    for number, case in enumerate(files):
        check_cancelled(watch)
        watch.stage(f"prepare {case.name}", number / len(files))
        key = _key(case, config)
        folder = cache / f"{''.join(c if c.isalnum() or c in '-_' else '_' for c in case.name)[:64]}-{key}"
        if not (folder / "image.npy").is_file():
            array = prepare_outcome_case(case, config).array
            with atomic_folder(folder) as draft:
                np.save(draft / "image.npy", array)
        try:
            image = np.load(folder / "image.npy", mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise UnreadableFileError(str(folder), expected="a case prepared before", got=str(error),
                                      remedy="delete this folder and run again") from error  # fmt: skip
        cases.append(OutcomeCase(case.name, case.patient, case.label, image, key))
    return tuple(cases)


def prepare_outcome_case(case: OutcomeCaseFiles, config: OutcomeTrainConfig) -> OutcomeImage:
    """Read and prepare a case as the network gets it; raises as ``read_volume`` and ``prepare_outcome_image``."""
    modality = {channel.name: channel.modality for channel in config.channels}
    volumes = {name: read_image(path, modality[name]) for name, path in case.images.items()}
    mask = None
    if case.mask is not None and config.needs_mask:
        first = next(iter(volumes.values()))
        masks = read_masks(case.mask, grid=first)
        if not masks:
            raise EmptyMaskError(f"{case.name}: {case.mask}", expected="a structure", got="none")
        mask = Mask.on(first, np.logical_or.reduce([one.array for one in masks]))
    return prepare_outcome_image(volumes, config, mask=mask)


def _case(
    row: Mapping[str, str | None], line: int, table: Path, config: OutcomeTrainConfig, channels: Mapping[str, str]
) -> OutcomeCaseFiles | None:
    cells = {key: (value or "").strip() for key, value in row.items() if key}
    source = config.data
    if not cells[source.label]:
        return None
    name = cells[source.case]
    patient = cells[source.patient] if source.patient else name
    if not name or not patient:
        raise MissingFileError(f"{table}, line {line}", expected="a case and its patient", got="an empty cell")
    images = {channel: _existing(table, cells[column], line) for channel, column in channels.items()}
    mask = _existing(table, cells[source.mask], line) if config.needs_mask else None
    return OutcomeCaseFiles(name, patient, int(cells[source.label] == source.positive), images, mask)


def _existing(table: Path, cell: str, line: int) -> Path:
    path = table.parent / cell
    if not cell or not path.exists():
        raise MissingFileError(
            f"{table}, line {line}", expected="a file that exists", got=str(path) if cell else "none"
        )
    return path


def _key(case: OutcomeCaseFiles, config: OutcomeTrainConfig) -> str:
    """Give a short hash of what the array depends on: files by path, size and time, and the preparation."""
    plain = config.to_dict()
    paths = [*case.images.values(), *([case.mask] if case.mask is not None else [])]
    files = [(str(path), *stamp_of(path)) for path in paths]
    text = json.dumps([_VERSION, plain["channels"], plain["image"], files], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
