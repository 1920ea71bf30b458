"""Several processes train as one: the same gradients, the same curve after a kill, and none is left after the end."""

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from oncologyai.errors import InputError
from oncologyai.networks import build_network
from oncologyai.training import World, fit, is_leader, join_world, load_config, save_config
from oncologyai.training.distributed import choose_device

LAUNCH = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "oncologyai"]
ALONE = [sys.executable, "-m", "oncologyai"]


def start(config, folder, *options, launch=LAUNCH):
    words = [
        *launch,
        "train",
        "segmentation",
        str(config),
        "--out",
        str(folder),
        "--cache",
        str(folder.parent / "cache"),
    ]
    return subprocess.Popen([*words, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(child):
    said, complained = child.communicate(timeout=300)
    return child.returncode, said, complained


def curve(folder):
    with (folder / "log.csv").open() as stream:
        return [{key: value for key, value in row.items() if key != "seconds"} for row in csv.DictReader(stream)]


def workers_of(pid):
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def has_ended(pid):
    """Whether a process is gone, or dead and only waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_for(file, child):
    end = time.monotonic() + 240
    while child.poll() is None and not file.is_file() and time.monotonic() < end:
        time.sleep(0.01)


def test_one_process_is_a_whole_world() -> None:
    world = World()
    network = torch.nn.Linear(2, 2)
    assert world.leads and is_leader()
    assert world.wrap(network) is network
    assert list(world.share([1, 2, 3])) == [1, 2, 3]
    assert world.any(True, False) == (True, False)
    assert world.mean(0.25) == 0.25 and world.united({"a": 1.0}) == {"a": 1.0}
    world.follow({"a": torch.ones(1)})
    world.wait()
    with join_world("cpu") as joined:
        assert joined == world


def test_shares_are_equal_and_cover_the_list_once() -> None:
    parts = [World(rank, 4).share(range(8)) for rank in range(4)]
    assert [list(part) for part in parts] == [[0, 1], [2, 3], [4, 5], [6, 7]]
    assert [n for rank in range(3) for n in World(rank, 3).share(range(5))] == list(range(5))


def test_a_batch_that_cannot_be_shared_is_refused(a_config_file, tmp_path) -> None:
    with pytest.raises(InputError, match="--nproc-per-node: expected batch times samples, 2, to be a multiple.*got 3"):
        fit(load_config(a_config_file), (None,), (), tmp_path, world=World(1, 3))


def test_each_process_takes_the_card_of_its_number(monkeypatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert choose_device("auto", local=1) == choose_device("cuda", local=1) == "cuda:1"
    assert choose_device("cpu", local=1) == "cpu" and choose_device("cuda:1") == "cuda:1"
    with pytest.raises(InputError, match="--nproc-per-node: expected at most the 2 cards"):
        choose_device("cuda", local=2)
    with pytest.raises(InputError, match="device: expected cpu, cuda or auto for several processes, got cuda:1"):
        choose_device("cuda:1", local=0)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(InputError, match="device: expected a device that is there"):
        choose_device("cuda", local=0)


@pytest.mark.slow
def test_the_gradients_of_two_processes_are_those_of_one_with_the_joined_batch(a_config_file, tmp_path) -> None:
    """One step of plain descent at rate 1: the weights' change is the gradient."""
    config = load_config(
        a_config_file, optimiser="sgd", momentum=0.0, learning_rate=1.0, schedule="constant", steps_per_epoch=1, batch=4
    )
    save_config(config, tmp_path / "step.yaml")
    states = {}
    for name, launch in (("alone", ALONE), ("two", LAUNCH)):
        code, said, complained = finish(start(tmp_path / "step.yaml", tmp_path / name, "--minutes", "0", launch=launch))
        assert code == 0, complained
        assert said.count("not finished: the same command goes on") == 1, "the leader alone tells"
        states[name] = torch.load(tmp_path / name / "checkpoint.pt", weights_only=True)
    torch.manual_seed(config.seed)
    first = build_network(config.network.name, **config.network.arguments).state_dict()
    gradients = {name: {key: first[key] - state["network"][key] for key in first} for name, state in states.items()}
    for key, one in gradients["alone"].items():
        gap = (gradients["two"][key] - one).abs().max()
        assert one.abs().max() > 0
        assert gap <= 1e-5 * max(one.abs().max(), 1e-2), key
    losses = [state["rows"][0]["loss"] for state in states.values()]
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)


@pytest.mark.slow
def test_the_death_of_one_process_ends_all_and_the_same_command_goes_on_to_the_same_curve(
    a_config_file, tmp_path
) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert finish(start(a_config_file, whole))[0] == 0
    child = start(a_config_file, killed)
    wait_for(killed / "log.csv", child)
    workers = workers_of(child.pid)
    assert len(workers) == 2
    os.kill(workers[0], signal.SIGKILL)
    assert finish(child)[0] != 0
    assert all(has_ended(pid) for pid in workers)
    assert 1 <= len(curve(killed)) < 4
    code, _, complained = finish(start(a_config_file, killed))
    assert code == 0, complained
    assert curve(killed) == curve(whole) and len(curve(whole)) == 4
    assert (killed / "weights.safetensors").read_bytes() == (whole / "weights.safetensors").read_bytes()
    alone = tmp_path / "alone"
    assert finish(start(a_config_file, alone, launch=ALONE))[0] == 0
    for one, two in zip(curve(alone), curve(whole), strict=True):
        assert float(one["loss"]) == pytest.approx(float(two["loss"]), rel=1e-3), "two see the samples that one sees"


@pytest.mark.slow
def test_ctrl_c_ends_all_processes_and_keeps_the_checkpoint(a_config_file, tmp_path) -> None:
    long = load_config(a_config_file, phases=[{"epochs": 10_000}], validate_every=10_000)
    save_config(long, tmp_path / "long.yaml")
    child = start(tmp_path / "long.yaml", tmp_path / "out")
    wait_for(tmp_path / "out" / "log.csv", child)
    workers = workers_of(child.pid)
    child.send_signal(signal.SIGINT)
    code, _, complained = finish(child)
    assert code != 0 and "cancelled: the same command goes on from the last whole epoch" in complained
    assert len(workers) == 2 and all(has_ended(pid) for pid in workers)
    epochs = len(curve(tmp_path / "out"))
    assert finish(start(tmp_path / "long.yaml", tmp_path / "out", "--minutes", "0"))[0] == 0
    assert len(curve(tmp_path / "out")) == epochs + 1
