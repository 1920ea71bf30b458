"""What the user may set about a seeded segmentation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from oncologyai._checks import check_choice, check_positive

__all__ = ["MethodName", "SeedConfig"]

MethodName = Literal["walker", "growing"]


@dataclass(frozen=True)
class SeedConfig:
    """Settings of ``segment_from_seeds``.

    Parameters
    ----------
    method : str
        A key of ``METHODS``: ``walker`` (random walker) or ``growing`` (region growing with leak control).
    max_distance_mm : float, > 0
        Nothing farther than this from the nearest inside seed becomes lesion.
    label : str
        Label of the mask.

    Raises
    ------
    InputError
        If ``method`` is unknown or ``max_distance_mm`` is not a finite number above 0.
    """

    method: MethodName = "walker"
    max_distance_mm: float = 80.0
    label: str = "GTV-1"

    def __post_init__(self) -> None:
        check_choice(self.method, get_args(MethodName), "method")
        check_positive(self.max_distance_mm, "max_distance_mm", "mm")
