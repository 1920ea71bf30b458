"""``oncology-ai outcome train``: a study file to figures, predictions and a page; what is done is not done again."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from oncologyai._atomic import atomic_file, atomic_folder
from oncologyai._checks import check_choice
from oncologyai.bundle import write_table
from oncologyai.errors import InputError, OutputError
from oncologyai.outcome import (
    PUBLISHED,
    FollowUp,
    ModelPart,
    OutcomeData,
    Split,
    StudyConfig,
    evaluation_times,
    model_features,
    read_study,
    study_splits,
)
from oncologyai.pipelines import ModelTold, SplitJudged, StudyResult, check_answers, judge_split, judge_study
from oncologyai.progress import Part, Progress, Silent, Stages, check_cancelled
from oncologyai.report import write_outcome_report
from oncologyai.types import Table
from oncologyai.workflows.case_run import CaseOutcome, CaseRunner, CaseTask, run_cases
from oncologyai.workflows.outcome_results import folds_json, predictions_table, results_json
from oncologyai.workflows.outcome_signature import signature_form, write_study_signature
from oncologyai.workflows.outcome_tables import feature_stability, read_study_data

__all__ = ["outcome_split_case", "train_outcome_study"]

_READ, _FITTED, _JUDGED = 0.05, 0.85, 0.92  # shares of the work, roughly
_SPLIT = "split.json"


def train_outcome_study(
    path: Path,
    out: Path,
    *,
    data: Path | None = None,
    state: Path | None = None,
    runner: CaseRunner = run_cases,
    page: bool = True,
    progress: Progress | None = None,
) -> StudyResult:
    """Do a study: read, fit every model in every split, judge, write.

    Parameters
    ----------
    path : Path
        The study file; see ``outcome.StudyConfig``.
    out : Path
        Folder for ``report.html``, ``figures/``, ``results.json``, ``predictions.csv``, ``folds.json`` and, where the
        study asks for one, ``signatures/ID.json``. Other files in it stay.
    data : Path, optional
        Folder that the tables' paths begin at, instead of the study file's.
    state : Path, optional
        Folder that keeps what is done, so that the same call goes on; ``<out>-state`` if left out.
    runner : callable
        Runs models in splits: here, or a batch on many workers. The numbers are the same.
    page : bool
        Whether to write ``report.html`` and ``figures/``.
    progress : Progress, optional

    Raises
    ------
    InputError
        If the study, a table or a request is not usable, or no model could be fitted.
    OutputError
        If ``out`` cannot be written.
    CancelledError
        If cancelled; ``out`` is as it was, the splits that are done are kept.
    """
    watch = progress or Silent()
    if out.exists() and not out.is_dir():
        raise OutputError(str(out), expected="a folder", got="a file", remedy="give another output folder")
    stages = Stages(watch)
    study = read_study(path, data=data)
    check_answers(study)
    signature_form(study)
    with stages("read", share=0.0):
        cohort, findings, digests = read_study_data(study, progress=Part(watch, 0.0, _READ))
        stability = {name: kind for name, kind in feature_stability(study).items() if name in cohort.data.names}
        splits = study_splits(cohort.data, study.design, seed=study.seed)
        for model in study.models:
            model_features(cohort.data, model)
        if study.volume:
            check_choice(study.volume, cohort.data.names, "volume")
    state = state or out.with_name(f"{out.name}-state")
    with stages("models", share=_READ):
        asked = _asked(study)
        tasks = _tasks(study, asked, splits, cohort.data, _stored(cohort.data, state))
        outcomes = runner(tasks, state / "splits", Part(watch, _READ, _FITTED))
    told, failed = _gathered(asked, splits, outcomes)
    result = judge_study(
        study, cohort, splits, told, findings=findings, failed=failed, tables_sha256=digests, stability=stability,
        seconds=stages.seconds, progress=Part(watch, _FITTED, _JUDGED),
    )  # fmt: skip
    with atomic_folder(out) as draft:
        result = _signed(result, draft)
        _write(result, draft)
        if page:
            write_outcome_report(result, draft / "report.html", draft / "figures", progress=Part(watch, _JUDGED, 1.0))
        check_cancelled(watch)
    return result


def outcome_split_case(
    folder: Path,
    *,
    progress: Progress,
    patients: Path,
    model: dict[str, Any],
    published: bool,
    split: dict[str, Any],
    seed: list[int],
    inner_folds: int,
    times: list[float],
    horizon: float | None = None,
) -> None:
    """Do one model in one split: what a runner calls; ``split.json`` in the folder is the result."""
    train, test = (np.array(split[side], dtype=np.int64) for side in ("train", "test"))
    chosen = Split(str(split["name"]), train, test)
    found = judge_split(
        _loaded(patients), ModelPart.model_validate(model), chosen, seed=seed, published=published,
        inner_folds=inner_folds, times=times, horizon=horizon,
    )  # fmt: skip
    (folder / _SPLIT).write_text(json.dumps(found.to_dict()), encoding="utf-8")


@dataclass(frozen=True)
class _Asked:
    """A model, or its published form, under its own name."""

    name: str
    model: ModelPart
    published: bool


def _asked(study: StudyConfig) -> list[_Asked]:
    made = []
    for model in study.models:
        made.append(_Asked(model.name, model, False))
        if model.leaking:
            made.append(_Asked(model.name + PUBLISHED, model, True))
    return made


def _tasks(
    study: StudyConfig, asked: Sequence[_Asked], splits: Sequence[Split], data: OutcomeData, patients: Path
) -> list[CaseTask]:
    times = evaluation_times(data.follow_up, study.horizons_days).tolist() if data.is_survival else []
    function = f"{__name__}:{outcome_split_case.__name__}"
    return [
        CaseTask(
            f"{one.name}: {split.name}",
            function,
            {
                "patients": patients,
                "model": one.model.model_dump(mode="json", exclude={"name", "leaking"}) | {"name": one.model.name},
                "published": one.published,
                "split": {"name": split.name, "train": split.train.tolist(), "test": split.test.tolist()},
                "seed": [study.seed, zlib.crc32(one.model.name.encode()), n],
                "inner_folds": study.design.inner_folds,
                "times": times,
                "horizon": study.horizons_days[0] if len(splits) == 1 and study.horizons_days else None,
            },
        )
        for one in asked
        for n, split in enumerate(splits)
    ]


def _gathered(
    asked: Sequence[_Asked], splits: Sequence[Split], outcomes: Sequence[CaseOutcome]
) -> tuple[list[ModelTold], dict[str, str]]:
    """Give what each model said in every split, and the reason of those that could not be fitted in one."""
    told: list[ModelTold] = []
    failed: dict[str, str] = {}
    for n, one in enumerate(asked):
        own = outcomes[n * len(splits) : (n + 1) * len(splits)]
        bad = next(((s.name, o.reason) for s, o in zip(splits, own, strict=True) if o.folder is None), None)
        if bad is not None:
            failed[one.name] = f"{bad[0]}: {bad[1]}"
            continue
        folders = [o.folder for o in own if o.folder is not None]
        content = [json.loads((folder / _SPLIT).read_text(encoding="utf-8")) for folder in folders]
        said = tuple(SplitJudged.from_dict(one_split) for one_split in content)
        told.append(ModelTold(one.name, one.model, one.published, said))
    if not told:
        name, reason = next(iter(failed.items()))
        raise InputError(f"model {name}", expected="a model that can be fitted", got=reason)
    return told, failed


def _stored(data: OutcomeData, state: Path) -> Path:
    """Put the patients where every worker finds them: the same bytes for the same patients."""
    path = state / "patients.npz"
    outcome: dict[str, np.ndarray] = {}
    if isinstance(data.outcome, FollowUp):
        outcome = {"times": data.outcome.times, "events": data.outcome.events}
    else:
        outcome = {"labels": data.outcome}
    if data.batch is not None:
        outcome["batch"] = data.batch.astype(str)
    texts = {"patients": data.patients, "names": data.names, "sources": data.sources, "groups": data.groups}
    arrays: dict[str, Any] = {**outcome, **{name: np.array(value, dtype=str) for name, value in texts.items()}}
    stream = io.BytesIO()
    np.savez(stream, x=data.x, **arrays)
    if not path.is_file() or path.read_bytes() != stream.getvalue():  # what is kept goes by the file
        with atomic_file(path) as draft:
            draft.write_bytes(stream.getvalue())
    return path


def _loaded(path: Path) -> OutcomeData:
    with np.load(path, allow_pickle=False) as held:
        outcome: Any = held["labels"] if "labels" in held else FollowUp(held["times"], held["events"])
        texts = {name: tuple(map(str, held[name])) for name in ("patients", "names", "sources", "groups")}
        return OutcomeData(x=held["x"], outcome=outcome, batch=held.get("batch"), **texts)


def _signed(result: StudyResult, folder: Path) -> StudyResult:
    """Write the signature that is asked for; a model that no card can hold becomes a note: the study itself is done."""
    try:
        write_study_signature(result, folder)
    except InputError as error:
        return replace(result, notes=(*result.notes, f"no signature was made: {error}"))
    return result


def _write(result: StudyResult, folder: Path) -> None:
    for name, content in (("results.json", results_json(result)), ("folds.json", folds_json(result))):
        text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        (folder / name).write_text(text, encoding="utf-8")
    table: Table = predictions_table(result)
    write_table(table, folder / "predictions.csv")
