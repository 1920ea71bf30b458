"""Seeded segmentation: a lesion from one or a few points inside it, where no trained model is chosen.

And the correction of any result by clicks and scribbles.
"""

from __future__ import annotations

from oncologyai.segmenters.config import SeedConfig
from oncologyai.segmenters.correction import Correction, correct_mask, expected_seconds
from oncologyai.segmenters.seeded import METHODS, segment_from_seeds
from oncologyai.segmenters.stroke import Stroke, StrokeKind

__all__ = [
    "METHODS",
    "Correction",
    "SeedConfig",
    "Stroke",
    "StrokeKind",
    "correct_mask",
    "expected_seconds",
    "segment_from_seeds",
]
