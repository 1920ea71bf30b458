"""Harmonisation: images of any scanner brought to one standard, and the recorded way back for masks."""

from oncologyai.harmonize.adaptive import EqualiseAdaptively
from oncologyai.harmonize.artefacts import FlagArtefacts
from oncologyai.harmonize.attenuate import AttenuateOutside
from oncologyai.harmonize.bias_field import CorrectBiasField
from oncologyai.harmonize.chain import Harmonized, harmonize
from oncologyai.harmonize.denoise import Denoise
from oncologyai.harmonize.fit import CohortStep, fit_next, is_fitted, measure_next
from oncologyai.harmonize.frequency import NormaliseFrequencyBands, band_shares
from oncologyai.harmonize.geometry import CropOrPad, Reorient, ResampleInPlane
from oncologyai.harmonize.histogram import EqualiseHistogram, MatchCohortHistogram, MatchHistogram, quantiles_of
from oncologyai.harmonize.intensity import Discretise, NormaliseRange, ShiftToPositive
from oncologyai.harmonize.interpolation import METHODS
from oncologyai.harmonize.mr import NormaliseFat, NormalisePercentile, fat_level
from oncologyai.harmonize.nearest import mask_on_grid, values_at_voxels
from oncologyai.harmonize.preset_files import STEPS, load_preset, preset_from_mapping, preset_names, preset_to_mapping
from oncologyai.harmonize.presets import PRESETS, Preset
from oncologyai.harmonize.resample import ResampleToSpacing, ResizeToShape
from oncologyai.harmonize.reshape import CropOrPadToShape, CropToForeground
from oncologyai.harmonize.sinc import resample_sinc
from oncologyai.harmonize.state import WHERE, State, Step
from oncologyai.harmonize.trail import Trail
from oncologyai.harmonize.white_stripe import NormaliseWhiteStripe
from oncologyai.harmonize.window import KeepBoneWindow, Window
from oncologyai.harmonize.zscore import NormaliseCohortZScore, NormaliseZScore

__all__ = [
    "METHODS",
    "PRESETS",
    "STEPS",
    "WHERE",
    "AttenuateOutside",
    "CohortStep",
    "CorrectBiasField",
    "CropOrPad",
    "CropOrPadToShape",
    "CropToForeground",
    "Denoise",
    "Discretise",
    "EqualiseAdaptively",
    "EqualiseHistogram",
    "FlagArtefacts",
    "Harmonized",
    "KeepBoneWindow",
    "MatchCohortHistogram",
    "MatchHistogram",
    "NormaliseCohortZScore",
    "NormaliseFat",
    "NormaliseFrequencyBands",
    "NormalisePercentile",
    "NormaliseRange",
    "NormaliseWhiteStripe",
    "NormaliseZScore",
    "Preset",
    "Reorient",
    "ResampleInPlane",
    "ResampleToSpacing",
    "ResizeToShape",
    "ShiftToPositive",
    "State",
    "Step",
    "Trail",
    "Window",
    "band_shares",
    "fat_level",
    "fit_next",
    "harmonize",
    "is_fitted",
    "load_preset",
    "measure_next",
    "preset_from_mapping",
    "preset_names",
    "preset_to_mapping",
    "mask_on_grid",
    "quantiles_of",
    "resample_sinc",
    "values_at_voxels",
]
