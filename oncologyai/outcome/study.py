"""What a study of outcome is: tables, roles, design, models. A YAML file, checked whole before anything is read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.outcome.learners import learner
from oncologyai.outcome.tables import Roles

__all__ = [
    "PUBLISHED",
    "CohortConfig",
    "DesignPart",
    "ModelPart",
    "RolesPart",
    "StudyConfig",
    "TablePart",
    "cohort_of",
    "read_cohort",
    "read_study",
    "schema_text",
    "study_schema",
]

Count = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0)]
Patterns = Annotated[tuple[str, ...], Field(description="Names of columns; * stands for any text.")]
PUBLISHED = " (as published)"
"""What the name of a model's leaking form ends in."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, coerce_numbers_to_str=True)


class TablePart(_Part):
    """A table: CSV (comma, semicolon or tab), XLSX or Parquet. The first one gives the rows, others are joined."""

    path: Annotated[str, Field(min_length=1, description="Relative to the study file, or to --data.")]
    patient: Annotated[str, Field(description="Column of the patient; empty: roles.patient.")] = ""
    key: Annotated[
        str,
        Field(description="Regular expression that finds the patient in the cell; its first group if it has one."),
    ] = ""
    sheet: Annotated[str, Field(description="Of a workbook; empty: the first.")] = ""
    prefix: Annotated[str, Field(description="Put before the names of its columns.")] = ""
    columns: Patterns = ("*",)
    exclude: Patterns = ()
    source: Annotated[str, Field(description="What its features are: clinical, radiomics, ...")] = ""
    settings: Annotated[
        str, Field(description="What its features were computed with: program, resampling, bins, filters.")
    ] = ""
    stability: Annotated[
        str, Field(description="Classes of its features (oncology-ai robustness); empty: what lies beside the table.")
    ] = ""
    required: Annotated[
        bool, Field(description="Patients who are not in it are left out; false: its values are missing for them.")
    ] = True


class RolesPart(_Part):
    """What the columns are; names with their prefix."""

    patient: Annotated[str, Field(min_length=1)]
    time: Annotated[str, Field(description="Days.")] = ""
    event: Annotated[str, Field(description="0 or 1, or codes that censored and competing name.")] = ""
    label: Annotated[str, Field(description="Instead of time and event: a column of two classes.")] = ""
    positive: Annotated[str, Field(description="The value of the label that is class 1.")] = "1"
    group: Annotated[str, Field(description="Centre, scanner or file.")] = ""
    features: Patterns = ()
    exclude: Patterns = ()
    categories: Annotated[tuple[str, ...], Field(description="Columns of codes: a column of 0 and 1 a value.")] = ()
    censored: Annotated[tuple[str, ...], Field(description="Values of event that mean none.")] = ()
    competing: Annotated[tuple[str, ...], Field(description="Values of event that mean another one.")] = ()
    competes: Annotated[
        dict[str, str],
        Field(description="Another event in a column of its own, and its days: {death: death_days}."),
    ] = {}
    sources: Annotated[
        dict[str, Patterns], Field(description="What features are, by name: {clinical: [age, T*]}; else by table.")
    ] = {}

    @model_validator(mode="after")
    def _is_one_outcome(self) -> Self:
        self.as_roles()
        if self.label and (self.competes or self.competing or self.censored):
            raise ValueError("expected competing events with time and event, got a label")
        outcome = {self.time, self.event, self.label, *self.competes, *self.competes.values()} - {""}
        for argument in ("features", "categories"):
            if both := sorted(outcome & set(getattr(self, argument))):
                raise ValueError(f"{argument}: expected columns other than the outcome's, got {both[0]}")
        return self

    def as_roles(self) -> Roles:
        """Give them for one joined table; raises InputError as ``Roles`` does."""
        return Roles(
            self.patient, self.time, self.event, self.label, self.positive, self.group, self.features,
            (*self.exclude, *self.competes, *self.competes.values()), self.categories, self.censored,
            (*self.competing, *self.competes),
        )  # fmt: skip


