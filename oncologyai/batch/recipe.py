"""A recipe: which steps a batch runs on each row of a table. YAML, checked whole before anything starts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from oncologyai.errors import InputError, MissingFileError, UnreadableFileError

__all__ = ["Recipe", "RecipeStep", "read_recipe", "recipe_schema", "schema_text"]

Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class RecipeStep(_Part):
    """A use case, and its arguments."""

    name: Annotated[Name, Field(description="What later steps call it by, in {name.output}.")]
    use: Annotated[str, Field(description="The use case, one of 'oncology-ai batch steps'.")]
    arguments: Annotated[
        dict[str, JsonValue],
        Field(
            alias="with",
            description="Its arguments. {column} is the case's cell, {step.output} a file of an earlier step.",
        ),
    ] = {}


class Recipe(_Part):
    """What a batch does."""

    name: Annotated[Name, Field(description="Of the batch, in its folder.")]
    table: Annotated[
        str, Field(description="CSV or XLSX of the cases, relative to the recipe; empty: given later.")
    ] = ""
    sheet: Annotated[str, Field(description="Of a workbook; empty: the first.")] = ""
    case: Annotated[str, Field(description="Column of the cases' names; empty: case, patient, or the row.")] = ""
    columns: Annotated[
        tuple[str, ...] | None, Field(description="Columns shown before the results; null: patient where there is one.")
    ] = None
    gather: Annotated[str, Field(description="Step whose rows become results.csv; empty: the last that gives any.")] = (
        ""
    )
    steps: Annotated[tuple[RecipeStep, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        names = [step.name for step in self.steps]
        if len(set(names)) < len(names):
            raise ValueError("expected steps of different names, got " + ", ".join(names))
        if self.gather and self.gather not in names:
            raise ValueError(f"gather: expected one of {', '.join(names)}, got {self.gather}")
        return self


def read_recipe(path: Path) -> Recipe:
    """Read a recipe.

    Raises
    ------
    MissingFileError
        If there is no such file.
    UnreadableFileError
        If it is not YAML.
    InputError
        If a key or a value is not known; the message names it.
    """
    import yaml

    if not path.is_file():
        raise MissingFileError(str(path), expected="a recipe (.yaml)", got="no such file")
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UnreadableFileError(str(path), expected="YAML", got=" ".join(str(error).split())) from error
    try:
        return Recipe.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        expected = first["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
        raise InputError(f"{path.name} {place}".strip(), expected=expected, got=_short(first.get("input"))) from error


def recipe_schema() -> dict[str, Any]:
    """Give the JSON schema of a recipe."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Recipe.model_json_schema()}


def schema_text() -> str:
    """Give the schema as the file that is shipped."""
    return json.dumps(recipe_schema(), indent=2, ensure_ascii=False) + "\n"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
