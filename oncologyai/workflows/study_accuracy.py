"""What ``oncology-ai study accuracy`` does: a diagnostic study and models beside it, to tables, plots, a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from oncologyai._atomic import atomic_folder
from oncologyai.bundle import read_text_table, write_table, write_workbook
from oncologyai.errors import InputError, MissingDependencyError
from oncologyai.progress import Progress, Silent
from oncologyai.report import areas_plot, curves_plot, seconds_plot, write_study_report
from oncologyai.types import Table
from oncologyai.workflows.study import key_folder

if TYPE_CHECKING:
    from oncologyai.models import BoneScanCard
    from oncologyai.pipelines import Checklist
    from oncologyai.studies import DiagnosisAnswers, DiagnosisColumns, DiagnosisResult, Resampling

__all__ = ["ModelTable", "analyse_accuracy"]

_ABOUT = {
    "accuracy": "AUC: empirical, ties half, with the interval of cases drawn again and DeLong's; sensitivity and "
    "specificity with exact intervals; F1 with that of cases drawn again. A model calls the disease from its "
    "threshold on.",
    "groups": "How readers' own figures spread: medians and quartiles over readers.",
    "multireader": "A model less the readers' mean area. Readers and cases as samples of others like them, or these "
    "alone: the first row of a method is the one that speaks of other readers and other cases.",
    "ways": "The same readers on the same cases, this study less the other: rows as in multireader.",
    "comparisons": "First less second on the cases that both judged: DeLong's paired test of areas; McNemar's exact "
    "tests of sensitivity and specificity.",
    "times": "Seconds a case, minutes in all; pauses do not count.",
    "agreement": "Fleiss' kappa of yes and no on the cases that all readers of a group judged. agreed: pairs, %.",
    "pairs": "Cohen's kappa of each two readers.",
    "repeats": "Scans shown twice: how often the answer was the same, and how far scores lay apart.",
    "cases": "How many readers called the disease in each case, and were right; scores of models.",
    "answers": "Every answer. score: confidence with the sign of the answer.",
    "claim": "",
    "stard": "",
}
_CHECKLIST = "The wording is ours and short; the list itself counts. Open items are for the authors (--answers)."


@dataclass(frozen=True)
class ModelTable:
    """A model's table: the model's name, the file, its columns, and from which score on it calls the disease."""

    name: str
    path: Path
    case_column: str = "case"
    score_column: str = "probability"
    seconds_column: str = ""
    threshold: float = 0.5


def analyse_accuracy(
    source: Path,
    out: Path | None = None,
    *,
    key: Path | None = None,
    columns: DiagnosisColumns | None = None,
    models: Sequence[ModelTable] = (),
    card: str = "",
    answers: Path | None = None,
    against: Path | None = None,
    draws: Resampling | None = None,
    progress: Progress | None = None,
) -> DiagnosisResult:
    """Analyse a diagnostic study.

    Parameters
    ----------
    source : Path
        The study's folder, or a table of answers already collected.
    out : Path, optional
        Folder for the tables (.csv, and all of them as ``study.xlsx``), plots, checklists and ``report.html``.
    key : Path, optional
        Of the key's folder; default beside the study's.
    columns : DiagnosisColumns, optional
        Of a collected table.
    models : sequence of ModelTable
        Set beside the readers.
    card : str
        The id of the model in the store, or its folder: its card fills the checklists further.
    answers : Path, optional
        Table with the columns item and answer, such as ``claim-14``: what the authors say.
    against : Path, optional
        Another study's folder, its key beside it, or another table of the same columns: the same readers and cases,
        read another way.
    draws : Resampling, optional
        Of the bootstrap; ch. 7 drew 100.
    progress : Progress, optional
        Told what is being done.

    Raises
    ------
    MissingFileError, UnreadableFileError, InputError, EmptyStudyError
        If there is nothing to analyse or something in it is wrong; the message names the line.
    """
    from oncologyai.pipelines import check_diagnosis_answers, diagnosis_checklists
    from oncologyai.studies import ModelColumns, analyse_diagnosis, model_scores_from_table

    watch = progress or Silent()
    watch.stage("read", 0.0)
    said = _answered(answers) if answers else {}
    check_diagnosis_answers(said)
    told = _card(card) if card else None
    study = _read(source, columns, key)
    other = _read(against, columns, None) if against is not None else None
    beside = [
        model_scores_from_table(
            read_text_table(one.path, keep_blank=True), str(one.path), study.sources, name=one.name,
            columns=ModelColumns(one.case_column, one.score_column, one.seconds_column), threshold=one.threshold,
        )
        for one in models
    ]  # fmt: skip
    watch.stage("analyse", 0.2)
    result = analyse_diagnosis(study, beside, draws, against=other)
    if out is not None:
        watch.stage("write", 0.6)
        lists = diagnosis_checklists(result, card=told, answers=said)
        with atomic_folder(out) as draft:
            _write(draft, result, lists)
    return result


def _read(source: Path, columns: DiagnosisColumns | None, key: Path | None) -> DiagnosisAnswers:
    from oncologyai.studies import diagnosis_from_study, diagnosis_from_table

    if source.is_dir():
        return diagnosis_from_study(source, key_folder(source, key))
    return diagnosis_from_table(read_text_table(source, keep_blank=True), str(source), columns)


def _answered(path: Path) -> dict[str, str]:
    from oncologyai.studies import table_cells

    rows = table_cells(read_text_table(path, keep_blank=True), str(path), ("item", "answer"))
    return {cells["item"]: cells["answer"] for _, cells in rows if cells["answer"]}


def _card(model: str) -> BoneScanCard:
    from oncologyai.models import BoneScanCard, Store, load_any_card

    card = load_any_card(Path(model)) if Path(model).is_dir() else Store().get(model).card
    if not isinstance(card, BoneScanCard):
        raise InputError("card", expected="a model of bone scans", got=f"{card.id}, which is for {card.task}")
    return card


def _write(folder: Path, result: DiagnosisResult, lists: Sequence[Checklist]) -> None:
    checklists = [_of_list(name, one) for name, one in zip(("claim", "stard"), lists, strict=True)]
    for table in (*result.tables, *checklists):
        if table.columns:  # ways has none where there is no other study
            write_table(table, folder / f"{table.name}.csv")
    notes = list(result.notes)
    try:
        write_workbook([table for table in (*result.tables, *checklists) if table.rows], folder / "study.xlsx")
    except MissingDependencyError as error:
        notes.append(f"no study.xlsx: {error}")
    areas_plot(result, folder / "areas.png")
    pictures = [(folder / "areas.png", "areas under the ROC curve by reader and model, as in the tables")]
    if seconds_plot(result, folder / "seconds.png"):
        pictures.append((folder / "seconds.png", "seconds a case by reader and model, logarithmic"))
    curves_plot(result, folder / "curves.png")
    pictures.append((folder / "curves.png", "ROC curves of readers and models"))
    counted = {name: _counted(one) for name, one in zip(("claim", "stard"), lists, strict=True)}
    about = {**_ABOUT, **{name: f"{text} {_CHECKLIST}" for name, text in counted.items()}}
    shown = [_accuracy(result), result.groups, _multireader(result), *result.tables[3:], *checklists]
    write_study_report(
        folder / "report.html", title="Diagnostic study", facts=_facts(result, lists), tables=shown, about=about,
        pictures=pictures, notes=notes,
    )  # fmt: skip


def _facts(result: DiagnosisResult, lists: Sequence[Checklist]) -> list[tuple[str, str]]:
    readers = [judge for judge in result.judges if not judge.is_model]
    models = [judge.name for judge in result.judges if judge.is_model]
    study, draws = result.study, result.draws
    facts = [
        ("Cases", f"{len(study.truth)}, {study.positives} with the disease; {study.offered} were offered"),
        ("Readers", f"{len(readers)}, {sum(len(judge.cases) for judge in readers)} answers"),
        ("Models", ", ".join(models) or "none"),
        ("Intervals", f"{100 * draws.level:g} %, {draws.resamples} draws, seed {draws.seed}"),
    ]
    return [*facts, *((one.title, _counted(one)) for one in lists)]


def _of_list(name: str, found: Checklist) -> Table:
    rows = tuple((item.id, item.topic, item.asks, item.state, item.said or None) for item in found.items)
    return Table(name, ("item", "topic", "asks", "state", "said"), rows)


def _counted(found: Checklist) -> str:
    """Count numbered items, of which STARD has some in two halves: one is answered when both are."""
    numbers: dict[str, bool] = {}
    for item in found.items:
        number = item.id.partition("-")[2].rstrip("ab")
        numbers[number] = numbers.get(number, True) and item.state != "open"
    return f"{sum(numbers.values())} of {len(numbers)} items answered ({found.source})."


def _accuracy(result: DiagnosisResult) -> Table:
    """Give the table of accuracy with each figure and its interval in one cell, for people."""
    columns = (
        "reader", "group", "cases", "AUC", "AUC by DeLong", "sensitivity", "specificity", "F1", "tp", "fn", "fp", "tn",
    )  # fmt: skip
    rows = []
    for row in result.accuracy.rows:
        cells = dict(zip(result.accuracy.columns, row, strict=True))
        figures = [_with_interval(cells, name, name) for name in ("auc", "auc", "sensitivity", "specificity", "f1")]
        figures[1] = _with_interval(cells, "auc", "delong")
        counts = [cells[name] for name in ("tp", "fn", "fp", "tn")]
        rows.append((cells["reader"], cells["group"], cells["cases"], *figures, *counts))
    return Table("accuracy", columns, tuple(rows))


def _multireader(result: DiagnosisResult) -> Table:
    columns = (
        "model", "group", "readers", "cases", "AUC of model", "mean AUC of readers", "difference", "p", "readers are",
        "cases are", "method",
    )  # fmt: skip
    rows = []
    for row in result.multireader.rows:
        cells = dict(zip(result.multireader.columns, row, strict=True))
        rows.append(
            (cells["model"], cells["group"], cells["readers"], cells["cases"], cells["model_auc"], cells["readers_auc"],
             _with_interval(cells, "difference", ""), cells["p"], cells["readers_are"], cells["cases_are"],
             cells["method"])
        )  # fmt: skip
    return Table("multireader", columns, tuple(rows))


def _with_interval(cells: Mapping[str, str | float | int | None], name: str, ends: str) -> str | None:
    value = cells[name]
    low, high = (cells[f"{ends}_{end}".lstrip("_")] for end in ("low", "high"))
    if value is None or low is None or high is None:
        return None if value is None else f"{value:.3f}"
    return f"{value:.3f} ({low:.3f} to {high:.3f})"
