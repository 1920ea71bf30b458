"""Features under the definitions and tags of the Image Biomarker Standardisation Initiative, chapter 1."""

from __future__ import annotations

from oncologyai.features.ibsi.conventions import CONVENTIONS, Convention
from oncologyai.features.ibsi.processing import IbsiRegion, prepare
from oncologyai.features.ibsi.profile import TEXTURES, ibsi_features
from oncologyai.features.ibsi.selftest import CheckedValue, digital_phantom, is_within, selftest
from oncologyai.features.ibsi.settings import Dimensions, IbsiSettings
from oncologyai.features.ibsi.table import ibsi_settings_of, ibsi_table

__all__ = [
    "CONVENTIONS",
    "TEXTURES",
    "CheckedValue",
    "Convention",
    "Dimensions",
    "IbsiRegion",
    "IbsiSettings",
    "digital_phantom",
    "ibsi_features",
    "ibsi_settings_of",
    "ibsi_table",
    "is_within",
    "prepare",
    "selftest",
]
