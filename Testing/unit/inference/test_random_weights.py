"""Exported networks with random convolutions: which ones, how drawn, and that the rest stays."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.inference.onnx_engine import OnnxEngine
from oncologyai.inference.random_weights import randomise_convolutions
from oncologyai.networks import Vgg16Classifier
from oncologyai.training.bonescan_export import export_bonescan_network

WIDE = ((8, 8), (16, 16), (24, 24, 24), (24, 24, 24), (48, 48, 48))


@pytest.fixture(scope="module")
def an_export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(3)
    folder = tmp_path_factory.mktemp("export") / "model"
    export_bonescan_network(Vgg16Classifier(WIDE, hidden=24).eval(), folder)
    return folder / "maps.onnx"


def weights_of(path: Path) -> dict[str, np.ndarray]:
    return {t.name: numpy_helper.to_array(t) for t in onnx.load(str(path)).graph.initializer}


def test_only_the_last_convolutions_change_and_keep_their_precision(an_export: Path, tmp_path: Path) -> None:
    assert randomise_convolutions(an_export, tmp_path / "other.onnx", last=3, seed=1) == 3
    before, after = weights_of(an_export), weights_of(tmp_path / "other.onnx")
    assert before.keys() == after.keys()
    kernels = [name for name, value in before.items() if value.ndim == 4]
    changed = [name for name in kernels if not np.array_equal(before[name], after[name])]
    assert len(kernels) == 13 and changed == kernels[-3:]
    for name in changed:
        assert after[name].dtype == before[name].dtype
        fan = np.prod(after[name].shape[1:])
        assert after[name].astype(np.float64).std() == pytest.approx(np.sqrt(2.0 / fan), rel=0.05)


def test_all_are_changed_and_the_seed_decides(an_export: Path, tmp_path: Path) -> None:
    image = np.random.default_rng(0).random((1, 3, 64, 64), dtype=np.float32)
    outputs = []
    for number, seed in enumerate((1, 1, 2)):
        path = tmp_path / f"{number}.onnx"
        assert randomise_convolutions(an_export, path, seed=seed) == 13
        outputs.append(OnnxEngine(path, threads=1).infer(image))
    np.testing.assert_array_equal(outputs[0], outputs[1])
    assert np.abs(outputs[0] - outputs[2]).max() > 0.01
    assert np.abs(outputs[0] - OnnxEngine(an_export, threads=1).infer(image)).max() > 0.01


def test_rejects_what_is_no_such_network(an_export: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="last: expected 1 or more"):
        randomise_convolutions(an_export, tmp_path / "x.onnx", last=0)
    with pytest.raises(MissingFileError, match="expected an exported network, got none"):
        randomise_convolutions(tmp_path / "none.onnx", tmp_path / "x.onnx")
    (tmp_path / "text.onnx").write_text("no network")
    with pytest.raises(UnreadableFileError, match="expected"):
        randomise_convolutions(tmp_path / "text.onnx", tmp_path / "x.onnx")
    empty = onnx.helper.make_model(onnx.helper.make_graph([], "empty", [], []))
    onnx.save(empty, str(tmp_path / "empty.onnx"))
    with pytest.raises(UnreadableFileError, match="expected convolutions with plain weights, got none"):
        randomise_convolutions(tmp_path / "empty.onnx", tmp_path / "x.onnx")
    assert not (tmp_path / "x.onnx").exists()
