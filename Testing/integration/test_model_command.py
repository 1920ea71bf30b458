"""A trained model's command in a process of its own: without torch, and cancelled in the network."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from oncologyai.imaging import read_masks, write_volume
from oncologyai.models import ModelCard, NetworkCall, Store, save_card, sha256_of

ROOT = Path(__file__).resolve().parents[2]
PLAIN = "import sys; from oncologyai.cli import main; sys.exit(main(sys.argv[1:]))"
BLOCKED = (
    """
from importlib.machinery import PathFinder

found = PathFinder.find_spec
PathFinder.find_spec = lambda name, *more: None if name.partition(".")[0] == "torch" else found(name, *more)
"""
    + PLAIN
)


def child(code: str, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.fixture
def a_random_model(a_pet_model) -> float:
    """Put ``random``, a residual-encoder U-Net with random weights, beside the tiny model; give a useful threshold."""
    import torch

    from oncologyai.networks import build_network
    from oncologyai.pipelines import ModelConfig, segment
    from oncologyai.training import export_network

    call = NetworkCall(name="resenc-unet", arguments={"in_channels": 2, "widths": [4, 6, 8], "blocks": [1, 1, 1]})
    torch.manual_seed(5)
    network = build_network(call.name, **call.arguments)
    folder = a_pet_model.store / "random"
    export_network(call, network.state_dict(), folder, patch=(16, 16, 16))
    card = Store().get("tiny").card.to_json()
    files = [
        {"name": name, "role": role, "sha256": sha256_of(folder / name), "size_bytes": (folder / name).stat().st_size}
        for role, name in (("weights", "weights.safetensors"), ("onnx", "model.onnx"))
    ]
    fields = {"id": "random", "network": call.model_dump(mode="json"), "files": files, "trust": None, "digest": ""}
    save_card(ModelCard.model_validate(card | fields), folder / "card.json")
    probability = segment(a_pet_model.pet, config=ModelConfig("random", engine="torch")).finding.probability.array
    return float(np.quantile(probability, 0.9))


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
def test_without_torch_the_command_gives_the_same_mask(a_pet_model, a_random_model, tmp_path, engine) -> None:
    write_volume(a_pet_model.pet, tmp_path / "pet.nrrd")
    write_volume(a_pet_model.ct, tmp_path / "ct.nrrd")
    words = ["segment", tmp_path / "pet.nrrd", "--model", "random", "--channel", f"ct={tmp_path / 'ct.nrrd'}"]
    words += ["--threshold", a_random_model]
    free = child(PLAIN, *words, "--engine", "torch", "-o", tmp_path / "torch.nrrd")
    assert free.returncode == 0, free.stderr
    blocked = child(BLOCKED, *words, "--engine", engine, "-o", tmp_path / "blocked.nrrd")
    assert blocked.returncode == 0, blocked.stderr
    refused = child(BLOCKED, *words, "--engine", "torch", "-o", tmp_path / "refused.nrrd")
    assert refused.returncode == 3
    assert "torch" in refused.stderr and refused.stderr.count("\n") == 1
    union = [
        np.any([m.array for m in read_masks(tmp_path / f"{name}.nrrd", grid=a_pet_model.pet)], axis=0)
        for name in ("torch", "blocked")
    ]
    assert 1e-4 < union[0].mean() < 0.5
    assert np.array_equal(union[0], union[1])


@pytest.mark.slow
def test_a_study_becomes_a_scene_that_shows_model_lesions_and_disagreement(a_pet_model, tmp_path) -> None:
    pytest.importorskip("slicer", reason="slicer-core is not installed")
    from oncologyai import host, scene
    from oncologyai.samples import GridSpec, LesionSpec, PetCtSpec, write_sample

    grid = GridSpec((96, 96, 60), (4.0, 4.0, 8.0), (0.0, 0.0, -97.0))
    write_sample(
        "petct", tmp_path / "s", spec=PetCtSpec(ct_grid=grid, lesion=LesionSpec((70.0, 12.0, 40.0), (16.0,) * 3))
    )
    out = tmp_path / "out"
    done = child(PLAIN, "run", tmp_path / "s", "--model", "tiny", "--all-lesions", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "channel ct: the CT series of the same study was taken" in done.stderr
    for name in ("segmentation.dcm", "rtstruct.dcm", "segmentation.seg.nrrd", "scene.mrb", "report.html"):
        assert (out / name).is_file(), name
    names = {mask.label for mask in read_masks(out / "segmentation.seg.nrrd")}
    assert "GTV-1" in names
    assert {mask.label for mask in read_masks(out / "segmentation.dcm")} == names
    slicer = host.start()
    scene.load_mrb(out / "scene.mrb")
    disagreement = slicer.util.getNode("Disagreement")
    assert slicer.util.arrayFromVolume(disagreement).max() > 0
    table = slicer.util.getNode("Measurements").GetTable()
    columns = [table.GetColumnName(n) for n in range(table.GetNumberOfColumns())]
    assert columns[-2:] == ["Predicted Dice", "Interval"]
    for node in (disagreement, disagreement.GetNodeReference("OncologyAI.Segmentation")):
        assert node.GetAttribute("OncologyAI.Model") == "tiny"
    host.clear()


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_cancel_in_the_network_leaves_nothing(a_slow_model, tmp_path, engine, number) -> None:
    write_volume(a_slow_model.pet, tmp_path / "pet.nrrd")
    words = ["segment", "pet.nrrd", "-o", "m.nrrd", "--model", "tiny", "--engine", engine, "--progress", "json"]
    started = subprocess.Popen(
        [sys.executable, "-m", "oncologyai", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert started.stdout is not None
    for line in started.stdout:
        if json.loads(line).get("name", "").startswith("network"):
            break
    started.send_signal(number)
    rest, said = started.communicate(timeout=120)
    assert started.returncode == 130, said
    assert json.loads(rest.splitlines()[-1]) == {"event": "cancelled"}
    assert [path.name for path in tmp_path.iterdir()] == ["pet.nrrd"]
