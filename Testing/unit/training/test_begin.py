"""A training that begins from an earlier one's weights."""

import pytest
import torch

from oncologyai.errors import InputError, MissingFileError
from oncologyai.models import write_weights
from oncologyai.networks import build_network
from oncologyai.training import load_config
from oncologyai.training.begin import begin_from

SMALL = {"widths": [4, 6], "blocks": [1, 1], "strides": [[1] * 3, [2] * 3]}


@pytest.fixture
def earlier(tmp_path):
    torch.manual_seed(5)
    network = build_network("resenc-unet", in_channels=1, **SMALL).eval()
    write_weights({name: value.numpy() for name, value in network.state_dict().items()}, tmp_path / "w.safetensors")
    return network, tmp_path / "w.safetensors"


def test_both_networks_answer_alike_whatever_the_further_inputs_hold(earlier) -> None:
    network, path = earlier
    wide = build_network("resenc-unet", in_channels=3, **SMALL).eval()
    begin_from(wide, path)
    image = torch.randn(1, 3, 8, 8, 8)
    with torch.inference_mode():
        assert torch.allclose(wide(image), network(image[:, :1]), atol=1e-5)


def test_refuses_other_networks_and_missing_files(earlier, tmp_path) -> None:
    _, path = earlier
    with pytest.raises(InputError, match="shape"):
        begin_from(build_network("resenc-unet", **{**SMALL, "widths": [5, 6]}), path)
    with pytest.raises(InputError, match="which differs in"):
        begin_from(build_network("resenc-unet", **{**SMALL, "blocks": [2, 1]}), path)
    with pytest.raises(MissingFileError, match="begin_from"):
        begin_from(build_network("resenc-unet", **SMALL), tmp_path / "no.safetensors")


def test_each_training_of_a_cross_validation_begins_from_its_own(a_config_file) -> None:
    config = load_config(a_config_file, begin_from="earlier/{run}/weights.safetensors")
    assert config.begin_from == str(a_config_file.parent / "earlier/{run}/weights.safetensors")
    assert config.run == "fold-0" and config.model_copy(update={"fold": None}).run == "final"
