"""The IBSI's digital phantom, computed on this machine, against its reference values."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

import numpy as np

from oncologyai.features.ibsi.profile import ibsi_features
from oncologyai.features.ibsi.settings import IbsiSettings
from oncologyai.resources import resource_path
from oncologyai.types import Mask, Volume

__all__ = ["PHANTOM_SETTINGS", "CheckedValue", "digital_phantom", "is_within", "selftest"]

PHANTOM_SETTINGS = IbsiSettings(bin_width=1.0, bin_count=None, dimensions=("2D", "2.5D", "3D"))
"""The phantom's values are its levels."""

_SPACING_MM = 2.0
_SLICES = (
    ("14411", "14611", "41641", "44641"),
    ("14411", "11611", "11311", "44611"),
    ("14411", "11111", "11911", "11611"),
    ("14411", "11111", "11111", "11611"),
)
_OUTSIDE = ((1, 2, 0), (2, 0, 3), (2, 0, 4), (2, 2, 2), (3, 0, 3), (3, 0, 4))
_DIGITS = 3  # of reference values


@dataclass(frozen=True)
class CheckedValue:
    """A feature's value beside its reference value."""

    tag: str
    expected: float
    tolerance: float
    found: float

    @property
    def passed(self) -> bool:
        """Whether the value is within the tolerance."""
        return is_within(self.found, self.expected, self.tolerance)


def digital_phantom() -> tuple[Volume, Mask]:
    """Give the phantom of 5 x 4 x 4 voxels of 2 mm (CC0), and its mask of 74 voxels."""
    levels = np.array([[[int(value) for value in row] for row in plane] for plane in _SLICES], dtype=np.float32)
    inside = np.ones(levels.shape, dtype=bool)
    inside[tuple(np.transpose(_OUTSIDE))] = False
    volume = Volume(levels, np.diag([_SPACING_MM, _SPACING_MM, _SPACING_MM, 1.0]))
    return volume, Mask.on(volume, inside, "phantom", kind="region")


def is_within(found: float, expected: float, tolerance: float) -> bool:
    """Tell whether a value, as it is or with three digits as reference values have, is within their tolerance."""
    if not math.isfinite(found):
        return False
    slack = 1e-9 * abs(expected)
    rounded = float(f"{found:.{_DIGITS}g}")
    return min(abs(found - expected), abs(rounded - expected)) <= tolerance + slack


def selftest() -> tuple[CheckedValue, ...]:
    """Compute every feature of the digital phantom that has a reference value."""
    text = resource_path("ibsi/digital_phantom.json").read_text(encoding="utf-8")
    reference = json.loads(text)["values"]
    volume, mask = digital_phantom()
    found = ibsi_features(volume, mask, PHANTOM_SETTINGS)
    return tuple(
        CheckedValue(tag, value, tolerance, found.get(tag, math.nan)) for tag, (value, tolerance) in reference.items()
    )
