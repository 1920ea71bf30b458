"""Small images of each modality."""

import numpy as np
import pytest

from oncologyai.types import Volume


def dicom_matrix(pixel_mm=1.0, slice_mm=3.0, origin=(20.0, 30.0, -40.0)):
    matrix = np.diag([-pixel_mm, -pixel_mm, slice_mm, 1.0])
    matrix[:3, 3] = origin
    return matrix


@pytest.fixture
def a_ct():
    values = np.random.default_rng(1).integers(-1024, 1500, (3, 40, 48)).astype(np.int16)
    return Volume(values, dicom_matrix(0.8), "CT", "HU")


@pytest.fixture
def an_mr():
    values = np.random.default_rng(2).normal(5, 2, (4, 50, 50)).clip(0).astype(np.float32)
    values[:, 10:40, 10:40] = np.random.default_rng(3).normal(300, 20, (4, 30, 30))
    values[:, 10:14, 10:40] = np.random.default_rng(4).normal(800, 10, (4, 4, 30))
    return Volume(values, dicom_matrix(), "MR", "arbitrary")
