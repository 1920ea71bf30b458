"""features --bundle answers a request by a bundle, and says which words do not go together."""

import json

import numpy as np
import pytest

from oncologyai.bundle import Bundle, read_bundle, write_bundle
from oncologyai.cli import main
from oncologyai.types import Mask, Volume


@pytest.fixture
def a_request(tmp_path):
    values = np.random.default_rng(5).normal(40.0, 30.0, (6, 8, 9)).astype(np.float32)
    volume = Volume(values, np.diag([-2.0, -2.0, 2.0, 1.0]), "CT", "HU")
    array = np.zeros(volume.shape, bool)
    array[1:5, 2:6, 2:7] = True
    few = {"featureClass": {"firstorder": ["Mean"]}}
    bundle = Bundle("CT", "features", "few", volume, masks=(Mask.on(volume, array),), settings={"settings": few})
    write_bundle(bundle, tmp_path / "request")
    return tmp_path / "request"


def test_a_request_is_answered_and_told_to_programs(a_request, tmp_path, capsys):
    words = ["features", "--bundle", str(a_request), "--out-bundle", str(tmp_path / "result"), "--progress", "json"]
    assert main(words) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events[-1] == {"event": "done", "bundle": str(tmp_path / "result"), "rows": 1, "maps": []}
    assert read_bundle(tmp_path / "result").table("Features").columns == ("segment", "original_firstorder_Mean")


def test_a_request_is_answered_and_told_to_people(a_request, tmp_path, capsys):
    assert main(["features", "--bundle", str(a_request), "--out-bundle", str(tmp_path / "result")]) == 0
    assert "1 structures, 0 maps" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--bundle", "b"], "--bundle alone"),
        (["--out-bundle", "b"], "--out-bundle alone"),
        (["image.nrrd", "--bundle", "b", "--out-bundle", "c"], "several of them"),
        (["--cohort", "t.csv", "--bundle", "b", "--out-bundle", "c"], "several of them"),
    ],
)
def test_words_that_do_not_go_together_are_told(words, told, capsys):
    assert main(["features", *words]) == 2
    assert told in capsys.readouterr().err
