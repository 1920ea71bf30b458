"""Image and family of a column."""

import pytest

from oncologyai.robustness import Origin, origin_of


@pytest.mark.parametrize(
    ("name", "origin", "image_filter"),
    [
        ("original_firstorder_Mean", Origin("original", "firstorder"), "original"),
        ("wavelet-LLH_glcm_Idn", Origin("wavelet-LLH", "glcm"), "wavelet"),
        ("log-sigma-2-0-mm-3D_ngtdm_Busyness", Origin("log-sigma-2-0-mm-3D", "ngtdm"), "log"),
        ("volume_ml", Origin("other", "other"), "other"),
        ("age", Origin("other", "other"), "other"),
    ],
)
def test_columns_are_read_as_pyradiomics_writes_them(name: str, origin: Origin, image_filter: str) -> None:
    assert origin_of(name) == origin and origin_of(name).filter == image_filter
