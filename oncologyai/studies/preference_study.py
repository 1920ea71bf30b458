"""Making a blinded preference study of contours, and adding readers to it.

Each case is shown with both contours side by side, in an order and on sides of each reader's own. Images are cut to the
contours with a margin and carry nothing but voxels, their place, modality and unit.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oncologyai._atomic import atomic_folder
from oncologyai._checks import check_positive, check_range
from oncologyai.errors import EmptyMaskError, InputError
from oncologyai.imaging import read_volume, write_masks, write_volume
from oncologyai.metrics import bounding_box
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.studies.blinding import check_case_names, check_places
from oncologyai.studies.journal import create_journal
from oncologyai.studies.preference_key import KeyCase, PreferenceKey, write_key
from oncologyai.studies.reader_study import (
    ANSWER_COLUMNS,
    Item,
    Reader,
    ReaderStudy,
    write_items,
    write_study,
)
from oncologyai.studies.schedule import case_order, first_file_is_method, preference_schedule
from oncologyai.types import Mask, Volume

__all__ = [
    "NO_PREFERENCE",
    "PreferenceCase",
    "PreferenceConfig",
    "add_reader",
    "create_preference_study",
    "read_preference_item",
]

NO_PREFERENCE = "none"
_QUESTION = "Which contour is more accurate?"  # what readers of ch. 6 were asked


@dataclass(frozen=True, eq=False)
class PreferenceCase:
    """An image and the two contours on its grid; one of them may be empty."""

    name: str
    image: Volume
    method: Mask
    reference: Mask


@dataclass(frozen=True)
class PreferenceConfig:
    """How a study is made.

    Parameters
    ----------
    method, reference : str
        Names of the contours; the score says how often ``method`` is preferred.
    seed : int, >= 0
        Of every random choice. A seed that a reader can guess unblinds the study for a reader who knows this program.
    repeats : float, 0 to 1
        Share of cases that each reader sees twice, to measure consistency.
    allow_none : bool
        Whether "no preference" may be answered.
    question : str
        What every item asks.
    window, level : float, optional
        How images are shown first; without, as the modality wants.
    margin_mm : float, > 0
        What is shown around both contours.
    """

    seed: int
    method: str = "automatic"
    reference: str = "manual"
    repeats: float = 0.0
    allow_none: bool = False
    question: str = _QUESTION
    window: float | None = None
    level: float | None = None
    margin_mm: float = 50.0

    def __post_init__(self) -> None:
        check_range(self.repeats, 0.0, 1.0, "repeats")
        check_positive(self.margin_mm, "margin_mm", "mm")
        if self.seed < 0:
            raise InputError("seed", expected="a whole number from 0", got=str(self.seed))
        if not self.method or not self.reference or NO_PREFERENCE in (self.method, self.reference):
            raise InputError("method", expected=f"a name, not {NO_PREFERENCE!r}", got=f"{self.method!r}")
        if self.method == self.reference:
            raise InputError("method", expected=f"another name than the reference {self.reference!r}", got="the same")
        if self.window is not None:
            check_positive(self.window, "window")
        if (self.window is None) != (self.level is None) or not math.isfinite(self.level or 0.0):
            raise InputError("window", expected="both a window and a level, or neither", got="one")


def create_preference_study(
    out: Path,
    key_folder: Path,
    names: Sequence[str],
    load: Callable[[int], PreferenceCase],
    config: PreferenceConfig,
    *,
    readers: Sequence[tuple[str, str]] = (),
    progress: Progress | None = None,
) -> ReaderStudy:
    """Make the readers' folder and, apart from it, the key.

    Parameters
    ----------
    out : Path
        A folder that does not exist or is empty: everything that readers get.
    key_folder : Path
        Another such folder, not inside ``out``: what readers must not see.
    names : sequence of str
        Of the cases, each once.
    load : callable
        Gives the case at an index of ``names``; called once each, so that only one is in memory.
    config : PreferenceConfig
        The rest.
    readers : sequence of (str, str)
        Names and groups; more may be added later.
    progress : Progress, optional
        Told each case, asked for cancellation between them.

    Returns
    -------
    ReaderStudy
        As it now lies in ``out``.

    Raises
    ------
    InputError
        If a case or reader is there twice, there is no case, or a study is already there.
    EmptyMaskError
        If both contours of a case are empty.
    GeometryMismatchError
        If a contour is on another grid than its image.
    OutputError
        If a folder cannot be written.
    """
    watch = progress or Silent()
    check_case_names(names)
    check_places(out, key_folder)
    first, cases, digest = first_file_is_method(len(names), config.seed), [], hashlib.sha256()
    with ExitStack() as stack:
        draft, key_draft = (stack.enter_context(atomic_folder(folder)) for folder in (out, key_folder))
        for number, index in enumerate(case_order(len(names), config.seed), start=1):
            check_cancelled(watch)
            watch.stage(f"case {number} of {len(names)}", (number - 1) / len(names))
            case = f"c{number:03d}"
            _write_case(load(int(index)), draft / "cases" / case, bool(first[index]), config.margin_mm, digest)
            cases.append(KeyCase(case, names[index], config.method if first[index] else config.reference))
        study = ReaderStudy(
            out, digest.hexdigest(), "preference", config.question,
            ("left", "right", *((NO_PREFERENCE,) if config.allow_none else ())), config.window, config.level,
        )  # fmt: skip
        key = PreferenceKey(study.identity, config.method, config.reference, config.seed, config.repeats, tuple(cases))
        for name, group in readers:
            study = study.with_reader(name, group)
            _write_reader(study, key, study.readers[-1], draft)
        write_study(study, draft)
        write_key(key, key_draft)
    return study


def add_reader(study: ReaderStudy, key: PreferenceKey, name: str, group: str = "") -> ReaderStudy:
    """Give a study one more reader, at any time; orders and sides of the others stay as they are.

    Returns
    -------
    ReaderStudy
        With the reader, as it now lies in its folder.

    Raises
    ------
    InputError
        If the name is empty or taken.
    OutputError
        If the folder cannot be written.
    """
    more = study.with_reader(name, group)
    _write_reader(more, key, more.readers[-1], study.folder)
    write_study(more)
    return more


def read_preference_item(item: Item) -> tuple[Volume, Mask, Mask]:
    """Read what is to be shown of an item: the image, the contour on the left, the contour on the right.

    Raises
    ------
    MissingFileError, UnreadableFileError
        If a file of the study is gone or damaged.
    GeometryMismatchError
        If a contour is not on the image's grid.
    """
    image = read_volume(item.files["image"])
    sides = []
    for side in ("left", "right"):
        found = read_volume(item.files[side])
        image.require_same_grid(found, str(item.files[side]))
        sides.append(Mask.on(image, found.array != 0, side))
    return image, sides[0], sides[1]


def _write_case(
    case: PreferenceCase, folder: Path, method_first: bool, margin_mm: float, digest: hashlib._Hash
) -> None:
    for mask, name in ((case.method, "method"), (case.reference, "reference")):
        case.image.require_same_grid(mask, f"case {case.name}, contour of the {name}")
    margin = [math.ceil(margin_mm / edge) for edge in case.image.sampling_mm]
    box = bounding_box(case.method.array | case.reference.array, margin=margin)
    if box is None:
        raise EmptyMaskError(
            f"case {case.name}", expected="a voxel in at least one contour", got="two empty contours",
            remedy="take the case out",
        )  # fmt: skip
    affine = case.image.ijk_to_ras.copy()
    affine[:3, 3] = case.image.ras_from_ijk([side.start for side in reversed(box)])
    image = Volume(np.ascontiguousarray(case.image.array[box]), affine, case.image.modality, case.image.unit)
    contours = (case.method, case.reference) if method_first else (case.reference, case.method)
    folder.mkdir(parents=True)
    write_volume(image, folder / "image.nrrd")
    digest.update(image.array.tobytes())
    for number, contour in enumerate(contours, start=1):
        mask = Mask.on(image, np.ascontiguousarray(contour.array[box]))
        write_masks([mask], folder / f"{number}.nrrd")
        digest.update(mask.array.tobytes())


def _write_reader(study: ReaderStudy, key: PreferenceKey, reader: Reader, folder: Path) -> None:
    number = study.readers.index(reader)
    plan = preference_schedule(len(key.cases), seed=key.seed, reader=number, repeats=key.repeats)
    items = []
    for place, showing in enumerate(plan, start=1):
        case = key.cases[showing.case]
        first_left = (case.first == key.method) == showing.method_left
        files = {"image": "image.nrrd", "left": "1.nrrd", "right": "2.nrrd"}
        if not first_left:
            files |= {"left": "2.nrrd", "right": "1.nrrd"}
        items.append(Item(place, case.case, {r: folder / "cases" / case.case / f for r, f in files.items()}))
    with atomic_folder(folder / "readers" / reader.folder) as draft:
        write_items(items, folder, draft / "items.csv")
        create_journal(draft / "answers.csv", ANSWER_COLUMNS)
