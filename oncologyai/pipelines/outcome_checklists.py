"""TRIPOD+AI, CLEAR and the radiomics quality score, filled as far as a run knows; the rest is left open and counted."""

from __future__ import annotations

from collections.abc import Callable

from oncologyai.outcome import StudyConfig
from oncologyai.pipelines.checklists import Checklist, check_items, fill_checklist
from oncologyai.pipelines.outcome_study import ModelJudged, StudyResult
from oncologyai.pipelines.outcome_words import design_words, methods_paragraphs, outcome_words, step_names

__all__ = ["CHECKLISTS", "check_answers", "filled_checklists"]

CHECKLISTS = ("tripod", "clear", "rqs")


def check_answers(study: StudyConfig) -> None:
    """Raise InputError if the study file answers an item that is on no list."""
    check_items(CHECKLISTS, study.answers, "tripod-17, clear-8 or rqs-1")


def filled_checklists(result: StudyResult) -> tuple[Checklist, ...]:
    """Give every list with what the run knows; what the study file answers goes before."""
    facts = {name: make(result) for name, make in _FACTS.items()}
    return tuple(fill_checklist(name, facts, result.study.answers) for name in CHECKLISTS)


def _honest(result: StudyResult) -> list[ModelJudged]:
    return [model for model in result.models if not model.published]


def _source(result: StudyResult) -> str:
    study = result.study
    return f"{study.source}; {len(study.tables)} tables" if study.source else ""


def _follow_up(result: StudyResult) -> str:
    if not result.cohort.data.is_survival:
        return ""
    times = sorted(result.cohort.data.follow_up.times.tolist())
    return (
        f"follow-up of {times[0]:g} to {times[-1]:g} days, median {times[len(times) // 2]:g}; dates are not known here"
    )


def _centres(result: StudyResult) -> str:
    batch, group = result.cohort.data.batch, result.study.roles.group
    if batch is None:
        return ""
    names = sorted(set(batch.astype(str)))
    counts = ", ".join(f"{name} {int((batch == name).sum())}" for name in names)
    return f"{len(names)} values of {group}: {counts}"


def _eligibility(result: StudyResult) -> str:
    where = "; ".join(f"{name} one of {', '.join(values)}" for name, values in result.study.where.items())
    return f"rows with {where}; an outcome that is known" if where else ""


def _preparation(result: StudyResult) -> str:
    kinds = [one.kind for one in result.findings]
    return (
        f"tables were checked by program: {kinds.count('warning')} warnings and {kinds.count('note')} notes are "
        "listed; the same for all patients"
    )


def _sources(result: StudyResult) -> list[str]:
    return sorted({source for source in result.cohort.data.sources if source})


def _predictors(result: StudyResult) -> str:
    data = result.cohort.data
    listed = ", ".join(data.names[:20]) + (f", ... {len(data.names)} in all" if len(data.names) > 20 else "")
    return f"{listed}; which model was given which stands with it"


def _sample_size(result: StudyResult) -> str:
    data = result.cohort.data
    events = int(min(data.strata.sum(), len(data) - data.strata.sum()) if not data.is_survival else data.strata.sum())
    return f"all {len(data)} patients at hand; {events / max(len(data.names), 1):.2g} events a feature given"


def _missing(result: StudyResult) -> str:
    imputed = sorted({name for model in _honest(result) for name in step_names(model) if "imput" in name.lower()})
    count = len(result.cohort.missing)
    how = f"; {', '.join(imputed)}, learned from the training patients" if imputed else ""
    return f"{count} features with missing values, listed{how}" if count else "no value was missing"


def _steps_named(result: StudyResult, *words: str) -> str:
    names = {name for model in _honest(result) for name in step_names(model)}
    found = sorted(name for name in names if any(word in name.lower() for word in words))
    return f"{', '.join(found)}, learned from the training patients of each split" if found else ""


def _tuned(result: StudyResult) -> str:
    names = [model.name for model in _honest(result) if any(isinstance(v, list) for v in model.model.options.values())]
    if not names:
        return "options were fixed before; they stand with each model"
    return f"{', '.join(names)}: in {result.study.design.inner_folds} folds within the training patients"


def _algorithm(result: StudyResult) -> str:
    return methods_paragraphs(result)[2]


def _performance(result: StudyResult) -> str:
    kind = "C" if result.cohort.data.is_survival else "AUC"
    scores = [(model.name, model.judged.score) for model in _honest(result)]
    return "; ".join(f"{name} {kind} {s.value:.2f} ({s.low:.2f} to {s.high:.2f})" for name, s in scores)


def _measures(result: StudyResult) -> str:
    return methods_paragraphs(result)[3].partition(" Software:")[0]


def _flow(result: StudyResult) -> str:
    data = result.cohort.data
    left = "; ".join(f"{one.left_out} {one.step}" for one in result.cohort.flow if one.left_out) or "nobody left out"
    return f"{result.cohort.flow[0].left} rows, {left}, {len(data)} analysed, {int(data.strata.sum())} with the event"