class DesignPart(_Part):
    """Who is learned from and who is judged."""

    kind: Annotated[
        Literal["nested", "external", "repeated", "centres"],
        Field(
            description="nested: folds of patients, what is tuned in folds within. external: groups to learn from, "
            "others to judge on. repeated: random splits. centres: each group is judged by the others' model."
        ),
    ] = "nested"
    folds: Annotated[int, Field(ge=2)] = 5
    inner_folds: Annotated[int, Field(ge=2)] = 3
    repeats: Annotated[Count, Field(description="Of the folds, or random splits.")] = 1
    test_share: Annotated[float, Field(gt=0, lt=1, description="Of repeated splits.")] = 0.3
    train: Annotated[tuple[str, ...], Field(description="external: values of the group to learn from.")] = ()
    test: Annotated[tuple[str, ...], Field(description="external: values of the group to judge on.")] = ()

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.kind == "external" and not (self.train and self.test):
            raise ValueError("expected train and test, groups to learn from and to judge on, got one side or none")
        if self.kind != "external" and (self.train or self.test):
            raise ValueError(f"expected train and test with kind external, got kind {self.kind}")
        return self


class ModelPart(_Part):
    """A model: which features, which learner."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    learner: Annotated[str, Field(description="A name of oncologyai.outcome.LEARNERS.")]
    sources: Annotated[tuple[str, ...], Field(description="Only features of these sources; empty: of all.")] = ()
    features: Patterns = ("*",)
    exclude: Patterns = ()
    options: Annotated[
        dict[str, JsonValue],
        Field(description="The learner's; a list of values is tuned within the training patients."),
    ] = {}
    leaking: Annotated[
        bool, Field(description="Also as published: learned from everybody before the split, to show the difference.")
    ] = False


class CohortConfig(_Part):
    """Tables and what their columns are: what is looked at before anything is learned."""

    tables: Annotated[tuple[TablePart, ...], Field(min_length=1)]
    missing: Annotated[
        tuple[str, ...],
        Field(description="Further cells that mean a missing value, besides empty ones, ?, NA and the like."),
    ] = ()
    where: Annotated[
        dict[str, tuple[str, ...]], Field(description="Only rows whose column has one of these values.")
    ] = {}
    lesions: Annotated[
        Literal["refuse", "first", "largest", "mean", "max", "each"],
        Field(
            description="What becomes of a patient's further rows, where they are no exact repeats. each: they are "
            "lesions with a label of their own; a patient's stay together, and he is judged by the greatest chance too."
        ),
    ] = "refuse"
    roles: RolesPart
    censor_at_days: Annotated[Positive | None, Field(description="Follow-up ends there for everybody.")] = None


class StudyConfig(CohortConfig):
    """A whole study. Unknown fields are refused."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    title: str = ""
    endpoint: Annotated[str, Field(description="In words: death of any cause, IDH mutation, ...")] = ""
    source: Annotated[str, Field(description="Where the patients come from.")] = ""
    horizons_days: Annotated[tuple[Positive, ...], Field(description="Days by which the event is foretold.")] = ()
    design: DesignPart = DesignPart()
    models: Annotated[tuple[ModelPart, ...], Field(min_length=1)]
    compare: Annotated[tuple[tuple[str, str], ...], Field(description="Pairs of models, by name.")] = ()
    volume: Annotated[
        str, Field(description="The feature that is the volume: how far others say the same is shown.")
    ] = ""
    seed: Annotated[int, Field(ge=0)] = 0
    signature: Annotated[dict[str, JsonValue], Field(description="What becomes a signature's card.")] = {}
    answers: Annotated[
        dict[str, str], Field(description="Items of the checklists that only people know: {tripod-17: ...}.")
    ] = {}

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        names = [model.name for model in self.models]
        if len(set(names)) < len(names):
            raise ValueError(f"models: expected different names, got {', '.join(names)}")
        known = set(names) | {model.name + PUBLISHED for model in self.models if model.leaking}
        if strange := sorted({name for pair in self.compare for name in pair} - known):
            raise ValueError(f"compare: expected names of models ({', '.join(sorted(known))}), got {strange[0]}")
        if self.lesions == "each" and not self.roles.label:
            raise ValueError("lesions: expected a label of each lesion, got a follow-up")
        if self.roles.label and (self.horizons_days or self.censor_at_days):
            raise ValueError("horizons_days, censor_at_days: expected a follow-up, got a label")
        if list(self.horizons_days) != sorted(set(self.horizons_days)):
            raise ValueError("horizons_days: expected rising days, got others")
        if self.design.kind in ("external", "centres") and not self.roles.group:
            raise ValueError(f"roles.group: expected a column for a design of kind {self.design.kind}, got none")
        return self

    @property
    def is_survival(self) -> bool:
        """Tell whether the outcome is a follow-up, not classes."""
        return not self.roles.label

    def to_dict(self) -> dict[str, Any]:
        """Give JSON values."""
        content: dict[str, Any] = self.model_dump(mode="json")
        return content


