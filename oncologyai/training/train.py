"""A training from a configuration to a model's files, resumable at any moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from oncologyai.progress import Part, Progress, Silent
from oncologyai.training.config import TrainConfig
from oncologyai.training.cross_validation import split_folds
from oncologyai.training.data import Case, CaseFiles, find_cases, load_cases
from oncologyai.training.distributed import join_world
from oncologyai.training.export import check_card, export_network, write_card
from oncologyai.training.log import EpochRow, write_dice
from oncologyai.training.loop import FitResult, fit
from oncologyai.training.yaml_config import save_config

__all__ = ["TrainResult", "split_cases", "train"]


@dataclass(frozen=True)
class TrainResult:
    """What a training left in its folder.

    Attributes
    ----------
    folder : Path
        ``config.yaml``, ``log.csv``, ``tensorboard``, ``checkpoint.pt``; with a validation
        ``validation.csv``; once finished ``weights.safetensors``, ``model.onnx`` and, where asked for, ``card.json``.
    rows : tuple of EpochRow
        The whole curve.
    dice : dict of str to float
        Of the last validation, by case.
    finished : bool
        False where the time given ended first: the same call goes on.
    gap : float or None
        The largest difference of logits between the two exported forms; None while not finished.
    """

    folder: Path
    rows: tuple[EpochRow, ...]
    dice: dict[str, float]
    finished: bool
    gap: float | None = None


def train(
    config: TrainConfig,
    folder: Path,
    *,
    cache: Path | None = None,
    minutes: float | None = None,
    on_epoch: Callable[[EpochRow], None] | None = None,
    progress: Progress | None = None,
) -> TrainResult:
    """Train a network, or go on with the training in ``folder``.

    Under torch's launcher every process calls this; the first one alone writes, tells and exports.

    Parameters
    ----------
    config : TrainConfig
        See :func:`load_config`.
    folder : Path
        Of everything that the training writes; made where it is not there.
    cache : Path, optional
        Of prepared cases, which several trainings may share; ``folder/cache`` if None.
    minutes : float, optional
        Ends after the epoch at which so much training time is over; the same call then goes on.
    on_epoch : callable, optional
        Told every epoch.
    progress : Progress, optional
        Told cases and steps, asked for cancellation between them.

    Returns
    -------
    TrainResult

    Raises
    ------
    InputError
        If the configuration, the data or an earlier checkpoint in ``folder`` does not fit; see ``find_cases``,
        ``load_cases`` and ``fit``.
    CancelledError
        If cancelled; the same call goes on from the last whole epoch.
    OutOfMemoryError, DiskFullError
        If the machine does not do.
    """
    check_card(config)
    with join_world(config.device) as world:
        watch = progress or Silent()
        files = find_cases(config, progress=Part(watch, 0.0, 0.01))
        learn, check = split_cases(files, config)
        kept = cache or folder / "cache"
        load_cases(world.share(files), config, kept, progress=Part(watch, 0.01, 0.05))
        world.wait()
        cases = {case.name: case for case in load_cases(files, config, kept)}
        if world.leads:
            save_config(config, folder / "config.yaml")
        result = fit(
            config,
            _chosen(cases, learn),
            _chosen(cases, check),
            folder,
            minutes=minutes,
            on_epoch=on_epoch,
            progress=Part(watch, 0.05, 0.98),
            world=world,
        )
        if not world.leads:
            return TrainResult(folder, result.rows, result.dice, result.finished)
    return _finish(config, folder, result)


def split_cases(files: Sequence[CaseFiles], config: TrainConfig) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name the cases that train and those that validate.

    Patients are dealt into folds within their strata (by default the channels at hand), the same for every fold's
    training of the same cases. Without a fold every case trains.

    Raises
    ------
    InputError
        If there are fewer patients than folds.
    """
    if config.fold is None or config.folds == 0:
        return tuple(case.name for case in files), ()
    strata = {case.patient: case.stratum for case in files}
    fold_of = split_folds([case.patient for case in files], config.folds, seed=config.seed, strata=strata)
    learn = tuple(case.name for case in files if fold_of[case.patient] != config.fold)
    check = tuple(case.name for case in files if fold_of[case.patient] == config.fold)
    return learn, check


def _chosen(cases: dict[str, Case], names: Sequence[str]) -> tuple[Case, ...]:
    return tuple(cases[name] for name in names)


def _finish(config: TrainConfig, folder: Path, result: FitResult) -> TrainResult:
    if result.dice:
        write_dice(result.dice, folder / "validation.csv")
    if not result.finished:
        return TrainResult(folder, result.rows, result.dice, False)
    gap = export_network(config.network, result.weights, folder, patch=config.patch)
    write_card(config, folder, dice=result.kept_dice)
    return TrainResult(folder, result.rows, result.dice, True, gap)
