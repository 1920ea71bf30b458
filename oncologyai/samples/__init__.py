"""Synthetic studies of known truth, the same from the same seed: a chest CT with a tumour of known
shape, the PET/CT of a trunk with a lesion of known uptake, and whole-body bone scans with metastases and what resembles
them.

Everything in them is labelled synthetic.
"""

from __future__ import annotations

from oncologyai.samples.bone_foci import Focus
from oncologyai.samples.bonescan import BoneScan, BoneScanSpec, PlacedFocus, make_bonescan
from oncologyai.samples.bonescan_cohort import CENTRES, Centre, CohortCase, draw_cohort, make_cohort_case
from oncologyai.samples.bonescan_writing import WrittenBoneScan, write_bonescan_cohort, write_bonescan_sample
from oncologyai.samples.canvas import GridSpec
from oncologyai.samples.gamma_camera import CAMERAS, Camera
from oncologyai.samples.lesion import Lesion, LesionSpec
from oncologyai.samples.petct import PetCt, PetCtSpec, make_petct
from oncologyai.samples.thorax import Thorax, ThoraxSpec, make_thorax
from oncologyai.samples.writing import SAMPLES, Sample, SampleDraft, SampleTruth, deepest_point, write_sample

__all__ = [
    "CAMERAS",
    "CENTRES",
    "SAMPLES",
    "BoneScan",
    "BoneScanSpec",
    "Camera",
    "Centre",
    "CohortCase",
    "Focus",
    "GridSpec",
    "Lesion",
    "LesionSpec",
    "PetCt",
    "PetCtSpec",
    "PlacedFocus",
    "Sample",
    "SampleDraft",
    "SampleTruth",
    "Thorax",
    "ThoraxSpec",
    "WrittenBoneScan",
    "deepest_point",
    "draw_cohort",
    "make_bonescan",
    "make_cohort_case",
    "make_petct",
    "make_thorax",
    "write_bonescan_cohort",
    "write_bonescan_sample",
    "write_sample",
]
