"""Reading whole-body bone scans: from a DICOM file, two files, a folder, or pictures, to views with left and right."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from oncologyai._checks import check_choice, check_positive
from oncologyai.errors import AmbiguousStudyError, InputError, SliceGeometryError
from oncologyai.imaging import PlanarPicture, View, planar_ijk_to_ras, read_planar
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.scintigraphy.finding import files_of_scan
from oncologyai.scintigraphy.outline import is_shown_inverted, lie_of, outline_body, seam_between_bodies
from oncologyai.scintigraphy.scan import WholeBodyScan
from oncologyai.scintigraphy.sides import NamedPicture, name_views
from oncologyai.types import Volume

__all__ = ["ScanReading", "read_whole_body"]

_ASSUMED_HEIGHT_MM = 1700.0  # head to toes, where nothing says how large a pixel is
_TURNS = (0, 90, 180, 270)


@dataclass(frozen=True)
class ScanReading:
    """What a reading may be told; nothing is needed for a usual scan.

    Parameters
    ----------
    turn_deg : int
        Turn the pictures counter-clockwise by 0, 90, 180 or 270 degrees first.
    view : str
        'anterior' or 'posterior': what a single view shows.
    pixel_mm : float, optional
        Distance of pixels, where the file does not say.
    """

    turn_deg: int = 0
    view: str = ""
    pixel_mm: float | None = None

    def __post_init__(self) -> None:
        if self.turn_deg not in _TURNS:
            raise InputError("turn_deg", expected="0, 90, 180 or 270", got=str(self.turn_deg))
        check_choice(self.view, ("", "anterior", "posterior"), "view")
        if self.pixel_mm is not None:
            check_positive(self.pixel_mm, "pixel_mm", "mm")


def read_whole_body(
    *paths: str | os.PathLike[str], how: ScanReading | None = None, progress: Progress | None = None
) -> WholeBodyScan:
    """Read one whole-body bone scan.

    Parameters
    ----------
    paths : one or two paths
        A folder with one study; one DICOM, PNG, TIFF or JPEG file that holds one view, both as frames, or both side
        by side; or two files of a view each, in either order.
    how : ScanReading, optional
    progress : Progress, optional
        Told the share of files read.

    Returns
    -------
    WholeBodyScan
        Both views, or one with a note. Views are named by the tags, and where these are silent by the picture; what
        was concluded from the picture, inverted, split, or assumed stands in the notes.

    Raises
    ------
    MissingFileError, EmptyStudyError, UnreadableFileError
        If there is nothing to read, or it is damaged.
    ModalityError
        If it is CT, or a dynamic, gated or SPECT acquisition.
    AmbiguousStudyError
        If there are several scans, or more than one picture of a view.
    SliceGeometryError
        If the patient lies sideways or upside down in the picture, or it shows no whole body.
    CancelledError
        If ``progress`` says so.
    """
    if not 1 <= len(paths) <= 2:
        raise InputError("paths", expected="one path, or two files of a view each", got=str(len(paths)))
    how, watcher = how or ScanReading(), progress or Silent()
    files, notes = files_of_scan(paths, progress=watcher)
    pictures: list[PlanarPicture] = []
    for done, file in enumerate(files):
        check_cancelled(watcher)
        watcher.stage("read", done / len(files))
        pictures += read_planar(file)
    kept, more = _one_energy(pictures)
    _require_two_at_most(kept)
    upright = [_prepared(picture, how) for picture in kept]
    parts = _split(upright[0]) if len(upright) == 1 else tuple(upright)
    for part in parts:
        _require_upright(part)
    named, said = name_views(parts, how.view)
    told = dict.fromkeys((*notes, *more, *(note for part in parts for note in part.notes), *said))
    volumes = {n.view: _volume(n, how) for n in named}
    told |= dict.fromkeys(note for v in volumes.values() for note in v.meta["warnings"])
    return WholeBodyScan(volumes.get("anterior"), volumes.get("posterior"), _name(kept[0]), tuple(told))


def _one_energy(pictures: Sequence[PlanarPicture]) -> tuple[list[PlanarPicture], tuple[str, ...]]:
    """Keep the frames of one energy window: that of Tc-99m's peak, else the one with most counts."""
    numbers = sorted({picture.energy[0] for picture in pictures})
    if len(numbers) == 1:
        return list(pictures), ()
    totals = {n: sum(float(p.array.sum()) for p in pictures if p.energy[0] == n) for n in numbers}
    peaks = [n for n in numbers if any(p.energy[2] for p in pictures if p.energy[0] == n)]
    best = max(peaks or numbers, key=lambda n: totals[n])
    kept = [picture for picture in pictures if picture.energy[0] == best]
    return kept, (f"of {len(numbers)} energy windows {kept[0].energy[1]} was taken",)


