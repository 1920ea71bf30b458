"""Real patients read as an independent reader reads them."""

import numpy as np
import pytest
import SimpleITK as sitk

from oncologyai.imaging import find_studies, read_series, read_volume

PATIENTS = {"LUNG1-001_20180209_CT": 134, "LUNG1-002_20180526_CT": 111}


@pytest.mark.slow
@pytest.mark.parametrize("patient", PATIENTS)
def test_a_ct_equals_simpleitk(shared_data, patient):
    folder = shared_data / "lung1" / patient
    (study,) = find_studies(folder)
    (series,) = study.of_modality("CT")
    volume = read_series(series)
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(volume.dicom.files)
    image = reader.Execute()
    assert volume.unit == "HU" and volume.array.dtype == np.int16 and volume.meta["warnings"] == ()
    assert len(volume.array) == PATIENTS[patient] == len(set(volume.dicom.sop_uids))
    np.testing.assert_array_equal(volume.array, sitk.GetArrayFromImage(image))
    for index in ((0, 0, 0), (511, 511, PATIENTS[patient] - 1)):
        lps = np.array(image.TransformIndexToPhysicalPoint(index))
        np.testing.assert_allclose(volume.ras_from_ijk(index), lps * [-1, -1, 1], atol=1e-6)


def test_a_patient_folder_lists_its_radiotherapy_objects(shared_data):
    (study,) = find_studies(shared_data / "lung1" / "LUNG1-001_20180209_CT")
    assert sorted(s.modality for s in study.series) == ["CT", "RTDOSE", "RTPLAN", "RTSTRUCT"]
    (series,) = study.of_modality("CT")
    assert series.parameters["ConvolutionKernel"] == "B19f" and series.parameters["ManufacturerModelName"]


def test_a_pet_in_suv_and_its_mr_come_from_files(shared_data):
    folder = shared_data / "sts" / "STS_001"
    images = [p for p in sorted(folder.iterdir()) if p.name.lower().endswith((".nrrd", ".nii", ".nii.gz", ".mha"))]
    assert images
    for path in images:
        image = sitk.ReadImage(str(path))
        volume = read_volume(path)
        assert volume.shape == image.GetSize()[::-1]
        lps = np.array(image.TransformIndexToPhysicalPoint((1, 2, 3)))
        ijk = np.rint(volume.ijk_from_ras(lps * [-1, -1, 1])).astype(int)
        assert volume.array[tuple(ijk[::-1])] == pytest.approx(image[1, 2, 3])
