"""One patient's studies to images and masks, and the index of what became of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from oncologyai.errors import CancelledError, OncologyAIError
from oncologyai.imaging import (
    SuvKind,
    read_series,
    references_of,
    series_drawn_on,
    structure_names,
    write_masks,
    write_volume,
)
from oncologyai.progress import Progress, check_cancelled
from oncologyai.types import Mask, Series, Study, Table, Volume
from oncologyai.workflows.dataset_cases import read_structures

__all__ = ["Conversion", "IndexRow", "file_part", "index_table", "study_folders"]

_IMAGES = ("CT", "PT", "MR", "NM", "RTDOSE")
_STRUCTURES = ("RTSTRUCT", "SEG")
# Bytes of one part of a name: two such parts, number and endings stay below the 255 that file systems take.
_LONGEST_PART = 90


@dataclass(frozen=True)
class IndexRow:
    """What became of one series or structure; ``state`` is written, failed or left out, ``note`` says why.

    ``source`` is the first file, relative to the folder that was converted, ``file`` the output relative to the
    target, ``image`` that of the image which a structure was drawn on.
    """

    state: str
    patient: str
    study_date: str
    study_uid: str
    series_uid: str
    modality: str
    description: str
    source: str
    file: str = ""
    kind: str = ""
    structure: str = ""
    unit: str = ""
    volume_ml: float | None = None
    image: str = ""
    note: str = ""

    @property
    def title(self) -> str:
        """What messages call it."""
        return " ".join(part for part in (self.patient, self.modality, self.description, self.source) if part)


@dataclass(frozen=True)
class _Drawn:
    """A file of structures, and the image series that it belongs to."""

    file: str
    study: Study
    series: Series
    image: Series


class Conversion:
    """Converts the studies of one patient, gathering the rows of the index.

    Parameters
    ----------
    source : Path
        The folder that is converted.
    target : Path
        Gets a folder a study.
    folders : mapping of str to str
        Their names by Study Instance UID.
    form : str
        Ending of the files.
    suv, allow_missing_slices
        As in ``read_series``.
    patterns : sequence of str
        Names of the structures wanted, as in ``read_structures``.
    """

    def __init__(
        self,
        source: Path,
        target: Path,
        *,
        folders: Mapping[str, str],
        form: str,
        suv: SuvKind,
        allow_missing_slices: bool,
        patterns: Sequence[str],
        progress: Progress,
    ) -> None:
        self.source, self.target, self.folders, self.form, self.suv = source, target, folders, form, suv
        self.allow_missing_slices, self.patterns, self.progress = allow_missing_slices, patterns, progress
        self.rows: list[IndexRow] = []
        self._taken: set[str] = set()

    def convert_patient(self, studies: Sequence[Study]) -> None:
        """Convert the images of the studies, each with the structures drawn on it.

        Raises
        ------
        OutputError
            If the target cannot be written.
        """
        images = [(study, series) for study in studies for series in study.series if _is_image(series)]
        drawn = self._structures(studies, [series for _, series in images])
        for number, (study, series) in enumerate(images, start=1):
            self._convert_image(number, study, series, [d for d in drawn if d.image is series])
        for study in studies:
            self._name_the_rest(study)

    def _structures(self, studies: Sequence[Study], images: Sequence[Series]) -> list[_Drawn]:
        drawn = []
        for study in studies:
            for series in (s for s in study.series if s.modality in _STRUCTURES):
                for file in series.files:
                    image = series_drawn_on(references_of(file), images)
                    if image is not None:
                        drawn.append(_Drawn(file, study, series, image))
                        continue
                    note = "the image that it was drawn on is not among the patient's series"
                    self.rows.append(replace(self._row(study, series, file), note=note))
        return drawn

    def _convert_image(self, number: int, study: Study, series: Series, drawn: Sequence[_Drawn]) -> None:
        check_cancelled(self.progress)
        stem = f"{number:02d}_{series.modality}_{file_part(series.description, '')}".rstrip("_")
        row = self._row(study, series, series.files[0])
        try:
            volume = read_series(
                series, suv=self.suv, allow_missing_slices=self.allow_missing_slices, progress=self.progress
            )
        except CancelledError:
            raise
        except OncologyAIError as error:
            self.rows.append(replace(row, note=str(error)))
            note = f"the image that it was drawn on could not be converted: {row.title}"
            self.rows += [replace(self._row(d.study, d.series, d.file), note=note) for d in drawn]
            return
        file = self._place(study, stem)
        write_volume(volume, self.target / file)
        note = "; ".join(volume.meta.get("warnings", ()))
        self.rows.append(replace(row, state="written", file=file, kind="image", unit=volume.unit, note=note))
        for one in drawn:
            self._convert_structures(one, study, stem, volume, file)

    def _convert_structures(self, drawn: _Drawn, study: Study, stem: str, volume: Volume, image: str) -> None:
        row = replace(self._row(drawn.study, drawn.series, drawn.file), image=image)
        try:
            masks = read_structures(Path(drawn.file), volume, self.patterns, progress=self.progress)
        except CancelledError:
            raise
        except OncologyAIError as error:
            self.rows.append(replace(row, note=str(error)))
            return
        for mask in masks:
            self._write_mask(mask, row, study, stem)
        if not masks and self.patterns:
            there = ", ".join(structure_names(drawn.file)) or "none"
            note = f"no structure is called {' or '.join(self.patterns)}; there are {there}"
            self.rows.append(replace(row, state="left out", note=note))

    def _write_mask(self, mask: Mask, row: IndexRow, study: Study, stem: str) -> None:
        row = replace(row, kind=mask.kind, structure=mask.label)
        if mask.is_empty:
            self.rows.append(replace(row, state="left out", note="no voxel of the image lies inside"))
            return
        file = self._place(study, f"{stem}_{file_part(mask.label)}_mask")
        write_masks((mask,), self.target / file)
        self.rows.append(replace(row, state="written", file=file, volume_ml=mask.volume_ml))

    def _name_the_rest(self, study: Study) -> None:
        for series in study.series:
            if not _is_image(series) and series.modality not in _STRUCTURES:
                scout = series.modality in _IMAGES
                note = "a localizer" if scout else f"modality {series.modality or 'unknown'} is not converted"
                self.rows.append(replace(self._row(study, series, series.files[0]), state="left out", note=note))

    def _place(self, study: Study, stem: str) -> str:
        """Give a name that no other file of this run has, also where letter case does not count."""
        folder = self.folders[study.uid]
        name, number = f"{folder}/{stem}.{self.form}", 1
        while name.casefold() in self._taken:
            number += 1
            name = f"{folder}/{stem}-{number}.{self.form}"
        self._taken.add(name.casefold())
        return name

    def _row(self, study: Study, series: Series, file: str) -> IndexRow:
        source = Path(file).relative_to(self.source).as_posix()
        return IndexRow(
            "failed", study.patient_id, study.date, study.uid, series.uid, series.modality, series.description, source
        )


def index_table(rows: Sequence[IndexRow]) -> Table:
    """Give the rows as a table, a column a field."""
    columns = tuple(f.name for f in fields(IndexRow))
    return Table("index", columns, tuple(tuple(getattr(row, column) for column in columns) for row in rows))


def study_folders(studies: Sequence[Study]) -> dict[tuple[str, str], str]:
    """Name a folder for each study, by patient and UID; no two are the same, also where letter case does not count."""
    taken: set[str] = set()
    names = {}
    for study in studies:
        plain = f"{file_part(study.patient_id)}_{file_part(study.date, 'undated')}_{study.uid[-6:]}"
        name, number = plain, 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain}-{number}"
        taken.add(name.casefold())
        names[study.patient_id, study.uid] = name
    return names


def _is_image(series: Series) -> bool:
    return series.modality in _IMAGES and "LOCALIZER" not in series.parameters.get("ImageType", "").upper()


def file_part(text: str, otherwise: str = "unnamed") -> str:
    """Give a text as a part of a file's name on any system."""
    plain = re.sub(r"[^\w.-]+", "-", text).strip("-.")
    return plain.encode("utf-8")[:_LONGEST_PART].decode("utf-8", "ignore") or otherwise
