"""What a run says of itself is enough to run it again."""

import shlex
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from oncologyai.bundle import Bundle
from oncologyai.errors import InputError
from oncologyai.progress import Provenance
from oncologyai.types import Mask, Point, Volume
from oncologyai.workflows import ReadConfig, run_config, segment_config
from oncologyai.workflows.account import Origin, run_command, sample_origin, with_provenance

INSIDE = (Point("Inside-1", (-93.3, 208.6, -459.5)), Point("Inside-2", (1.0, 2.0, 3.0)))


def a_bundle() -> Bundle:
    array = np.zeros((2, 3, 4), dtype=np.int16)
    mask = Mask(array == 0, np.eye(4), "GTV-1")
    volume = Volume(array, np.eye(4), modality="CT", unit="HU")
    return Bundle("CT", "run", "walker", volume, masks=(mask,), inside=INSIDE, provenance=Provenance("analyse"))


def test_command_names_every_choice_but_not_the_study_s_path() -> None:
    config = run_config(
        config=segment_config(method="growing", max_distance_mm=40.0), patient="P 7", scene=False,
        how=ReadConfig(series_uid="1.2.3", suv="lbm", allow_missing_slices=True),
    )  # fmt: skip
    words = shlex.split(run_command(Origin(), INSIDE, (Point("Outside-1", (0.0, 0.0, 0.5)),), config))
    assert words[:3] == ["oncology-ai", "run", "STUDY"]
    pairs = list(pairwise(words))
    for pair in (
        ("--seed", "-93.3,208.6,-459.5"), ("--seed", "1.0,2.0,3.0"), ("--outside", "0.0,0.0,0.5"),
        ("--method", "growing"), ("--max-distance-mm", "40.0"), ("--patient", "P 7"), ("--series", "UID"),
        ("--suv", "lbm"),
    ):  # fmt: skip
        assert pair in pairs
    assert {"--no-scene", "--allow-missing-slices"} <= set(words)


def test_command_names_model_box_and_channels_but_no_file() -> None:
    config = run_config(
        config=segment_config(model="tiny", box_ras=(0.0, 0.0, 0.0, 9.0, 9.0, 9.5), threshold=0.4, all_lesions=True),
        channels={"ct": Path("/home/Muster/ct.nrrd")},
    )
    words = shlex.split(run_command(Origin(), (), (), config))
    pairs = list(pairwise(words))
    for pair in (
        ("--model", "tiny"), ("--box", "0.0,0.0,0.0,9.0,9.0,9.5"), ("--channel", "ct=FILE"), ("--threshold", "0.4"),
    ):  # fmt: skip
        assert pair in pairs
    assert "--all-lesions" in words
    assert not {"--method", "--device", "--seed"} & set(words)


def test_sample_s_name_seed_and_spec_are_in_the_provenance() -> None:
    made = with_provenance(a_bundle(), sample_origin("ct", 7), run_config(), {"read": 1.23456}, ["a note"]).provenance
    assert made is not None
    assert made.pipeline == "run"
    assert made.seeds == {"sample": 7}
    assert made.settings["sample"]["name"] == "ct"
    assert made.settings["sample"]["spec"]["grid"]
    assert "--sample ct --sample-seed 7" in made.settings["command"]
    assert set(made.settings["masks_sha256"]) == {"GTV-1"}
    assert made.seconds == {"read": 1.235}
    assert made.warnings == ("a note",)


def test_bundle_without_provenance_is_refused() -> None:
    with pytest.raises(InputError, match="expected a provenance"):
        with_provenance(replace(a_bundle(), provenance=None), Origin(), run_config(), {}, [])


def test_inputs_of_suv_are_told_without_the_files_that_they_came_from() -> None:
    audit = {"kind": "bw", "inputs": [{"attribute": "Units", "value": "BQML", "file": "/data/Mustermann/1.dcm"}]}
    bundle = a_bundle()
    bundle = replace(bundle, volume=replace(bundle.volume, meta={"suv": audit}))
    made = with_provenance(bundle, Origin(), run_config(), {}, []).provenance
    assert made is not None
    assert made.settings["suv_inputs"] == {"kind": "bw", "inputs": [{"attribute": "Units", "value": "BQML"}]}
