"""The options of ``oncology-ai evaluate --cohort``, how their text is read, and its summary on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from oncologyai.errors import InputError

if TYPE_CHECKING:
    from oncologyai.pipelines import CohortConfig
    from oncologyai.workflows import CohortReport, TableForm

__all__ = [
    "BootstrapOption",
    "CohortOption",
    "CohortRequest",
    "ColumnOption",
    "EdgesOption",
    "GroupByOption",
    "HorizonOption",
    "LungOption",
    "MetricOption",
    "RandomSeedOption",
    "ReaderOption",
    "ResultOption",
    "SheetOption",
    "ThresholdOption",
    "named_texts",
    "summary_lines",
]


def _option(name: str, text: str, **rest: Any) -> Any:
    return typer.Option(name, help=f"Cohort: {text}", show_default=rest.pop("show_default", False), **rest)


CohortOption = Annotated[
    Path | None,
    typer.Option(
        "--cohort",
        help="CSV or XLSX of cases: paths of masks, or metrics already computed (docs/evaluation.md).",
        metavar="TABLE",
        show_default=False,
    ),
]
ColumnOption = Annotated[
    list[str], _option("--column", "what a column holds, such as case=ID or dice=DSC; repeat.", metavar="NAME=COLUMN")
]
ResultOption = Annotated[
    list[str], _option("--result", "a method's masks, in a table of a row a case; repeat.", metavar="NAME=COLUMN")
]
LungOption = Annotated[
    list[str], _option("--lung", "masks of a lung, for detection by lung; repeat.", metavar="NAME=COLUMN")
]
ReaderOption = Annotated[
    list[str],
    _option("--reader", "a method that is a person: every pair with one is compared; repeat.", metavar="NAME"),
]
GroupByOption = Annotated[
    list[str],
    _option("--group-by", "columns, volume_ml, tumours or slice_thickness_mm; repeat or part by commas.",
            metavar="COLUMN"),
]  # fmt: skip
EdgesOption = Annotated[
    list[str], _option("--edges", "borders of a numeric group, such as volume_ml=10,50; repeat.", metavar="COLUMN=A,B")
]
MetricOption = Annotated[
    list[str],
    _option("--metric", "metrics to test, group and draw; repeat.", show_default="six usual ones", metavar="NAME"),
]
HorizonOption = Annotated[
    float | None, _option("--horizon-days", "end of follow-up; 3000 in the published analysis (ch. 6).")
]
ThresholdOption = Annotated[
    float, _option("--threshold", "score that counts as found, where no result says.", show_default=True)
]
BootstrapOption = Annotated[
    int, _option("--bootstrap", "samples for intervals of detection.", show_default=True, metavar="N")
]
RandomSeedOption = Annotated[int, _option("--random-seed", "of the bootstrap.", show_default=True)]
SheetOption = Annotated[str, _option("--sheet", "sheet of the workbook.", show_default="the first")]


@dataclass(frozen=True)
class CohortRequest:
    """The cohort's options as they were typed."""

    columns: Sequence[str]
    results: Sequence[str]
    lungs: Sequence[str]
    readers: Sequence[str]
    group_by: Sequence[str]
    edges: Sequence[str]
    metrics: Sequence[str]
    horizon_days: float | None
    sheet: str

    def require_none(self) -> None:
        """Raise InputError if one was given, since they mean nothing without a cohort."""
        for name, value in vars(self).items():
            if value:
                option = {"columns": "column", "results": "result", "lungs": "lung"}.get(name, name).replace("_", "-")
                raise InputError(f"--{option}", expected="--cohort TABLE with it", got="no cohort")

    def form(self, reference_name: str, result_name: str, allow_missing_slices: bool) -> TableForm:
        """Give the layout of the table."""
        from oncologyai.workflows import TableForm

        return TableForm(
            columns=named_texts(self.columns, "--column"),
            results=named_texts(self.results, "--result"),
            lungs=named_texts(self.lungs, "--lung"),
            sheet=self.sheet or None,
            reference_name=reference_name,
            result_name=result_name,
            allow_missing_slices=allow_missing_slices,
        )

    def config(self, threshold: float, bootstrap: int, random_seed: int, tolerance_mm: float) -> CohortConfig:
        """Give what is asked."""
        from oncologyai.pipelines import DEFAULT_METRICS, CohortConfig

        return CohortConfig(
            group_by=tuple(_parted(self.group_by)),
            edges={name: _numbers(text, name) for name, text in named_texts(self.edges, "--edges").items()},
            readers=tuple(self.readers),
            metrics=tuple(_parted(self.metrics)) or DEFAULT_METRICS,
            threshold=threshold,
            horizon_days=self.horizon_days,
            bootstrap=bootstrap,
            seed=random_seed,
            tolerance_mm=tolerance_mm,
        )


