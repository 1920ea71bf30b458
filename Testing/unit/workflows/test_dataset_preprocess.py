"""A folder through a chain of steps, fitted on a training cohort and applied to another."""

import json

import numpy as np
import pytest

from oncologyai.errors import EmptyStudyError, InputError
from oncologyai.harmonize import (
    MatchCohortHistogram,
    NormaliseCohortZScore,
    NormaliseZScore,
    Preset,
    ResampleToSpacing,
    load_preset,
)
from oncologyai.imaging import read_volume, write_masks, write_rtstruct, write_volume
from oncologyai.types import Mask, Volume
from oncologyai.workflows import PreprocessOptions, preprocess_dataset
from oncologyai.workflows.dataset_cases import find_cases, read_case

AFFINE = np.diag([-1.0, -1.0, 2.0, 1.0])


@pytest.fixture
def cohort(tmp_path):
    """A function that writes MR images of given levels with a tumour each, and gives the images."""

    def write(folder: str, levels) -> list[Volume]:
        images = []
        for number, level in enumerate(levels):
            values = np.random.default_rng(number).normal(level, 10, (6, 12, 12)).astype(np.float32)
            images.append(Volume(values, AFFINE, "MR"))
            inside = np.zeros(values.shape, bool)
            inside[2:4, 4:8, 4:8] = True
            write_volume(images[-1], tmp_path / folder / f"P{number}" / "T1.nrrd")
            write_masks([Mask.on(images[-1], inside)], tmp_path / folder / f"P{number}" / "T1_mask.nrrd")
        return images

    return write


def test_a_fit_on_the_training_cohort_is_applied_unchanged_to_another(tmp_path, cohort):
    train, test = cohort("train", (100, 140)), cohort("test", (300,))
    chain = Preset("z", "", (NormaliseCohortZScore(),), "MR")
    fitted = preprocess_dataset(tmp_path / "train", tmp_path / "a", chain, fit=tmp_path / "fit.json")
    together = np.concatenate([v.array.ravel() for v in train]).astype(np.float64)
    assert fitted.preset.steps[0].mean == pytest.approx(together.mean())
    assert fitted.preset.steps[0].deviation == pytest.approx(together.std(ddof=1))
    report = preprocess_dataset(tmp_path / "test", tmp_path / "b", load_preset(str(tmp_path / "fit.json")))
    assert report.written == ("P0-T1/image.nrrd", "P0-T1/mask.nrrd") and report.failed == ()
    ours = read_volume(tmp_path / "b" / "P0-T1" / "image.nrrd")
    assert np.abs(ours.array - (test[0].array - together.mean()) / together.std(ddof=1)).max() < 1e-4
    assert (ours.modality, ours.unit) == ("MR", "arbitrary")
    kept = json.loads((tmp_path / "b" / "provenance.json").read_text())
    assert kept["preset"]["steps"][0]["mean"] == pytest.approx(together.mean())


def test_several_steps_are_fitted_in_their_order_and_nothing_is_done_twice(tmp_path, cohort):
    cohort("train", (100, 140, 180))
    chain = Preset("two", "", (MatchCohortHistogram(count=11), NormaliseCohortZScore()), "MR")
    report = preprocess_dataset(tmp_path / "train", tmp_path / "out", chain, fit=tmp_path / "fit.json")
    values = [read_volume(tmp_path / "out" / f"P{n}-T1" / "image.nrrd").array for n in range(3)]
    together = np.concatenate([v.ravel() for v in values]).astype(np.float64)
    assert together.mean() == pytest.approx(0, abs=1e-5) and together.std(ddof=1) == pytest.approx(1, abs=1e-5)
    assert [float(np.median(v)) for v in values] == pytest.approx([0, 0, 0], abs=0.05)
    again = preprocess_dataset(tmp_path / "train", tmp_path / "out", chain, fit=tmp_path / "fit.json")
    assert again.kept == 3 and again.preset == report.preset


