"""What ``oncology-ai train`` does: a configuration read and changed by options, a training begun or gone on with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oncologyai.errors import CancelledError, InputError
from oncologyai.progress import Progress

if TYPE_CHECKING:
    from oncologyai.training import EpochRow, TrainConfig

__all__ = [
    "cross_validate_segmentation",
    "export_ensemble",
    "leads_training",
    "recipe_names",
    "resumable",
    "train_segmentation",
]


def recipe_names() -> tuple[str, ...]:
    """Name the recipes that come with the library."""
    from oncologyai.training import list_recipes

    return list_recipes()


def export_ensemble(members: Sequence[Path], folder: Path) -> dict[str, Any]:
    """Join three trainings' weights into the ensemble of DenseHighRes3DNet; see ``training.export_ensemble``."""
    from oncologyai import training

    return {"folder": str(folder), "export_difference": training.export_ensemble(members, folder)}


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
    from oncologyai.training import train

    settings = _settings(config, table, dicom, fold=fold, device=device, threads=threads)
    if whole:
        settings = settings.model_copy(update={"fold": None})
    with resumable(folder):
        result = train(settings, folder, cache=cache, minutes=minutes, on_epoch=_told(on_epoch), progress=progress)
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


def cross_validate_segmentation(  # noqa: PLR0913  one an option of the command
    config: str,
    folder: Path,
    *,
    table: Path | None = None,
    dicom: Path | None = None,
    members: str = "flips",
    final: bool = True,
    device: str | None = None,
    threads: int | None = None,
    cache: Path | None = None,
    minutes: float | None = None,
    on_epoch: Callable[[tuple[str, ...]], None] | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Train every fold, judge each on the patients that it left out, and train the final model.

    Parameters
    ----------
    config, folder, table, dicom, device, threads, cache, minutes, on_epoch, progress
        As of :func:`train_segmentation`; ``minutes`` are those of each training.
    members : {'flips', 'none'}
        How the model will be run by its users, and so how it is judged.
    final : bool
        Whether the model of all cases is trained too.

    Returns
    -------
    dict
        folder, finished, cases judged, mean and median Dice and what the trust's prediction reached, for JSON.

    Raises
    ------
    InputError, InstallationError, CancelledError
        As :func:`train_segmentation`.
    """
    from oncologyai.training import cross_validate

    settings = _settings(config, table, dicom, device=device, threads=threads)
    with resumable(folder):
        result = cross_validate(
            settings,
            folder,
            cache=cache,
            members=members,
            final=final,
            minutes=minutes,
            on_epoch=_told(on_epoch),
            progress=progress,
        )
    dice = sorted(row.dice for row in result.rows)
    middle = len(dice) // 2
    trust = result.trust
    return {
        "folder": str(result.folder),
        "finished": result.finished,
        "cases": len(dice),
        "mean_dice": sum(dice) / len(dice) if dice else None,
        "median_dice": (dice[middle] + dice[-middle - 1]) / 2 if dice else None,
        "lesions_found": None if result.finding is None else result.finding.sensitivity,
        "nothing_found_beside": None if result.finding is None else result.finding.specificity,
        "trust_error": None if trust is None else trust.error,
        "trust_error_of_mean": None if trust is None else trust.error_of_mean,
        "trust_rank_correlation": None if trust is None else trust.rank_correlation,
        "trust_coverage": None if trust is None else trust.coverage,
    }


def _settings(config: str, table: Path | None, dicom: Path | None, **changes: Any) -> TrainConfig:
    """Read a configuration with what the user changed."""
    if table is not None and dicom is not None:
        raise InputError("--table", expected="either --table or --dicom", got="both")
    from oncologyai.training import load_config

    settings = load_config(config, **changes)
    if table is not None or dicom is not None:
        return settings.with_data(table=str(table or ""), dicom=str(dicom or ""))
    return settings


def _told(on_epoch: Callable[[tuple[str, ...]], None] | None) -> Callable[[EpochRow], None] | None:
    """Pass an epoch's cells on."""
    if on_epoch is None:
        return None
    from oncologyai.training import table_cells

    return lambda row: on_epoch(table_cells(row))


@contextmanager
def resumable(folder: Path) -> Iterator[None]:
    """Say of a cancelled training how it goes on."""
    try:
        yield
    except CancelledError as error:
        raise CancelledError(f"cancelled: the same command goes on from the last whole epoch in {folder}") from error
