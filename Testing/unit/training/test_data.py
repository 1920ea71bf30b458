"""Cases from tables and DICOM, prepared once."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from oncologyai.errors import EmptyMaskError, EmptyStudyError, MissingFileError, UnreadableFileError
from oncologyai.imaging import read_masks, read_volume, write_dicom_series, write_rtstruct, write_volume
from oncologyai.inference import SliceConfig, prepare_slices
from oncologyai.models import ModelCard
from oncologyai.training import TrainConfig, draw_sample, find_cases, load_cases, load_config, split_cases
from oncologyai.types import Mask, Volume


def case_file(config, name):
    return Path(config.data.table).parent / name


@pytest.fixture
def a_lung_model(lung_settings) -> ModelCard:
    """The card that such a training would write, made by hand."""
    names = ("channels", "spacing_mm", "region", "outside", "network")
    return ModelCard.model_validate(
        {name: lung_settings[name] for name in names}
        | {
            "id": "lungs",
            "title": "lungs",
            "patch": [192, 192],
            "labels": [{"name": "GTV-1", "terminology": "tumour"}],
            "files": [{"name": "none.safetensors", "role": "weights", "sha256": "0" * 64, "size_bytes": 1}],
            "training": {"description": "none"},
            "licence": {"name": "none", "commercial": True},
        }
    )


def test_cases_hold_channels_and_truth_on_the_working_grid(a_config_file, tmp_path) -> None:
    config = load_config(a_config_file)
    files = find_cases(config)
    cases = load_cases(files, config, tmp_path / "cache")
    assert [case.name for case in cases] == [f"P{number}" for number in range(6)]
    assert [case.complete for case in cases] == [True] * 4 + [False] * 2
    assert {case.stratum for case in cases} == {"pet+ct", "pet"}
    first, last = cases[0], cases[5]
    assert first.image.shape == (3, 8, 16, 16) and first.sampling_mm == (3.0, 2.0, 2.0)
    inside = first.truth > 0.5
    assert first.image[0][inside].min() > np.log1p(3.9) > first.image[0][~inside].max()
    assert np.all(first.image[2] == 1) and not last.image[1:].any()
    assert 50 < inside.sum() < 130  # a ball of radius 3: 113


def test_the_cache_is_used_again_and_made_anew_where_a_file_changed(a_config_file, a_cohort, tmp_path) -> None:
    folder = shutil.copytree(a_cohort.parent, tmp_path / "copy")
    config = load_config(a_config_file).with_data(table=str(folder / "cases.csv"))
    cache = tmp_path / "cache"
    load_cases(find_cases(config), config, cache)
    before = sorted(cache.iterdir())
    stamps = [(path / "image.npy").stat().st_mtime_ns for path in before]
    load_cases(find_cases(config), config, cache)
    assert [(path / "image.npy").stat().st_mtime_ns for path in sorted(cache.iterdir())] == stamps
    shutil.copy(folder / "pet1.nrrd", folder / "pet0.nrrd")
    load_cases(find_cases(config), config, cache)
    assert len(set(cache.iterdir()) - set(before)) == 1


def test_a_crop_covers_the_lesion_and_its_margin(a_config_file, tmp_path) -> None:
    config = load_config(a_config_file)
    config = config.model_copy(update={"data": config.data.model_copy(update={"crop_mm": 2.0})})
    case = load_cases(find_cases(config)[:1], config, tmp_path)[0]
    inside = np.argwhere(case.truth > 0.5)
    assert np.all(inside.min(0) == 1) and np.all(inside.max(0) == np.array(case.truth.shape) - 2)


def test_a_mask_of_zeros_is_a_case_without_a_lesion_only_where_asked_for(a_config_file, a_cohort, tmp_path) -> None:
    folder = shutil.copytree(a_cohort.parent, tmp_path / "copy")
    pet = read_volume(folder / "pet0.nrrd")
    write_volume(pet.with_array(np.zeros(pet.shape, dtype=np.uint8), unit="arbitrary"), folder / "mask0.nrrd")
    config = load_config(a_config_file).with_data(table=str(folder / "cases.csv"))
    with pytest.raises(EmptyMaskError, match="P0: .*mask0.nrrd: expected a structure.*set data.negatives"):
        load_cases(find_cases(config)[:1], config, tmp_path / "cache")
    config = config.model_copy(update={"data": config.data.model_copy(update={"negatives": True})})
    case = load_cases(find_cases(config)[:1], config, tmp_path / "cache")[0]
    assert not case.truth.any() and case.image.any()
    image, truth = draw_sample(case, config, np.random.default_rng(0))
    assert image.any() and not truth.any()


def test_lung_slices_are_the_very_pixels_that_inference_gives_the_network(
    lung_settings, a_lung_model, tmp_path
) -> None:
    config = TrainConfig.model_validate(lung_settings)
    case = load_cases(find_cases(config), config, tmp_path)[0]
    volume = read_volume(case_file(config, "ct.nrrd"))
    slices = prepare_slices(volume, a_lung_model)
    truth = slices.on_grid(read_masks(case_file(config, "gtv.nrrd"), grid=volume)[0])
    ks = np.flatnonzero(slices.region.any(axis=(1, 2)))
    assert case.image.shape[1] == len(ks) and case.sampling_mm == (7.5, 4.0, 4.0)
    found = case.image[0]
    assert found.shape[1] < slices.array.shape[1]
    rows = np.flatnonzero(slices.region.any(axis=(0, 2)))
    row = max(0, (rows[0] - SliceConfig().margin) // 16 * 16)
    columns = np.flatnonzero(slices.region.any(axis=(0, 1)))
    column = max(0, (columns[0] - SliceConfig().margin) // 16 * 16)
    where = (ks, slice(row, row + found.shape[1]), slice(column, column + found.shape[2]))
    assert np.array_equal(found, slices.array[where]) and np.count_nonzero(found) == np.count_nonzero(slices.array)
    assert np.array_equal(case.truth > 0.5, truth[where]) and truth.any()


def test_folds_share_no_patient_and_cover_all(a_config_file) -> None:
    config = load_config(a_config_file)
    files = find_cases(config)
    held = [split_cases(files, config.model_copy(update={"fold": fold}))[1] for fold in range(3)]
    assert sorted(name for fold in held for name in fold) == [case.name for case in files]
    assert [len(fold) for fold in held] == [2, 2, 2]
    assert split_cases(files, config.model_copy(update={"fold": None}))[1] == ()


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("case,pet\nA,x.nrrd\n", UnreadableFileError, "the column mask"),
        ("case,mask,pet\nA,mask0.nrrd,none.nrrd\n", MissingFileError, "line 2: expected a file that exists"),
        ("case,mask,pet\nA,mask0.nrrd,\n", MissingFileError, "line 2: expected a path in pet"),
        ("case,mask,pet\n,mask0.nrrd,pet0.nrrd\n", MissingFileError, "line 2: expected a case and its mask"),
        ("case,mask,pet\nA,mask0.nrrd,pet0.nrrd\nA,mask0.nrrd,pet0.nrrd\n", UnreadableFileError, "A several times"),
        ("case,mask,pet\n", EmptyStudyError, "expected cases"),
    ],
)
def test_a_wrong_table_is_refused(a_config_file, a_cohort, text, error, message) -> None:
    path = a_cohort.parent / "wrong.csv"
    path.write_text(text)
    with pytest.raises(error, match=message):
        find_cases(load_config(a_config_file).with_data(table=str(path)))


def test_a_missing_table_is_named(a_config_file) -> None:
    with pytest.raises(MissingFileError, match="data.table"):
        find_cases(load_config(a_config_file).with_data(table="nowhere.csv"))


def test_a_folder_of_dicom_with_rtstruct_gives_cases(a_config_file, tmp_path) -> None:
    grid = np.diag([-2.0, -2.0, 3.0, 1.0])
    truth = np.zeros((6, 24, 24), dtype=bool)
    truth[2:5, 8:14, 9:17] = True
    hu = Volume(np.where(truth, 40, -500).astype(np.int16), grid, modality="CT", unit="HU")
    attributes = {"PatientID": "A1", "PatientName": "A", "StudyDate": "20200101"}
    image = write_dicom_series(hu, tmp_path / "dicom" / "ct", attributes=attributes)
    write_rtstruct([Mask(truth, grid, "GTV-1"), Mask(~truth, grid, "Lung")], image, tmp_path / "dicom" / "rt.dcm")
    config = load_config(
        a_config_file,
        channels=[{"name": "ct", "modality": "CT", "normalisation": {"kind": "window", "low": -250, "high": 300}}],
        network={"name": "resenc-unet", "arguments": {"in_channels": 1}},
        augmentation={},
    ).with_data(dicom=str(tmp_path / "dicom"))
    cases = load_cases(find_cases(config), config, tmp_path / "cache")
    assert [case.name for case in cases] == ["A1"]
    found = cases[0].truth > 0.5
    assert 2 * (found & truth).sum() / (found.sum() + truth.sum()) > 0.95
    assert np.array_equal(cases[0].image[0] > 0.5, truth)
