"""A study's Cox model as a nomogram: a picture to be read with a ruler, and its scales as a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from oncologyai._atomic import atomic_file
from oncologyai._checks import check_choice
from oncologyai.errors import InputError
from oncologyai.outcome import (
    FittedChain,
    Nomogram,
    StudyConfig,
    chain_nomogram,
    learner,
    model_features,
    read_study,
    study_splits,
)
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.report import draw_nomogram
from oncologyai.workflows.outcome_tables import read_study_data

__all__ = ["nomogram_of_study"]


def nomogram_of_study(
    path: Path,
    model: str,
    out: Path,
    *,
    horizon: float | None = None,
    data: Path | None = None,
    progress: Progress | None = None,
) -> Nomogram:
    """Fit a model of a study and draw its nomogram; what the model is worth, ``train_outcome_study`` says.

    With an external design it learns from the groups that the study learns from, else from all patients.

    Parameters
    ----------
    path : Path
        The study file.
    model : str
        The name of one of its models, which ends in Cox's model.
    out : Path
        PNG.
    horizon : float, optional
        Days; the study's last one if left out.
    data : Path, optional
        Folder that the tables' paths begin at.
    progress : Progress, optional

    Raises
    ------
    InputError
        As reading a study does; if the study has no such model, none of survival or no horizon, or as
        ``chain_nomogram``.
    CancelledError
        If cancelled.
    """
    if out.suffix.lower() != ".png":
        raise InputError("--out", expected="a file .png", got=out.name)
    watch = progress or Silent()
    study = read_study(path, data=data)
    at = _horizon(study, horizon)
    models = {one.name: one for one in study.models}
    check_choice(model, models, "--model")
    part = models[model]
    everyone = read_study_data(study, progress=watch)[0].data
    watch.stage(f"fit {model}", 0.5)
    chosen = model_features(everyone, part)
    if study.design.kind == "external":
        chosen = chosen.rows(study_splits(everyone, study.design)[0].train)
    learns = learner(part.learner, inner_folds=study.design.inner_folds, **part.options)
    fitted = learns.fit(chosen, np.random.default_rng(study.seed))
    if not isinstance(fitted, FittedChain):
        raise InputError("--model", expected="a chain that ends in Cox's model", got=f"{model}, {part.learner}")
    made = chain_nomogram(fitted, chosen, at)
    check_cancelled(watch)
    with atomic_file(out) as draft:
        draw_nomogram(made, draft)
    return made


def _horizon(study: StudyConfig, horizon: float | None) -> float:
    if not study.is_survival:
        raise InputError("study", expected="one of survival", got="one of classes")
    if horizon is None and not study.horizons_days:
        raise InputError("--horizon", expected="days", got="none, and the study has no horizons_days")
    return float(study.horizons_days[-1] if horizon is None else horizon)
