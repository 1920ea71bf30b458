import numpy as np
import pytest
import torch

from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.inference.torch_engine import TorchEngine
from oncologyai.models import write_weights

SMALL = {"filters": [4, 6, 8, 10, 12]}


def test_weights_in_half_precision_run_in_single(a_flat_model, tmp_path):
    folder, _ = a_flat_model
    whole = TorchEngine.load(folder / "model.safetensors", "unet2d-published", SMALL)
    state = {k: v.numpy() for k, v in whole.network.state_dict().items()}
    write_weights(state, tmp_path / "half.safetensors", half=True)
    half = TorchEngine.load(tmp_path / "half.safetensors", "unet2d-published", SMALL)
    batch = np.random.default_rng(0).normal(size=(1, 1, 32, 32)).astype(np.float32)
    found = half.infer(batch)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, whole.infer(batch), atol=0.02)


def test_weights_of_another_network_are_refused(a_flat_model, tmp_path):
    folder, _ = a_flat_model
    with pytest.raises(UnreadableFileError, match="expected weights of unet2d-published"):
        TorchEngine.load(folder / "model.safetensors", "unet2d-published", {"filters": [4, 6, 8, 10, 14]})
    with pytest.raises(MissingFileError, match="expected weights"):
        TorchEngine.load(tmp_path / "none.safetensors", "unet2d-published", SMALL)


def test_dropout_follows_its_seed_and_leaves_no_trace():
    network = torch.nn.Sequential(torch.nn.Conv2d(1, 8, 1), torch.nn.Dropout(0.5), torch.nn.Conv2d(8, 1, 1))
    engine = TorchEngine(network)
    batch = np.ones((1, 1, 4, 4), dtype=np.float32)
    plain = engine.infer(batch)
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    first, again, other = (engine.with_dropout(seed).infer(batch) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert np.array_equal(engine.infer(batch), plain)
    assert torch.equal(torch.rand(3), expected), "the caller's random numbers are as if nothing had run"
    assert not network[1].training


def test_sixteen_bits_and_absent_cards_are_refused_on_the_cpu():
    network = torch.nn.Conv2d(1, 1, 1)
    with pytest.raises(InputError, match="precision: expected f32 on the CPU"):
        TorchEngine(network, precision="bf16")
    with pytest.raises(InputError, match="device: expected cpu, cuda"):
        TorchEngine(network, device="abacus")
    if not torch.cuda.is_available():
        with pytest.raises(InputError, match="expected a CUDA card"):
            TorchEngine(network, device="cuda")
