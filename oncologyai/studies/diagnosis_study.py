"""Making a diagnostic study: images shown one case after the other, is the disease there, and how sure are you.

As the in silico trial of ch. 7: as many cases with the disease as without, no clinical facts, an order of each reader's
own. Images carry nothing but values, their place, modality and unit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oncologyai._atomic import atomic_folder
from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.imaging import read_volume, write_volume
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.studies.blinding import check_case_names, check_places
from oncologyai.studies.diagnosis_key import DiagnosisKey, DiagnosisKeyCase, write_diagnosis_key
from oncologyai.studies.journal import create_journal
from oncologyai.studies.reader_study import Item, Reader, ReaderStudy, write_items, write_study
from oncologyai.studies.schedule import balanced_sample, case_order, reading_schedule
from oncologyai.types import Volume

__all__ = [
    "CONFIDENCES",
    "DIAGNOSIS",
    "DiagnosisCase",
    "DiagnosisConfig",
    "add_diagnosis_reader",
    "create_diagnosis_study",
    "read_diagnosis_item",
]

DIAGNOSIS = "diagnosis"
CONFIDENCES = ("guessed", "unsure", "fairly sure", "sure", "certain")
"""With yes and no they make the ten steps of which ROC curves are drawn."""


@dataclass(frozen=True)
class DiagnosisCase:
    """A case that may be drawn: its name, where its files are (a path as text), whether it has the disease."""

    name: str
    source: str
    positive: bool


@dataclass(frozen=True)
class DiagnosisConfig:
    """How a study is made.

    Parameters
    ----------
    seed : int, >= 0
        Of every random choice. A seed that a reader can guess unblinds the study for a reader who knows this program.
    cases : int, optional
        How many to draw, half of them with the disease; without, all are taken.
    repeats : float, 0 to 1
        Share of cases that each reader sees twice, to measure consistency.
    question : str
        What every item asks; the answers are yes and no.
    confidences : tuple of str
        Steps of confidence, the least sure first.
    """

    seed: int
    cases: int | None = None
    repeats: float = 0.0
    question: str = "Is the disease present?"
    confidences: tuple[str, ...] = CONFIDENCES

    def __post_init__(self) -> None:
        check_range(self.repeats, 0.0, 1.0, "repeats")
        if self.seed < 0:
            raise InputError("seed", expected="a whole number from 0", got=str(self.seed))
        if not self.question.strip():
            raise InputError("question", expected="what readers are asked", got="nothing")
        if not self.confidences or not all(name.strip() for name in self.confidences):
            raise InputError("confidences", expected="a name for each step", got=repr(self.confidences))


def create_diagnosis_study(
    out: Path,
    key_folder: Path,
    offered: Sequence[DiagnosisCase],
    load: Callable[[DiagnosisCase], Mapping[str, Volume]],
    config: DiagnosisConfig,
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
    offered : sequence of DiagnosisCase
        What may be drawn; each name once.
    load : callable
        Gives the images of a case by role, such as anterior and posterior; called once for each that was drawn.
    config : DiagnosisConfig
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
        If a case or reader is there twice, there are too few cases, one has no image, or a study is already there.
    OutputError
        If a folder cannot be written.
    CancelledError
        If ``progress`` says so; nothing is left then.
    """
    watch = progress or Silent()
    check_case_names([case.name for case in offered])
    check_places(out, key_folder)
    drawn = _drawn(offered, config)
    cases, digest = [], hashlib.sha256()
    with ExitStack() as stack:
        draft, key_draft = (stack.enter_context(atomic_folder(folder)) for folder in (out, key_folder))
        for number, index in enumerate(case_order(len(drawn), config.seed), start=1):
            check_cancelled(watch)
            watch.stage(f"case {number} of {len(drawn)}", (number - 1) / len(drawn))
            one = drawn[int(index)]
            name = f"c{number:03d}"
            _write_images(one.name, load(one), draft / "cases" / name, digest)
            cases.append(DiagnosisKeyCase(name, one.name, one.source, one.positive))
        study = ReaderStudy(
            out, digest.hexdigest(), DIAGNOSIS, config.question, ("yes", "no"), confidences=config.confidences
        )
        positives = sum(case.positive for case in offered)
        key = DiagnosisKey(study.identity, config.seed, config.repeats, len(offered), positives, tuple(cases))
        for name, group in readers:
            study = study.with_reader(name, group)
            _write_reader(study, key, study.readers[-1], draft)
        write_study(study, draft)
        write_diagnosis_key(key, key_draft)
    return study


def add_diagnosis_reader(study: ReaderStudy, key: DiagnosisKey, name: str, group: str = "") -> ReaderStudy:
    """Give a study one more reader, at any time; orders of the others stay as they are.

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


def read_diagnosis_item(item: Item) -> dict[str, Volume]:
    """Read the images of an item, by role.

    Raises
    ------
    MissingFileError, UnreadableFileError
        If a file of the study is gone or damaged.
    """
    return {role: read_volume(path) for role, path in item.files.items()}


def _drawn(offered: Sequence[DiagnosisCase], config: DiagnosisConfig) -> list[DiagnosisCase]:
    if config.cases is None:
        return list(offered)
    return [offered[n] for n in balanced_sample([case.positive for case in offered], config.cases, config.seed)]


def _write_images(name: str, images: Mapping[str, Volume], folder: Path, digest: hashlib._Hash) -> None:
    if not images:
        raise InputError(f"case {name}", expected="an image or more", got="none")
    folder.mkdir(parents=True)
    for role, image in images.items():
        plain = Volume(np.ascontiguousarray(image.array), image.ijk_to_ras, image.modality, image.unit)
        write_volume(plain, folder / f"{role}.nrrd")
        digest.update(plain.array.tobytes())


def _write_reader(study: ReaderStudy, key: DiagnosisKey, reader: Reader, folder: Path) -> None:
    number = study.readers.index(reader)
    items = []
    plan = reading_schedule(len(key.cases), seed=key.seed, reader=number, repeats=key.repeats)
    for place, (index, _) in enumerate(plan, start=1):
        case = key.cases[index].case
        files = sorted((folder / "cases" / case).glob("*.nrrd"))
        items.append(Item(place, case, {file.stem: file for file in files}))
    with atomic_folder(folder / "readers" / reader.folder) as draft:
        write_items(items, folder, draft / "items.csv")
        create_journal(draft / "answers.csv", study.answer_columns)
