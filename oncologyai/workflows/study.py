"""What ``oncology-ai study`` does before the analysis: a preference study made, its readers added, its items drawn."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oncologyai._atomic import atomic_file
from oncologyai.progress import Progress
from oncologyai.report import comparison_picture, display_range
from oncologyai.types import Table

if TYPE_CHECKING:
    from oncologyai.studies import Item, ReaderStudy, Session

__all__ = [
    "add_study_reader",
    "create_preference",
    "draw_item",
    "is_diagnostic",
    "key_folder",
    "open_session",
    "study_status",
]


def key_folder(folder: Path, key: Path | None = None) -> Path:
    """Give where a study's key lies: beside its folder, unless the user says otherwise."""
    return key if key is not None else folder.with_name(f"{folder.resolve().name}-key")


def create_preference(
    table: Path,
    out: Path,
    *,
    key: Path | None = None,
    seed: int | None = None,
    readers: Sequence[tuple[str, str]] = (),
    readers_table: Path | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> ReaderStudy:
    """Make a blinded preference study from a table of cases.

    Parameters
    ----------
    table : Path
        See ``case_rows``.
    out : Path
        New folder for the readers.
    key : Path, optional
        New folder of the key; default beside ``out``.
    seed : int, optional
        Default a random one, kept in the key.
    readers : sequence of (str, str)
        Names and groups.
    readers_table : Path, optional
        More of them, from a table with the columns reader and group.
    progress : Progress, optional
        Told each case.
    **settings
        Of ``PreferenceConfig``.

    Raises
    ------
    InputError
        If something in the table, the settings or the places is wrong; nothing is left behind.
    """
    from oncologyai.studies import PreferenceConfig, create_preference_study
    from oncologyai.workflows.study_cases import case_rows, load_case, reader_rows

    config = PreferenceConfig(seed=secrets.randbits(64) if seed is None else seed, **settings)
    rows = case_rows(table, config.method, config.reference)
    everyone = [*readers, *(reader_rows(readers_table) if readers_table else ())]
    return create_preference_study(
        out, key_folder(out, key), [row.name for row in rows],
        lambda index: load_case(rows[index], config.method, config.reference),
        config, readers=everyone, progress=progress,
    )  # fmt: skip


def add_study_reader(folder: Path, name: str, group: str = "", *, key: Path | None = None) -> ReaderStudy:
    """Add a reader to a study; its key is needed.

    Raises
    ------
    MissingFileError, UnreadableFileError, InputError
        If there is no study or key, the key is another's, or the name is empty or taken.
    """
    from oncologyai.studies import DIAGNOSIS, add_diagnosis_reader, add_reader, read_diagnosis_key, read_key, read_study

    study = read_study(folder)
    place = key_folder(folder, key)
    if study.kind == DIAGNOSIS:
        return add_diagnosis_reader(study, read_diagnosis_key(place, study.identity), name, group)
    return add_reader(study, read_key(place, study.identity), name, group)


def is_diagnostic(folder: Path) -> bool:
    """Tell whether a study asks for a diagnosis, and not for a preference; raises as ``read_study``."""
    from oncologyai.studies import DIAGNOSIS, read_study

    return read_study(folder).kind == DIAGNOSIS


def open_session(folder: Path, reader: str) -> Session:
    """Open a reader's session, or go on with it; raises as ``read_study`` and ``Session``."""
    from oncologyai.studies import Session, read_study

    return Session(read_study(folder), reader)


def study_status(folder: Path) -> Table:
    """Give who has answered how much: reader, group, answered, items; raises as ``read_answers``."""
    from oncologyai.studies import read_answers, read_items, read_study

    study = read_study(folder)
    rows = tuple(
        (reader.name, reader.group, len(read_answers(study, reader)), len(read_items(study, reader)))
        for reader in study.readers
    )
    return Table("status", ("reader", "group", "answered", "items"), rows)


def draw_item(
    item: Item, path: Path, *, window: float | None = None, level: float | None = None, slices: int = 3
) -> tuple[float, float]:
    """Draw an item of a preference study and give the window and level it is shown with.

    Raises
    ------
    InputError
        If the window is not above 0, or as ``read_preference_item`` raises.
    """
    from oncologyai.studies import read_preference_item

    image, left, right = read_preference_item(item)
    if window is None or level is None:
        low, high = display_range(image)
        window, level = high - low, (high + low) / 2
    with atomic_file(path) as draft:
        comparison_picture(image, left, right, draft, window=window, level=level, slices=slices)
    return window, level
