"""Seeded segmentation: a lesion from one or a few points inside it, where no trained model is chosen."""

from __future__ import annotations

from oncologyai.segmenters.config import SeedConfig
from oncologyai.segmenters.seeded import METHODS, segment_from_seeds

__all__ = ["METHODS", "SeedConfig", "segment_from_seeds"]
