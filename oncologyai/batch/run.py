"""Run a batch: one use case over a list of cases, or a recipe over a table."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from oncologyai.batch.cases import Case
from oncologyai.batch.coordinator import run_plan
from oncologyai.batch.gather import BatchReport, chosen_batch, gather
from oncologyai.batch.options import BatchOptions
from oncologyai.batch.plan import plan_cases, plan_recipe
from oncologyai.batch.state import State
from oncologyai.batch.step import Step
from oncologyai.progress import Progress, Silent

__all__ = ["retry_batch", "run_cases", "run_recipe"]


def run_cases(
    step: str | Step,
    cases: Sequence[Case],
    folder: str | os.PathLike[str],
    *,
    settings: Mapping[str, Any] | None = None,
    name: str = "",
    options: BatchOptions | None = None,
    again: bool = False,
    progress: Progress | None = None,
) -> BatchReport:
    """Run one use case over many cases.

    Parameters
    ----------
    step : str or Step
        A name of ``STEPS``, or a step of the caller's.
    cases : sequence of Case
        Each with a name and the arguments that are its own.
    folder : path
        Keeps state and results: the same call after an interruption goes on, and does nothing where all is done.
    settings : mapping, optional
        Arguments that all cases share.
    name : str
        Of the batch, where several run in one folder; else the step's.
    options : BatchOptions, optional
        Workers and attempts.
    again : bool
        Try what failed anew, although neither input nor settings have changed.
    progress : Progress, optional

    Returns
    -------
    BatchReport
        Results and failures. A case that fails is no error.

    Raises
    ------
    InputError
        If the step, an argument, a setting or the folder is not usable.
    MissingDependencyError
        If several workers are asked for and Dask is not installed.
    CancelledError
        If cancelled, within a second; cases that are done are kept.
    """
    plan = plan_cases(step, cases, settings or {}, name=name)
    workers = run_plan(plan, Path(folder), options or BatchOptions(), progress or Silent(), again=again)
    return gather(Path(folder), plan.name, workers=workers)


def run_recipe(
    recipe: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    *,
    table: str | os.PathLike[str] | None = None,
    options: BatchOptions | None = None,
    again: bool = False,
    progress: Progress | None = None,
) -> BatchReport:
    """Run the steps of a recipe over a table of cases; as ``run_cases`` otherwise.

    Parameters
    ----------
    recipe : path
        See ``Recipe`` and docs/batch.md.
    folder : path
        Keeps state and results.
    table : path, optional
        Instead of the one that the recipe names.
    """
    plan = plan_recipe(Path(recipe), None if table is None else Path(table))
    workers = run_plan(plan, Path(folder), options or BatchOptions(), progress or Silent(), again=again)
    return gather(Path(folder), plan.name, workers=workers)


def retry_batch(
    folder: str | os.PathLike[str],
    name: str = "",
    *,
    options: BatchOptions | None = None,
    progress: Progress | None = None,
) -> BatchReport:
    """Try anew what failed in a batch, and go on with what was not finished; no recipe or table is read again.

    Parameters
    ----------
    folder : path
        Of the batch.
    name : str
        Of the batch; the one that ran last if empty.

    Raises
    ------
    MissingFileError, InputError
        If there is no such batch; else as ``run_cases``.
    """
    with State(Path(folder), must_exist=True) as state:
        plan = state.stored_plan(chosen_batch(state, name))
    workers = run_plan(plan, Path(folder), options or BatchOptions(), progress or Silent(), again=True)
    return gather(Path(folder), plan.name, workers=workers)
