"""A training's model: two equal forms, and a card with which inference runs."""

import sys

import numpy as np
import onnxruntime
import pytest
import torch

from oncologyai.errors import InputError, MissingDependencyError
from oncologyai.imaging import read_masks, read_volume
from oncologyai.inference import InferenceConfig, segment_with_model
from oncologyai.models import NetworkCall, load_card, read_weights
from oncologyai.networks import build_network
from oncologyai.training import TrainConfig, export_network, load_config, save_weights, train

CALL = NetworkCall(name="resenc-unet", arguments={"widths": [4, 6], "blocks": [1, 1], "strides": [[1] * 3, [2] * 3]})


def test_onnx_runtime_gives_the_logits_of_the_half_precision_weights(tmp_path) -> None:
    torch.manual_seed(1)
    weights = build_network(CALL.name, **CALL.arguments).state_dict()
    assert export_network(CALL, weights, tmp_path, patch=(8, 8, 8)) < 1e-4
    network = build_network(CALL.name, **CALL.arguments).eval()
    halves = {name: torch.from_numpy(value) for name, value in read_weights(tmp_path / "weights.safetensors").items()}
    assert all(torch.equal(halves[name], weights[name].half().float()) for name in weights)
    network.load_state_dict(halves)
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    image = torch.randn(2, 1, 12, 8, 16)
    with torch.inference_mode():
        expected = network(image).numpy()
    assert session.run(None, {"image": image.numpy()})[0] == pytest.approx(expected, abs=1e-4)


def test_the_exported_form_is_stored_in_half_precision_and_openvino_agrees(tmp_path) -> None:
    import openvino

    call = NetworkCall(name="resenc-unet", arguments={"widths": [16, 24], "blocks": [1, 1], "strides": [[2] * 3] * 2})
    torch.manual_seed(2)
    network = build_network(call.name, **call.arguments)
    export_network(call, network.state_dict(), tmp_path, patch=(16, 16, 16))
    sizes = {path.suffix: path.stat().st_size for path in tmp_path.iterdir()}
    assert sizes[".onnx"] < 1.15 * sizes[".safetensors"] < 2.5 * sum(v.numel() for v in network.parameters())
    halves = {name: torch.from_numpy(value) for name, value in read_weights(tmp_path / "weights.safetensors").items()}
    network.load_state_dict(halves)
    image = torch.randn(1, 1, 16, 24, 16)
    with torch.inference_mode():
        expected = network.eval()(image).numpy()
    hint = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = openvino.Core().compile_model(openvino.Core().read_model(tmp_path / "model.onnx"), "CPU", hint)
    assert compiled(image.numpy())[0] == pytest.approx(expected, abs=1e-4)


def test_a_long_training_with_batch_norm_fits_half_precision(tmp_path) -> None:
    network = build_network("highres3dnet", widths=[4, 6, 8], head=8)
    weights = network.state_dict()
    counts = [name for name in weights if name.endswith("num_batches_tracked")]
    for name in counts:
        weights[name] = torch.tensor(600_000)
    call = NetworkCall(name="highres3dnet", arguments={"widths": [4, 6, 8], "head": 8})
    assert counts and export_network(call, weights, tmp_path, patch=(8, 8, 8)) < 1e-3
    weights[next(iter(weights))].fill_(float("inf"))
    with pytest.raises(InputError, match="finite numbers"):
        save_weights(weights, tmp_path / "weights.safetensors")


def test_export_without_onnx_runtime_names_it(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingDependencyError, match="onnxruntime: expected to be installed for export"):
        export_network(CALL, build_network(CALL.name, **CALL.arguments).state_dict(), tmp_path, patch=(8, 8, 8))


def test_a_trained_model_segments_by_its_card_with_and_without_an_optional_channel(
    a_config_file, a_cohort, tmp_path
) -> None:
    card = {
        "labels": [{"name": "GTV-1", "terminology": "tumour"}],
        "training": {"description": "balls", "synthetic": True},
        "licence": {"name": "CC0", "commercial": True},
    }
    config = load_config(a_config_file, phases=[{"epochs": 24}], augmentation={"flip": [0.5] * 3}, model=card)
    result = train(config, tmp_path)
    model = load_card(tmp_path / "card.json")
    assert model.figures[0].value == pytest.approx(result.rows[-1].best, abs=1e-4)
    folder = a_cohort.parent
    pet, ct = (read_volume(folder / f"{name}0.nrrd") for name in ("pet", "ct"))
    truth = read_masks(folder / "mask0.nrrd")[0].array
    for volumes in ({"pet": pet, "ct": ct}, {"pet": pet}):
        config_for = InferenceConfig(engine="onnxruntime")
        found = segment_with_model(volumes, model, tmp_path, config=config_for).mask.array
        assert 2 * np.sum(found & truth) / (found.sum() + truth.sum()) > 0.7


def test_a_model_of_lung_slices_says_how_they_are_made_and_runs(lung_settings, a_chest_table, tmp_path) -> None:
    card = {
        "labels": [{"name": "GTV-1", "terminology": "tumour"}],
        "training": {"description": "a chest", "synthetic": True},
        "licence": {"name": "CC0", "commercial": True},
    }
    config = TrainConfig.model_validate(lung_settings | {"model": card, "phases": [{"epochs": 1}]})
    train(config, tmp_path)
    model = load_card(tmp_path / "card.json")
    assert (model.region, model.outside, model.patch, model.figures) == ("lungs", "fill", (192, 192), ())
    found = segment_with_model(read_volume(a_chest_table.parent / "ct.nrrd"), model, tmp_path)
    assert 0 < found.probability.array.max() <= 1
