"""Settings as parameter files of pyradiomics 3.0.1, YAML or JSON: imageType, featureClass, setting, voxelSetting."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from oncologyai._atomic import atomic_file
from oncologyai._checks import check_choice
from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.features.families import FEATURES
from oncologyai.features.settings import FILTER_OPTIONS, FeatureSettings
from oncologyai.resources import resource_path

__all__ = [
    "PARAMETERS",
    "filter_options",
    "load_settings",
    "parameters_of",
    "preset_names",
    "read_settings",
    "settings_for_image",
    "settings_from_parameters",
    "write_settings",
]

PARAMETERS = {
    "minimumROIDimensions": "minimum_roi_dimensions",
    "minimumROISize": "minimum_roi_size",
    "geometryTolerance": "geometry_tolerance",
    "correctMask": "correct_mask",
    "additionalInfo": "additional_info",
    "label": "label",
    "label_channel": "label_channel",
    "binWidth": "bin_width",
    "binCount": "bin_count",
    "normalize": "normalize",
    "normalizeScale": "normalize_scale",
    "removeOutliers": "remove_outliers",
    "resampledPixelSpacing": "resampled_spacing_mm",
    "interpolator": "interpolator",
    "padDistance": "pad_distance",
    "distances": "distances",
    "force2D": "force_2d",
    "force2Ddimension": "force_2d_dimension",
    "resegmentRange": "resegment_range",
    "resegmentMode": "resegment_mode",
    "resegmentShape": "resegment_shape",
    "preCrop": "pre_crop",
    "voxelArrayShift": "voxel_array_shift",
    "symmetricalGLCM": "symmetrical_glcm",
    "weightingNorm": "weighting_norm",
    "gldm_a": "gldm_a",
}
"""Names of the section ``setting`` and the fields they mean; ``FILTER_OPTIONS`` may stand there as well."""
_VOXEL = {
    "kernelRadius": "kernel_radius",
    "maskedKernel": "masked_kernel",
    "initValue": "init_value",
    "voxelBatch": "voxel_batch",
}
_SECTIONS = ("imageType", "featureClass", "setting", "voxelSetting")
_KINDS: dict[str, tuple[type, ...]] = {"bool": (bool,), "int": (int,), "float": (int, float), "str": (str,)}
_INTERPOLATORS = (  # SimpleITK's numbers, which a parameter file may hold instead of a name
    "sitkNearestNeighbor", "sitkLinear", "sitkBSpline", "sitkGaussian", "sitkLabelGaussian",
)  # fmt: skip
_NOT_PER_IMAGE = ("resampledPixelSpacing", "interpolator", "padDistance", "normalize", "preCrop", "label")


def load_settings(source: str | Path) -> FeatureSettings:
    """Give a preset by its name, or read a parameter file.

    Raises
    ------
    MissingFileError
        If it is neither a preset nor a file.
    InputError
        As ``read_settings``.
    """
    if str(source) in preset_names():
        return read_settings(resource_path(f"feature_settings/{source}.yaml"))
    path = Path(source)
    if not path.is_file():
        raise MissingFileError(
            "--settings", expected="a parameter file, or one of " + ", ".join(preset_names()), got=repr(str(source))
        )
    return read_settings(path)


def preset_names() -> tuple[str, ...]:
    """Give the names of the settings that the library brings along."""
    return tuple(sorted(path.stem for path in resource_path("feature_settings").glob("*.yaml")))


def read_settings(path: Path) -> FeatureSettings:
    """Read a parameter file of pyradiomics, YAML or JSON.

    Raises
    ------
    UnreadableFileError
        If it is not a mapping in YAML or JSON.
    InputError
        If it holds an unknown section, name or value.
    """
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))  # JSON is YAML, too
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        got = " ".join(str(error).split())
        raise UnreadableFileError(str(path), expected="a parameter file in YAML or JSON", got=got) from error
    except FileNotFoundError as error:
        raise MissingFileError(str(path), expected="a parameter file", got="no such file") from error
    if not isinstance(content, Mapping):
        got = "an empty file" if content is None else type(content).__name__
        raise UnreadableFileError(str(path), expected="sections such as featureClass and setting", got=got)
    return settings_from_parameters(content)


def write_settings(settings: FeatureSettings, path: Path) -> None:
    """Write a parameter file that pyradiomics and ``read_settings`` read: JSON where the name ends so, else YAML."""
    import yaml

    content = parameters_of(settings)
    with atomic_file(path) as draft:
        if path.suffix.lower() == ".json":
            text = json.dumps(content, indent=2) + "\n"
        else:
            text = yaml.safe_dump(content, sort_keys=False)
        draft.write_text(text, encoding="utf-8")


def settings_from_parameters(content: Mapping[str, Any]) -> FeatureSettings:
    """Make settings from the sections of a parameter file.

    Without ``imageType`` the original image is taken, without ``featureClass`` every family but shape2D; a family
    without names has all its usual features.

    Raises
    ------
    InputError
        If it holds an unknown section, name or value.
    """
    for section in content:
        check_choice(str(section), _SECTIONS, "parameter file")
    changes = _fields({**(content.get("setting") or {})}, PARAMETERS, "setting")
    changes |= _fields({**(content.get("voxelSetting") or {})}, _VOXEL, "voxelSetting")
    if content.get("featureClass"):
        changes["families"] = {name: _names(name, chosen) for name, chosen in content["featureClass"].items()}
    if content.get("imageType"):
        images = {str(name): dict(options or {}) for name, options in content["imageType"].items()}
        changes["images"] = images
    settings = FeatureSettings(**changes)
    for options in settings.images.values():
        settings_for_image(settings, options)
    return settings


def parameters_of(settings: FeatureSettings) -> dict[str, Any]:
    """Give the sections of the parameter file that lead to these settings; defaults are left out."""
    usual = FeatureSettings()
    content: dict[str, Any] = {
        "imageType": {name: dict(options) for name, options in settings.images.items()},
        "featureClass": {family: list(names) for family, names in settings.chosen.items()},
        "setting": {**_changed(settings, usual, PARAMETERS), **settings.filter_options},
    }
    voxel = _changed(settings, usual, _VOXEL)
    return {**content, "voxelSetting": voxel} if voxel else content


def settings_for_image(settings: FeatureSettings, options: Mapping[str, Any]) -> FeatureSettings:
    """Give the settings for an image type whose own options differ from those for all.

    Raises
    ------
    InputError
        If an option is unknown, or cannot differ between image types.
    """
    for name in options:
        if name in _NOT_PER_IMAGE:
            raise InputError(f"imageType: {name}", expected="among the settings for all images", got="for one of them")
    known = {name: value for name, value in options.items() if name in PARAMETERS}
    own = {name: value for name, value in options.items() if name not in PARAMETERS}
    changes = _fields(known, PARAMETERS, "imageType")
    if not changes and not own:
        return settings
    return settings.with_changes(**changes, filter_options={**settings.filter_options, **own})


def filter_options(settings: FeatureSettings) -> dict[str, Any]:
    """Give the options that filters take, by pyradiomics' names."""
    planes = {"force2D": settings.force_2d, "force2Ddimension": settings.force_2d_dimension}
    return {**planes, **settings.filter_options}


