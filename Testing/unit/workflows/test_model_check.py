"""A model tried on its card's example, through a small exported network made by hand: logit = 20 (x - 0.5)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from oncologyai import workflows
from oncologyai.cli import main
from oncologyai.errors import InputError, UnreadableFileError
from oncologyai.imaging import write_masks, write_volume
from oncologyai.models import (
    Channel,
    Example,
    Label,
    Licence,
    ModelCard,
    ModelFile,
    NetworkCall,
    TrainingData,
    save_card,
    write_weights,
)
from oncologyai.samples import GridSpec, LesionSpec, PetCtSpec, SampleTruth, write_sample
from oncologyai.types import Mask, Volume

SIDE = (10, 12, 14)
AFFINE = np.diag([2.0, 2.0, 2.5, 1.0])
CUBE = np.zeros(SIDE, dtype=bool)
CUBE[3:7, 4:9, 5:9] = True
CUBE_ML = 4 * 5 * 4 * 0.01  # voxels of 2 x 2 x 2.5 mm


def write_network(path: Path) -> None:
    values = [("scale", 20.0), ("shift", -10.0)]
    graph = helper.make_graph(
        [helper.make_node("Mul", ["x", "scale"], ["y"]), helper.make_node("Add", ["y", "shift"], ["logits"])],
        "line",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 1, "k", "j", "i"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 1, "k", "j", "i"])],
        [helper.make_tensor(name, TensorProto.FLOAT, [1], [value]) for name, value in values],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(path))


def entry(path: Path, role: str) -> ModelFile:
    data = path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    return ModelFile.model_validate({"name": path.name, "role": role, "sha256": sha256, "size_bytes": len(data)})


@pytest.fixture
def a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Put the model ``line`` into the user's folder; arguments replace fields of its example."""
    monkeypatch.setenv("ONCOLOGYAI_MODELS", str(tmp_path / "models"))

    def make(card_fields: dict[str, Any] | None = None, **fields: Any) -> Path:
        folder = tmp_path / "models" / "line"
        folder.mkdir(parents=True)
        write_network(folder / "model.onnx")
        write_weights({"scale": np.ones(1)}, folder / "weights.safetensors")
        image = Volume(CUBE.astype(np.float32), AFFINE, "PT", "SUVbw", {})
        write_volume(image, folder / "input.nrrd")
        write_masks((Mask(CUBE, AFFINE, "GTV-1"),), folder / "expected.seg.nrrd")
        example = {
            "inputs": {"pet": "input.nrrd"},
            "mask": "expected.seg.nrrd",
            "volume_ml": CUBE_ML,
            "tolerance_ml": 1e-6,
            "minimum_dice": 1.0,
        } | fields
        plain: dict[str, Any] = {
            "id": "line",
            "title": "A line",
            "channels": (Channel(name="pet", modality="PT", unit="SUVbw"),),
            "spacing_mm": (None, None, None),
            "orientation": "RAS",
            "labels": (Label(name="GTV-1", terminology="tumour"),),
            "network": NetworkCall(name="unet2d"),
            "patch": (8, 8, 8),
            "files": (
                entry(folder / "weights.safetensors", "weights"),
                entry(folder / "model.onnx", "onnx"),
                entry(folder / "input.nrrd", "example"),
                entry(folder / "expected.seg.nrrd", "example"),
            ),
            "training": TrainingData(description="nothing", synthetic=True),
            "licence": Licence(name="CC0", commercial=True),
            "example": Example(**example) if example["volume_ml"] is not None else None,
        }
        save_card(ModelCard(**(plain | (card_fields or {}))), folder / "card.json")
        return folder

    return make


def test_the_example_gives_what_the_card_says(a_model: Callable[..., Path]) -> None:
    a_model()
    check = workflows.check_model("line", engine="onnxruntime")
    assert check.passed
    assert check.engine == "onnxruntime"
    assert check.volume_ml == pytest.approx(CUBE_ML)
    assert check.dice == 1.0


def test_without_an_expected_mask_the_volume_decides(a_model: Callable[..., Path]) -> None:
    a_model(mask="", tolerance_ml=0.01)
    check = workflows.check_model("line", engine="onnxruntime")
    assert check.passed and check.dice is None


@pytest.mark.parametrize("fields", [{"volume_ml": CUBE_ML + 0.02}, {"volume_ml": CUBE_ML - 0.02}])
def test_another_volume_is_told(
    a_model: Callable[..., Path], fields: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    a_model(**fields)
    assert main(["models", "test", "line", "--engine", "onnxruntime"]) == 2
    assert "line: NOT as the card says: 0.80 ml" in capsys.readouterr().err


def test_the_command_says_what_came(a_model: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    a_model()
    assert main(["models", "test", "line", "--engine", "onnxruntime"]) == 0
    assert "line: as the card says: 0.80 ml (expected 0.80 +- 0.00 ml), Dice 1.0000" in capsys.readouterr().out
    assert main(["models", "test", "line", "--engine", "onnxruntime", "--progress", "json"]) == 0
    event = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert event["event"] == "done" and event["passed"] is True and event["dice"] == 1.0


def test_a_changed_byte_is_named_before_anything_runs(a_model: Callable[..., Path]) -> None:
    place = a_model() / "model.onnx"
    data = bytearray(place.read_bytes())
    data[-5] ^= 1
    place.write_bytes(bytes(data))
    with pytest.raises(UnreadableFileError, match=r"model\.onnx: expected the file that the card names"):
        workflows.check_model("line")


def test_a_card_without_an_example_is_told(a_model: Callable[..., Path]) -> None:
    a_model(volume_ml=None)
    with pytest.raises(InputError, match="line: expected a card with an example"):
        workflows.check_model("line")


@pytest.mark.slow
def test_a_synthetic_sample_is_made_and_read(a_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    grid = GridSpec((96, 96, 60), (4.0, 4.0, 8.0), (0.0, 0.0, -97.0))
    lesion = LesionSpec((70.0, 12.0, 40.0), (24.0, 24.0, 24.0))
    made: list[SampleTruth] = []

    def coarse(name: str, folder: str, *, progress: Any) -> None:
        made.append(write_sample(name, folder, spec=PetCtSpec(ct_grid=grid, lesion=lesion), progress=progress))

    monkeypatch.setattr("oncologyai.workflows.model_check.write_sample", coarse)
    a_model(
        {"patch": (64, 96, 96), "components": "all", "overlap": 0.0},
        inputs={}, mask="", sample="petct", volume_ml=1.0, tolerance_ml=1.0,
    )  # fmt: skip
    check = workflows.check_model("line", engine="onnxruntime")
    pet = next(v for v in made[0].images.values() if v.modality == "PT")
    assert pet.unit == "BQML"
    hot = int((pet.array / PetCtSpec().bq_ml_per_suv > 0.5).sum()) * pet.voxel_ml
    assert hot > 100
    assert check.volume_ml == pytest.approx(hot, rel=0.01)
    assert check.dice is None and not check.passed