def _require_two_at_most(pictures: Sequence[PlanarPicture]) -> None:
    if len(pictures) > 2:
        raise AmbiguousStudyError(
            pictures[0].path, expected="one or two views", got=f"{len(pictures)} pictures",
            remedy="give the files of one scan; parts of several passes are not joined",
        )  # fmt: skip


def _prepared(picture: PlanarPicture, how: ScanReading) -> PlanarPicture:
    """Turn as asked, and make much uptake a large value."""
    array, spacing, notes = picture.array, picture.spacing_mm, picture.notes
    if how.turn_deg:
        array = np.ascontiguousarray(np.rot90(array, how.turn_deg // 90))
        notes += (f"turned counter-clockwise by {how.turn_deg} degrees, as asked",)
        spacing = spacing[::-1] if spacing and how.turn_deg % 180 else spacing
    unit = picture.unit
    if is_shown_inverted(array):
        array, unit = array.max() - array, "arbitrary"
        notes += ("much uptake was stored as little, on a bright background: turned over",)
    return replace(picture, array=array, spacing_mm=spacing, notes=notes, unit=unit)


def _split(picture: PlanarPicture) -> tuple[PlanarPicture, ...]:
    if picture.tagged.view is not None and picture.kind != "capture":
        return (picture,)
    seam = seam_between_bodies(outline_body(picture.array))
    if seam is None:
        return (picture,)
    note = f"two views side by side in one picture: split at column {seam}"
    halves = (picture.array[:, :seam], picture.array[:, seam:])
    blank = replace(picture.tagged, view=None, source="", conflict="")
    return tuple(
        replace(picture, array=np.ascontiguousarray(h), tagged=blank, notes=(*picture.notes, note)) for h in halves
    )


def _require_upright(picture: PlanarPicture) -> None:
    outline = outline_body(picture.array)
    lie = lie_of(outline, picture.spacing_mm or (1.0, 1.0))
    if lie == "upright":
        return
    remedy = {
        "sideways": "read it with turn_deg 90 or 270, whichever puts the head up",
        "upside down": "read it with turn_deg 180",
        "no whole body": "choose the whole-body series; spot views are not read",
    }[lie]
    got = f"{'a patient ' if lie != 'no whole body' else ''}{lie} ({outline.height} rows by {outline.width} columns)"
    raise SliceGeometryError(picture.path, expected="a whole body with the head up", got=got, remedy=remedy)


def _volume(named: NamedPicture, how: ScanReading) -> Volume:
    picture = named.picture
    warnings: tuple[str, ...] = ()
    spacing = picture.spacing_mm
    if spacing is None and how.pixel_mm is not None:
        spacing = (how.pixel_mm, how.pixel_mm)
    assumed = spacing is None
    if spacing is None:
        edge = _ASSUMED_HEIGHT_MM / outline_body(picture.array).height
        spacing = (edge, edge)
        warnings = (f"no pixel size: taken so that the {named.view} body is 1.7 m tall; lengths in mm are no measure",)
    rows, columns = picture.array.shape
    view: View = named.view
    return Volume(
        picture.array[None].astype(np.float32),
        planar_ijk_to_ras(view, (rows, columns), spacing, mirrored=named.mirrored),
        "NM",
        picture.unit,
        {
            "view": view, "view_source": named.source, "description": f"{_name(picture)} {view}",
            "pixel_size_assumed": assumed, "warnings": warnings,
        },
        picture.dicom,
    )  # fmt: skip


def _name(picture: PlanarPicture) -> str:
    said = picture.dicom.attributes if picture.dicom else {}
    return said.get("SeriesDescription") or said.get("StudyDescription") or Path(picture.path).stem
