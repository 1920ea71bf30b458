"""The loop: it learns, it goes on after a kill as if nothing had been, and what is wrong ends it clearly."""

import csv
import os
import signal
import subprocess
import sys
import time

import pytest
import torch

from oncologyai.errors import CancelledError, InputError, UnreadableFileError
from oncologyai.models import read_weights
from oncologyai.networks import build_network
from oncologyai.training import Curves, EpochRow, find_cases, fit, load_cases, load_config, save_config, train, validate


def curve(folder):
    """Every epoch but its seconds."""
    with (folder / "log.csv").open() as stream:
        return [{key: value for key, value in row.items() if key != "seconds"} for row in csv.DictReader(stream)]


class StopAt:
    """Cancels at the first step of an epoch."""

    def __init__(self, epoch):
        self.epoch, self.now = epoch, ""

    def stage(self, name, share):
        self.now = name

    def cancelled(self):
        return self.now.startswith(f"epoch {self.epoch} ")


def test_a_ball_is_learned(a_config_file, tmp_path) -> None:
    config = load_config(a_config_file, phases=[{"epochs": 24}], augmentation={"flip": [0.5, 0.5, 0.5]})
    result = train(config, tmp_path)
    assert result.finished and len(result.rows) == 24
    assert result.rows[-1].loss < 0.8 * result.rows[0].loss
    assert result.rows[-1].best > 0.8
    assert set(result.dice) <= {f"P{number}" for number in range(6)} and len(result.dice) == 2


@pytest.mark.slow
def test_a_killed_training_goes_on_to_the_same_curve(a_config_file, tmp_path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    cache = ["--cache", str(tmp_path / "cache")]
    words = [sys.executable, "-m", "oncologyai", "train", "segmentation", str(a_config_file), *cache, "--out"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    assert subprocess.run([*words, str(whole)], check=False, **quiet).returncode == 0
    child = subprocess.Popen([*words, str(killed)], **quiet)
    while child.poll() is None and not (killed / "log.csv").is_file():
        time.sleep(0.005)
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL, "the child ended before it could be killed"
    before = len(curve(killed))
    assert 1 <= before < 4
    assert subprocess.run([*words, str(killed)], check=False, **quiet).returncode == 0
    assert curve(killed) == curve(whole) and len(curve(whole)) == 4
    assert (killed / "weights.safetensors").read_bytes() == (whole / "weights.safetensors").read_bytes()


@pytest.mark.slow
def test_ctrl_c_ends_with_130_one_line_and_a_checkpoint(a_config_file, tmp_path) -> None:
    long = load_config(a_config_file, phases=[{"epochs": 10_000}], validate_every=10_000)
    save_config(long, tmp_path / "long.yaml")
    words = [sys.executable, "-m", "oncologyai", "train", "segmentation", str(tmp_path / "long.yaml"), "--out"]
    child = subprocess.Popen([*words, str(tmp_path / "out")], stderr=subprocess.PIPE, text=True)
    while child.poll() is None and not (tmp_path / "out" / "log.csv").is_file():
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=120)
    assert child.returncode == 130
    assert said.strip().splitlines()[-1].startswith("oncology-ai: cancelled: the same command goes on")
    epochs = len(curve(tmp_path / "out"))
    assert not train(long, tmp_path / "out", minutes=0).finished
    assert len(curve(tmp_path / "out")) == epochs + 1


def test_a_cancelled_training_leaves_a_checkpoint_to_go_on_from(a_config_file, tmp_path) -> None:
    config = load_config(a_config_file)
    whole = train(config, tmp_path / "whole")
    with pytest.raises(CancelledError):
        train(config, tmp_path / "cut", progress=StopAt(3))
    assert len(curve(tmp_path / "cut")) == 2
    told = []
    assert train(config, tmp_path / "cut", on_epoch=told.append).finished
    assert [row.epoch for row in told] == [3, 4]
    assert curve(tmp_path / "cut") == curve(tmp_path / "whole")
    assert whole.dice == train(config, tmp_path / "cut").dice


def test_weights_of_chosen_epochs_stay(a_config_file, tmp_path) -> None:
    config = load_config(a_config_file, keep_epochs=[1, 3], average=0.0, phases=[{"epochs": 3}])
    train(config, tmp_path)
    assert sorted(path.name for path in tmp_path.glob("weights-*")) == [
        "weights-1.safetensors",
        "weights-3.safetensors",
    ]
    last = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["network"]
    kept = read_weights(tmp_path / "weights-3.safetensors")
    assert all(torch.equal(torch.from_numpy(kept[name]), value.half().float()) for name, value in last.items())


def test_time_over_ends_a_training_unfinished(a_config_file, tmp_path) -> None:
    result = train(load_config(a_config_file), tmp_path, minutes=0)
    assert not result.finished and len(result.rows) == 1 and result.gap is None
    assert not (tmp_path / "model.onnx").exists()


def test_a_checkpoint_of_another_training_is_refused(a_config_file, tmp_path) -> None:
    train(load_config(a_config_file), tmp_path, minutes=0)
    with pytest.raises(InputError, match="the batch, seed that the checkpoint was made with"):
        train(load_config(a_config_file, batch=1, seed=9), tmp_path)


def test_a_damaged_checkpoint_is_refused(a_config_file, tmp_path) -> None:
    train(load_config(a_config_file), tmp_path, minutes=0)
    (tmp_path / "checkpoint.pt").write_bytes((tmp_path / "checkpoint.pt").read_bytes()[:5000])
    with pytest.raises(UnreadableFileError, match="checkpoint.pt: expected a checkpoint.*delete it"):
        train(load_config(a_config_file), tmp_path)


def test_no_case_and_no_such_device_and_no_finite_loss_end_it(a_config_file, tmp_path) -> None:
    config = load_config(a_config_file)
    with pytest.raises(InputError, match="at least one case"):
        fit(config, (), (), tmp_path)
    with pytest.raises(InputError, match="device"):
        train(load_config(a_config_file, device="toaster"), tmp_path)
    with pytest.raises(InputError, match="loss: expected a finite number.*lower learning_rate"):
        train(load_config(a_config_file, learning_rate=1e30, schedule="constant"), tmp_path / "wild")


def test_validation_counts_as_dice_and_leaves_the_mode(a_config_file, tmp_path) -> None:
    config = load_config(a_config_file)
    cases = load_cases(find_cases(config)[:1], config, tmp_path)
    network = build_network(config.network.name, **config.network.arguments)
    torch.nn.init.zeros_(network.heads[-1].weight)
    torch.nn.init.constant_(network.heads[-1].bias, 9.0)  # everything is found
    inside = int((cases[0].truth >= 0.5).sum())
    assert validate(network, cases, config) == {"P0": pytest.approx(2 * inside / (inside + cases[0].truth.size))}
    assert network.training


def test_curves_are_one_after_going_on(tmp_path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    rows = [EpochRow(n, 3 * n, 1.0 / n, 0.1, 0.5 if n == 2 else None, None, 1.0) for n in (1, 2, 3)]
    for start in (1, 2):
        with Curves(tmp_path / "tensorboard", rows[:start]) as curves:
            for row in rows[start:]:
                curves.add(row)
    events = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    assert [(e.step, round(e.value, 4)) for e in events.Scalars("loss")] == [(3, 1.0), (6, 0.5), (9, 0.3333)]
    assert [e.step for e in events.Scalars("dice")] == [6]
