"""Real MR through chains of steps: the numbers are SimpleITK's, a fit is applied unchanged to another patient."""

import json
import shutil

import numpy as np
import pytest
import SimpleITK as sitk

from oncologyai.harmonize import CorrectBiasField, NormaliseZScore, Preset, harmonize
from oncologyai.imaging import read_volume

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def an_mr(shared_data):
    return shared_data / "sts" / "STS_010" / "MR_T1_image.nii.gz"


def test_z_score_and_n4_of_a_sarcoma_equal_simpleitk(an_mr):
    volume = read_volume(an_mr, modality="MR")
    image = sitk.ReadImage(str(an_mr), sitk.sitkFloat32)
    theirs = sitk.GetArrayFromImage(sitk.Normalize(sitk.Cast(image, sitk.sitkFloat64)))
    ours = harmonize(volume, Preset("z", "", (NormaliseZScore(),))).volume.array
    flipped = np.linalg.det(np.array(image.GetDirection()).reshape(3, 3)) < 0
    assert np.abs(ours - (theirs[::-1] if flipped else theirs)).max() < 1e-5
    mask = image > 0
    corrector = sitk.N4BiasFieldCorrectionImageFilter()
    corrector.Execute(sitk.Shrink(image, [4, 4, 4]), sitk.Shrink(mask, [4, 4, 4]))
    expected = sitk.GetArrayFromImage(image / sitk.Exp(corrector.GetLogBiasFieldAsImage(image)))
    corrected = harmonize(volume, Preset("n4", "", (CorrectBiasField("image"),))).volume.array
    assert np.abs(corrected - (expected[::-1] if flipped else expected)).max() <= 1e-5 * expected.max()


def test_chapter_3s_routine_is_fitted_on_one_cohort_and_applied_to_another(shared_data, tmp_path, oncology_ai):
    for cohort, patients in (("train", ("STS_003", "STS_010")), ("test", ("STS_012",))):
        for patient in patients:
            (tmp_path / cohort / patient).mkdir(parents=True)
            for file in (shared_data / "sts" / patient).glob("MR_T1_*"):
                shutil.copy(file, tmp_path / cohort / patient)
    fitted = tmp_path / "fitted.json"
    words = (
        "dataset",
        "preprocess",
        tmp_path / "train",
        tmp_path / "a",
        "--preset",
        "ch3-glioblastoma",
        "--fit",
        fitted,
    )
    done = oncology_ai(*words, "--modality", "MR", "--workers", "1")
    assert done.code == 0 and "4 files" in done.out, done.err
    values = [read_volume(tmp_path / "a" / f"{p}-MR_T1_image" / "image.nrrd") for p in ("STS_003", "STS_010")]
    assert values[0].spacing_mm == pytest.approx((0.449, 0.449, 5.5), abs=1e-6)
    together = np.concatenate([v.array.ravel() for v in values]).astype(np.float64)
    assert together.mean() == pytest.approx(0, abs=1e-3) and together.std() == pytest.approx(1, abs=1e-3)
    done = oncology_ai(
        "dataset", "preprocess", tmp_path / "test", tmp_path / "b", "--preset", fitted, "--modality", "MR",
        "--workers", "1",
    )  # fmt: skip
    assert done.code == 0, done.err
    step = json.loads(fitted.read_text())["steps"][-1]
    other = read_volume(tmp_path / "b" / "STS_012-MR_T1_image" / "image.nrrd").array.astype(np.float64)
    equalised = other * step["deviation"] + step["mean"]
    assert equalised.min() == pytest.approx(0, abs=1e-5) and equalised.max() == pytest.approx(1, abs=1e-5)
    assert abs(other.mean()) < 0.2
