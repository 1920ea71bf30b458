"""Synthetic studies as DICOM."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest

from oncologyai.errors import CancelledError, InputError
from oncologyai.imaging import read_volume
from oncologyai.samples import (
    SAMPLES,
    GridSpec,
    LesionSpec,
    PetCtSpec,
    SampleTruth,
    ThoraxSpec,
    deepest_point,
    write_sample,
)
from oncologyai.types import Mask

_CHEST = ThoraxSpec(grid=GridSpec((72, 72, 50), (5.2, 5.2, 6.0)), vessels=60)
_TRUNK = PetCtSpec(
    ct_grid=GridSpec((96, 96, 48), (4.0, 4.0, 10.0), (0.0, 0.0, -97.0)),
    lesion=LesionSpec((70.0, 12.0, 40.0), (22.0, 22.0, 26.0)),
)


@pytest.fixture(scope="module")
def a_chest(tmp_path_factory: pytest.TempPathFactory) -> SampleTruth:
    return write_sample("ct", tmp_path_factory.mktemp("ct") / "Prüfling eins", spec=_CHEST)


@pytest.fixture(scope="module")
def a_trunk(tmp_path_factory: pytest.TempPathFactory) -> SampleTruth:
    return write_sample("petct", tmp_path_factory.mktemp("petct") / "study", spec=_TRUNK)


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_study_is_read_back_as_it_was_made(a_chest: SampleTruth) -> None:
    back = read_volume(a_chest.folder, modality="CT")
    np.testing.assert_array_equal(back.array, a_chest.images["CT"].array)
    np.testing.assert_allclose(back.ijk_to_ras, a_chest.images["CT"].ijk_to_ras, atol=1e-9)
    assert back.dicom is not None
    assert a_chest.images["CT"].dicom is not None
    assert back.dicom.sop_uids == a_chest.images["CT"].dicom.sop_uids


def test_sources_name_the_files_where_they_are(a_chest: SampleTruth) -> None:
    source = a_chest.images["CT"].dicom
    assert source is not None
    for file, uid in zip(source.files, source.sop_uids, strict=True):
        assert pydicom.dcmread(file, stop_before_pixels=True).SOPInstanceUID == uid


def test_lesions_suv_read_back_equals_the_truth(a_trunk: SampleTruth) -> None:
    suv = read_volume(a_trunk.folder, modality="PT")
    lesion = a_trunk.pet_masks[0]
    assert suv.unit == "SUVbw"
    assert suv.same_grid(lesion)
    values = suv.array[lesion.array]
    assert values.max() == pytest.approx(a_trunk.suv["GTV-1"], rel=1e-4)
    assert values.mean() == pytest.approx(a_trunk.suv["GTV-1"], rel=1e-4)


def test_ct_and_pet_share_a_frame_of_reference_and_a_study(a_trunk: SampleTruth) -> None:
    ct, pet = a_trunk.images["CT"].dicom, a_trunk.images["PET"].dicom
    assert ct is not None
    assert pet is not None
    assert (ct.study_uid, ct.frame_of_reference_uid) == (pet.study_uid, pet.frame_of_reference_uid)
    assert ct.series_uid != pet.series_uid


def test_structure_set_holds_the_truth_and_refers_to_the_ct(a_trunk: SampleTruth) -> None:
    structures = pydicom.dcmread(a_trunk.folder / "RTSTRUCT" / "RTSTRUCT.dcm")
    assert [roi.ROIName for roi in structures.StructureSetROISequence] == [mask.label for mask in a_trunk.masks]
    ct = a_trunk.images["CT"].dicom
    assert ct is not None
    assert structures.StructureSetROISequence[0].ReferencedFrameOfReferenceUID == ct.frame_of_reference_uid


@pytest.mark.parametrize(("name", "spec"), [("ct", _CHEST), ("petct", _TRUNK)])
def test_same_seed_gives_the_same_bytes(
    name: str, spec: object, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    first = request.getfixturevalue("a_chest" if name == "ct" else "a_trunk")
    write_sample(name, tmp_path / "again", spec=spec)
    assert _hashes(first.folder) == _hashes(tmp_path / "again")


def test_another_seed_gives_another_patient(a_chest: SampleTruth, tmp_path: Path) -> None:
    other = write_sample("ct", tmp_path / "other", seed=1, spec=_CHEST)
    mine, theirs = a_chest.images["CT"].dicom, other.images["CT"].dicom
    assert mine is not None
    assert theirs is not None
    assert mine.attributes["PatientID"] != theirs.attributes["PatientID"]
    assert mine.study_uid != theirs.study_uid


@pytest.mark.parametrize("fixture", ["a_chest", "a_trunk"])
def test_everything_is_labelled_synthetic(fixture: str, request: pytest.FixtureRequest) -> None:
    truth: SampleTruth = request.getfixturevalue(fixture)
    for volume in truth.images.values():
        assert volume.dicom is not None
        header = pydicom.dcmread(volume.dicom.files[0])
        assert str(header.PatientName).startswith("SYNTHETIC^")
        assert header.Manufacturer == "OncologyAI synthetic"
        assert header.SeriesDescription.startswith("synthetic")
        assert "Synthetic" in header.ImageComments


def test_truth_beside_the_images_says_where_and_how_large(a_chest: SampleTruth) -> None:
    told = json.loads((a_chest.folder / "truth.json").read_text(encoding="utf-8"))
    assert told["lesion"] == "GTV-1"
    assert told["volumes_ml"]["GTV-1"] == pytest.approx(a_chest.volumes_ml["GTV-1"], abs=1e-3)
    mask = a_chest.masks[0]
    i, j, k = np.rint(mask.ijk_from_ras(told["seeds_ras_mm"][0])).astype(int)
    assert mask.array[k, j, i]


def test_deepest_point_of_a_box_is_its_middle() -> None:
    array = np.zeros((9, 12, 12), dtype=bool)
    array[2:7, 3:10, 1:8] = True
    matrix = np.diag([-2.0, -2.0, 3.0, 1.0])
    assert deepest_point(Mask(array, matrix)) == (-8.0, -12.0, 12.0)


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy of Debian's dicom3tools is not installed")
@pytest.mark.parametrize("fixture", ["a_chest", "a_trunk"])
def test_validator_finds_no_error(fixture: str, request: pytest.FixtureRequest) -> None:
    truth: SampleTruth = request.getfixturevalue(fixture)
    for file in sorted(truth.folder.rglob("*.dcm")):
        told = subprocess.run(["dciodvfy", str(file)], capture_output=True, text=True, check=False)
        assert "Error" not in told.stderr + told.stdout, file.name


class _LeavesWhileWriting:
    def __init__(self) -> None:
        self.now = ""

    def stage(self, name: str, share: float) -> None:
        assert 0.0 <= share <= 1.0
        self.now = name

    def cancelled(self) -> bool:
        return self.now == "writing DICOM"


def test_cancelled_while_writing_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(CancelledError, match="cancelled"):
        write_sample("ct", tmp_path / "study", spec=_CHEST, progress=_LeavesWhileWriting())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "mri"}, "sample: expected one of ct, petct, got 'mri'"),
        ({"name": "ct", "seed": -1}, "seed: expected a whole number from 0, got -1"),
        ({"name": "ct", "spec": _TRUNK}, "spec: expected a ThoraxSpec, got PetCtSpec"),
    ],
)
def test_rejects_what_it_cannot_make(arguments: dict, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        write_sample(folder=tmp_path / "x", **arguments)


def test_registry_names_each_sample_with_its_spec() -> None:
    assert {name: sample.spec for name, sample in SAMPLES.items()} == {"ct": ThoraxSpec, "petct": PetCtSpec}
