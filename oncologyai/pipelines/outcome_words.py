"""A study in words: who was analysed, how models were made and judged; what methods sections and checklists say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

import numpy as np

from oncologyai.outcome import ModelPart, OutcomeData, StudyConfig, model_features
from oncologyai.pipelines.outcome_study import ModelJudged, StudyResult

__all__ = ["design_words", "methods_paragraphs", "model_words", "outcome_words", "step_names"]

_KINDS = {
    "nested": "{folds}-fold cross-validation{repeats}, patients as units, events shared out among the folds",
    "repeated": "{repeats_count} random splits, {test_share:.0%} of the patients judged in each, events shared out",
    "external": "an external test: learned from {train}, judged on {test} ({group})",
    "centres": "each value of {group} judged by models of the others",
}


def methods_paragraphs(result: StudyResult) -> tuple[str, ...]:
    """Give the methods of a study as a paper says them, with its settings and versions."""
    return (
        f"{_patients(result)} {_features(result)}",
        f"Models were validated by {design_words(result)}. Whatever learns from data (imputation, scaling, filters, "
        "selection, tuning, thresholds) was fitted on the training patients of each split alone; the patients to be "
        f"judged were not seen before. {_published(result)}".strip(),
        " ".join(_model(result.cohort.data, model) for model in result.models if not model.published),
        f"{_performance(result)} {_software(result)}",
    )


def outcome_words(study: StudyConfig) -> str:
    """Say what is predicted."""
    what = study.endpoint or study.roles.event or study.roles.label
    if not study.is_survival:
        return f"{what} ({study.roles.label} = {study.roles.positive} against the rest)"
    parts = [f"{what} (days in {study.roles.time}, events in {study.roles.event})"]
    if study.horizons_days:
        parts.append("by " + _and([f"{days:g} days" for days in study.horizons_days]))
    if study.censor_at_days:
        parts.append(f"follow-up ended at {study.censor_at_days:g} days")
    if others := (*study.roles.competing, *study.roles.competes):
        parts.append(f"competing: {_and(others)}")
    return ", ".join(parts)


def design_words(result: StudyResult) -> str:
    """Say who was learned from and who was judged."""
    study, design = result.study, result.study.design
    text = _KINDS[design.kind].format(
        folds=design.folds, repeats=f" repeated {design.repeats} times" if design.repeats > 1 else "",
        repeats_count=design.repeats, test_share=design.test_share, train=" and ".join(design.train),
        test=" and ".join(design.test), group=study.roles.group,
    )  # fmt: skip
    learned = [len(one.train) for one in result.splits]
    return f"{text} ({_span(learned)} patients learned from in a split)"


def model_words(model: ModelPart) -> str:
    """Say what a model is made of, its options with what was tuned."""
    tuned = {name: value for name, value in model.options.items() if isinstance(value, list)}
    fixed = {name: value for name, value in model.options.items() if name not in tuned}
    words = [model.learner]
    if fixed:
        words.append("with " + ", ".join(f"{name} {_plain(value)}" for name, value in fixed.items()))
    if tuned:
        listed = "; ".join(f"{name} among {', '.join(map(_plain, value))}" for name, value in tuned.items())
        words.append(f"tuned within the training patients ({listed})")
    return " ".join(words)


def step_names(model: ModelJudged) -> tuple[str, ...]:
    """Give the steps before a model, in order, as its splits tell them."""
    found: dict[str, None] = {}
    for split in model.splits:
        found.update(dict.fromkeys(_steps(split.told)))
    return tuple(found)


def _steps(told: Any) -> list[str]:
    if isinstance(told, Mapping):
        own = [str(told["step"])] if isinstance(told.get("step"), str) else []
        return own + [name for key, inner in told.items() if key != "step" for name in _steps(inner)]
    if isinstance(told, list | tuple):
        return [name for inner in told if isinstance(inner, Mapping) for name in _steps(inner)]
    return []


def _patients(result: StudyResult) -> str:
    study, data, flow = result.study, result.cohort.data, result.cohort.flow
    files = _and([PurePath(table.path).name for table in study.tables])
    left = [f"{one.left_out} {one.step}" for one in flow if one.left_out]
    gone = f" Left out: {'; '.join(left)}." if left else ""
    with_event = int(data.strata.sum())
    kind = "events" if data.is_survival else "of class 1"
    text = f"Of {flow[0].left} rows of {files}{f' ({study.source})' if study.source else ''} {len(data)} patients were "
    return text + f"analysed, {with_event} {kind}.{gone} The outcome was {outcome_words(study)}."


def _features(result: StudyResult) -> str:
    data, missing = result.cohort.data, result.cohort.missing
    counts = Counter(source or "not named" for source in data.sources)
    by_source = ", ".join(f"{count} {source}" for source, count in counts.items())
    text = f"There were {len(data.names)} features ({by_source})."
    if not missing:
        return f"{text} None had missing values."
    share = sum(count for _, count in missing) / (len(data) * len(data.names))
    return f"{text} {len(missing)} had missing values ({share:.1%} of all cells, at most {missing[0][1]} patients)."


def _published(result: StudyResult) -> str:
    names = [model.name for model in result.models if model.published]
    if not names:
        return ""
    return f"For comparison only, {_and(names)} learned from everybody before the split, as published; that flatters."


def _model(data: OutcomeData, model: ModelJudged) -> str:
    steps = step_names(model)
    before = f" after {', '.join(steps)}" if steps else ""
    given = len(model_features(data, model.model).names)
    return f"{model.name}: {model_words(model.model)} of {given} feature{'s' if given != 1 else ''}{before}."


def _performance(result: StudyResult) -> str:
    if result.cohort.data.is_survival:
        text = (
            "Discrimination is Harrell's C of pairs of patients that one model judged, with Uno's C and areas under "
            "the ROC curve at the horizons, intervals by the infinitesimal jackknife over patients; accuracy is the "
            "Brier score; calibration the slope of the linear predictor and groups of like prediction against the "
            "observed incidence. Groups of risk are cut at quantiles of the training patients' risk."
        )
    else:
        text = (
            "Discrimination is the area under the ROC curve of pairs of patients that one model judged. Balanced "
            "accuracy, precision, recall, specificity and F1 are at the threshold of the greatest Youden index in each "
            "split's training patients; intervals are of 2,000 bootstrap samples of patients. Calibration is slope and "
            "intercept of the logit of the chance."
        )
    if result.pairs:
        text += " Models were compared by the paired difference of their discrimination over the same patients."
    return text


def _software(result: StudyResult) -> str:
    versions = result.provenance.versions
    listed = [f"{name} {versions[name]}" for name in versions if name in _SHOWN]
    return f"Software: {', '.join(listed)}; seed {result.study.seed}."


_SHOWN = ("oncologyai", "python", "numpy", "scipy", "pandas", "scikit-learn", "xgboost-cpu", "xgboost", "lifelines")


def _span(values: Sequence[int]) -> str:
    low, high = int(np.min(values)), int(np.max(values))
    return str(low) if low == high else f"{low} to {high}"


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_plain(inner)}" for name, inner in value.items()) + "}"
    return "none" if value is None else str(value)


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
