"""Convert folders of studies to plain images and masks; anonymize them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from oncologyai._checks import check_choice
from oncologyai.imaging import DeidentifyConfig, DeidentifyReport, SuvKind, deidentify_folder, find_studies, secret_key
from oncologyai.progress import Progress, Silent
from oncologyai.workflows.conversion import Conversion, write_index

__all__ = ["ConvertReport", "anonymize_dataset", "convert_dataset"]

_FORMATS = ("nrrd", "nii.gz", "mha")


@dataclass(frozen=True)
class ConvertReport:
    """``converted``: the files written, relative to the target. ``failed``: series or files, each with the reason.

    ``notes``: what was odd, such as files that could not be read at all.
    """

    converted: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()


def convert_dataset(
    source: Path,
    target: Path,
    *,
    form: str = "nrrd",
    suv: SuvKind = "bw",
    allow_missing_slices: bool = False,
    progress: Progress | None = None,
) -> ConvertReport:
    """Write each image series as one file, each of its structures as a mask on its grid, and ``index.csv``.

    CT, PET, MR, NM and dose are converted. A structure set or segmentation goes with the series that it refers to,
    also one of another study of the patient; without a reference, with the patient's only series of its frame of
    reference. One bad series does not stop the rest. The index has a row for every series and structure: where it
    came from, the file, modality, unit, and what was odd, or the reason why there is no file. A study is a folder;
    a folder of that name from an earlier run is replaced file by file.

    Raises
    ------
    InputError
        If ``form`` is unknown or the source holds no study.
    OutputError
        If the target cannot be written.
    """
    check_choice(form, _FORMATS, "--format")
    watch = progress or Silent()
    studies = find_studies(source, progress=watch)
    patients = list(dict.fromkeys(study.patient_id for study in studies))
    work = Conversion(source, target, form, suv, allow_missing_slices, watch)
    for number, patient in enumerate(patients):
        watch.stage(f"patient {number + 1} of {len(patients)}", number / len(patients))
        work.convert_patient([study for study in studies if study.patient_id == patient])
    write_index(work.rows, target / "index.csv")
    return ConvertReport(
        converted=tuple(row.file for row in work.rows if row.file),
        failed=tuple((row.title, row.note) for row in work.rows if row.state == "failed"),
        notes=tuple(dict.fromkeys(note for study in studies for note in study.warnings)),
    )


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
