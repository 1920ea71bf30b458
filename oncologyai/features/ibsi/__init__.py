"""Features under the definitions and tags of the Image Biomarker Standardisation Initiative, chapter 1."""

from __future__ import annotations

from oncologyai.features.ibsi.processing import IbsiRegion, prepare
from oncologyai.features.ibsi.profile import TEXTURES, ibsi_features
from oncologyai.features.ibsi.settings import Dimensions, IbsiSettings

__all__ = ["TEXTURES", "Dimensions", "IbsiRegion", "IbsiSettings", "ibsi_features", "prepare"]