def summary_lines(report: CohortReport, out: Path) -> Iterator[str]:
    """Say in a few lines what came out: a line a method, tests, failures, where the report is."""
    result = report.result
    summary = {row[:2]: row for row in result.tables["summary"].rows} if "summary" in result.tables else {}
    columns = result.tables["summary"].columns if summary else ()
    for method in result.methods:
        cells = [f"{method}: {sum(row.method == method for row in result.rows)} cases"]
        for metric in result.config.metrics:
            row = summary.get((method, metric))
            if row:
                found = dict(zip(columns, row, strict=True))
                cells.append(f"{metric} {_short(found['median'])} (IQR {_short(found['iqr'])})")
        yield ", ".join(cells)
    yield from _detection_lines(report)
    yield from _pair_lines(report)
    if report.kept:
        yield f"{report.kept} cases were done before"
    if report.failures:
        yield f"{len(report.failures)} failures: see {out / 'failures.csv'}"
    yield f"{out / 'report.html'}"


def _detection_lines(report: CohortReport) -> Iterator[str]:
    table = report.result.tables.get("detection")
    for row in table.rows if table else ():
        found = dict(zip(table.columns, row, strict=True)) if table else {}
        area = f"{_short(found['auc'])} ({_short(found['auc_low'])} to {_short(found['auc_high'])})"
        yield (
            f"{found['method']}: sensitivity {_short(found['sensitivity'])}, specificity "
            f"{_short(found['specificity'])}, AUC {'-' if found['auc'] is None else area} "
            f"over {found['units']} {found['unit']}s"
        )


def _pair_lines(report: CohortReport) -> Iterator[str]:
    """Tell the first metric over all pairs of each kind."""
    table = report.result.tables.get("pairs_summary")
    for row in table.rows if table else ():
        found = dict(zip(table.columns, row, strict=True)) if table else {}
        if found["pair"] == "all" and found["metric"] == report.result.config.metrics[0]:
            middle = f"{_short(found['median'])} (IQR {_short(found['iqr'])})"
            yield f"{found['kind']}: {found['metric']} {middle} over {found['n']} pairs"


def _short(value: str | float | int | None) -> str:
    if value is None or not isinstance(value, float):
        return "-" if value is None else str(value)
    return f"{value:.0f}" if 1000 <= abs(value) < float("inf") else f"{value:.3g}"


def named_texts(texts: Sequence[str], option: str) -> Mapping[str, str]:
    """Read ``NAME=VALUE`` texts, each name once.

    Raises
    ------
    InputError
        If a text is not of that form, or a name comes twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, mark, value = (part.strip() for part in text.partition("="))
        if not mark or not name or not value:
            raise InputError(option, expected="NAME=VALUE", got=repr(text))
        if name in found:
            raise InputError(option, expected="each name once", got=f"{name} twice")
        found[name] = value
    return found


def _parted(texts: Sequence[str]) -> list[str]:
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


def _numbers(text: str, name: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise InputError(f"--edges {name}", expected="rising numbers such as 10,50", got=repr(text)) from error
