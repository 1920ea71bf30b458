"""The models at hand: those that ship with the library, and those in the user's folder.

The user's folder is ``ONCOLOGYAI_MODELS`` where that is set, else the platform's place for data. Each model is a folder
by its id that holds ``card.json`` and the files that the card names. A model appears and goes by one rename; names that
begin with a dot are work under way. Shipped models are never changed: where a shipped card's files must be downloaded,
the user's folder holds a copy of the card with them, used as long as the two cards are the same.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from oncologyai._atomic import make_unfinished, remove_unfinished
from oncologyai._checks import check_choice
from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.models.bonescan_card import BoneScanCard
from oncologyai.models.card import CARD_NAME, ID_PATTERN, ModelCard
from oncologyai.models.download import fetch_text
from oncologyai.models.files import check_file, disk_errors
from oncologyai.models.incoming import card_to_import, copy_model, fetch_model, incoming_folder, waiting_room
from oncologyai.models.keras_unet import convert_keras_unet
from oncologyai.models.reading import AnyCard, card_from_text, load_any_card, save_card
from oncologyai.models.weights import refuse_pickle
from oncologyai.progress import Progress, Silent
from oncologyai.resources import resource_path

__all__ = ["IMPORT_FORMATS", "Store", "StoredModel", "default_root"]

IMPORT_FORMATS = ("auto", "model", "keras-unet")


def default_root() -> Path:
    """Give the user's folder of models; it need not exist."""
    named = os.environ.get("ONCOLOGYAI_MODELS")
    if named:
        return Path(named).expanduser()
    if sys.platform == "win32":
        data = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        data = Path.home() / "Library" / "Application Support"
    else:
        data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return data / "oncologyai" / "models"


