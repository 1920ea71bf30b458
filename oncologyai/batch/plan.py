"""A plan: every task of a batch before it starts, made from a recipe and a table or from a list of cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from oncologyai._checks import check_choice
from oncologyai.batch.cases import Case, CaseTable, check_cases, read_cases
from oncologyai.batch.recipe import Recipe, read_recipe
from oncologyai.batch.references import OutputReference, columns_in, filled, output_reference
from oncologyai.batch.step import Step, check_argument, parameters_of
from oncologyai.batch.steps import STEPS
from oncologyai.errors import InputError

__all__ = ["Plan", "PlannedTask", "plan_cases", "plan_recipe"]

_FOLDER = "folder"  # the output that every step has


@dataclass(frozen=True)
class PlannedTask:
    """One step of one case. ``arguments`` are JSON values; ``outputs`` those that earlier steps will make."""

    case: str
    step: str
    arguments: Mapping[str, Any]
    outputs: Mapping[str, OutputReference] = field(default_factory=dict)

    @property
    def needs(self) -> tuple[str, ...]:
        """The steps of the case that must be done before."""
        return tuple(dict.fromkeys(reference.step for reference in self.outputs.values()))

    def to_json(self) -> dict[str, Any]:
        """Give JSON values."""
        return {"arguments": dict(self.arguments), "outputs": {k: asdict(v) for k, v in self.outputs.items()}}


@dataclass(frozen=True)
class Plan:
    """A batch: its name, its steps by their names in it, its cases with what is shown of them, and all tasks."""

    name: str
    steps: Mapping[str, Step]
    cases: Mapping[str, Mapping[str, str]]
    tasks: tuple[PlannedTask, ...]
    gather: str = ""


def plan_cases(step: str | Step, cases: Sequence[Case], settings: Mapping[str, Any], *, name: str = "") -> Plan:
    """Plan one step over cases; ``settings`` are the arguments that all share.

    Raises
    ------
    InputError
        If there is no such step or argument, a setting does not fit, or a case comes twice.
    """
    if isinstance(step, str):
        check_choice(step, STEPS, "step")
        step = STEPS[step]
    check_cases([case.name for case in cases], "cases")
    if not cases:
        raise InputError("cases", expected="at least one", got="none")
    for argument, value in settings.items():
        check_argument(step, argument, value)
    known = parameters_of(step)
    for case in cases:
        for argument in case.arguments:
            check_choice(argument, known, f"argument of {step.name}")
    tasks = [PlannedTask(c.name, step.name, _json({**settings, **c.arguments})) for c in cases]
    return Plan(name or step.name, {step.name: step}, {c.name: dict(c.shown) for c in cases}, tuple(tasks))


def plan_recipe(recipe: Path, table: Path | None = None) -> Plan:
    """Plan a recipe over its table, or over another one.

    Raises
    ------
    InputError
        If recipe or table are not usable: an unknown use case, argument, column or output. A cell that does not fit is
        not an error: its case will fail with the reason.
    """
    content = read_recipe(recipe)
    if table is None and not content.table:
        raise InputError(f"{recipe.name} table", expected="a table of cases", got="none", remedy="give --table")
    folder = recipe.resolve().parent
    rows = read_cases(table or folder / content.table, case_column=content.case, sheet=content.sheet)
    for name in content.columns or ():
        check_choice(name, rows.columns, f"{recipe.name} columns")
    steps = _check_steps(content, recipe.name, rows)
    tasks = []
    for case, cells in zip(rows.names, rows.rows, strict=True):
        for step in content.steps:
            tasks.append(_task(case, step.name, steps[step.name], step.arguments, cells, (rows.folder, folder)))
    shown = {n: rows.shown(cells, content.columns) for n, cells in zip(rows.names, rows.rows, strict=True)}
    return Plan(content.name, steps, shown, tuple(tasks), content.gather)


def _check_steps(recipe: Recipe, name: str, rows: CaseTable) -> dict[str, Step]:
    """Check the names of use cases, arguments, columns and outputs, and the values that all cases share."""
    steps: dict[str, Step] = {}
    for step in recipe.steps:
        where = f"{name} step {step.name}"
        check_choice(step.use, STEPS, f"{where} use")
        use = STEPS[step.use]
        known = parameters_of(use)
        missing = [p for p, parameter in known.items() if parameter.required and p not in step.arguments]
        if missing:
            raise InputError(where, expected="its argument " + missing[0], got="none")
        for argument, value in step.arguments.items():
            check_choice(argument, known, f"argument of {where}")
            reference = output_reference(value, rows.columns) if isinstance(value, str) else None
            if reference is not None:
                _check_output(reference, steps, where)
            columns = columns_in(value if reference is None else reference.rest)
            for column in columns:
                check_choice(column, rows.columns, f"column in {where}")
            if reference is None and not columns and value is not None:
                check_argument(use, argument, value)
        steps[step.name] = use
    return steps


def _check_output(reference: OutputReference, steps: Mapping[str, Step], where: str) -> None:
    check_choice(reference.step, steps, f"earlier step in {where}")
    check_choice(reference.output, (_FOLDER, *steps[reference.step].outputs), f"output of {reference.step} in {where}")


def _task(
    case: str, name: str, step: Step, given: Mapping[str, Any], cells: Mapping[str, str], folders: tuple[Path, Path]
) -> PlannedTask:
    known = parameters_of(step)
    arguments: dict[str, Any] = {}
    outputs: dict[str, OutputReference] = {}
    for argument, value in given.items():
        reference = output_reference(value, cells) if isinstance(value, str) else None
        if reference is not None:
            outputs[argument] = OutputReference(reference.step, reference.output, filled(reference.rest, cells))
            continue
        text = filled(value, cells)
        if known[argument].is_path:
            text = _placed(text, folders[0] if columns_in(value) else folders[1], known[argument].is_list)
        arguments[argument] = text
    return PlannedTask(case, name, arguments, outputs)


def _placed(value: Any, folder: Path, is_list: bool) -> Any:
    """Give paths from the folder on, wherever they stand; empty text stays empty."""
    if isinstance(value, dict):
        return {name: _placed(inner, folder, is_list) for name, inner in value.items()}
    if isinstance(value, list):
        return [_placed(inner, folder, is_list) for inner in value]
    if not isinstance(value, str) or not value:
        return value
    if is_list:
        return [str(folder / part.strip()) for part in value.split(";") if part.strip()]
    return str(folder / value)


def _json(value: Any) -> Any:
    """Give JSON values; paths become absolute."""
    if isinstance(value, Path):
        return str(value.absolute())
    if isinstance(value, Mapping):
        return {str(name): _json(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json(inner) for inner in value]
    return value
