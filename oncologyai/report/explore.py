"""The page of an exploration: one HTML file that works offline, with every plot and the search inside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import oncologyai
from oncologyai._optional import import_optional
from oncologyai.pipelines import ExploreResult
from oncologyai.report.explore_data import page_data, page_features
from oncologyai.report.html import page_environment

__all__ = ["require_plotly", "write_explore_page"]


def require_plotly() -> None:
    """Raise MissingDependencyError unless plotly is installed, before work that will need it."""
    import_optional("plotly.offline", feature="the interactive page", install="pip install 'oncologyai[stats]'")


def write_explore_page(result: ExploreResult, path: Path, *, name: str, notes: Sequence[str] = ()) -> None:
    """Write the page.

    Parameters
    ----------
    result : ExploreResult
    path : Path
        The HTML file; plotly's program stands in it once, nothing is loaded from elsewhere.
    name : str
        What the table is called.
    notes : sequence of str
        Beside the result's own.

    Raises
    ------
    MissingDependencyError
        If plotly is not installed.
    """
    offline = import_optional(
        "plotly.offline", feature="the interactive page", install="pip install 'oncologyai[stats]'"
    )
    held, count = len(page_features(result)), len(result.table.names)
    told = (
        [f"this page holds the {held} features of the least p of {count}; the tables hold all"] if held < count else []
    )
    features = result.tables["features"]
    stability = sorted({str(row[1]) for row in features.rows if row[1] is not None}) if result.table.stability else []
    page = (
        page_environment()
        .get_template("explore.html.j2")
        .render(
            name=name,
            version=oncologyai.__version__,
            facts=_facts(result),
            notes=(*notes, *result.notes, *told),
            class_heads=("Rows", "Patients", "Share", "Rows in the file", "Share in the file"),
            class_rows=_class_rows(result),
            class_text=_CLASSES,
            test_text=_tests(result),
            group_text=_GROUPS.format(limit=f"{result.config.group_limit:g}", count=int(result.groups.group.max())),
            stability=stability,
            volume=result.volume,
            alpha=result.config.alpha,
            auc_threshold=result.config.auc_threshold,
            volume_threshold=result.config.volume_threshold,
            provenance=json.dumps(result.provenance.to_dict(), indent=2, ensure_ascii=False),
            data=_inside_page(
                json.dumps(page_data(result), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
            ),
            plotly=offline.get_plotlyjs().replace("</script", "<\\/script"),
        )
    )
    path.write_text(page, encoding="utf-8")


def _facts(result: ExploreResult) -> list[tuple[str, str]]:
    table = result.table
    return [
        ("Outcome", result.config.outcome),
        ("Rows", f"{len(table.cases)} of {len(set(table.patients))} patients"),
        ("Features", str(len(table.names))),
        ("Groups of like features", str(int(result.groups.group.max()))),
        ("Volume", result.volume or "not known"),
    ]


def _class_rows(result: ExploreResult) -> list[tuple[str, ...]]:
    return [
        tuple(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row)
        for row in result.tables["classes"].rows
    ]


def _tests(result: ExploreResult) -> str:
    level = f"{100 * result.config.level:g} %"
    if result.is_binary:
        test = f"p: Mann and Whitney's test, two-sided. AUC: of {result.positive}, large values calling it; below 0.5 "
        test += "small values do."
    else:
        test = "p: Kruskal and Wallis' test. AUC: of each class against the rest, large values calling it."
    return (
        f"{test} Corrected: times the number of features tested, at most 1 (Bonferroni). Intervals of {level}: "
        "DeLong's, Obuchowski's where patients have several rows. A click on a head sorts, a click on a row chooses "
        "the feature."
    )


def _inside_page(text: str) -> str:
    """Give JSON that cannot end the element it stands in."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


_CLASSES = (
    "Rows in the file: before exact repeats and rows that were not wanted were left out. All figures below are of the "
    "rows of the first columns."
)
_GROUPS = (
    "Absolute correlations, features sorted by average linkage on 1 – |ρ|. {count} groups whose mean |ρ| between each "
    "other is below {limit}: what one group tells is told by one of its features."
)
