"""Image filters before features: pyradiomics' image types to its values, in the part of the image that is needed."""

from __future__ import annotations

from oncologyai.features.filters.image_types import (
    IMAGE_FILTERS,
    FilterFunction,
    ImageFilter,
    filtered_image_names,
    filtered_images,
)

__all__ = ["IMAGE_FILTERS", "FilterFunction", "ImageFilter", "filtered_image_names", "filtered_images"]
