"""What turns a PET series into SUV, from its DICOM attributes, with an audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydicom import Dataset

from oncologyai._checks import check_choice
from oncologyai.types import Unit

__all__ = ["PetScale", "SuvKind", "check_suv_kind", "pet_scale"]

SuvKind = Literal["bw", "lbm", "lbm-janma", "bsa", "none"]


@dataclass(frozen=True)
class PetScale:
    """Rescaled pixel values times ``factor`` are in ``unit``; ``audit`` says how that was found."""

    factor: float
    unit: Unit
    audit: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def check_suv_kind(kind: str) -> None:
    """Raise InputError unless ``kind`` is a known SUV."""
    check_choice(kind, ("bw", "lbm", "lbm-janma", "bsa", "none"), "suv")


def pet_scale(headers: Mapping[str, Dataset], *, kind: SuvKind) -> PetScale:
    """Find the factor."""
    return PetScale(1.0, "BQML")