@dataclass(frozen=True)
class StoredModel:
    """A model at hand: its card, the folder of its files, and whether it came with the library."""

    card: AnyCard
    path: Path
    shipped: bool

    @property
    def segmentation(self) -> ModelCard:
        """The card, where the model segments; raises InputError where it does something else."""
        if not isinstance(self.card, ModelCard):
            raise InputError(
                "model", expected="a model that segments", got=f"{self.card.id}, which is for {self.card.task}"
            )
        return self.card

    @property
    def bonescan(self) -> BoneScanCard:
        """The card, where the model classifies bone scans; raises InputError where it does something else."""
        if not isinstance(self.card, BoneScanCard):
            raise InputError(
                "model", expected="a model of bone scans", got=f"{self.card.id}, which is for {self.card.task}"
            )
        return self.card

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of files that the card names and the folder lacks: to be downloaded."""
        return tuple(file.name for file in self.card.files if not (self.path / file.name).is_file())

    def file(self, name: str) -> Path:
        """Give the path of one of the card's files.

        Raises
        ------
        InputError
            If the card does not name it.
        MissingFileError
            If it is not there yet.
        """
        check_choice(name, {file.name for file in self.card.files}, f"file of {self.card.id}")
        if name in self.missing:
            raise MissingFileError(
                str(self.path / name),
                expected="a file of the model",
                got="none",
                remedy=f"get it: oncology-ai models download {self.card.id}",
            )
        return self.path / name


class Store:
    """All models at hand.

    Parameters
    ----------
    root : Path, optional
        The user's folder; default ``default_root()``. It is made when something is put into it.
    shipped : Path, optional
        The folder of shipped models; default the library's own.
    """

    def __init__(self, root: Path | None = None, *, shipped: Path | None = None) -> None:
        self.root = default_root() if root is None else root
        self._shipped = resource_path("models") if shipped is None else shipped

    def list(self, task: str = "") -> tuple[StoredModel, ...]:
        """Give the readable models, or those of a task, in the order of their ids. See ``problems``."""
        found = (m for m in map(self._try, self._ids()) if isinstance(m, StoredModel))
        return tuple(m for m in found if task in {"", m.card.task})

    def problems(self) -> dict[str, str]:
        """Give what is wrong with the cards that cannot be read, by id."""
        found = {model_id: self._try(model_id) for model_id in self._ids()}
        return {model_id: text for model_id, text in found.items() if isinstance(text, str)}

    def get(self, model_id: str) -> StoredModel:
        """Give a model by its id.

        Raises
        ------
        InputError
            If there is no such model.
        UnreadableFileError
            If its card breaks the schema, was changed, or belongs to another id.
        """
        folder = self.path(model_id)
        card = load_any_card(folder)
        if card.id != model_id:
            raise UnreadableFileError(str(folder / CARD_NAME), expected=f"the card of {model_id}", got=f"of {card.id}")
        return StoredModel(card=card, path=folder, shipped=self._is_shipped(model_id))

    def path(self, model_id: str) -> Path:
        """Give the folder of a model; raises InputError if there is none of that id."""
        _check_id(model_id)
        known = self._ids()
        if not known:
            raise InputError(
                "model", expected="a model at hand", got=model_id, remedy="there is none: oncology-ai models import"
            )
        check_choice(model_id, known, "model")
        shipped, own = self._shipped / model_id / CARD_NAME, self.root / model_id / CARD_NAME
        if not shipped.is_file():
            return own.parent
        same = own.is_file() and own.read_bytes() == shipped.read_bytes()
        return own.parent if same else shipped.parent

    def verify(
        self, model_id: str, *, roles: tuple[str, ...] = (), progress: Progress | None = None
    ) -> tuple[str, ...]:
        """Compare the files of a model, or those of some roles, with its card's sizes and SHA-256.

        Returns
        -------
        tuple of str
            The names of the files, all right.

        Raises
        ------
        MissingFileError, UnreadableFileError
            Naming the first file that is missing or has a changed byte; also the card itself.
        """
        model = self.get(model_id)
        watch = progress or Silent()
        files = [file for file in model.card.files if not roles or file.role in roles]
        for index, file in enumerate(files):
            watch.stage(f"verify {file.name}", index / len(files))
            check_file(model.file(file.name), file, progress=watch)
        return tuple(file.name for file in files)

    def import_file(
        self, source: Path, *, model_id: str = "", file_format: str = "auto", progress: Progress | None = None
    ) -> StoredModel:
        """Take a model into the user's folder, whole or not at all.

        Parameters
        ----------
        source : Path
            A folder with ``card.json`` and its files, that card itself, or a Keras HDF5 file of the published U-Net.
        model_id : str
            Its id here; default the card's own. A Keras file has none, so one must be given.
        file_format : {'auto', 'model', 'keras-unet'}
            'auto' goes by the ending: .hdf5 and .h5 are Keras files.
        progress : Progress
            Told the stages, asked for cancellation.

        Raises
        ------
        InputError
            If the id is taken or is no id, or the source is not what the format says.
        UnreadableFileError
            If the source is a pickle, or a file is not the one that its card names.
        DiskFullError, OutputError
            If the user's folder cannot be written.
        CancelledError
            If the user cancelled.
        """
        check_choice(file_format, IMPORT_FORMATS, "--format")
        if not source.exists():
            raise MissingFileError(str(source), expected="a model", got="none")
        watch = progress or Silent()
        if source.is_file():
            refuse_pickle(source)
        if file_format == "keras-unet" or (file_format == "auto" and source.suffix.lower() in {".hdf5", ".h5"}):
            if not model_id:
                raise InputError("--id", expected="an id for the model, such as dune-ai", got="none")
            self._check_free(model_id)
            with incoming_folder(self.root, model_id) as draft:
                save_card(convert_keras_unet(source, draft, model_id=model_id, progress=watch), draft / CARD_NAME)
            return self.get(model_id)
        folder, card = card_to_import(source, model_id)
        self._check_free(card.id)
        copy_model(folder, card, self.root, progress=watch)
        return self.get(card.id)

    def download(self, source: str, *, progress: Progress | None = None) -> StoredModel:
        """Fetch what is missing of a model, or a whole model by the URL of its card.

        Files that came before a cut or a cancel are taken up again by the next call.

        Parameters
        ----------
        source : str
            The id of a model at hand, or the https URL of a card.
        progress : Progress
            Told the share done, asked for cancellation.

        Raises
        ------
        InputError
            If there is no such model, its id is taken by another, or a missing file has no URL.
        MissingFileError, UnreadableFileError, DiskFullError, CancelledError
            As ``fetch_file``; the models at hand are as before.
        """
        watch = progress or Silent()
        if "://" in source:
            text = fetch_text(source)
            card = card_from_text(text, source)
            self._check_free(card.id)
            here: Path | None = None
        else:
            model = self.get(source)
            card, here = model.card, model.path
            if not model.missing:
                self.verify(source, progress=watch)
                return model
            text = (model.path / CARD_NAME).read_bytes()
        fetch_model(card, text, self.root, here=here, progress=watch)
        return self.get(card.id)

    def delete(self, model_id: str) -> None:
        """Remove a model from the user's folder, or the downloaded files of a shipped one.

        Raises
        ------
        InputError
            If there is no such model, or it is a shipped one without downloaded files.
        OutputError
            If the folder cannot be changed.
        """
        _check_id(model_id)
        own = self.root / model_id
        if not own.is_dir():
            check_choice(model_id, self._ids(), "model")
            raise InputError("model", expected="one of the user's folder", got=f"{model_id}, which is shipped")
        with disk_errors(own):
            bin_folder = make_unfinished(f".deleted-{model_id}.", self.root)
            os.replace(own, bin_folder / model_id)
        remove_unfinished(bin_folder)
        shutil.rmtree(waiting_room(self.root, model_id), ignore_errors=True)

    def _ids(self) -> tuple[str, ...]:
        places = [root.glob(f"*/{CARD_NAME}") for root in (self._shipped, self.root) if root.is_dir()]
        names = {card.parent.name for place in places for card in place}
        return tuple(sorted(name for name in names if re.fullmatch(ID_PATTERN, name)))

    def _is_shipped(self, model_id: str) -> bool:
        return (self._shipped / model_id / CARD_NAME).is_file()

    def _try(self, model_id: str) -> StoredModel | str:
        try:
            return self.get(model_id)
        except InputError as error:
            return str(error)

    def _check_free(self, model_id: str) -> None:
        _check_id(model_id)
        if self._is_shipped(model_id) or (self.root / model_id).exists():
            raise InputError(
                "id",
                expected="one that no model has",
                got=model_id,
                remedy="give another, or delete that model first",
            )


def _check_id(model_id: str) -> None:
    if not re.fullmatch(ID_PATTERN, model_id):
        raise InputError("id", expected="small letters, digits, dots, dashes and underscores", got=repr(model_id))
