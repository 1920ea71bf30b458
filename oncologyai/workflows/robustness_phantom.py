"""``oncology-ai robustness phantom``: chapter 2's workflow, from tables to classes and harmonised patients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from oncologyai.bundle import write_table
from oncologyai.errors import InputError
from oncologyai.pipelines import PatientRows, PhantomRows, PhantomStudyResult, judge_phantom_study
from oncologyai.progress import Progress
from oncologyai.report import write_phantom_report
from oncologyai.robustness import (
    PhantomConfig,
    PlantedConfig,
    combination_names,
    count_recovered,
    plant_study,
    write_combat,
    write_stability,
)
from oncologyai.types import Table
from oncologyai.workflows.feature_rows import FeatureRows, read_feature_rows
from oncologyai.workflows.robustness_output import study_folder

__all__ = ["PhantomForm", "phantom_sample", "phantom_tables"]


@dataclass(frozen=True)
class PhantomForm:
    """How the tables are laid out.

    Parameters
    ----------
    parameters : mapping of str to tuple of str
        By a parameter's name, its columns: of the phantom's, the patients' features' and the description's table. One
        name stands for all three.
    region, patient, description_patient : str
        Columns of the phantom's region, and of the patient in both of their tables.
    description_rows : mapping of str to str
        Value by column: rows of the description that count, such as those of one modality.
    edges : mapping of str to tuple of float
        Borders of parameters with many values.
    only, leave_out : tuple of str
        Names of features, ``*`` for any text.
    every_combination, skip_unknown : bool
        As ``judge_phantom_study``.
    """

    parameters: Mapping[str, tuple[str, ...]]
    region: str = "region"
    patient: str = "patient"
    description_patient: str = "patient"
    description_rows: Mapping[str, str] = field(default_factory=dict)
    edges: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    every_combination: bool = False
    skip_unknown: bool = False

    def __post_init__(self) -> None:
        if not self.parameters:
            raise InputError("--parameter", expected="at least one scanning parameter", got="none")

    def columns(self, table: int) -> dict[str, str]:
        """Give the column of each parameter: of the phantom (0), the patients' features (1), the description (2)."""
        return {name: own[min(table, len(own) - 1)] for name, own in self.parameters.items()}


