"""Configurations as YAML: a file of one's own or a recipe of the library, read and checked alike for every training."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from oncologyai._atomic import atomic_file
from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.resources import resource_path

__all__ = ["checked_config", "read_yaml", "recipes_in", "save_config"]

Config = TypeVar("Config", bound=BaseModel)


def recipes_in(folder: str) -> tuple[str, ...]:
    """Name the recipes of a folder of the library's resources."""
    return tuple(sorted(path.stem for path in resource_path(folder).glob("*.yaml")))


def read_yaml(source: str | Path, recipes: str) -> tuple[dict[str, Any], str, Path]:
    """Read the fields of a configuration.

    Parameters
    ----------
    source : path-like
        A YAML file, or the name of a recipe.
    recipes : str
        The resources' folder of recipes.

    Returns
    -------
    dict, str, Path
        The fields, what messages call the file, and the folder that its paths are relative to (of a recipe, the
        current one).

    Raises
    ------
    MissingFileError
        If there is no such file or recipe.
    UnreadableFileError
        If it is no text, no YAML, or no mapping.
    """
    import yaml

    text, name, folder = _text(source, recipes)
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        got = " ".join(str(error).split())[:200]
        raise UnreadableFileError(name, expected="YAML", got=got, remedy="repair the file") from error
    if not isinstance(raw, dict):
        raise UnreadableFileError(name, expected="fields with their values", got=type(raw).__name__)
    return raw, name, folder


def checked_config(model: type[Config], raw: dict[str, Any], name: str) -> Config:
    """Make a configuration of its fields; raises InputError that names the first one that is wrong."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the fields together"
        got = repr(first["input"]) if first["loc"] and not isinstance(first["input"], dict) else "another"
        expected = first["msg"].removeprefix("Value error, ").removeprefix("expected ")
        raise InputError(f"{name}: {place}", expected=expected, got=got[:200]) from error


def save_config(config: BaseModel, path: Path) -> None:
    """Write a configuration that reads back alike.

    Raises
    ------
    OutputError
        If the place cannot be written.
    """
    import yaml

    with atomic_file(path) as draft:
        draft.write_text(yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False), encoding="utf-8")


def _text(source: str | Path, recipes: str) -> tuple[str, str, Path]:
    path = Path(source)
    if path.is_file():
        try:
            return path.read_text(encoding="utf-8"), str(path), path.resolve().parent
        except UnicodeDecodeError as error:
            raise UnreadableFileError(str(path), expected="text in UTF-8", got="other bytes") from error
    known = recipes_in(recipes)
    if str(source) in known:
        return resource_path(f"{recipes}/{source}.yaml").read_text(encoding="utf-8"), str(source), Path.cwd()
    raise MissingFileError("config", expected=f"a YAML file or a recipe: {', '.join(known)}", got=str(source))
