"""Presets as JSON: those that come with the library, and one's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from oncologyai._checks import check_choice
from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.harmonize.adaptive import EqualiseAdaptively
from oncologyai.harmonize.artefacts import FlagArtefacts
from oncologyai.harmonize.attenuate import AttenuateOutside
from oncologyai.harmonize.bias_field import CorrectBiasField
from oncologyai.harmonize.denoise import Denoise
from oncologyai.harmonize.frequency import NormaliseFrequencyBands
from oncologyai.harmonize.geometry import CropOrPad, Reorient, ResampleInPlane
from oncologyai.harmonize.histogram import EqualiseHistogram, MatchCohortHistogram, MatchHistogram
from oncologyai.harmonize.intensity import Discretise, NormaliseRange, ShiftToPositive
from oncologyai.harmonize.mr import NormaliseFat, NormalisePercentile
from oncologyai.harmonize.presets import PRESETS, Preset
from oncologyai.harmonize.resample import ResampleToSpacing, ResizeToShape
from oncologyai.harmonize.reshape import CropOrPadToShape, CropToForeground
from oncologyai.harmonize.state import Step
from oncologyai.harmonize.white_stripe import NormaliseWhiteStripe
from oncologyai.harmonize.window import KeepBoneWindow, Window
from oncologyai.harmonize.zscore import NormaliseCohortZScore, NormaliseZScore
from oncologyai.resources import resource_path

__all__ = ["STEPS", "load_preset", "preset_from_mapping", "preset_names", "preset_to_mapping"]

STEPS: dict[str, type[Step]] = {
    step.__name__: step
    for step in (
        AttenuateOutside, CorrectBiasField, CropOrPad, CropOrPadToShape, CropToForeground, Denoise, Discretise,
        EqualiseAdaptively, EqualiseHistogram, FlagArtefacts, KeepBoneWindow, MatchCohortHistogram, MatchHistogram,
        NormaliseCohortZScore, NormaliseFat, NormaliseFrequencyBands, NormalisePercentile, NormaliseRange,
        NormaliseWhiteStripe, NormaliseZScore, Reorient, ResampleInPlane, ResampleToSpacing, ResizeToShape,
        ShiftToPositive, Window,
    )
}  # fmt: skip
"""The steps that a preset in JSON may name."""

_FOLDER = "presets"


def preset_names() -> tuple[str, ...]:
    """Give the names of all presets that come with the library."""
    return (*PRESETS, *sorted(path.stem for path in resource_path(_FOLDER).glob("*.json")))


def load_preset(name: str) -> Preset:
    """Give a preset by its name, or from a JSON file of one's own.

    Parameters
    ----------
    name : str
        One of ``preset_names``, or a path that ends in ``.json``.

    Raises
    ------
    InputError
        If there is none of that name, or a step in the file is not what it should be.
    MissingFileError, UnreadableFileError
        If the file is not there, or not JSON.
    """
    if name.lower().endswith(".json"):
        return _read(Path(name))
    check_choice(name, preset_names(), "preset")
    return PRESETS[name] if name in PRESETS else _read(resource_path(f"{_FOLDER}/{name}.json"))


def preset_from_mapping(content: Mapping[str, Any]) -> Preset:
    """Make a preset from plain data: ``name``, ``description``, ``modality``, ``units``, and ``steps``, each a mapping
    of ``step`` to its name (``STEPS``) and of its settings.

    Raises
    ------
    InputError
        If something is missing, unknown, or out of range.
    """
    listed = content.get("steps")
    if not isinstance(listed, list) or not isinstance(content.get("name"), str):
        raise InputError("preset", expected="a name and a list of steps", got=", ".join(map(str, content)) or "nothing")
    known = ("name", "description", "modality", "units", "steps")
    for key in content:
        check_choice(str(key), known, "preset")
    return Preset(
        content["name"],
        str(content.get("description", "")),
        tuple(_step(number, entry) for number, entry in enumerate(listed, start=1)),
        str(content.get("modality", "")),
        tuple(content.get("units", ())),
    )


def preset_to_mapping(preset: Preset) -> dict[str, Any]:
    """Give a preset as plain data, the inverse of ``preset_from_mapping``."""
    steps = [{"step": type(step).__name__, **asdict(step)} for step in preset.steps]  # type: ignore[call-overload]
    return {
        "name": preset.name,
        "description": preset.description,
        "modality": preset.modality,
        "units": list(preset.units),
        "steps": steps,
    }


def _read(path: Path) -> Preset:
    if not path.is_file():
        raise MissingFileError(str(path), expected="a preset (.json)", got="no such file")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UnreadableFileError(str(path), expected="a preset in JSON", got=str(error)) from error
    if not isinstance(content, dict):
        raise UnreadableFileError(str(path), expected="a preset in JSON", got=type(content).__name__)
    return preset_from_mapping(content)


def _step(number: int, entry: Any) -> Step:
    if not isinstance(entry, Mapping) or "step" not in entry:
        raise InputError(f"step {number}", expected="a mapping with the step's name", got=repr(entry))
    check_choice(str(entry["step"]), STEPS, f"step {number}")
    kind = STEPS[str(entry["step"])]
    settings = {str(key): _tupled(value) for key, value in entry.items() if key != "step"}
    for name in settings:
        check_choice(name, [f.name for f in fields(kind)] or ["none"], f"step {number}, {kind.__name__}")  # type: ignore[arg-type]
    try:
        return kind(**settings)
    except TypeError as error:
        raise InputError(f"step {number}, {kind.__name__}", expected="its settings", got=str(error)) from error


def _tupled(value: Any) -> Any:
    return tuple(_tupled(v) for v in value) if isinstance(value, list) else value