def phantom_tables(
    phantom: Path,
    out: Path,
    form: PhantomForm,
    *,
    patients: Path | None = None,
    description: Path | None = None,
    config: PhantomConfig | None = None,
    truth: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> PhantomStudyResult:
    """Run chapter 2's workflow.

    Parameters
    ----------
    phantom : Path
        .csv or .xlsx, a row a region and scan: parameters, region, features. Rows alike in both are repeated scans.
    out : Path
        Folder for ``features.csv``, ``features.stability.csv``, ``classes.csv``, ``combinations.csv``,
        ``robustness.xlsx``, ``figures/``, ``report.html``, ``provenance.json``; ``combat.json`` where features are
        harmonisable; with patients' features ``harmonised.csv`` and its classes beside it.
    form : PhantomForm
    patients : Path, optional
        Patients' features, a row a lesion, with parameters unless the description has them.
    description : Path, optional
        Parameters by patient or series, such as ``series.csv`` of ``oncology-ai dataset describe``.
    config : PhantomConfig, optional
    truth : mapping, optional
        Class by feature, where it is known: what was found is counted against it.
    progress : Progress, optional

    Raises
    ------
    InputError
        If a column is missing, a patient has no or several combinations, or as ``judge_phantom_study``.
    OutputError
        If ``out`` cannot be written.
    """
    keys = [form.region, *form.columns(0).values()]
    table = read_feature_rows(phantom, keys, leave_out=("scan", "repeat", *form.leave_out), only=form.only)
    rows = PhantomRows(table.names(form.region), _combinations(table, form, 0), table.features, table.values)
    people, digests = _patients(patients, description, form)
    result = judge_phantom_study(
        rows, people, config, every_combination=form.every_combination, skip_unknown=form.skip_unknown,
        source=table.name, settings={"tables_sha256": {table.name: table.sha256, **digests}},
        notes=table.notes, progress=progress,
    )  # fmt: skip
    counted = _counted(result, truth) if truth else ()
    with study_folder(out) as draft:
        tables = [result.features, result.classes, result.combinations, *counted]
        draft.tables(tables, result.verdict.stability, result.provenance)
        if result.verdict.model is not None:
            write_combat(result.verdict.model, draft.folder / "combat.json")
        if result.harmonised is not None:
            write_table(result.harmonised, draft.folder / "harmonised.csv")
            kept = [one for one in result.verdict.stability if one.feature in result.harmonised.columns]
            write_stability(kept, draft.folder / "harmonised.stability.csv")
        draft.report(partial(write_phantom_report, result, name=table.name, extra=counted))
    return result


def phantom_sample(
    out: Path,
    *,
    planted: PlantedConfig | None = None,
    config: PhantomConfig | None = None,
    progress: Progress | None = None,
) -> PhantomStudyResult:
    """Plant a study whose answer is known, write its tables to ``out``, run the workflow on them, count what it found.

    Beside what ``phantom_tables`` writes there are ``sample/phantom.csv``, ``sample/patients.csv`` and
    ``recovered.csv``.
    """
    study = plant_study(planted)
    with study_folder(out / "sample") as draft:
        for table in (study.phantom, study.patients):
            write_table(table, draft.folder / f"{table.name}.csv")
    parameters = {name: (name,) for name in ("kvp", "kernel", "slice_mm")}
    form = PhantomForm(parameters, every_combination=True, skip_unknown=True)
    return phantom_tables(
        out / "sample" / "phantom.csv", out, form, patients=out / "sample" / "patients.csv", config=config,
        truth=study.expected, progress=progress,
    )  # fmt: skip


def _counted(result: PhantomStudyResult, truth: Mapping[str, str]) -> tuple[Table, ...]:
    found = {one.feature: one.stability for one in result.verdict.stability}
    return (count_recovered(dict(truth), found),)


def _combinations(table: FeatureRows, form: PhantomForm, which: int) -> tuple[str, ...]:
    cells = {name: table.cells(column) for name, column in form.columns(which).items()}
    return combination_names(cells, form.edges)


def _patients(
    patients: Path | None, description: Path | None, form: PhantomForm
) -> tuple[PatientRows | None, dict[str, str]]:
    """Give the patients with their combinations, and the SHA-256 of the tables."""
    described, digests = _described(description, form) if description else ({}, {})
    if patients is None:
        if description is None:
            return None, digests
        return PatientRows(tuple(described), tuple(described.values())), digests
    keys = [form.patient, *([] if description else form.columns(1).values())]
    drop = (*form.columns(1).values(), *form.leave_out)
    table = read_feature_rows(patients, keys, leave_out=drop, only=form.only)
    names = table.names(form.patient)
    if description is None:
        combinations = _combinations(table, form, 1)
    else:
        missing = [name for name in names if name not in described]
        if missing:
            raise InputError(
                description.name, expected=f"parameters of every patient of {table.name}", got=f"none of {missing[0]}"
            )
        combinations = tuple(described[name] for name in names)
    return PatientRows(names, combinations, table.features, table.values), {**digests, table.name: table.sha256}


def _described(path: Path, form: PhantomForm) -> tuple[dict[str, str], dict[str, str]]:
    """Read a description of series: the one combination of each patient."""
    columns = form.columns(2)
    keys = [form.description_patient, *columns.values(), *form.description_rows]
    table = read_feature_rows(path, keys, need_features=False)
    kept = table.matching(form.description_rows)
    found: dict[str, str] = {}
    names, combinations = table.names(form.description_patient), _combinations(table, form, 2)
    for name, combination in ((names[place], combinations[place]) for place in kept):
        if found.setdefault(name, combination) != combination:
            raise InputError(
                f"{path.name}, {name}", expected="one combination of parameters", got=f"{found[name]}; {combination}",
                remedy="keep the rows of the series that the features were made on",
            )  # fmt: skip
    return found, {table.name: table.sha256}
