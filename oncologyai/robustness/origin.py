"""Which image and which family of features a column belongs to, by its name."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Origin", "origin_of"]


class Origin(NamedTuple):
    """``image``: what the feature was made on (``original``, ``wavelet-LLH``); ``family``: its class (``glcm``)."""

    image: str
    family: str

    @property
    def filter(self) -> str:
        """The image's filter without its settings: ``log`` of ``log-sigma-2-0-mm-3D``."""
        return self.image.partition("-")[0]


def origin_of(feature: str) -> Origin:
    """Read ``<image>_<family>_<Feature>`` as pyradiomics writes it; any other name is of image and family ``other``.

    Examples
    --------
    >>> origin_of("log-sigma-2-0-mm-3D_glcm_Contrast").filter
    'log'
    """
    parts = feature.split("_")
    return Origin(parts[0], parts[1]) if len(parts) == 3 and all(parts) else Origin("other", "other")
