import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import special

from oncologyai.errors import CancelledError, InputError, MissingDependencyError, MissingFileError
from oncologyai.inference import ENGINES, choose_engine, make_engine, predict_with, probabilities

ROOT = Path(__file__).resolve().parents[3]


class Impatient:
    """Cancels at the nth question."""

    def __init__(self, patience):
        self.patience, self.asked = patience, 0

    def stage(self, name, share):
        pass

    def cancelled(self):
        self.asked += 1
        return self.asked > self.patience


@pytest.mark.parametrize(("model", "shape"), [("a_flat_model", (2, 1, 48, 64)), ("a_deep_model", (2, 2, 8, 16, 24))])
def test_all_engines_give_the_same_logits(request, model, shape):
    folder, card = request.getfixturevalue(model)
    batch = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    found = {name: make_engine(card, folder, engine=name).infer(batch) for name in ENGINES}
    assert found["torch"].shape == (shape[0], 1, *shape[2:])
    assert found["torch"].std() > 0.01, "a network that answers nothing proves nothing"
    for name in ENGINES:
        assert found[name].dtype == np.float32
        np.testing.assert_allclose(found[name], found["torch"], atol=1e-4)


@pytest.mark.parametrize("name", ENGINES)
def test_two_runs_and_any_crop_size_in_between_give_the_same_bytes(a_flat_model, name):
    folder, card = a_flat_model
    engine = make_engine(card, folder, engine=name)
    batch = np.random.default_rng(1).normal(size=(1, 1, 64, 64)).astype(np.float32)
    first = engine.infer(batch)
    engine.infer(batch[:, :, :32, :48])
    assert engine.infer(batch).tobytes() == first.tobytes()


@pytest.mark.parametrize("name", ENGINES)
def test_a_cancelled_engine_stops(a_flat_model, name):
    folder, card = a_flat_model
    engine = make_engine(card, folder, engine=name)
    with pytest.raises(CancelledError):
        engine.infer(np.zeros((1, 1, 32, 32), dtype=np.float32), progress=Impatient(0))


def test_torch_stops_between_layers(a_flat_model):
    folder, card = a_flat_model
    watcher = Impatient(3)
    with pytest.raises(CancelledError):
        make_engine(card, folder, engine="torch").infer(np.zeros((1, 1, 32, 32), dtype=np.float32), progress=watcher)
    assert watcher.asked == 4


_BLOCKED = """
import sys, numpy as np
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "torch":
            raise ImportError("torch is blocked")
sys.meta_path.insert(0, Block())
from oncologyai.inference import make_engine
from oncologyai.models import ModelCard
from pathlib import Path
card = ModelCard.model_validate_json(Path(sys.argv[1]).read_text())
for name in ("openvino", "onnxruntime"):
    out = make_engine(card, Path(sys.argv[2]), engine=name).infer(np.load(sys.argv[3]))
    np.save(sys.argv[4] + name + ".npy", out)
try:
    make_engine(card, Path(sys.argv[2]), engine="torch")
except ImportError as error:
    print(error)
"""


def test_without_torch_the_others_run_and_nothing_is_written_to_the_home(a_flat_model, tmp_path):
    folder, card = a_flat_model
    batch = np.random.default_rng(2).normal(size=(1, 1, 32, 32)).astype(np.float32)
    np.save(tmp_path / "batch.npy", batch)
    (tmp_path / "card.json").write_text(card.model_dump_json())
    home = tmp_path / "home"
    home.mkdir()
    arguments = [tmp_path / "card.json", folder, tmp_path / "batch.npy", f"{tmp_path}/out-"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("XDG_") and k != "CI"}
    done = subprocess.run(
        [sys.executable, "-c", _BLOCKED, *map(str, arguments)],
        capture_output=True, text=True, check=False, cwd=ROOT, env={**environment, "HOME": str(home)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "expected to be installed for the torch engine" in done.stdout
    reference = make_engine(card, folder, engine="torch").infer(batch)
    for name in ("openvino", "onnxruntime"):
        np.testing.assert_allclose(np.load(f"{tmp_path}/out-{name}.npy"), reference, atol=1e-4)
    assert list(home.rglob("*")) == []


def test_chooses_what_is_asked_then_the_card_then_openvino(a_flat_model, make_card):
    folder, card = a_flat_model
    assert choose_engine(card) == "openvino"
    assert choose_engine(card, engine="torch") == "torch"
    assert choose_engine(card, device="cuda") == "torch"
    assert choose_engine(make_card(folder, engine="onnxruntime", patch=[64, 64])) == "onnxruntime"
    only_weights = [f.model_dump() for f in card.files_of("weights")]
    assert choose_engine(make_card(folder, files=only_weights)) == "torch"


def test_no_engine_installed_is_told(a_flat_model, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingDependencyError, match="expected one of openvino"):
        choose_engine(a_flat_model[1])


def test_what_cannot_be_had_is_refused(a_flat_model, tmp_path):
    folder, card = a_flat_model
    with pytest.raises(InputError, match="engine: expected one of"):
        choose_engine(card, engine="abacus")
    with pytest.raises(InputError, match="device: expected cpu"):
        choose_engine(card, engine="openvino", device="cuda")
    with pytest.raises(InputError, match="precision: expected f32"):
        make_engine(card, folder, engine="openvino", precision="bf16")
    with pytest.raises(MissingFileError, match="expected 2 files of the role onnx"):
        make_engine(card, folder, member=1)
    with pytest.raises(MissingFileError, match="expected a file of tiny"):
        make_engine(card, tmp_path)


def test_probabilities_are_those_of_scipy():
    logits = np.random.default_rng(0).normal(size=(2, 3, 4, 5), scale=40).astype(np.float32)
    logits[0, 0, 0, 0] = -2000
    np.testing.assert_allclose(probabilities(logits, "sigmoid"), special.expit(logits), rtol=1e-4, atol=1e-30)
    np.testing.assert_allclose(probabilities(logits, "softmax"), special.softmax(logits, axis=1), atol=1e-6)
    with pytest.raises(InputError, match="activation"):
        probabilities(logits, "tanh")


def test_predict_gives_probabilities(a_flat_model):
    folder, card = a_flat_model
    engine = make_engine(card, folder)
    batch = np.ones((1, 1, 16, 16), dtype=np.float32)
    np.testing.assert_allclose(predict_with(engine, "sigmoid")(batch), special.expit(engine.infer(batch)), atol=1e-6)