def _fields(given: dict[str, Any], names: Mapping[str, str], section: str) -> dict[str, Any]:
    options = {name: given.pop(name) for name in FILTER_OPTIONS if name in given}
    for name in given:
        check_choice(str(name), (*names, *FILTER_OPTIONS) if section == "setting" else tuple(names), section)
    changes = {names[name]: _value(name, names[name], value) for name, value in given.items()}
    if options:
        changes["filter_options"] = options
    return changes


def _value(name: str, field_name: str, value: Any) -> Any:
    """Check the type of a value by that of the field, and make sequences tuples."""
    if field_name == "interpolator" and isinstance(value, int) and 1 <= value <= len(_INTERPOLATORS):
        return _INTERPOLATORS[value - 1]
    declared = next(str(field.type) for field in fields(FeatureSettings) if field.name == field_name)
    if value is None:
        return FeatureSettings.__dataclass_fields__[field_name].default if "None" not in declared else None
    if declared.startswith("tuple"):
        if not isinstance(value, list | tuple) or not all(isinstance(v, int | float) for v in value):
            raise InputError(name, expected="a list of numbers", got=repr(value))
        return tuple(value)
    kind = declared.split(" |")[0]
    allowed = _KINDS.get(kind, (str,))
    if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
        expected = {"bool": "true or false", "int": "a whole number", "float": "a number"}.get(kind, "a name")
        raise InputError(name, expected=expected, got=repr(value))
    return value


def _names(family: str, chosen: Any) -> tuple[str, ...]:
    check_choice(str(family), FEATURES, "featureClass")
    if chosen is not None and not isinstance(chosen, list):
        raise InputError(f"featureClass: {family}", expected="a list of features, or nothing for all", got=repr(chosen))
    return tuple(str(name) for name in chosen or ())


def _changed(settings: FeatureSettings, usual: FeatureSettings, names: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for name, field_name in names.items():
        value = getattr(settings, field_name)
        if value != getattr(usual, field_name):
            found[name] = list(value) if isinstance(value, tuple) else value
    return found
