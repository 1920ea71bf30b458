"""Convert folders of studies to plain images and masks; anonymize them."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from oncologyai._atomic import atomic_folder
from oncologyai._checks import check_choice
from oncologyai.errors import CancelledError, OncologyAIError
from oncologyai.imaging import (
    DeidentifyConfig,
    DeidentifyReport,
    SuvKind,
    deidentify_folder,
    find_studies,
    read_masks,
    read_series,
    secret_key,
    write_masks,
    write_volume,
)
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.types import Series, Study, Volume

__all__ = ["ConvertReport", "anonymize_dataset", "convert_dataset"]

_IMAGES = ("CT", "PT", "MR", "NM")
_STRUCTURES = ("RTSTRUCT", "SEG")
_FORMATS = ("nrrd", "nii.gz", "mha")


@dataclass(frozen=True)
class ConvertReport:
    """``converted``: the files written, relative to the target. ``failed``: series and the reason."""

    converted: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]


def convert_dataset(
    source: Path, target: Path, *, form: str = "nrrd", suv: SuvKind = "bw", progress: Progress | None = None
) -> ConvertReport:
    """Write each image series as one file and each of its structures as a mask on its grid.

    One bad series does not stop the rest: it is listed with its reason. A study is a folder, written whole or not.

    Raises
    ------
    InputError
        If ``form`` is unknown or the source holds no study.
    """
    check_choice(form, _FORMATS, "--format")
    watch = progress or Silent()
    studies = find_studies(source, progress=watch)
    converted: list[str] = []
    failed: list[tuple[str, str]] = []
    for number, study in enumerate(studies):
        watch.stage(f"study {number + 1} of {len(studies)}", number / len(studies))
        name = _safe(f"{study.patient_id}_{study.date}_{study.uid[-6:]}")
        with atomic_folder(target / name) as draft:
            done, wrong = _convert_study(study, draft, form, suv, watch)
        converted += [f"{name}/{file}" for file in done]
        failed += wrong
    return ConvertReport(tuple(converted), tuple(failed))


def anonymize_dataset(
    source: Path,
    target: Path,
    *,
    key_file: Path | None = None,
    map_file: Path | None = None,
    shift_dates: bool = False,
    keep_characteristics: bool = False,
    keep_descriptions: bool = False,
    allow_burned_in: bool = False,
    prefix: str = "ANON",
    progress: Progress | None = None,
) -> DeidentifyReport:
    """De-identify a folder by the Basic Profile of PS3.15; see ``DeidentifyConfig`` for the options.

    With a key file, pseudonyms are the same in every run with it; without, a key is made and forgotten.
    """
    key = secrets.token_bytes(32) if key_file is None else secret_key(key_file)
    config = DeidentifyConfig(key, shift_dates, keep_characteristics, keep_descriptions, allow_burned_in, prefix)
    return deidentify_folder(source, target, config, map_file=map_file, progress=progress or Silent())


def _convert_study(
    study: Study, folder: Path, form: str, suv: SuvKind, progress: Progress
) -> tuple[list[str], list[tuple[str, str]]]:
    written: list[str] = []
    failed: list[tuple[str, str]] = []
    volumes: list[tuple[str, Volume]] = []
    for number, series in enumerate(s for s in study.series if s.modality in _IMAGES):
        check_cancelled(progress)
        stem = _safe(f"{number + 1:02d}_{series.modality}_{series.description}")
        try:
            volume = read_series(series, suv=suv, progress=progress)
        except CancelledError:
            raise
        except OncologyAIError as error:
            failed.append((f"{study.patient_id} {series.modality} {series.description}", str(error)))
            continue
        write_volume(volume, folder / f"{stem}.{form}")
        written.append(f"{stem}.{form}")
        volumes.append((stem, volume))
    for series in (s for s in study.series if s.modality in _STRUCTURES):
        for file in series.files:
            try:
                written += _convert_structures(file, series, volumes, folder, form, progress)
            except CancelledError:
                raise
            except OncologyAIError as error:
                failed.append((f"{study.patient_id} {series.modality} {Path(file).name}", str(error)))
    return written, failed


def _convert_structures(
    file: str, series: Series, volumes: list[tuple[str, Volume]], folder: Path, form: str, progress: Progress
) -> list[str]:
    written = []
    for stem, volume in volumes:
        if volume.modality != "CT" and len(volumes) > 1:  # structures are drawn on the CT where there is one
            continue
        for mask in read_masks(file, grid=volume, progress=progress):
            if not mask.is_empty:
                name = f"{stem}_{_safe(mask.label)}_mask.{form}"
                write_masks((mask,), folder / name)
                written.append(name)
    return written


def _safe(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text).strip("-") or "unnamed"