def test_the_result_is_a_folder_that_preview_and_others_read(tmp_path, a_series, a_ball):
    volume = a_series(tmp_path / "in")
    organ = Mask.on(volume, a_ball.array, "Lung L")
    write_rtstruct([a_ball, organ], volume, tmp_path / "in" / "rs.dcm")
    chain = Preset("s", "", (ResampleToSpacing((1.0, 1.0, 1.0), "linear"), NormaliseZScore("region")))
    options = PreprocessOptions(region=("lung*",), structures=("GTV*",), form="nii.gz")
    preprocess_dataset(tmp_path / "in", tmp_path / "out", chain, options=options)
    (case,), _ = find_cases(tmp_path / "out")
    read, masks = read_case(case.image, case.structures, modality=case.modality)
    assert (case.patient, case.modality, read.spacing_mm) == ("PAT 4711", "CT", pytest.approx((1, 1, 1)))
    assert [m.label for m in masks] == ["GTV-1", "Lung L"]
    assert masks[0].volume_ml == pytest.approx(a_ball.volume_ml, rel=0.03)


def test_a_bad_case_is_listed_and_left_out_of_the_fit(tmp_path, cohort):
    (image,) = cohort("train", (100,))
    (tmp_path / "train" / "P9").mkdir()
    (tmp_path / "train" / "P9" / "T1.nrrd").write_bytes(b"broken")
    chain = Preset("z", "", (NormaliseCohortZScore(),))
    report = preprocess_dataset(tmp_path / "train", tmp_path / "out", chain, fit=tmp_path / "fit.json")
    assert report.preset.steps[0].mean == pytest.approx(float(image.array.mean(dtype=np.float64)))
    ((name, reason),) = report.failed
    assert name == "P9-T1" and "expected an image file" in reason and len(report.written) == 2
    assert "P9-T1" in (tmp_path / "out" / "failures.csv").read_text()


def test_a_chain_for_another_modality_fails_each_case_with_the_reason(tmp_path, a_series):
    a_series(tmp_path / "in")
    report = preprocess_dataset(tmp_path / "in", tmp_path / "out", load_preset("ch4-minimalist"))
    assert report.written == () and "modality MR for ch4-minimalist, got modality CT" in report.failed[0][1]


def test_what_cannot_be_fitted_is_told(tmp_path, cohort):
    cohort("train", (100,))
    chain = Preset("z", "", (NormaliseCohortZScore(),), "PT")
    with pytest.raises(InputError, match="--fit: expected a file for the numbers that z takes"):
        preprocess_dataset(tmp_path / "train", tmp_path / "out", chain)
    with pytest.raises(InputError, match="--fit: expected at least one case that can be measured, got none; the first"):
        preprocess_dataset(tmp_path / "train", tmp_path / "out", chain, fit=tmp_path / "fit.json")
    with pytest.raises(EmptyStudyError, match="an image of CT"):
        preprocess_dataset(
            tmp_path / "train",
            tmp_path / "out",
            load_preset("none"),
            options=PreprocessOptions(modalities=("CT", "PT")),
        )
    with pytest.raises(InputError, match="--format"):
        PreprocessOptions(form="png")
    assert not (tmp_path / "fit.json").exists()


def test_modality_of_plain_files_that_do_not_say_is_that_which_is_asked_for(tmp_path, cohort):
    (image,) = cohort("plain", (100,))
    write_volume(Volume(image.array, AFFINE), tmp_path / "plain" / "P0" / "T1.nrrd")
    chain = Preset("s", "", (NormaliseZScore(),), "MR")
    report = preprocess_dataset(
        tmp_path / "plain", tmp_path / "out", chain, options=PreprocessOptions(modalities=("MR",))
    )
    assert report.failed == () and read_volume(tmp_path / "out" / "P0-T1" / "image.nrrd").modality == "MR"


def test_a_plain_pet_needs_its_unit_for_a_chain_of_suv(tmp_path):
    pet = Volume(np.full((4, 6, 6), 10.0, np.float32), AFFINE)
    write_volume(pet, tmp_path / "in" / "PET_image.nii.gz")
    preset = load_preset("pet-suv")
    refused = preprocess_dataset(tmp_path / "in", tmp_path / "a", preset)
    assert "SUVbw or SUVlbm or SUVbsa for pet-suv, got unit arbitrary" in refused.failed[0][1]
    done = preprocess_dataset(tmp_path / "in", tmp_path / "b", preset, options=PreprocessOptions(unit="SUVbw"))
    assert read_volume(tmp_path / "b" / done.written[0]).array == pytest.approx(0.5)
