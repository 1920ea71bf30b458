"""The reports of robustness: repeated measurements, perturbations, and the phantom workflow."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path

from oncologyai.pipelines import PhantomStudyResult, RepeatResult
from oncologyai.report.cohort_tables import Shown, plain_table
from oncologyai.report.html import Picture
from oncologyai.report.plots import draw_bland_altman
from oncologyai.report.sections import Section, write_sections
from oncologyai.report.stability_plots import draw_concordances, draw_stability_map, draw_stability_strips
from oncologyai.robustness import FeatureStability, origin_of, stability_table
from oncologyai.types import Table

__all__ = ["write_phantom_report", "write_repeat_report"]

_SEVERAL = 2


def write_repeat_report(
    result: RepeatResult, path: Path, figures: Path, *, name: str, show: Sequence[str] = (), notes: Sequence[str] = ()
) -> None:
    """Write the report of repeated measurements.

    Parameters
    ----------
    result : RepeatResult
    path : Path
        The HTML file; every figure is inside it.
    figures : Path
        Folder that gets the figures as PNG files too.
    name : str
        What was measured.
    show : sequence of str
        Features whose Bland and Altman's plot is drawn; without any, and of two measurements, those of the largest,
        the median and the least coefficient.
    notes : sequence of str

    Raises
    ------
    InputError
        If a feature to be shown is not there.
    """
    figures.mkdir(parents=True, exist_ok=True)
    config = result.config
    counts = {kind: sum(one.stability == kind for one in result.stability) for kind in ("stable", "rejected")}
    facts = [
        ("Repeated", config.setting),
        ("Subjects", str(len(result.measurements.subjects))),
        ("Measurements of each", str(len(result.measurements.occasions))),
        ("Features", str(len(result.stability))),
        ("Stable", f"{counts['stable']}: {config.measure} ({config.bound}) at least {config.limit:g}"),
        ("Rejected", str(counts["rejected"])),
    ]
    sections = [
        _overview(result.stability, result.classes, figures, measure=config.measure, limit=config.limit),
        Section("Differences", _DIFFERENCES, (), _differences(result, figures, show)),
        Section("Features", _FEATURES, _tables(result.features, result.stability)),
    ]  # fmt: skip
    write_sections(
        path, kind="Robustness", name=name, facts=facts, sections=sections, provenance=result.provenance,
        notes=(*notes, *result.notes),
    )  # fmt: skip


def write_phantom_report(
    result: PhantomStudyResult,
    path: Path,
    figures: Path,
    *,
    name: str,
    extra: Sequence[Table] = (),
    notes: Sequence[str] = (),
) -> None:
    """Write the report of the phantom workflow; ``extra`` tables are shown first. Else as ``write_repeat_report``."""
    figures.mkdir(parents=True, exist_ok=True)
    verdict, limit = result.verdict, result.config.limit
    facts = [
        ("Limit", f"concordance ({result.config.bound}) at least {limit:g}; chapter 2 prints none"),
        ("Combinations of parameters", str(len(result.combinations.rows))),
        ("Features", str(len(verdict.stability))),
        *((kind.capitalize(), str(len(verdict.features(kind)))) for kind in ("stable", "harmonisable", "rejected")),
    ]
    sections = [
        *(Section(table.name.capitalize(), "", (plain_table(table),)) for table in extra),
        _overview(verdict.stability, result.classes, figures, measure="CCC", limit=limit),
        Section("Combinations", _COMBINATIONS, (plain_table(result.combinations),)),
        Section("Concordance", _CONCORDANCE, (), _concordances(result, figures)),
        Section("Features", _PHANTOM_FEATURES, _tables(result.features, verdict.stability)),
    ]  # fmt: skip
    write_sections(
        path, kind="Phantom workflow", name=name, facts=facts, sections=sections, provenance=result.provenance,
        notes=(*notes, *result.notes),
    )  # fmt: skip


def _overview(
    stability: Sequence[FeatureStability], classes: Table, figures: Path, *, measure: str, limit: float
) -> Section:
    by_family: dict[str, list[tuple[float, str]]] = {}
    by_filter: dict[str, list[tuple[float, str]]] = {}
    for one in stability:
        origin = origin_of(one.feature)
        by_family.setdefault(origin.family, []).append((one.value, one.stability))
        by_filter.setdefault(origin.filter, []).append((one.value, one.stability))
    pictures = []
    if len(classes.rows) > 1:
        draw_stability_map(classes, figures / "map.png", measure=measure, limit=limit)
        pictures.append(Picture(figures / "map.png", f"{measure} by image and family of features"))
    for title, groups in (("family", by_family), ("filter", by_filter)):
        if len(groups) > 1 or title == "family":
            draw_stability_strips(groups, figures / f"by_{title}.png", measure=measure, limit=limit)
            pictures.append(Picture(figures / f"by_{title}.png", f"{measure} of every feature by {title}"))
    return Section("By family and filter", _CLASSES, (plain_table(classes),), tuple(pictures))


def _differences(result: RepeatResult, figures: Path, show: Sequence[str]) -> tuple[Picture, ...]:
    occasions = result.measurements.occasions
    if not show and len(occasions) == _SEVERAL:
        known = sorted((one.value, one.feature) for one in result.stability if not math.isnan(one.value))
        places = dict.fromkeys((len(known) - 1, len(known) // 2, 0)) if known else ()
        show = [known[place][1] for place in places]
    pictures = []
    for feature in show:
        path = figures / f"bland_altman_{re.sub(r'[^A-Za-z0-9.-]+', '-', feature)}.png"
        draw_bland_altman(result.differences(feature), path, label=feature, names=(occasions[0], occasions[1]))
        pictures.append(Picture(path, feature))
    return tuple(pictures)


def _concordances(result: PhantomStudyResult, figures: Path) -> tuple[Picture, ...]:
    verdict = result.verdict
    kinds = [one.stability for one in verdict.stability]
    pictures = []
    for name, worst, label in (
        ("retest", verdict.retest, "least CCC of repeated scans"),
        ("after", verdict.after, "least CCC of two combinations after ComBat"),
    ):
        if worst is None or not any(math.isfinite(value) for value in worst.value):
            continue
        path = figures / f"{name}.png"
        draw_concordances(
            verdict.across.value.tolist(), worst.value.tolist(), kinds, path, label=label, limit=result.config.limit
        )
        pictures.append(Picture(path, f"Across combinations, and {label.removeprefix('least CCC of ')}"))
    return tuple(pictures)


def _tables(features: Table, stability: Sequence[FeatureStability]) -> tuple[Shown, ...]:
    """Show all figures, and the class of each feature with its reason, both folded."""
    classes = plain_table(
        stability_table(stability), "Class of each feature", leave_out=("setting", "source", "limit"), folded=True
    )
    return plain_table(features, "All figures", folded=True), classes


_CLASSES = (
    "The class of each feature stands in the .stability.csv beside the table, and is read by the commands that use it. "
    "A coefficient that could not be computed counts as rejected."
)
_DIFFERENCES = (
    "Differences over means, with bias and limits of agreement (1.96 standard deviations) and their intervals shaded."
)
_FEATURES = (
    "CCC: Lin's concordance correlation, of more than two measurements the overall one. ICC: single measurements, "
    "after Shrout and Fleiss. within_sd: deviation of one subject's measurements. repeatability: two measurements "
    "differ by less in 95 of 100 subjects. within_cv: the deviation as a share of the subject's mean."
)
_COMBINATIONS = "Sets of scanning parameters: how often the phantom was scanned with each, and how many patients were."
_CONCORDANCE = (
    "Each point is a feature, at the worst pair of combinations. After ComBat, each region of the phantom was brought "
    "over by shifts and scales estimated from the other regions, so that no region judges what it has shaped."
)
_PHANTOM_FEATURES = (
    "across: concordance of the first scans, the worst pair of combinations. retest: of repeated scans, the worst "
    "combination. after: as across, after ComBat; empty for features that needed none or could not have it."
)
