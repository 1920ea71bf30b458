"""Tasks of a workflow as a batch: the same tables and files as in this process, and kept."""

import numpy as np
import pytest

from oncologyai.batch import BatchOptions, BatchRunner
from oncologyai.errors import InputError
from oncologyai.harmonize import NormaliseCohortZScore, Preset
from oncologyai.imaging import read_volume, write_dicom_series, write_masks, write_volume
from oncologyai.progress import Silent
from oncologyai.types import Mask, Volume
from oncologyai.workflows import CaseTask, check_dataset, convert_dataset, describe_dataset, preprocess_dataset

ONE = BatchRunner(BatchOptions(workers=1))
AFFINE = np.diag([-1.0, -1.0, 3.0, 1.0])


@pytest.fixture
def studies(tmp_path):
    for patient in ("A", "B"):
        values = np.random.default_rng(ord(patient)).integers(-100, 100, (5, 12, 12)).astype(np.int16)
        who = {
            "PatientName": patient,
            "PatientID": patient,
            "StudyDate": "20200131",
            "ConvolutionKernel": f"K{patient}",
        }
        write_dicom_series(Volume(values, AFFINE, "CT", "HU"), tmp_path / "in" / patient, attributes=who)
    return tmp_path / "in"


def test_commands_give_the_same_tables_and_go_on(studies, tmp_path):
    for work, table in ((describe_dataset, "series"), (check_dataset, "checks")):
        here = work(studies, tmp_path / f"{table}-here")
        batch = work(studies, tmp_path / f"{table}-batch", runner=ONE)
        assert getattr(here, table) == getattr(batch, table) and batch.kept == 0
        assert work(studies, tmp_path / f"{table}-batch", runner=ONE).kept == 2


def test_files_are_put_into_place_without_what_a_batch_keeps(studies, tmp_path):
    here, batch = convert_dataset(studies, tmp_path / "a"), convert_dataset(studies, tmp_path / "b", runner=ONE)
    assert here.converted == batch.converted and len(batch.converted) == 2
    assert (tmp_path / "a" / "index.csv").read_bytes() == (tmp_path / "b" / "index.csv").read_bytes()
    for name in batch.converted:
        assert np.array_equal(read_volume(tmp_path / "a" / name).array, read_volume(tmp_path / "b" / name).array)
    assert not list((tmp_path / "b").glob("*/result.json"))


def test_a_fit_in_several_passes_and_a_broken_file(tmp_path):
    for number in range(2):
        volume = Volume(np.full((4, 8, 8), 10.0 * number, np.float32), AFFINE, "MR")
        volume.array[:, 2:5] += 7
        write_volume(volume, tmp_path / "in" / f"P{number}" / "T1.nrrd")
        write_masks([Mask.on(volume, volume.array > 6)], tmp_path / "in" / f"P{number}" / "T1_mask.nrrd")
    (tmp_path / "in" / "P7").mkdir()
    (tmp_path / "in" / "P7" / "T1.nrrd").write_bytes(b"broken")
    chain = Preset("z", "", (NormaliseCohortZScore(),))
    here = preprocess_dataset(tmp_path / "in", tmp_path / "a", chain, fit=tmp_path / "a.json")
    batch = preprocess_dataset(tmp_path / "in", tmp_path / "b", chain, fit=tmp_path / "b.json", runner=ONE)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert here.written == batch.written and len(batch.written) == 4
    assert [name for name, _ in batch.failed] == ["P7-T1"] and "expected an image file" in batch.failed[0][1]


def test_no_task_is_no_work_and_several_functions_are_refused(tmp_path):
    assert ONE((), tmp_path / "none", Silent()) == () and not (tmp_path / "none").exists()
    tasks = [CaseTask(name, f"oncologyai.workflows.dataset:{name}") for name in ("convert_case", "anonymize")]
    with pytest.raises(InputError, match="tasks of one function"):
        ONE(tasks, tmp_path, Silent())