_Cohort = TypeVar("_Cohort", bound=CohortConfig)
_OF_STUDIES = set(StudyConfig.model_fields) - set(CohortConfig.model_fields)


def read_study(path: Path, *, data: Path | None = None) -> StudyConfig:
    """Read a study file; the paths of its tables become absolute.

    Parameters
    ----------
    path : Path
        YAML.
    data : Path, optional
        Folder that the tables' paths begin at, instead of the study file's own.

    Raises
    ------
    MissingFileError
        If there is no such file.
    UnreadableFileError
        If it is no YAML in UTF-8, or no mapping.
    InputError
        If a field, a learner or an option is unknown, missing or wrong: the first one is named.
    """
    study = _checked(StudyConfig, _read(path), path.name)
    for model in study.models:
        try:
            learner(model.learner, inner_folds=study.design.inner_folds, **model.options)
        except InputError as error:
            where = f"{path.name}: model {model.name}: {error.argument}"
            raise InputError(where, expected=error.expected, got=error.got, remedy=error.remedy) from error
    return _placed(study, data or path.parent)


def read_cohort(path: Path, *, data: Path | None = None) -> CohortConfig:
    """Read what a study file says of its tables; one without models will do. Raises as ``read_study``."""
    raw = _read(path)
    known = {name: value for name, value in raw.items() if name not in _OF_STUDIES}
    return _placed(_checked(CohortConfig, known, path.name), data or path.parent)


def cohort_of(
    tables: Sequence[Path], roles: Mapping[str, Any], *, key: str = "", lesions: str = "refuse"
) -> CohortConfig:
    """Give the configuration of tables whose roles are options: the first gives the rows.

    Parameters
    ----------
    tables : sequence of Path
    roles : mapping
        Fields of ``RolesPart``.
    key : str
        Finds the patient in the cells of every table.
    lesions : str
        As in ``CohortConfig``.

    Raises
    ------
    InputError
        If a role does not fit.
    """
    parts = [{"path": str(path.absolute()), "key": key} for path in tables]
    return _checked(CohortConfig, {"tables": parts, "roles": dict(roles), "lesions": lesions}, "options")


def study_schema() -> dict[str, Any]:
    """Give the JSON schema (draft 2020-12) of study files."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **StudyConfig.model_json_schema()}


def schema_text() -> str:
    """Give the text of ``resources/schemas/outcome-study.schema.json``."""
    return json.dumps(study_schema(), indent=2, sort_keys=True) + "\n"


def _read(path: Path) -> dict[str, Any]:
    import yaml

    if not path.is_file():
        raise MissingFileError(str(path), expected="a study file (.yaml)", got="no such file")
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        got = " ".join(str(error).split())[:200]
        raise UnreadableFileError(path.name, expected="YAML", got=got, remedy="repair the file") from error
    if not isinstance(raw, dict):
        raise UnreadableFileError(path.name, expected="fields with their values", got=type(raw).__name__)
    return raw


def _placed(cohort: _Cohort, folder: Path) -> _Cohort:
    """Give the configuration with absolute paths."""
    tables = []
    for table in cohort.tables:
        places = {"path": str(folder.absolute() / table.path)}
        if table.stability:
            places["stability"] = str(folder.absolute() / table.stability)
        tables.append(table.model_copy(update=places))
    return cohort.model_copy(update={"tables": tuple(tables)})


def _checked(kind: type[_Cohort], raw: dict[str, Any], name: str) -> _Cohort:
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
        if first["type"] == "value_error":  # ours, which say themselves what came
            before, _, got = said.rpartition(", got ")
            where, _, expected = before.rpartition("expected ")
            where = f"{place} {where.strip(': ')}".strip()
            raise InputError(f"{name}: {where or 'the fields together'}", expected=expected, got=got) from error
        if first["type"] == "extra_forbidden":
            raise InputError(f"{name}: {place}", expected="a known field", got="an unknown one") from error
        if first["type"] == "missing":
            raise InputError(f"{name}: {place}", expected="a value", got="none") from error
        raise InputError(f"{name}: {place}", expected=said, got=_short(first.get("input"))) from error


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
