"""Fixtures that every test may use."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import numpy as np
import pytest

from oncologyai.types import Volume

hypothesis.settings.register_profile("no-clock", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("no-clock")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """With Qt the host has turned Python's own collection off: the runner's other thread must not destroy widgets."""
    yield
    if not gc.isenabled():
        from oncologyai.host.qt_garbage import collect_due

        collect_due()


_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; tests that need it skip when it is absent."""
    if not _SHARED.is_dir():
        pytest.skip(f"real data absent: {_SHARED} does not exist")
    return _SHARED


@dataclass(frozen=True)
class TinyModel:
    """A model in a store of its own, and images that it takes.

    Its network is made by hand: two members that call a voxel lesion above SUV 4 and 4.5; where the CT is denser than
    water the limit is lower. ``pet`` holds a ball of SUV 8 and 15 mm radius at ``large``, one of SUV 6 and 9 mm at
    ``small``; ``ct`` is soft tissue in a finer grid of the same frame.
    """

    id: str
    store: Path
    pet: Volume
    ct: Volume
    large: tuple[float, float, float] = (24.0, 0.0, 0.0)
    small: tuple[float, float, float] = (-30.0, 10.0, 6.0)


@pytest.fixture
def a_pet_model(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> TinyModel:
    """A model that needs a PET and may have a CT, in the store that the environment names."""
    store = tmp_path_factory.mktemp("models")
    monkeypatch.setenv("ONCOLOGYAI_MODELS", str(store))
    _write_tiny_model(store / "tiny")
    return TinyModel("tiny", store, _a_pet(), _a_ct())


def _a_pet() -> Volume:
    matrix = np.diag([-3.0, -3.0, 3.0, 1.0])
    matrix[:3, 3] = 60.0, 45.0, -45.0
    volume = Volume(np.zeros((31, 31, 41), np.float32), matrix, "PT", "SUVbw")
    k, j, i = np.meshgrid(*[np.arange(n) for n in volume.shape], indexing="ij")
    ras = volume.ras_from_ijk(np.stack([i, j, k], axis=-1))
    suv = np.full(volume.shape, 0.5, np.float32)
    for value, centre, radius in ((8.0, TinyModel.large, 15.0), (6.0, TinyModel.small, 9.0)):
        suv[np.linalg.norm(ras - centre, axis=-1) <= radius] = value
    noise = np.random.default_rng(3).normal(0, 0.02, suv.shape).astype(np.float32)
    return volume.with_array(suv + noise)


def _a_ct() -> Volume:
    matrix = np.diag([-2.0, -2.0, 4.0, 1.0])
    matrix[:3, 3] = 70.0, 55.0, -50.0
    hu = np.random.default_rng(4).normal(30, 10, (26, 56, 71)).astype(np.int16)
    return Volume(hu, matrix, "CT", "HU")


@pytest.fixture
def a_bonescan_model(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of a bone-scan model made by hand, in the store that the environment names; it looks for bright blobs."""
    from Testing.bonescan_model import write_bonescan_model

    store = tmp_path_factory.mktemp("models")
    monkeypatch.setenv("ONCOLOGYAI_MODELS", str(store))
    write_bonescan_model(store / "blobs")
    return "blobs"


def _write_tiny_model(folder: Path) -> None:
    from oncologyai.models import ModelCard, save_card, write_weights

    folder.mkdir(parents=True)
    files = []
    for member, limit in enumerate((4.0, 4.5)):
        _write_network(folder / f"member{member}.onnx", pet=20.0, ct=4.0, bias=-2.0 * limit - 2.0)
        write_weights({"w": np.full((2, 2), limit, np.float32)}, folder / f"member{member}.safetensors")
        files += [("onnx", f"member{member}.onnx"), ("weights", f"member{member}.safetensors")]
    suv = {"kind": "window", "low": 0, "high": 10}
    hu = {"kind": "window", "low": -1000, "high": 1000}
    card = {
        "id": "tiny",
        "title": "A tiny model",
        "channels": [
            {"name": "pet", "modality": "PT", "unit": "SUVbw", "normalisation": suv},
            {"name": "ct", "modality": "CT", "unit": "HU", "required": False, "fill": 0.5, "normalisation": hu},
        ],
        "spacing_mm": [3.0, 3.0, 3.0],
        "labels": [{"name": "GTV-1", "terminology": "tumour"}],
        "network": {"name": "resenc-unet"},
        "patch": [16, 16, 16],
        "files": [
            {
                "name": name,
                "role": role,
                "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest(),
                "size_bytes": (folder / name).stat().st_size,
            }
            for role, name in files
        ],
        "training": {"description": "nothing: made by hand", "attribution": "nobody", "synthetic": True},
        "training_ranges": {"field_of_view_mm": [[60, 200], [60, 200], [60, 200]]},
        "figures": [{"metric": "mean Dice", "value": 0.5, "test_set": "none", "cases": 3}],
        "trust": {
            "method": "ensemble",
            "intercept": 0.7,
            "weights": {"mean_probability": 0.1, "disagreement": -0.1},
            "half_width": 0.1,
        },
        "licence": {"name": "CC BY 4.0", "commercial": True, "restrictions": ["for tests only"]},
        "citation": [{"text": "Nobody, 2026", "doi": "10.1/x"}],
    }
    save_card(ModelCard.model_validate(card), folder / "card.json")


def _write_network(path: Path, *, pet: float, ct: float, bias: float) -> None:
    """Logit = pet * PET + ct * CT + bias, a voxel each."""
    import onnx
    from onnx import TensorProto, helper

    weights = helper.make_tensor("w", TensorProto.FLOAT, [1, 2, 1, 1, 1], [pet, ct])
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "w", "b"], ["logits"])],
        "line",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2, "k", "j", "i"])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 1, "k", "j", "i"])],
        [weights, helper.make_tensor("b", TensorProto.FLOAT, [1], [bias])],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), str(path))
