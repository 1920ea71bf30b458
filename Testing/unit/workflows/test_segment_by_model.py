"""A model from files and bundles to a mask file or a bundle: the same voxels from every way in."""

import json

import numpy as np
import pytest

from oncologyai.bundle import Bundle, read_bundle, write_bundle
from oncologyai.cli import main
from oncologyai.errors import InputError
from oncologyai.imaging import read_masks, write_dicom_series, write_volume
from oncologyai.pipelines import ModelConfig, SegmentConfig, segment
from oncologyai.types import Point, Volume
from oncologyai.workflows import (
    request_from_bundle,
    request_from_image,
    run,
    run_config,
    segment_config,
    segment_to_file,
)

BALL_ML = 4 / 3 * np.pi * 1.5**3


@pytest.fixture
def files(a_pet_model, tmp_path):
    """The model's images as plain files that say nothing of themselves."""
    for name, volume in (("pet", a_pet_model.pet), ("ct", a_pet_model.ct)):
        write_volume(Volume(volume.array, volume.ijk_to_ras), tmp_path / f"{name}.nii.gz")
    return tmp_path


def words(files, *more):
    pet, ct = files / "pet.nii.gz", files / "ct.nii.gz"
    return ["segment", str(pet), "-o", str(files / "m.nii.gz"), "--model", "tiny", "--channel", f"ct={ct}", *more]


def test_command_bundle_and_python_give_the_same_voxels(a_pet_model, files, capsys):
    assert main(words(files, "--seed=-30,10,6")) == 0
    said = capsys.readouterr()
    assert "tumour found; Dice to be expected" in said.out
    assert "note: channel pet: the file does not say what it holds; taken as PT in SUVbw" in said.err
    (from_command,) = read_masks(files / "m.nii.gz", grid=a_pet_model.pet)

    seeds = (Point("Inside-1", a_pet_model.small),)
    python = segment(a_pet_model.pet, seeds, config=ModelConfig("tiny"), channels={"ct": a_pet_model.ct})
    plain = [Volume(v.array, v.ijk_to_ras) for v in (a_pet_model.pet, a_pet_model.ct)]
    asked = Bundle(
        "PET", "segment", "tiny", plain[0], inside=seeds, settings={"model": "tiny"}, channels={"ct": plain[1]}
    )
    write_bundle(asked, files / "in")
    arguments = ["segment", "--bundle", str(files / "in"), "--out-bundle", str(files / "out"), "--progress", "json"]
    assert main(arguments) == 0
    result = read_bundle(files / "out")
    assert from_command.array.any()
    assert np.array_equal(from_command.array, python.mask.array)
    assert np.array_equal(result.masks[0].array, python.mask.array)
    assert result.probability.array.tobytes() == python.finding.probability.array.tobytes()
    assert result.disagreement.array.tobytes() == python.finding.disagreement.array.tobytes()


def test_the_result_s_bundle_holds_channels_trust_and_provenance(a_pet_model, files):
    config = {"model": "tiny", "box_ras": [-50, -10, -10, -10, 30, 22], "device": "cpu", "all_lesions": True}
    write_bundle(Bundle("PET", "segment", "tiny", a_pet_model.pet, settings=config), files / "in")
    request = request_from_bundle(files / "in")
    assert request.config.box_ras == (-50, -10, -10, -10, 30, 22)
    assert main(["segment", "--bundle", str(files / "in"), "--out-bundle", str(files / "out")]) == 0
    result = read_bundle(files / "out")
    assert (result.method, result.volume.unit) == ("tiny", "SUVbw")
    assert result.model["card"]["id"] == "tiny"
    assert result.model["trust"]["sentence"].startswith("tumour found; Dice to be expected")
    assert result.model["trust"]["interval"][0] < result.model["trust"]["dice"] < result.model["trust"]["interval"][1]
    assert set(result.provenance.weights_sha256) == {"member0.onnx", "member1.onnx"}
    assert result.table("Measurements").columns[-2:] == ("Predicted Dice", "Interval")


def test_json_tells_stages_lesions_and_trust(files, capsys):
    assert main(words(files, "--all-lesions", "--progress", "json")) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    names = [event["name"] for event in events if event["event"] == "stage"]
    for stage in ("read", "verify the model", "load the model", "prepare", "network", "restore", "keep lesions"):
        assert stage in names
    assert any(name.startswith("network: ") and "patches" in name for name in names)
    shares = [event["share"] for event in events if event["event"] == "stage"]
    assert all(0 <= share <= 1 for share in shares)
    assert events[-1]["lesions"] == 2 and events[-1]["trust"].startswith("tumour found")


def test_all_lesions_are_labels_by_volume(a_pet_model, files):
    assert main(words(files, "--all-lesions")) == 0
    masks = read_masks(files / "m.nii.gz", grid=a_pet_model.pet)
    assert len(masks) == 2
    assert masks[0].volume_ml > masks[1].volume_ml


def test_no_tumour_found_is_said_and_an_empty_mask_takes_the_older_one_s_place(a_pet_model, files, capsys):
    assert main(words(files)) == 0
    assert main(words(files, "--threshold", "0.9999999")) == 0
    assert "no tumour found" in capsys.readouterr().out
    assert not any(m.array.any() for m in read_masks(files / "m.nii.gz", grid=a_pet_model.pet))
    write_bundle(
        Bundle("PET", "s", "tiny", a_pet_model.pet, settings={"model": "tiny", "threshold": 0.9999999}), files / "in"
    )
    assert main(["segment", "--bundle", str(files / "in"), "--out-bundle", str(files / "out")]) == 0
    result = read_bundle(files / "out")
    assert result.masks == () and not result.model["trust"]["found"]


