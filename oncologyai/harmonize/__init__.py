"""Harmonisation: images of any scanner brought to one standard, and the recorded way back for masks."""

from oncologyai.harmonize.artefacts import FlagArtefacts
from oncologyai.harmonize.chain import Harmonized, harmonize
from oncologyai.harmonize.denoise import Denoise
from oncologyai.harmonize.frequency import NormaliseFrequencyBands, band_shares
from oncologyai.harmonize.geometry import CropOrPad, Reorient, ResampleInPlane
from oncologyai.harmonize.histogram import EqualiseHistogram, MatchHistogram, quantiles_of
from oncologyai.harmonize.intensity import Discretise, NormaliseRange
from oncologyai.harmonize.mr import NormaliseFat, NormalisePercentile, fat_level
from oncologyai.harmonize.presets import PRESETS, Preset
from oncologyai.harmonize.sinc import resample_sinc
from oncologyai.harmonize.state import State, Step
from oncologyai.harmonize.trail import Trail
from oncologyai.harmonize.window import KeepBoneWindow, Window

__all__ = [
    "PRESETS",
    "CropOrPad",
    "Denoise",
    "Discretise",
    "EqualiseHistogram",
    "FlagArtefacts",
    "Harmonized",
    "KeepBoneWindow",
    "MatchHistogram",
    "NormaliseFat",
    "NormaliseFrequencyBands",
    "NormalisePercentile",
    "NormaliseRange",
    "Preset",
    "Reorient",
    "ResampleInPlane",
    "State",
    "Step",
    "Trail",
    "Window",
    "band_shares",
    "fat_level",
    "harmonize",
    "quantiles_of",
    "resample_sinc",
]
