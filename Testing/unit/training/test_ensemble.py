"""The ensemble: three trainings' weights give the mean of their probabilities; anything else is refused."""

import numpy as np
import onnxruntime
import pytest
import torch
from safetensors.torch import load_file

from oncologyai.cli import main
from oncologyai.errors import InputError
from oncologyai.models import load_card
from oncologyai.networks import build_network
from oncologyai.training import export_ensemble, load_config, save_config, save_weights

SMALL = {
    "highres3dnet": {"in_channels": 1, "widths": [4, 8, 8], "head": 8},
    "densehighres3dnet-v1": {"in_channels": 1, "widths": [4, 8, 8]},
    "densehighres3dnet-v2": {"in_channels": 1, "widths": [4, 8, 8]},
}
CARD = {
    "labels": [{"name": "GTV-1", "terminology": "tumour"}],
    "training": {"description": "nothing", "synthetic": True},
    "licence": {"name": "CC0", "commercial": True},
}


@pytest.fixture
def members(tmp_path):
    """A folder of each network as a training leaves it, its weights random."""
    torch.manual_seed(2)
    paths = []
    for name, arguments in SMALL.items():
        network = {"name": name, "arguments": arguments}
        config = load_config("densehighres3dnet", network=network, patch=[12, 16, 16], model=CARD)
        folder = tmp_path / name
        folder.mkdir()
        save_config(config, folder / "config.yaml")
        paths.append(folder / "weights-60.safetensors")
        save_weights(build_network(name, **arguments).state_dict(), paths[-1])
    return paths


def test_the_ensemble_is_the_mean_of_its_members_probabilities(members, tmp_path, capsys) -> None:
    out = tmp_path / "out"
    assert main(["train", "ensemble", *map(str, reversed(members)), "--out", str(out)]) == 0
    assert "model.onnx" in capsys.readouterr().out
    image = torch.randn(1, 1, 12, 16, 16, generator=torch.Generator().manual_seed(5))
    found = []
    for path, (name, arguments) in zip(members, SMALL.items(), strict=True):
        network = build_network(name, **arguments).eval()
        network.load_state_dict({key: value.float() for key, value in load_file(path).items()})
        with torch.inference_mode():
            found.append(torch.sigmoid(network(image)).numpy())
    session = onnxruntime.InferenceSession(str(out / "model.onnx"), providers=["CPUExecutionProvider"])
    logits = session.run(None, {"image": image.numpy()})[0]
    assert 1 / (1 + np.exp(-logits)) == pytest.approx(np.mean(found, axis=0), abs=1e-4)
    card = load_card(out / "card.json")
    assert card.id == card.network.name == "densehighres3dnet-ensemble"
    assert card.spacing_mm == (2.0, 2.0, 3.0)


def test_a_missing_or_doubled_network_is_refused(members, tmp_path) -> None:
    for chosen in (members[:2], [members[0], members[1], members[1]], []):
        with pytest.raises(InputError, match="members: expected weights of highres3dnet, .*one each"):
            export_ensemble(chosen, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_members_that_saw_other_images_are_refused(members, tmp_path) -> None:
    path = members[1].parent / "config.yaml"
    save_config(load_config(path, spacing_mm=[1.0, 1.0, 3.0]), path)
    with pytest.raises(InputError, match="trainings of the same spacing_mm, got different"):
        export_ensemble(members, tmp_path / "out")


def test_weights_of_another_width_are_refused(members, tmp_path) -> None:
    save_weights(build_network("densehighres3dnet-v1", widths=[8, 8, 8]).state_dict(), members[1])
    with pytest.raises(InputError, match="expected weights of densehighres3dnet-v1 as"):
        export_ensemble(members, tmp_path / "out")
