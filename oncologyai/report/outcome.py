"""The page of a study of outcome: patients, models side by side, each with every figure, methods, checklists."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from oncologyai.metrics import Interval
from oncologyai.outcome import PUBLISHED, model_features
from oncologyai.pipelines import (
    Checklist,
    ModelJudged,
    Pair,
    StudyResult,
    baseline_table,
    filled_checklists,
    methods_paragraphs,
    outcome_words,
)
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.report.cohort_tables import Shown, shown_number
from oncologyai.report.html import Picture
from oncologyai.report.outcome_figures import draw_decisions, draw_scores
from oncologyai.report.outcome_model import interval_text, model_section
from oncologyai.report.sections import Section, write_sections

__all__ = ["write_outcome_report"]

_LONG = 20  # rows of a table that is folded
_LINES = 12  # of a finding
_ANOTHER_WORD = 0.85  # Spearman's correlation from which a feature is another word for the volume (ch. 3's limit)


def write_outcome_report(result: StudyResult, path: Path, figures: Path, *, progress: Progress | None = None) -> None:
    """Write the page.

    Parameters
    ----------
    result : StudyResult
    path : Path
        The HTML file; every figure is inside it.
    figures : Path
        Folder that gets the figures as PNG files too.
    progress : Progress, optional

    Raises
    ------
    CancelledError
        If cancelled.
    """
    watch = progress or Silent()
    figures.mkdir(parents=True, exist_ok=True)
    sections = [_models(result, figures), _published(result), _compared(result), *_cohort(result)]
    for n, model in enumerate(result.models):
        check_cancelled(watch)
        watch.stage(f"page: {model.name}", n / len(result.models))
        sections.append(model_section(result, model, figures))
    sections.append(_relations(result))
    sections.append(Section("Methods in words", "\n\n".join(methods_paragraphs(result)), words=True))
    sections += _checklists(result)
    write_sections(
        path, kind="Outcome", name=result.study.title or result.study.name, facts=_facts(result), sections=sections,
        provenance=result.provenance, notes=result.notes,
    )  # fmt: skip


def _facts(result: StudyResult) -> list[tuple[str, str]]:
    data = result.cohort.data
    kind = "with the event" if data.is_survival else "of class 1"
    return [
        ("Outcome", outcome_words(result.study)),
        ("Patients", f"{len(data)}, {int(data.strata.sum())} {kind}"),
        ("Features", str(len(data.names))),
        ("Validation", f"{result.study.design.kind}, {len(result.splits)} splits"),
        ("Models", f"{len(result.models)} judged, {len(result.failed)} could not be"),
        ("Checklists", "; ".join(_counted(one) for one in filled_checklists(result))),
    ]


def _models(result: StudyResult, figures: Path) -> Section:
    survival = result.cohort.data.is_survival
    heads = ["Model", "Learner", "Features", "C (95 % interval)" if survival else "AUC (95 % interval)"]
    heads += [f"AUC by {days:g} days" for days in result.study.horizons_days]
    heads += ["Integrated Brier", "Calibration slope"] if survival else ["Balanced accuracy", "F1", "Calibration slope"]
    rows = [_row(result, model, heads) for model in result.models]
    scores = {m.name: Interval(m.judged.score.value, m.judged.score.low, m.judged.score.high) for m in result.models}
    draw_scores(
        scores, figures / "scores.png", label="C" if survival else "AUC",
        marked=[model.name for model in result.models if model.published],
    )  # fmt: skip
    pictures = [
        Picture(figures / "scores.png", "Every model on patients whom it had not seen; hollow: as published, leaking")
    ]
    pictures += _decisions(result, figures)
    table = Shown("", tuple(heads), tuple(rows), (False, False, *[True] * (len(heads) - 2)))
    return Section("Models", _MODELS, (table,), tuple(pictures))


def _row(result: StudyResult, model: ModelJudged, heads: Sequence[str]) -> tuple[str, ...]:
    given = len(model_features(result.cohort.data, model.model).names)
    score = model.judged.score
    cells = [model.name, model.model.learner, str(given)]
    if model.survival is not None:
        found = model.survival
        by_day = {at.horizon: at for at in found.horizons}
        cells.append(interval_text(found.harrell))
        cells += [interval_text(by_day[days].auc) if days in by_day else "–" for days in result.study.horizons_days]
        cells.append("–" if found.brier is None else shown_number(found.brier.integrated))
        cells.append("–" if found.calibration is None else shown_number(found.calibration.slope))
    elif model.classes is not None:
        classes = model.classes
        cells += [interval_text(one) for one in (classes.auc, classes.balanced_accuracy, classes.f1)]
        cells.append(shown_number(classes.calibration.slope))
    return tuple(cells) if len(cells) == len(heads) else (*cells, interval_text(score))


def _decisions(result: StudyResult, figures: Path) -> list[Picture]:
    honest = [model for model in result.models if not model.published][:7]
    panels: dict[str, dict] = {}
    for days in result.study.horizons_days:
        curves = {m.name: at.decision for m in honest if m.survival for at in m.survival.horizons if at.horizon == days}
        if curves:
            panels[f"by {days:g} days"] = curves
    if curves := {model.name: model.curves.decision for model in honest if model.curves}:
        panels[""] = curves
    if not panels or len(honest) < 2:
        return []
    draw_decisions(panels, figures / "decisions.png")
    return [Picture(figures / "decisions.png", "Decision curves of the models")]


def _published(result: StudyResult) -> Section:
    by_name = {model.name: model for model in result.models}
    rows = []
    for pair in result.pairs:
        honest = pair.first.removesuffix(PUBLISHED)
        if pair.first != honest and honest == pair.second:
            found = pair.difference
            scores = [interval_text(by_name[name].judged.score) for name in (honest, pair.first)]
            rows.append(
                (
                    honest, *scores,
                    f"{found.value:+.3f} ({found.low:+.3f} to {found.high:+.3f})", _p(found.p),
                )
            )  # fmt: skip
    heads = ("Model", "Honest", "As published", "What leaking adds", "p")
    tables = (Shown("", heads, tuple(rows), (False, True, True, True, True)),) if rows else ()
    return Section("As published and honest", _PUBLISHED, tables)


def _compared(result: StudyResult) -> Section:
    pairs = [pair for pair in result.pairs if pair.first.removesuffix(PUBLISHED) != pair.second]
    rows = tuple(
        (
            pair.first, pair.second,
            f"{pair.difference.value:+.3f} ({pair.difference.low:+.3f} to {pair.difference.high:+.3f})",
            _p(pair.difference.p),
        )
        for pair in pairs
    )  # fmt: skip
    table = Shown("", ("First", "Second", "First less second (95 % interval)", "p"), rows, (False, False, True, True))
    return Section("Models compared", _COMPARED, (table, *_agreed(pairs)) if rows else ())


def _agreed(pairs: Sequence[Pair]) -> list[Shown]:
    """Give where two models of classes call patients the same, and how right they are there."""
    rows = []
    for pair in pairs:
        if pair.agreement is None:
            continue
        found, right = pair.agreement, pair.agreement.performance
        figures = [None, None] if right is None else [right.auc, right.balanced_accuracy]
        cells = (f"{found.agreed} of {found.rows}", shown_number(found.kappa), *map(interval_text, figures))
        rows.append((pair.first, pair.second, *cells))
    heads = ("First", "Second", "Called the same", "Kappa", "AUC there", "Balanced accuracy there")
    numeric = (False, False, *(True,) * 4)
    return [Shown("Where both call the same", heads, tuple(rows), numeric)] if rows else []


def _cohort(result: StudyResult) -> list[Section]:
    cohort = result.cohort
    flow = tuple((one.step, str(one.left_out) if one.left_out else "", str(one.left)) for one in cohort.flow)
    missing = tuple((name, str(count), f"{count / len(cohort.data):.0%}") for name, count in cohort.missing)
    tables = [Shown("Flow of patients", ("Step", "Left out", "Left"), flow, (False, True, True))]
    if missing:
        heads = ("Feature", "Patients without a value", "Share")
        caption = f"Missing data: {len(missing)} of {len(cohort.data.names)} features"
        tables.append(Shown(caption, heads, missing, (False, True, True), folded=len(missing) > _LONG))
    tables.append(_baseline(result))
    found = tuple((one.kind, one.column, one.text, _lines(one.rows)) for one in result.findings)
    odd = Shown("", ("Kind", "Column", "Finding", "Lines"), found, (False,) * 4, folded=False)
    return [
        Section("Patients", _PATIENTS, tuple(tables)),
        Section("What is odd about the tables", _FINDINGS, (odd,) if found else ()),
    ]


def _relations(result: StudyResult) -> Section:
    found = result.relations
    if found is None:
        return Section("Volume and sources")
    tables = []
    if found.volume:
        close = [(name, value) for name, value in found.volume.items() if abs(value) > _ANOTHER_WORD]
        close = [pair for pair in close if pair[0] != result.study.volume]
        rows = tuple((name, shown_number(value)) for name, value in sorted(close, key=lambda pair: -abs(pair[1])))
        caption = f"{len(close)} of {len(found.volume) - 1} features with |ρ| above {_ANOTHER_WORD:g} with the volume"
        tables.append(Shown(caption, ("Feature", "ρ with volume"), rows, (False, True), folded=True))
    if found.associations:
        heads = ("First", "Second", "Kind", "n", "r", "p, each by itself")
        pairs = tuple(
            (one.first, one.second, one.kind, str(one.n), shown_number(one.r), _p(one.p)) for one in found.associations
        )
        caption = "Chosen features of different sources, the strongest pairs"
        tables.append(Shown(caption, heads, pairs, (False, False, False, True, True, True), folded=len(pairs) > _LONG))
    return Section("Volume and sources", _RELATIONS, tuple(tables))


def _baseline(result: StudyResult) -> Shown:
    data = result.cohort.data
    heads = ("with the event", "without") if data.is_survival else ("of class 1", "of class 0")
    rows = []
    for row in baseline_table(data).rows:
        name, source, missing, *numbers = row
        shown = ["–" if not isinstance(one, float) else shown_number(one) for one in numbers]
        rows.append((str(name), str(source or "–"), str(missing), f"{shown[0]} ({shown[1]} to {shown[2]})", *shown[3:]))
    columns = ("Feature", "Source", "Missing", "Median (quartiles)", *(f"Median {head}" for head in heads))
    numeric = (False, False, True, True, True, True)
    return Shown("What patients were like", columns, tuple(rows), numeric, folded=len(rows) > _LONG)


def _checklists(result: StudyResult) -> list[Section]:
    sections = []
    for one in filled_checklists(result):
        rows = tuple((item.id, item.topic, item.asks, item.state, item.said) for item in one.items)
        heads = ("Item", "Topic", "Asks", "State", "What the run says")
        table = Shown("All items", heads, rows, (False,) * 5, folded=True)
        sections.append(
            Section(f"Checklist: {one.title}", f"{_counted(one)}. {_CHECKLIST} List: {one.source}.", (table,))
        )
    return sections


def _counted(one: Checklist) -> str:
    counts = {state: one.count(state) for state in ("filled by the run", "answered by the authors", "open")}
    return f"{one.title}: " + ", ".join(f"{count} {state}" for state, count in counts.items() if count)


def _lines(rows: Sequence[int]) -> str:
    listed = ", ".join(map(str, rows[:_LINES]))
    return f"{listed}, ... {len(rows)} in all" if len(rows) > _LINES else listed


def _p(value: float) -> str:
    return "< 0.0001" if value < 0.0001 else f"{value:.2g}"


_MODELS = (
    "Scores are of patients whom the model had not seen, and of pairs of patients that one split's model judged: the "
    "scales of two splits' models need not agree."
)
_PUBLISHED = (
    "The same models as papers have them that learn from everybody before they split (filters, scaling, selection, or "
    "the choice of a model). The difference is what such a validation flatters by."
)
_COMPARED = "Paired over the same patients in the same splits; intervals by the infinitesimal jackknife over patients."
_PATIENTS = (
    "From the rows of the first table to the patients analysed. Quartiles are of known values; the last two columns "
    "are the medians of patients with and without the event (or of class 1 and 0)."
)
_FINDINGS = (
    "Found by program before anything was learned. Lines are those of the first table's file, the header being line 1."
)
_RELATIONS = (
    "A feature that follows the volume closely is another word for it. Features of different sources are those that a "
    "model chose in at least half of its splits; point-biserial where one of the two has two values."
)
_CHECKLIST = (
    "The wording is ours and short; the list itself counts. Open items are for the authors, who may answer them in the "
    "study file under answers."
)
