"""One series described."""

import numpy as np
import pydicom
import pytest

from oncologyai.errors import InputError
from oncologyai.imaging import find_studies, write_dicom_series
from oncologyai.pipelines import DESCRIBED, DescribeConfig, describe_series
from oncologyai.types import Series, Volume


@pytest.fixture
def a_series(tmp_path) -> Series:
    volume = Volume(np.zeros((7, 16, 12), np.int16), np.diag([-0.8, -0.8, 3.0, 1.0]), "CT", "HU")
    write_dicom_series(volume, tmp_path, attributes={"PatientID": "P", "KVP": "120", "SeriesDescription": "Thorax"})
    for number, file in enumerate(sorted(tmp_path.glob("*.dcm"))):
        dataset = pydicom.dcmread(file)
        dataset.ConvolutionKernel, dataset.Exposure, dataset.ProtocolName = f"K{number}", str(10 * number), f"{number}"
        dataset.save_as(file)
    return find_studies(tmp_path)[0].series[0]


def test_every_column_is_there_and_what_nobody_says_is_none(a_series):
    row = describe_series(a_series)
    assert tuple(row) == tuple(DESCRIBED)
    assert (row["modality"], row["description"], row["slices"], row["orientation"]) == ("CT", "Thorax", 7, "axial")
    assert (row["rows"], row["columns"], row["pixel_row_mm"], row["slice_step_mm"]) == (16, 12, 0.8, 3.0)
    assert row["manufacturer"] is None and row["echo_time_ms"] is None and row["kvp"] == 120.0


def test_varying_values_become_a_median_or_a_list_of_five(a_series):
    row = describe_series(a_series, DescribeConfig(("ProtocolName", "ConvolutionKernel", "NumberOfFrames")))
    assert row["exposure_mas"] == 30.0 and row["kernel"] == "K0 | K1 | K2 | K3 | K4 | ..."
    assert row["ProtocolName"] == 3.0 and row["ConvolutionKernel"] == row["kernel"] and row["NumberOfFrames"] is None


def test_an_unknown_tag_is_told():
    with pytest.raises(InputError, match="--tag"):
        DescribeConfig(("KPV",))
