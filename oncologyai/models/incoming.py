"""How a model comes into the user's folder: copied or fetched beside its place, checked, moved in by one rename."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from oncologyai._atomic import make_unfinished, remove_unfinished
from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.models.card import CARD_NAME
from oncologyai.models.download import fetch_file
from oncologyai.models.files import check_file, disk_errors
from oncologyai.models.parts import ModelFile
from oncologyai.models.reading import AnyCard, load_any_card, save_card
from oncologyai.models.weights import refuse_pickle
from oncologyai.progress import Part, Progress, check_cancelled

__all__ = ["card_to_import", "copy_model", "fetch_model", "incoming_folder", "waiting_room"]


@contextlib.contextmanager
def incoming_folder(root: Path, model_id: str) -> Iterator[Path]:
    """Yield an empty folder in ``root``; if the block ends well it becomes the model's, by one rename.

    Raises
    ------
    DiskFullError, OutputError
        If ``root`` cannot be written.
    """
    with disk_errors(root):
        root.mkdir(parents=True, exist_ok=True)
        draft = make_unfinished(f".import-{model_id}.", root)
    try:
        draft.chmod(0o755)
        yield draft
        with disk_errors(root):
            draft.rename(root / model_id)
    finally:
        remove_unfinished(draft)


def waiting_room(root: Path, model_id: str) -> Path:
    """Give the folder where a model's downloaded files wait until all are there."""
    return root / f".download-{model_id}"


def card_to_import(source: Path, model_id: str) -> tuple[Path, AnyCard]:
    """Give a model's folder and its card, under another id if one is given.

    Raises
    ------
    InputError
        If the source is neither a folder nor a .json file.
    UnreadableFileError
        As ``load_any_card``.
    """
    if source.is_file() and source.suffix.lower() != ".json":
        expected = "a model's folder, its card.json, or a Keras HDF5 file"
        raise InputError(str(source), expected=expected, got="another file")
    card = load_any_card(source)
    folder = source if source.is_dir() else source.parent
    return folder, card.model_copy(update={"id": model_id, "digest": ""}) if model_id else card


def copy_model(folder: Path, card: AnyCard, root: Path, *, progress: Progress) -> None:
    """Copy a model's files into ``root``; each is compared with the card before and after.

    Raises
    ------
    MissingFileError, UnreadableFileError
        If a file is not there, not the one that the card names, or a pickle.
    DiskFullError, OutputError
        If it cannot be written.
    """
    with incoming_folder(root, card.id) as draft:
        for index, file in enumerate(card.files):
            progress.stage(f"copy {file.name}", index / len(card.files))
            check_file(folder / file.name, file, progress=progress)
            refuse_pickle(folder / file.name)
            with disk_errors(draft):
                shutil.copyfile(folder / file.name, draft / file.name)
            check_file(draft / file.name, file, progress=progress)
        save_card(card, draft / CARD_NAME)


def fetch_model(card: AnyCard, text: bytes, root: Path, *, here: Path | None, progress: Progress) -> None:
    """Fetch the files that are not ``here`` into the waiting room, then put the whole model in its place in ``root``.

    Parameters
    ----------
    card, text : AnyCard, bytes
        The card and its file's bytes.
    root : Path
        The user's folder.
    here : Path, optional
        Where the other files of the model are.

    Raises
    ------
    InputError
        If a missing file has no URL.
    MissingFileError, UnreadableFileError, DiskFullError, OutputError, CancelledError
        As ``fetch_file``. The models at hand are as before; what came waits for the next call.
    """
    missing = [file for file in card.files if here is None or not (here / file.name).is_file()]
    _check_urls(card, missing)
    room = waiting_room(root, card.id)
    with disk_errors(room):
        room.mkdir(parents=True, exist_ok=True)
    try:
        _fetch_all(missing, room, progress)
        check_cancelled(progress)
        _move_in(card, text, root, here, missing)
        shutil.rmtree(room, ignore_errors=True)
    finally:
        with contextlib.suppress(OSError):  # it stays where something waits in it
            room.rmdir()


def _fetch_all(missing: list[ModelFile], room: Path, progress: Progress) -> None:
    done, total = 0, sum(file.size_bytes for file in missing)
    for file in missing:
        share = Part(progress, done / total, (done + file.size_bytes) / total)
        if not _is_right(room / file.name, file, share):
            fetch_file(file, room / file.name, progress=share)
        refuse_pickle(room / file.name)
        done += file.size_bytes


def _check_urls(card: AnyCard, missing: list[ModelFile]) -> None:
    for file in missing:
        if not file.url:
            remedy = f"see {', '.join(card.urls)}" if card.urls else "ask its makers"
            raise InputError(card.id, expected=f"a URL for {file.name}", got="none in the card", remedy=remedy)


def _move_in(card: AnyCard, text: bytes, root: Path, here: Path | None, missing: list[ModelFile]) -> None:
    room, own = waiting_room(root, card.id), root / card.id
    if own == here:
        with disk_errors(own):
            for file in missing:
                os.replace(room / file.name, own / file.name)
        return
    shutil.rmtree(own, ignore_errors=True)  # files of an older card of the same shipped model
    with incoming_folder(root, card.id) as draft, disk_errors(draft):
        (draft / CARD_NAME).write_bytes(text)
        for file in card.files:
            if here is not None and file not in missing:
                shutil.copyfile(here / file.name, draft / file.name)
        for file in missing:
            os.replace(room / file.name, draft / file.name)


def _is_right(path: Path, file: ModelFile, progress: Progress) -> bool:
    try:
        check_file(path, file, progress=progress)
    except (MissingFileError, UnreadableFileError):
        return False
    return True