def test_a_dicom_segmentation_cannot_be_empty_and_an_older_one_goes(a_pet_model, tmp_path, capsys):
    still = a_pet_model.ct.with_array(np.full(a_pet_model.ct.shape, 30, np.int16))
    write_dicom_series(still, tmp_path / "ct", attributes={"PatientID": "P"})
    write_volume(a_pet_model.pet, tmp_path / "pet.nrrd")
    out = tmp_path / "m.dcm"
    plain = [
        "segment",
        str(tmp_path / "ct"),
        "-o",
        str(out),
        "--model",
        "tiny",
        "--channel",
        f"pet={tmp_path / 'pet.nrrd'}",
    ]
    assert main(plain) == 0
    (mask,) = read_masks(out, grid=a_pet_model.ct)
    assert mask.volume_ml == pytest.approx(BALL_ML, rel=0.1)
    assert main([*plain, "--threshold", "0.9999999"]) == 0
    assert not out.exists()
    assert "not written, a DICOM SEG cannot be empty" in capsys.readouterr().out
    request = request_from_image(tmp_path / "pet.nrrd", config=ModelConfig("tiny"))
    with pytest.raises(InputError, match="expected an image from DICOM"):
        segment_to_file(request, out)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--model", "absent"], "got 'absent'"),
        (["--channel", "mr=x.nrrd"], "--channel: expected one of pet, ct of tiny, got mr"),
        (["--channel", "ct"], "--channel: expected NAME=FILE"),
        (["--channel", "ct=a", "--channel", "ct=b"], "--channel: expected one file for ct, got two"),
        (["--channel", "ct=/no/such.nrrd"], "/no/such.nrrd: expected a file or folder"),
        (["--box", "1,2,3"], "--box: expected six numbers"),
        (["--box", "900,900,900,950,950,950"], "box: expected a box that meets the image"),
        (["--seed", "900,0,0"], "seed inside: expected a point within"),
        (["--method", "walker"], "--method: expected a method or a model, got both"),
        (["--engine", "magic"], "engine: expected one of"),
        (["--modality", "CT"], "channel: expected an image for pet"),
    ],
)
def test_what_is_wrong_is_one_line_and_code_2(files, capsys, more, message):
    pet = files / "pet.nii.gz"
    assert main(["segment", str(pet), "-o", str(files / "m.nrrd"), "--model", "tiny", *more]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert not (files / "m.nrrd").exists()


def test_what_only_a_model_takes_is_refused_without_one(files, capsys):
    for more in (["--box", "0,0,0,1,1,1"], ["--device", "cpu"], ["--all-lesions"], ["--threshold", "0.5"]):
        assert main(["segment", str(files / "pet.nii.gz"), "-o", "m.nrrd", "--seed", "0,0,0", *more]) == 2
        assert f"{more[0]}: expected a model that takes it, got none; give --model ID" in capsys.readouterr().err
    with pytest.raises(InputError, match="--channel: expected a model that takes it"):
        request_from_image(files / "pet.nii.gz", (Point("a", (0, 0, 0)),), config=SegmentConfig(), channels={"ct": "x"})
    assert main(["segment", "--bundle", "b", "-o", "m.nrrd", "--model", "tiny"]) == 2


def test_a_run_gives_every_lesion_its_rows_its_trust_and_the_model_its_part_of_the_report(files):
    config = run_config(
        config=segment_config(model="tiny", all_lesions=True), channels={"ct": files / "ct.nii.gz"}, scene=False
    )
    result = run(files / "pet.nii.gz", out=files / "out", config=config)
    assert [mask.label for mask in result.bundle.masks] == ["GTV-1", "GTV-2"]
    rows = json.loads((files / "out" / "measurements.json").read_text(encoding="utf-8"))["measurements"]
    assert {row["segment"] for row in rows} == {"GTV-1", "GTV-2"}
    assert all(0 < row["Predicted Dice"] < 1 and " to " in row["Interval"] for row in rows)
    page = (files / "out" / "report.html").read_text(encoding="utf-8")
    for text in ("A tiny model (tiny)", "CC BY 4.0", "nothing: made by hand", "mean Dice", "Nobody, 2026"):
        assert text in page
    assert (files / "out" / "pictures" / "disagreement.png").is_file()
    kept = json.loads((files / "out" / "provenance.json").read_text(encoding="utf-8"))
    assert set(kept["weights_sha256"]) == {"member0.onnx", "member1.onnx"}
    assert kept["device"] == "cpu (openvino)"
    assert set(kept["inputs_sha256"]) == {"image", "ct"}
    assert "network" in kept["seconds"]
    assert "--model tiny --all-lesions --channel ct=FILE" in kept["settings"]["command"]
    assert str(files) not in json.dumps(kept)


def test_a_run_that_finds_nothing_says_so_and_leaves_no_older_lesion(files):
    out = files / "out"
    run(files / "pet.nii.gz", out=out, config=run_config(config=segment_config(model="tiny"), scene=False))
    assert (out / "segmentation.seg.nrrd").is_file()
    config = run_config(config=segment_config(model="tiny", threshold=0.9999999), scene=False)
    result = run(files / "pet.nii.gz", out=out, config=config)
    assert result.bundle.masks == ()
    assert not (out / "segmentation.seg.nrrd").exists()
    assert "No tumour found." in (out / "report.html").read_text(encoding="utf-8")
    assert json.loads((out / "measurements.json").read_text(encoding="utf-8"))["measurements"] == []
    assert any("no tumour was found" in note for note in result.notes)
