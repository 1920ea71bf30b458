"""What a dataset is made of: a row a series, of the acquisition parameters that its headers give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from oncologyai.imaging import SeriesSurvey, dicom_tag, survey_series
from oncologyai.progress import Progress
from oncologyai.types import Series

__all__ = ["DESCRIBED", "Cell", "DescribeConfig", "describe_series"]

Cell = str | float | int | None

DESCRIBED: dict[str, str] = {
    "modality": "Modality (0008,0060)",
    "description": "Series Description (0008,103E)",
    "slices": "image planes",
    "rows": "Rows (0028,0010)",
    "columns": "Columns (0028,0011)",
    "orientation": "axial, coronal or sagittal, whichever the planes are nearest to",
    "pixel_row_mm": "distance of rows, Pixel Spacing (0028,0030)",
    "pixel_column_mm": "distance of columns",
    "slice_step_mm": "distance of slices, from their positions",
    "slice_thickness_mm": "Slice Thickness (0018,0050)",
    "kernel": "Convolution Kernel (0018,1210)",
    "kvp": "peak kilovoltage, KVP (0018,0060)",
    "exposure_mas": "Exposure (0018,1152), median of the slices",
    "tube_current_ma": "X-Ray Tube Current (0018,1151), median of the slices",
    "exposure_time_ms": "Exposure Time (0018,1150), median of the slices",
    "manufacturer": "Manufacturer (0008,0070)",
    "model": "Manufacturer's Model Name (0008,1090)",
    "study_date": "Study Date (0008,0020)",
    "series_date": "Series Date (0008,0021)",
    "field_strength_t": "Magnetic Field Strength (0018,0087)",
    "repetition_time_ms": "Repetition Time (0018,0080)",
    "echo_time_ms": "Echo Time (0018,0081)",
    "contrast_agent": "Contrast/Bolus Agent (0018,0010)",
    "reconstruction": "Reconstruction Method (0054,1103), PET",
    "units": "Units (0054,1001), PET",
}
"""The columns of a description and where they come from."""

_TEXTS = {
    "manufacturer": "Manufacturer",
    "model": "ManufacturerModelName",
    "study_date": "StudyDate",
    "series_date": "SeriesDate",
    "contrast_agent": "ContrastBolusAgent",
    "reconstruction": "ReconstructionMethod",
    "units": "Units",
}
_NUMBERS = {
    "kvp": "KVP",
    "exposure_mas": "Exposure",
    "tube_current_ma": "XRayTubeCurrent",
    "exposure_time_ms": "ExposureTime",
    "field_strength_t": "MagneticFieldStrength",
    "repetition_time_ms": "RepetitionTime",
    "echo_time_ms": "EchoTime",
}
_MOST_VALUES = 5


@dataclass(frozen=True)
class DescribeConfig:
    """What is described beside the columns of ``DESCRIBED``.

    Attributes
    ----------
    tags : tuple of str
        DICOM keywords, or tags such as ``(0018,9311)``; each becomes a column of that name.

    Raises
    ------
    InputError
        If a tag is neither.
    """

    tags: tuple[str, ...] = ()
    _read: Mapping[str, str] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_read", {tag: dicom_tag(tag) for tag in self.tags})

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a row."""
        return tuple(dict.fromkeys((*DESCRIBED, *self.tags)))


def describe_series(
    series: Series, config: DescribeConfig | None = None, *, progress: Progress | None = None
) -> dict[str, Cell]:
    """Describe one series by its headers; no pixels are read.

    Parameters
    ----------
    series : Series
        Of images or not.
    config : DescribeConfig, optional
    progress : Progress, optional

    Returns
    -------
    dict of str to text, number or None
        By column, ``config.columns``. Where slices differ, a size or spacing is the most frequent one, a number of
        the acquisition their median, a text all values (five at most, then ``...``) joined by `` | ``.

    Raises
    ------
    EmptyStudyError, UnreadableFileError, MissingFileError
        As ``survey_series``.
    """
    config = config or DescribeConfig()
    asked = [*_TEXTS.values(), *_NUMBERS.values(), *config._read.values()]
    found = survey_series(series, tags=asked, progress=progress)
    row: dict[str, Cell] = dict.fromkeys(config.columns)
    row |= {"modality": series.modality or None, "description": series.description or None}
    row |= _geometry(found)
    row |= {name: _joined(found.texts[tag]) for name, tag in _TEXTS.items()}
    row |= {name: median(values) if (values := found.numbers[tag]) else None for name, tag in _NUMBERS.items()}
    row |= {name: _tag_value(found, tag) for name, tag in config._read.items() if name not in DESCRIBED}
    return row


def _geometry(found: SeriesSurvey) -> dict[str, Cell]:
    rows, columns = found.sizes[0] if found.sizes else (None, None)
    by_row, by_column = found.pixel_mm[0] if found.pixel_mm else (None, None)
    return {
        "slices": found.planes or None,
        "rows": rows,
        "columns": columns,
        "orientation": _joined([o for o in found.orientations if o != "unknown"]),
        "pixel_row_mm": by_row,
        "pixel_column_mm": by_column,
        "slice_step_mm": None if found.step_mm is None else round(found.step_mm, 4),
        "slice_thickness_mm": found.thicknesses_mm[0] if found.thicknesses_mm else None,
        "kernel": _joined([k for k in found.kernels if k]),
    }


def _tag_value(found: SeriesSurvey, tag: str) -> Cell:
    """Give a number where every value is one, the values otherwise."""
    texts, numbers = found.texts[tag], found.numbers[tag]
    if texts and all(_is_number(text) for text in texts):
        return median(numbers)
    return _joined(texts)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _joined(texts: Sequence[str]) -> str | None:
    shown = [text.replace("\\", "/") for text in texts[:_MOST_VALUES]]
    return " | ".join([*shown, "..."] if len(texts) > _MOST_VALUES else shown) or None
