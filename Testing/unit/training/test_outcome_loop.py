"""The loop of outcomes: it learns, goes on after a kill as if nothing had been, and what is wrong ends it clearly."""

import csv
import os
import signal
import subprocess
import sys
import time

import pytest
import torch
import yaml

from oncologyai.errors import CancelledError, InputError, UnreadableFileError
from oncologyai.training import (
    OutcomeTrainConfig,
    answer_cases,
    class_weights,
    find_outcome_cases,
    fit_outcome,
    load_outcome_cases,
)


def loaded(fields, cache, **changes):
    config = OutcomeTrainConfig.model_validate(fields | changes)
    return config, load_outcome_cases(find_outcome_cases(config), config, cache)


def curve(folder):
    """Every epoch but its seconds."""
    with (folder / "log.csv").open() as stream:
        return [{key: value for key, value in row.items() if key != "seconds"} for row in csv.DictReader(stream)]


def test_classes_weigh_alike():
    assert class_weights([1, 0, 0, 0], "balanced") == (pytest.approx(4 / 6), 2.0)
    assert class_weights([1, 0], "none") == (1.0, 1.0)
    for labels in ([0, 0], [1]):
        with pytest.raises(InputError, match="both classes"):
            class_weights(labels, "balanced")


@pytest.mark.parametrize("name", ["2be3net", "cnn3d"])
def test_bright_lesions_are_learned(outcome_fields, tmp_path, name):
    network = {"name": name, "arguments": {"widths": [8, 8], "hidden": 16}}
    config, cases = loaded(outcome_fields, tmp_path / "cache", network=network, epochs=25)
    fit = fit_outcome(config, cases, [], tmp_path / "run")
    assert fit.finished and len(fit.rows) == 25 and fit.rows[-1].loss < 0.3 < fit.rows[0].loss
    answers = answer_cases(fit.network, cases, config)
    assert min(answers[c.name].probability for c in cases if c.label) > max(
        answers[c.name].probability for c in cases if not c.label
    )


def test_the_frozen_stem_stays_and_what_is_held_out_changes_nothing(outcome_fields, tmp_path):
    config, cases = loaded(outcome_fields, tmp_path / "cache")
    with_check = fit_outcome(config, cases[:8], cases[8:], tmp_path / "a", told_at=(1, 2))
    without = fit_outcome(config, cases[:8], [], tmp_path / "b")
    assert sorted(with_check.held_out) == [1, 2, 3] and not without.held_out
    assert set(with_check.held_out[2]) == {case.name for case in cases[8:]}
    for name, value in with_check.network.state_dict().items():
        assert torch.equal(value, without.network.state_dict()[name]), name
    begun = fit_outcome(config.model_copy(update={"seed": 5}), cases[:8], [], tmp_path / "c", minutes=0)
    for name, value in begun.network.state_dict().items():
        if name.startswith("stem."):
            assert torch.equal(value, without.network.state_dict()[name]), name


def test_a_kept_stem_gives_the_same_training(outcome_fields, tmp_path):
    config, cases = loaded(outcome_fields, tmp_path / "cache")
    plain = fit_outcome(config, cases[:8], cases[8:], tmp_path / "a")
    kept = fit_outcome(
        config.model_copy(update={"cache_stem": True}), cases[:8], cases[8:], tmp_path / "b", stems=tmp_path / "stems"
    )
    assert [row.loss for row in kept.rows] == pytest.approx([row.loss for row in plain.rows], rel=1e-3)


def test_goes_on_to_the_same_curve_and_weights(outcome_fields, tmp_path):
    config, cases = loaded(outcome_fields, tmp_path / "cache", epochs=4)
    whole = fit_outcome(config, cases[:8], cases[8:], tmp_path / "whole")
    while not (pieces := fit_outcome(config, cases[:8], cases[8:], tmp_path / "pieces", minutes=0)).finished:
        pass
    assert curve(tmp_path / "whole") == curve(tmp_path / "pieces")
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, pieces.network.state_dict()[name]), name
    assert pieces.held_out == whole.held_out


@pytest.mark.slow
def test_a_killed_command_goes_on_to_the_same_curve(outcome_fields, tmp_path):
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(outcome_fields | {"epochs": 8}))
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    words = [sys.executable, "-m", "oncologyai", "train", "outcome", str(tmp_path / "c.yaml"), "--out"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    assert subprocess.run([*words, str(whole)], check=False, **quiet).returncode == 0
    child = subprocess.Popen([*words, str(killed)], **quiet)
    while child.poll() is None and not (killed / "log.csv").is_file():
        time.sleep(0.005)
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL, "the child ended before it could be killed"
    assert 1 <= len(curve(killed)) < 8
    assert subprocess.run([*words, str(killed)], check=False, **quiet).returncode == 0
    assert curve(killed) == curve(whole)
    for name in ("weights.safetensors", "predictions.csv", "features.csv", "card.json"):
        assert (killed / name).read_bytes() == (whole / name).read_bytes(), name


def test_another_configuration_or_other_cases_do_not_go_on(outcome_fields, tmp_path):
    config, cases = loaded(outcome_fields, tmp_path / "cache")
    fit_outcome(config, cases[:8], [], tmp_path / "run", minutes=0)
    with pytest.raises(InputError, match="learning_rate"):
        fit_outcome(config.model_copy(update={"learning_rate": 1e-4}), cases[:8], [], tmp_path / "run")
    with pytest.raises(InputError, match="training cases"):
        fit_outcome(config, cases[:9], [], tmp_path / "run")
    (tmp_path / "run" / "checkpoint.pt").write_bytes(b"no checkpoint")
    with pytest.raises(UnreadableFileError, match="checkpoint"):
        fit_outcome(config, cases[:8], [], tmp_path / "run")


def test_cancelled_it_keeps_the_last_whole_epoch(outcome_fields, tmp_path):
    config, cases = loaded(outcome_fields, tmp_path / "cache")

    class StopAt:
        now = ""

        def stage(self, name, share):
            self.now = name

        def cancelled(self):
            return self.now.startswith("epoch 2 ")

    with pytest.raises(CancelledError):
        fit_outcome(config, cases[:8], [], tmp_path / "run", progress=StopAt())
    assert len(curve(tmp_path / "run")) == 1
