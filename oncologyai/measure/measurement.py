"""What a measurement is, and the concepts that measurements are coded with."""

from __future__ import annotations

from dataclasses import dataclass

from oncologyai._checks import check_range
from oncologyai.types import Code, Line

__all__ = ["LesionMeasurements", "MeasureConfig", "Measurement"]

_SOLID_HU = -300.0  # sensitivity 90 %, specificity 88 % for a solid part: Scholten et al., Eur Radiol 2015;25:488-496


@dataclass(frozen=True)
class Measurement:
    """One number: its name, value, UCUM unit (``1`` where it has none) and, where there is one, its concept."""

    name: str
    value: float
    unit: str
    code: Code | None = None


@dataclass(frozen=True)
class LesionMeasurements:
    """The rows of a measurements table and the diameters as lines (long axis, then short axis)."""

    rows: tuple[Measurement, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class MeasureConfig:
    """Choices of ``measure_lesion``.

    Parameters
    ----------
    solid_hu : float, HU, -1024 to 3071
        Lesion voxels of at least this value are solid, the others ground glass (CT only). The default -300 is
        the threshold at which software told part-solid from non-solid nodules as readers did (Scholten et al.,
        Eur Radiol 2015;25:488-496, doi 10.1007/s00330-014-3427-z).
    mtv_share : float, 0 to 1
        Lesion voxels of at least this share of SUVmax count for MTV, TLG and SUVmean (PET only). The default 0
        takes the lesion as it is drawn; 0.41 is the threshold of the EANM guideline (Boellaard et al., Eur J
        Nucl Med Mol Imaging 2015;42:328-354).

    Raises
    ------
    InputError
        If a value is out of its range.
    """

    solid_hu: float = _SOLID_HU
    mtv_share: float = 0.0

    def __post_init__(self) -> None:
        check_range(self.solid_hu, -1024.0, 3071.0, "solid_hu")
        check_range(self.mtv_share, 0.0, 1.0, "mtv_share")
