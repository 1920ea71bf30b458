"""Synthetic studies of known truth, the same from the same seed: a chest CT with a tumour of known
shape, and the PET/CT of a trunk with a lesion of known uptake.

Everything in them is labelled synthetic.
"""

from __future__ import annotations

from oncologyai.samples.canvas import GridSpec
from oncologyai.samples.lesion import Lesion, LesionSpec
from oncologyai.samples.petct import PetCt, PetCtSpec, make_petct
from oncologyai.samples.thorax import Thorax, ThoraxSpec, make_thorax
from oncologyai.samples.writing import SAMPLES, Sample, SampleDraft, SampleTruth, deepest_point, write_sample

__all__ = [
    "SAMPLES",
    "GridSpec",
    "Lesion",
    "LesionSpec",
    "PetCt",
    "PetCtSpec",
    "Sample",
    "SampleDraft",
    "SampleTruth",
    "Thorax",
    "ThoraxSpec",
    "deepest_point",
    "make_petct",
    "make_thorax",
    "write_sample",
]
