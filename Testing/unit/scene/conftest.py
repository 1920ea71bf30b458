"""A scene to work in, and a small bundle of known content."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

pytest.importorskip("slicer", reason="slicer-core is not installed")

from oncologyai import host
from oncologyai.bundle import Bundle
from oncologyai.progress import Provenance
from oncologyai.resources import terminology
from oncologyai.types import Line, Mask, Point, Table, Volume

SPACING = np.diag([-2.0, -2.0, 3.0, 1.0])  # i runs to the left, j to the back, as in DICOM
ORIGIN = (60.0, 70.0, -100.0)


@pytest.fixture
def slicer() -> Iterator[Any]:
    module = host.start()
    host.clear()
    yield module
    host.clear()


@pytest.fixture
def a_ct() -> Volume:
    """A body of 40 HU in air with two lungs of -800 HU and a tumour of 30 HU in the left one."""
    k, j, i = np.mgrid[:30, :60, :64]
    array = np.full((30, 60, 64), -1000, dtype=np.float32)
    array[((j - 30) / 26.0) ** 2 + ((i - 32) / 29.0) ** 2 < 1] = 40
    for centre in (20, 44):
        array[((j - 30) / 15.0) ** 2 + ((i - centre) / 9.0) ** 2 + ((k - 15) / 13.0) ** 2 < 1] = -800
    array[a_tumour_array()] = 30
    matrix = SPACING.copy()
    matrix[:3, 3] = ORIGIN
    return Volume(array, matrix, modality="CT", unit="HU")


def a_tumour_array() -> np.ndarray:
    """A ball of radius 5 voxels in plane and 4 slices, in the left lung: i 44 lies at R -28."""
    k, j, i = np.mgrid[:30, :60, :64]
    return np.asarray(((j - 28) / 5.0) ** 2 + ((i - 44) / 5.0) ** 2 + ((k - 16) / 4.0) ** 2 < 1)


@pytest.fixture
def a_bundle(a_ct: Volume) -> Bundle:
    lung = np.zeros(a_ct.shape, dtype=bool)
    lung[5:25, 20:40, 12:28] = True
    centre = a_ct.ras_from_ijk((44, 28, 16))
    return Bundle(
        name="Thorax CT",
        pipeline="analyse",
        method="random walker",
        volume=a_ct,
        patient="P-1",
        study="CT 2020",
        masks=(
            Mask.on(a_ct, a_tumour_array(), "GTV-1", code=terminology("tumour")),
            Mask.on(a_ct, lung, "Lung right", code=terminology("lung_right"), kind="organ"),
        ),
        inside=(Point("I-1", tuple(float(v) for v in centre)),),
        outside=(Point("O-1", (10.0, 20.0, -55.0)),),
        lines=(
            Line("GTV-1 long axis", (-19.0, 14.0, -52.0), (-37.0, 14.0, -52.0)),
            Line("GTV-1 short axis", (-28.0, 6.0, -52.0), (-28.0, 22.0, -52.0)),
        ),
        tables=(
            Table(
                "Measurements",
                ("name", "value", "unit", "code"),
                (("GTV-1 volume", 1.25, "ml", "118565006"), ("GTV-1 long axis", None, "mm", None)),
            ),
            Table("Features", ("segment", "original_shape_MeshVolume"), (("GTV-1", 1234.5),)),
        ),
        provenance=Provenance("analyse", settings={"note": "größer"}, seconds={"segment": 1.5}),
    )
