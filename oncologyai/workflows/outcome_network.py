"""What ``oncology-ai train outcome`` does: a configuration read and changed by options, trained once or in folds."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from oncologyai.errors import InputError
from oncologyai.progress import Progress
from oncologyai.workflows.train import resumable

__all__ = ["outcome_recipe_names", "train_outcome_network"]

Cells = tuple[str, ...]


def outcome_recipe_names() -> tuple[str, ...]:
    """Name the recipes of outcomes that come with the library."""
    from oncologyai.training import list_outcome_recipes

    return list_outcome_recipes()


def train_outcome_network(  # noqa: PLR0913  one an option of the command
    config: str,
    folder: Path,
    *,
    table: Path | None = None,
    fold: int | None = None,
    crossval: bool = False,
    device: str | None = None,
    threads: int | None = None,
    cache: Path | None = None,
    minutes: float | None = None,
    on_epoch: Callable[[Cells], None] | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Train a network of an outcome, or go on with the training in ``folder``.

    Parameters
    ----------
    config : str
        A YAML file or the name of a recipe.
    folder : Path
        Of everything that is written.
    table : Path, optional
        The CSV of cases, instead of the configuration's.
    fold : int, optional
        Held out, instead of the configuration's.
    crossval : bool
        Train every fold, judge each on the patients it left out.
    device, threads, cache, minutes
        As of ``train_outcome``; None keeps what the configuration says.
    on_epoch : callable, optional
        Told the cells of every epoch: epoch, steps, loss, rate, AUC of the patients held out, seconds.
    progress : Progress, optional

    Returns
    -------
    dict
        folder, finished, patients and AUC with its interval (of folds), or epochs, steps and loss, for JSON.

    Raises
    ------
    InputError
        If the configuration or the data is not usable, or both a fold and all folds are asked for.
    CancelledError
        If cancelled; the same call goes on from the last whole epoch.
    """
    if crossval and fold is not None:
        raise InputError("--fold", expected="either --fold or --crossval", got="both")
    from oncologyai.training import OutcomeRow, cross_validate_outcome, load_outcome_config, train_outcome

    given = str(table.resolve()) if table is not None else ""
    settings = load_outcome_config(config, table=given, fold=fold, device=device, threads=threads)

    def tell(row: OutcomeRow) -> None:
        if on_epoch is not None:
            auc = "" if row.auc is None else f"{row.auc:.3f}"
            on_epoch((str(row.epoch), str(row.steps), f"{row.loss:.4f}", f"{row.learning_rate:.2e}", auc,
                      f"{row.seconds:.1f}"))  # fmt: skip

    how: dict[str, Any] = {"cache": cache, "minutes": minutes, "on_epoch": tell, "progress": progress}
    with resumable(folder):
        if crossval:
            folds = cross_validate_outcome(settings, folder, **how)
            auc = [None if math.isnan(value) else value for value in folds.auc]
            about = {"patients": len(folds.patients), "auc": auc[0], "auc_low": auc[1], "auc_high": auc[2]}
            return {"folder": str(folder), "finished": folds.finished, **about}
        made = train_outcome(settings, folder, **how)
    last = made.rows[-1] if made.rows else None
    return {
        "folder": str(folder),
        "finished": made.finished,
        "epochs": 0 if last is None else last.epoch,
        "steps": 0 if last is None else last.steps,
        "loss": None if last is None else last.loss,
        "held_out_auc": None if last is None else last.auc,
    }
