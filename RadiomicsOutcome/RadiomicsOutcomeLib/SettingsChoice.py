"""The settings that were chosen, read and said in a few words."""

import functools
from dataclasses import dataclass
from pathlib import Path

from slicer.i18n import tr as _

from oncologyai.errors import OncologyAIError

_SHAPES = ("shape", "shape2D")


@dataclass(frozen=True)
class SettingsChoice:
    """Settings by name.

    Attributes
    ----------
    name : str
        Of the preset, or of the file without its ending.
    given : str or mapping
        What the command line is given: a preset's name, a path, or the sections of a parameter file.
    mapNames : tuple of str
        Features that can be mapped; empty where they are not known.
    summary, problem : str
        What the settings are, or why they cannot be used.
    """

    name: str
    given: object
    mapNames: tuple[str, ...] = ()
    summary: str = ""
    problem: str = ""


def presetNames():
    """Give the names of the settings that the library brings along; without its packages just the usual one."""
    try:
        from oncologyai.features import preset_names
    except ImportError:
        return ("default",)
    names = preset_names()
    return ("default", *(name for name in names if name != "default"))


def chooseSettings(preset, path):
    """Read a preset, or a parameter file where ``preset`` is empty."""
    if preset:
        return _read(preset, preset, 0)
    if not path:
        return SettingsChoice("", "", problem=_("Choose a file of settings, or a preset."))
    file = Path(path)
    if not file.is_file():
        return SettingsChoice(file.stem, path, problem=_("The file of settings is not there: {path}").format(path=path))
    return _read(file.stem, str(file), file.stat().st_mtime_ns)  # read again when it was changed


@functools.lru_cache(maxsize=8)
def _read(name, source, _changed):
    try:
        from oncologyai.features import feature_names, load_settings, parameters_of

        settings = load_settings(source)
        names = feature_names(settings)
        given = name if name == source else parameters_of(settings)
    except ImportError:
        return SettingsChoice(
            name, source, summary=_("What they hold is shown once the packages are installed (Apply).")
        )
    except OncologyAIError as error:
        return SettingsChoice(name, source, problem=str(error))
    mapped = tuple(column for column in names if column.split("_")[1] not in _SHAPES)
    return SettingsChoice(name, given, mapped, _summary(settings, len(names)))


def _summary(settings, count):
    """Give the settings as one sentence."""
    parts = [_("{count} features of {images}").format(count=count, images=", ".join(map(_imageText, settings.images)))]
    if settings.bin_count is not None:
        parts.append(_("{count} bins").format(count=settings.bin_count))
    else:
        parts.append(_("bins {width:g} wide").format(width=settings.bin_width))
    spacing = settings.resampled_spacing_mm
    if spacing is not None and settings.interpolator is not None:
        parts.append(_("voxels of {spacing} mm").format(spacing=" x ".join(f"{side:g}" for side in spacing)))
    else:
        parts.append(_("the image's own voxels"))
    if settings.normalize:
        parts.append(_("normalised"))
    if settings.force_2d:
        parts.append(_("slice by slice"))
    return "; ".join(parts)


def _imageText(name):
    return _("the original image") if name == "Original" else name
