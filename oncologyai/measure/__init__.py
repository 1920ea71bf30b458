"""What a lesion measures: volume, RECIST diameters as lines, solid and ground-glass parts, uptake."""

from __future__ import annotations

from oncologyai.measure.ground_glass import split_solid
from oncologyai.measure.lesion import measure_lesion
from oncologyai.measure.measurement import LesionMeasurements, MeasureConfig, Measurement
from oncologyai.measure.outline import axial_axis
from oncologyai.measure.recist import RecistDiameters, largest_diameter, recist_diameters
from oncologyai.measure.ring import peritumoral_ring
from oncologyai.measure.split import split_lesions
from oncologyai.measure.suv import SUV_UNITS, SuvMeasures, intensity_peak, measure_suv

__all__ = [
    "SUV_UNITS",
    "LesionMeasurements",
    "MeasureConfig",
    "Measurement",
    "RecistDiameters",
    "SuvMeasures",
    "axial_axis",
    "intensity_peak",
    "largest_diameter",
    "measure_lesion",
    "measure_suv",
    "peritumoral_ring",
    "recist_diameters",
    "split_lesions",
    "split_solid",
]