def _splits(result: StudyResult) -> str:
    strata = result.cohort.data.strata
    parts = []
    for one in result.splits[:10]:
        sides = [f"{len(side)} ({int(strata[side].sum())})" for side in (one.train, one.test)]
        parts.append(f"{one.name}: {' and '.join(sides)}")
    more = f"; ... {len(result.splits)} in all" if len(result.splits) > 10 else ""
    return "learned from and judged, with the event in brackets: " + "; ".join(parts) + more


def _by_group(result: StudyResult) -> str:
    return design_words(result) if result.study.design.kind in ("external", "centres") else ""


def _comparison(result: StudyResult) -> str:
    pairs = [pair for pair in result.pairs if not pair.first.endswith("(as published)")]
    return f"{len(pairs)} pairs by the paired difference over the same patients, listed" if pairs else ""


def _combined(result: StudyResult) -> str:
    data, kinds = result.cohort.data, set()
    for model in _honest(result):
        used = model.model.sources or tuple(_sources(result))
        kinds.add(tuple(sorted(used)))
    return "; ".join("+".join(one) for one in sorted(kinds) if one) if len(kinds) > 1 and data.names else ""


def _imbalance(result: StudyResult) -> str:
    data = result.cohort.data
    if data.is_survival:
        return ""
    balanced = [m.name for m in _honest(result) if m.model.options.get("balanced", True)]
    weights = "; learners weight the classes unless 'balanced: false' is set" if balanced else ""
    return f"{int(data.labels.sum())} of {len(data)} patients are of class 1{weights}; calibration shows what it does"


def _calibration(result: StudyResult) -> str:
    return "slope and groups of like prediction of patients not seen, by resampling" if _resampled(result) else (
        "slope and groups of like prediction of patients not seen"
    )  # fmt: skip


def _resampled(result: StudyResult) -> bool:
    return result.study.design.kind in ("nested", "repeated")


def _discrimination(result: StudyResult) -> str:
    return _performance(result) + ("; by resampling" if _resampled(result) else "")


def _stability(result: StudyResult) -> str:
    if not result.stability:
        return ""
    counts = {kind: list(result.stability.values()).count(kind) for kind in sorted(set(result.stability.values()))}
    return "classes of features: " + ", ".join(f"{count} {kind}" for kind, count in counts.items())


def _output(result: StudyResult) -> str:
    if not result.cohort.data.is_survival:
        return "chance of class 1; called at the Youden threshold of the training patients"
    return "log relative hazard, chance of the event by each horizon; groups at cuts of the training patients' risk"


_FACTS: dict[str, Callable[[StudyResult], str]] = {
    "title": lambda r: r.study.title,
    "objective": lambda _: "development with validation",
    "source": _source,
    "follow_up": _follow_up,
    "centres": _centres,
    "eligibility": _eligibility,
    "preparation": _preparation,
    "outcome": lambda r: outcome_words(r.study),
    "predictors": _predictors,
    "sample_size": _sample_size,
    "missing": _missing,
    "design": design_words,
    "scaling": lambda r: _steps_named(r, "z-score", "combat", "scal"),
    "selection": lambda r: _steps_named(r, "filter", "screen", "elimination", "importance", "allowance"),
    "reduction": lambda r: _steps_named(r, "filter", "screen", "elimination", "importance", "allowance"),
    "algorithm": _algorithm,
    "tuning": _tuned,
    "choice": lambda _: "no model was chosen by what it did on the judged patients; all are reported",
    "clusters": _by_group,
    "measures": _measures,
    "uncertainty": _measures,
    "comparison": _comparison,
    "prediction": lambda _: "by the model of the split that had not seen the patient",
    "imbalance": _imbalance,
    "output": _output,
    "sides": _by_group,
    "flow": _flow,
    "baseline": lambda _: "table of features: median, quartiles, missing values",
    "splits": _splits,
    "specification": lambda _: "coefficients or importances over the splits, listed; every split's model in folds.json",
    "performance": _performance,
    "use": lambda r: _missing(r) if r.cohort.missing else "",
    "software": lambda r: (
        f"OncologyAI {r.provenance.versions.get('oncologyai', '')}, Apache-2.0; the study file is kept"
    ),
    "checklists": lambda _: "TRIPOD+AI, CLEAR and the radiomics quality score, filled below",
    "feature_count": lambda r: f"{len(r.cohort.data.names)}",
    "image_settings": lambda r: r.image_settings,
    "stability": _stability,
    "combined": _combined,
    "combined_results": lambda r: _performance(r) if _combined(r) else "",
    "groups": lambda r: "groups at the median of the training patients' risk" if r.cohort.data.is_survival else "",
    "discrimination": _discrimination,
    "calibration": _calibration,
    "validation": _by_group,
    "utility": lambda r: "decision curves" if not r.cohort.data.is_survival or r.study.horizons_days else "",
}
