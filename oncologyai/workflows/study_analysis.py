"""What ``oncology-ai study`` does with answers and times: tables, a plot, a report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oncologyai._atomic import atomic_folder
from oncologyai.bundle import read_text_table, write_table
from oncologyai.progress import Progress, Silent
from oncologyai.report import preference_plot, times_plot, write_study_report
from oncologyai.workflows.study import key_folder

if TYPE_CHECKING:
    from oncologyai.studies import AnswerColumns, PreferenceResult, TimeColumns, TimesResult

__all__ = ["analyse_study", "analyse_study_times"]

_ABOUT = {
    "groups": "Preference score by group: preferred / answers x 100. low, high: for a group of several readers from "
    "drawing readers and cases again, else exact. p: exact two-sided test of the cases' sums against no preference. "
    "reader_*: over the readers' own scores.",
    "readers": "Preference score by reader: preferred / cases x 100, exact interval, exact two-sided test against 50 % "
    "of the cases with a preference.",
    "cases": "How many readers preferred the method on each case, exact interval, median seconds.",
    "agreement": "Fleiss' kappa on the cases that all readers of the group judged; interval from drawing cases again. "
    "agreed: pairs of readers of one mind, %.",
    "pairs": "Cohen's kappa of each two readers on the cases that both judged.",
    "consistency": "Repeats: how often the same contour was chosen again. left_share: how often the left side was "
    "chosen, with an exact two-sided test against half.",
    "times": "Seconds an item, first showings only.",
    "answers": "Every answer.",
}
_ABOUT_TIMES = {
    "methods": "Seconds a contour by method: median, quartiles, mean, standard deviation, extremes.",
    "readers": "The same by reader.",
    "savings": "Method against reference on the same cases. saving: 100 (1 - sum of method / sum of reference), "
    "interval from drawing cases again; median_saving: of the pairs; p: Wilcoxon's signed-rank test.",
    "times": "Every contour.",
}


def analyse_study(
    source: Path,
    out: Path | None = None,
    *,
    key: Path | None = None,
    columns: AnswerColumns | None = None,
    method: str = "automatic",
    reference: str = "manual",
    resamples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
) -> PreferenceResult:
    """Analyse a preference study.

    Parameters
    ----------
    source : Path
        The study's folder, or a table of answers already collected.
    out : Path, optional
        Folder for the tables (.csv), ``preference.png`` and ``report.html``.
    key : Path, optional
        Of the key's folder; default beside the study's.
    columns, method, reference
        Of a collected table; see ``answers_from_table``.
    resamples, level, seed
        Of the intervals.
    progress : Progress, optional
        Told what is being done.

    Raises
    ------
    MissingFileError, UnreadableFileError, InputError, EmptyStudyError
        If there is nothing to analyse or something in it is wrong; the message names the line.
    """
    from oncologyai.studies import Resampling, analyse_preference, answers_from_study, answers_from_table

    watch = progress or Silent()
    watch.stage("read", 0.0)
    if source.is_dir():
        answers = answers_from_study(source, key_folder(source, key))
    else:
        table = read_text_table(source, keep_blank=True)
        answers = answers_from_table(table, str(source), columns, method=method, reference=reference)
    watch.stage("analyse", 0.2)
    result = analyse_preference(answers, Resampling(resamples, level, seed))
    if out is not None:
        watch.stage("write", 0.7)
        whole = result.groups.rows[-1]
        facts = [
            ("Question", f"is {result.method} preferred to {result.reference}?"),
            ("Readers, cases", f"{len(result.readers.rows)}, {len(result.cases.rows)}"),
            ("Preference score", f"{whole[result.groups.columns.index('score')]:.1f} %"),
            ("Intervals", f"{100 * level:g} %, {resamples} draws, seed {seed}"),
        ]
        with atomic_folder(out) as draft:
            picture = draft / "preference.png"
            preference_plot(result, picture)
            alt = f"{facts[2][0]} {facts[2][1]}; by reader and group as in the tables"
            _write(draft, result, title="Preference study", facts=facts, about=_ABOUT, pictures=[(picture, alt)])
    return result


def analyse_study_times(
    sources: Sequence[Path],
    out: Path | None = None,
    *,
    columns: TimeColumns | None = None,
    collected: bool = False,
    method: str = "automatic",
    reference: str = "manual",
    resamples: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> TimesResult:
    """Compare the seconds that contours take.

    Parameters
    ----------
    sources : sequence of Path
        Tables of ``ContourTimer``; with ``collected``, tables of seconds with ``columns``.
    out : Path, optional
        Folder for the tables (.csv), ``times.png`` and ``report.html``.
    method, reference : str
        Whose saving against whom.
    resamples, level, seed
        Of the intervals.

    Raises
    ------
    MissingFileError, UnreadableFileError, InputError, EmptyStudyError
        If there is nothing to analyse or something in it is wrong; the message names the line.
    """
    from oncologyai.studies import Resampling, analyse_times, times_from_sessions, times_from_tables

    notes: tuple[str, ...] = ()
    if collected:
        tables = {str(path): read_text_table(path, keep_blank=True) for path in sources}
        times = times_from_tables(tables, columns)
    else:
        times, notes = times_from_sessions(sources)
    result = analyse_times(
        times, method=method, reference=reference, draws=Resampling(resamples, level, seed), notes=notes
    )
    if out is not None:
        facts = [
            ("Question", f"what does {result.method} save against {result.reference}?"),
            ("Contours", str(len(result.times.rows))),
            ("Intervals", f"{100 * level:g} %, {resamples} draws, seed {seed}"),
        ]
        with atomic_folder(out) as draft:
            picture = draft / "times.png"
            times_plot(result, picture)
            alt = "seconds a contour by method and reader, as in the tables"
            _write(draft, result, title="Contouring times", facts=facts, about=_ABOUT_TIMES, pictures=[(picture, alt)])
    return result


def _write(folder: Path, result: PreferenceResult | TimesResult, **report: Any) -> None:
    for table in result.tables:
        write_table(table, folder / f"{table.name}.csv")
    write_study_report(folder / "report.html", tables=result.tables, notes=result.notes, **report)
