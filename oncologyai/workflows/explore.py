"""``oncology-ai explore``: from a table of features and one of patients to statistics, pictures and a page."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from oncologyai._atomic import atomic_folder
from oncologyai.bundle import write_charts, write_table, write_workbook
from oncologyai.errors import InputError, MissingDependencyError, OutputError
from oncologyai.imaging import write_volume
from oncologyai.pipelines import ExploreConfig, ExploreResult, FeatureSet, explore, listed
from oncologyai.progress import Part, Progress, Silent, check_cancelled
from oncologyai.report import (
    correlation_volume,
    draw_explore_figures,
    explore_charts,
    require_plotly,
    write_explore_page,
)
from oncologyai.robustness import read_stability, stability_path, worst_stability
from oncologyai.types import Table
from oncologyai.workflows.explore_table import ExploreForm, horizon_labels, read_feature_set, sha256_of
from oncologyai.workflows.pictures import require_scene

__all__ = ["ExploreReport", "explore_files"]

_READ, _EXPLORED, _TABLES, _FIGURES = 0.25, 0.6, 0.75, 0.95  # shares of the work, roughly


@dataclass(frozen=True, eq=False)
class ExploreReport:
    """``result``: the exploration. ``notes``: what the reader must know."""

    result: ExploreResult
    notes: tuple[str, ...]


def explore_files(
    features: Path,
    out: Path,
    *,
    form: ExploreForm,
    clinical: Path | None = None,
    stability: Path | None = None,
    config: ExploreConfig | None = None,
    page: bool = True,
    scene: Path | None = None,
    progress: Progress | None = None,
) -> ExploreReport:
    """Explore a table of features.

    Parameters
    ----------
    features : Path
        .csv or .xlsx, a row a lesion.
    out : Path
        Folder for ``report.html``, ``features.csv`` (a row a feature), ``classes.csv``, ``volume.csv``, ``rows.csv``
        (which rows counted), ``correlation.csv``, ``statistics.xlsx`` (left out with a note where openpyxl is
        absent), ``figures/``, ``charts/`` (``bundle.write_charts``, and ``correlation.nrrd``) and
        ``provenance.json``. Other files in it stay.
    form : ExploreForm
        Which columns hold what.
    clinical : Path, optional
        Table of patients that holds the outcome; without, it stands in the table of features.
    stability : Path, optional
        Verdicts on features (``robustness.write_stability``); without, those that lie beside the table.
    config : ExploreConfig, optional
        What is asked. Its ``outcome`` is that of ``form``.
    page : bool
        Whether to write the page, which needs plotly.
    scene : Path, optional
        A .mrb that gets the tables, the plots as plot nodes, and the correlations as a volume, as
        ``scene.scene_from_exploration`` makes them of ``out``.
    progress : Progress, optional

    Returns
    -------
    ExploreReport

    Raises
    ------
    InputError
        If a table or a request is not usable.
    OutputError
        If ``out`` cannot be written.
    MissingDependencyError
        If the page is wanted and plotly is not installed, or the scene and slicer-core, before anything is read.
    CancelledError
        If cancelled; ``out`` is as it was.
    """
    watch, config = progress or Silent(), config or ExploreConfig()
    if out.exists() and not out.is_dir():
        raise OutputError(str(out), expected="a folder", got="a file", remedy="give another output folder")
    _require(page, scene)
    watch.stage("read", 0.0)
    table, digests = read_feature_set(features, clinical, form)
    verdicts = stability or stability_path(features)
    if stability is not None or verdicts.is_file():
        table = _with_stability(table, verdicts)
        digests[verdicts.name] = sha256_of(verdicts)
    check_cancelled(watch)
    settings = {"inputs_sha256": digests, "form": asdict(form)}
    result = explore(table, _config(config, form), settings=settings, progress=Part(watch, _READ, _EXPLORED))
    watch.stage("tables", _EXPLORED)
    with atomic_folder(out) as draft:
        notes = _write(result, draft, features.stem, watch, page=page)
        if scene is not None:
            _write_scene(draft, scene, features.stem)
        check_cancelled(watch)
    return ExploreReport(result, (*notes, *result.notes))


def _write(result: ExploreResult, folder: Path, name: str, watch: Progress, *, page: bool) -> tuple[str, ...]:
    """Write everything but the scene; give what could not be made."""
    notes = _write_tables(result, folder)
    check_cancelled(watch)
    draw_explore_figures(result, folder / "figures", progress=Part(watch, _TABLES, _FIGURES))
    write_charts(explore_charts(result), folder / "charts")
    write_volume(correlation_volume(result), folder / "charts" / "correlation.nrrd")
    check_cancelled(watch)
    watch.stage("page", _FIGURES)
    if page:
        write_explore_page(result, folder / "report.html", name=name, notes=notes)
    content = json.dumps(result.provenance.to_dict(), indent=2, ensure_ascii=False) + "\n"
    (folder / "provenance.json").write_text(content, encoding="utf-8")
    check_cancelled(watch)
    return notes


def _require(page: bool, scene: Path | None) -> None:
    """Raise, before any work, if something is absent that will be needed."""
    if page:
        require_plotly()
    if scene is not None:
        if scene.suffix.lower() != ".mrb":
            raise InputError("--scene", expected="a name that ends in .mrb", got=scene.name)
        require_scene()


def _write_scene(folder: Path, path: Path, name: str) -> None:
    """Add what was written to the scene, and save that."""
    from oncologyai import host, scene

    host.start()
    scene.scene_from_exploration(folder, name=name)
    scene.save_mrb(path)


def _with_stability(table: FeatureSet, path: Path) -> FeatureSet:
    """Put the worst verdict beside each feature."""
    verdicts = worst_stability(read_stability(path))
    known = {name: found for name, found in verdicts.items() if name in table.names}
    if not known:
        raise InputError(
            path.name, expected=f"verdicts on features of the table ({listed(table.names, 2)}, ...)",
            got=listed(list(verdicts), 2) or "none",
        )  # fmt: skip
    return replace(table, stability=known, notes=(*table.notes, f"stability of features is that of {path.name}"))


def _config(config: ExploreConfig, form: ExploreForm) -> ExploreConfig:
    """Name the outcome and, at a horizon, put the event second, so that areas are of it."""
    config = replace(config, outcome=form.outcome)
    if form.horizon_days is None or config.classes:
        return config
    return replace(config, classes=horizon_labels(form.horizon_days))


def _write_tables(result: ExploreResult, folder: Path) -> tuple[str, ...]:
    rows = zip(result.table.lines, result.table.cases, result.table.patients, result.table.labels, strict=True)
    tables = [*result.tables.values(), Table("rows", ("line", "case", "patient", "class"), tuple(rows))]
    for table in tables:
        write_table(table, folder / f"{table.name}.csv")
    _write_correlation(result, folder / "correlation.csv")
    try:
        write_workbook(tables, folder / "statistics.xlsx")
    except MissingDependencyError as error:
        return (f"statistics.xlsx was not written: {error}",)
    return ()


def _write_correlation(result: ExploreResult, path: Path) -> None:
    """Write the matrix with four digits after the point, an empty cell for none; a thousand features make 9 MB."""
    names = [f'"{name}"' if set(name) & set(',"\n') else name for name in result.table.names]
    texts = np.char.mod("%.4f", result.correlation)
    texts[np.isnan(result.correlation)] = ""
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(",".join(["feature", *names]) + "\n")
        for name, row in zip(names, texts, strict=True):
            stream.write(",".join([name, *row]) + "\n")
