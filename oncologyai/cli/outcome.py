"""``oncology-ai outcome``: models of outcome from tables, validated so that they cannot leak."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oncologyai.cli import outcome_apply, outcome_explain, outcome_nomogram
from oncologyai.cli.batch_options import (
    MemoryOption,
    RetriesOption,
    SchedulerOption,
    TimeLimitOption,
    WorkersOption,
    batch_options,
)
from oncologyai.cli.reporting import ProgressMode, ProgressOption, reporter
from oncologyai.errors import InputError

if TYPE_CHECKING:
    from oncologyai.pipelines import StudyResult

__all__ = ["app", "check", "learners", "schema", "train"]

app = typer.Typer(
    help="Models of outcome: tables in, validated models out.", no_args_is_help=True, rich_markup_mode=None
)
app.command("apply")(outcome_apply.apply)
app.command("show")(outcome_apply.show)
app.command("signatures")(outcome_apply.signatures)
app.command("explain")(outcome_explain.explain)
app.command("nomogram")(outcome_nomogram.nomogram)

StudyArgument = Annotated[
    Path, typer.Argument(metavar="STUDY.yaml", help="Tables, roles, design and models.", show_default=False)
]
DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder that the tables' paths begin at.", show_default="the study file's")
]


@app.command()
def train(
    study: StudyArgument,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the results.", show_default=False)],
    data: DataOption = None,
    state: Annotated[
        Path | None, typer.Option(help="Folder of what is done, to go on in.", show_default="OUT-state")
    ] = None,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = "",
    memory: MemoryOption = "auto",
    retries: RetriesOption = 2,
    time_limit_s: TimeLimitOption = None,
    page: Annotated[bool, typer.Option(help="Write the page and its pictures.")] = True,
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Fit every model in every split on the training patients alone, judge it on the others, and report.

    The same command goes on after a stop: a model that is done in a split is not fitted again.
    """
    from oncologyai import workflows
    from oncologyai.batch import BatchRunner

    runner = BatchRunner(batch_options(workers, scheduler, memory, retries, time_limit_s))
    with reporter(progress) as watch:
        result = workflows.train_outcome_study(
            study, out, data=data, state=state, runner=runner, page=page, progress=watch
        )
        watch.done(
            folder=str(out), patients=len(result.cohort.data), models=len(result.models), failed=len(result.failed)
        )
    if progress is not ProgressMode.JSON:
        for note in result.notes:
            typer.echo(f"note: {note}", err=True)
        for line in _summary(result):
            typer.echo(line)
        typer.echo(f"{out / 'report.html' if page else out}")


@app.command()
def check(
    tables: Annotated[
        list[Path],
        typer.Argument(
            metavar="STUDY.yaml|TABLE...", help="A study file, or tables with the options.", show_default=False
        ),
    ],
    data: DataOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Table of the findings (.csv, .xlsx, .parquet).", show_default=False),
    ] = None,
    patient: Annotated[str, typer.Option(help="Tables: column of the patient.", show_default=False)] = "",
    key: Annotated[
        str, typer.Option(help="Tables: regular expression that finds the patient in the cell.", show_default=False)
    ] = "",
    time: Annotated[str, typer.Option(help="Tables: column of days.", show_default=False)] = "",
    event: Annotated[str, typer.Option(help="Tables: column of events.", show_default=False)] = "",
    label: Annotated[str, typer.Option(help="Tables: column of classes.", show_default=False)] = "",
    positive: Annotated[str, typer.Option(help="Tables: value of the label that is class 1.")] = "1",
    group: Annotated[str, typer.Option(help="Tables: column of the centre or scanner.", show_default=False)] = "",
    category: Annotated[
        list[str], typer.Option(help="Tables: column of codes or text; several times.", show_default=False)
    ] = [],
    progress: ProgressOption = ProgressMode.AUTO,
) -> None:
    """Say what is odd about tables before anything is learned from them, each finding with its rows.

    The first table gives the rows, others are joined by patient. Ends with exit code 2 where a finding is an error.
    """
    from oncologyai import workflows
    from oncologyai.outcome import cohort_of, read_cohort

    if len(tables) == 1 and tables[0].suffix.lower() in (".yaml", ".yml"):
        cohort = read_cohort(tables[0], data=data)
    else:
        if not patient:
            raise InputError("--patient", expected="the column of the patient, where tables are given", got="none")
        roles = {"patient": patient, "time": time, "event": event, "label": label, "positive": positive}
        folder = data or Path()
        cohort = cohort_of([folder / t for t in tables], {**roles, "group": group, "categories": category}, key=key)
    with reporter(progress) as watch:
        findings = workflows.check_outcome_tables(cohort, out=out, progress=watch)
        watch.done(findings=[finding.sentence() for finding in findings])
    if progress is not ProgressMode.JSON:
        for finding in findings:
            typer.echo(finding.sentence())
        counts = {kind: sum(one.kind == kind for one in findings) for kind in ("error", "warning", "note")}
        typer.echo(", ".join(f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in counts.items()))
    if any(finding.kind == "error" for finding in findings):
        raise typer.Exit(InputError.exit_code)


@app.command()
def learners() -> None:
    """List what models may be made of, with their options."""
    from oncologyai.outcome import LEARNERS, learner_options

    for name in sorted(LEARNERS):
        typer.echo(f"{name}: {', '.join(one for one in learner_options(name) if one != 'inner_folds')}")


@app.command()
def schema() -> None:
    """Print the JSON schema of study files, for editors."""
    import json

    from oncologyai.outcome import study_schema

    typer.echo(json.dumps(study_schema(), indent=2))


def _summary(result: StudyResult) -> Iterator[str]:
    data = result.cohort.data
    kind = "C" if data.is_survival else "AUC"
    who = f"{len(data)} lesions of {len(set(data.groups))} patients" if data.groups else f"{len(data)} patients"
    yield f"{who}, {int(data.strata.sum())} with the event, {len(result.splits)} splits"
    for model in result.models:
        score = model.judged.score
        yield f"{model.name}: {kind} {score.value:.3f} ({score.low:.3f} to {score.high:.3f})"
    for pair in result.pairs:
        found = pair.difference
        interval = f"({found.low:+.3f} to {found.high:+.3f})"
        yield f"{pair.first} less {pair.second}: {found.value:+.3f} {interval}, p {found.p:.2g}"
