"""What ``oncology-ai train`` does: a configuration read and changed by options, a training begun or gone on with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from oncologyai.errors import CancelledError, InputError
from oncologyai.progress import Progress

__all__ = ["leads_training", "recipe_names", "train_segmentation"]


def recipe_names() -> tuple[str, ...]:
    """Name the recipes that come with the library."""
    from oncologyai.training import list_recipes

    return list_recipes()


def leads_training() -> bool:
    """Tell whether this process is the one that says what a training does; see ``is_leader``."""
    from oncologyai.training import is_leader

    return is_leader()


def train_segmentation(  # noqa: PLR0913  one an option of the command
    config: str,
    folder: Path,
    *,
    table: Path | None = None,
    dicom: Path | None = None,
    fold: int | None = None,
    whole: bool = False,
    device: str | None = None,
    threads: int | None = None,
    cache: Path | None = None,
    minutes: float | None = None,
    on_epoch: Callable[[tuple[str, ...]], None] | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Train a segmentation network, or go on with the training in ``folder``.

    Parameters
    ----------
    config : str
        A YAML file or the name of a recipe.
    folder : Path
        Of everything that is written.
    table, dicom : Path, optional
        The data, instead of the configuration's.
    fold : int, optional
        Which fold validates, instead of the configuration's.
    whole : bool
        Every case trains, none validates.
    device, threads, cache, minutes
        See ``TrainConfig`` and ``train``; None keeps what the configuration says.
    on_epoch : callable, optional
        Told the cells of every epoch; see ``table_cells``.
    progress : Progress, optional
        Told cases and steps, asked for cancellation.

    Returns
    -------
    dict
        folder, finished, epochs, steps, loss, best Dice and the exported forms' difference, for JSON.

    Raises
    ------
    InputError
        If the configuration or the data is not usable; see ``load_config`` and ``train``.
    InstallationError
        If a package of the extra ``train`` is missing.
    CancelledError
        If cancelled; the same call goes on from the last whole epoch.
    """
    if table is not None and dicom is not None:
        raise InputError("--table", expected="either --table or --dicom", got="both")
    from oncologyai.training import EpochRow, load_config, table_cells, train

    settings = load_config(config, fold=fold, device=device, threads=threads)
    if table is not None or dicom is not None:
        places = {"table": str(table or ""), "dicom": str(dicom or "")}
        settings = settings.with_data(**places)
    if whole:
        settings = settings.model_copy(update={"fold": None})

    def told(row: EpochRow) -> None:
        if on_epoch is not None:
            on_epoch(table_cells(row))

    try:
        result = train(settings, folder, cache=cache, minutes=minutes, on_epoch=told, progress=progress)
    except CancelledError as error:
        raise CancelledError(f"cancelled: the same command goes on from the last whole epoch in {folder}") from error
    last = result.rows[-1]
    return {
        "folder": str(result.folder),
        "finished": result.finished,
        "epochs": last.epoch,
        "steps": last.steps,
        "loss": last.loss,
        "best_dice": last.best,
        "export_difference": result.gap,
    }
