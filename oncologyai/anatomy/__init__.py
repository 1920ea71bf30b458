"""Anatomy that the chain leans on: body and couch, lungs and airways, the spine's axis, the lung region."""

from oncologyai.anatomy.airways import find_airways
from oncologyai.anatomy.body import Body, find_body
from oncologyai.anatomy.isolate import LungConfig, LungIsolation, apply_region, isolate_lungs
from oncologyai.anatomy.lungs import AirFilled, find_air_filled_lungs, split_sides
from oncologyai.anatomy.spine import bone_window, find_spine_axis

__all__ = [
    "AirFilled",
    "Body",
    "LungConfig",
    "LungIsolation",
    "apply_region",
    "bone_window",
    "find_air_filled_lungs",
    "find_airways",
    "find_body",
    "find_spine_axis",
    "isolate_lungs",
    "split_sides",
]
