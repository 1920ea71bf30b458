"""Tiny models: random networks of the registry with their weights, exported form and card."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from oncologyai.models import ModelCard, sha256_of
from oncologyai.types import Volume

LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


@pytest.fixture(scope="session")
def make_card():
    """Make a card with the files of a folder."""
    return card_of


def card_of(folder, **fields):
    """A card with the files of a folder; fields replace what stands here."""
    files = [
        {"name": p.name, "role": role, "sha256": sha256_of(p), "size_bytes": p.stat().st_size}
        for role, suffix in (("weights", ".safetensors"), ("onnx", ".onnx"))
        for p in sorted(Path(folder).glob(f"*{suffix}"))
    ]
    return ModelCard.model_validate(
        {
            "id": "tiny",
            "title": "a tiny model",
            "channels": [{"name": "ct", "modality": "CT", "unit": "HU"}],
            "spacing_mm": [None, None, None],
            "labels": [{"name": "GTV-1", "terminology": "tumour"}],
            "network": {"name": "resenc-unet"},
            "patch": [8, 16, 16],
            "files": files,
            "training": {"description": "none"},
            "licence": {"name": "none", "commercial": True},
            **fields,
        }
    )


def write_model(folder, name, arguments, size, seed, *, stem="model"):
    """Write weights and the exported form of a random network with random biases."""
    import torch
    from safetensors.torch import save_file

    from oncologyai.networks import build_network

    torch.manual_seed(seed)
    network = build_network(name, **arguments).eval()
    generator = torch.Generator().manual_seed(seed)
    for key, value in network.named_parameters():
        if key.endswith("weight") and value.ndim > 2:
            torch.nn.init.kaiming_normal_(value.data, nonlinearity="relu", generator=generator)
        if key.endswith("bias"):
            value.data.normal_(0, 0.3, generator=generator)
    axes = {0: "n", **{n + 2: f"a{n}" for n in range(len(size))}}
    sample = torch.zeros(1, network.in_channels, *size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network, sample, str(folder / f"{stem}.onnx"), dynamo=False, input_names=["image"],
            output_names=["logits"], dynamic_axes={"image": axes, "logits": axes},
        )  # fmt: skip
    save_file({k: v.contiguous() for k, v in network.state_dict().items()}, str(folder / f"{stem}.safetensors"))
    return network


@pytest.fixture(scope="session")
def a_flat_model(tmp_path_factory):
    """The published U-Net, narrow: its folder and card, for slices of 64x64."""
    folder = tmp_path_factory.mktemp("flat")
    arguments = {"filters": [4, 6, 8, 10, 12]}
    write_model(folder, "unet2d-published", arguments, (32, 32), 3)
    card = card_of(folder, network={"name": "unet2d-published", "arguments": arguments}, patch=[64, 64])
    return folder, card


@pytest.fixture(scope="session")
def a_deep_model(tmp_path_factory):
    """A residual-encoder U-Net, narrow, of two members, for volumes: its folder and card."""
    folder = tmp_path_factory.mktemp("deep")
    arguments = {"in_channels": 2, "widths": [4, 6, 8], "blocks": [1, 1, 1]}
    for member in (0, 1):
        write_model(folder, "resenc-unet", arguments, (8, 16, 16), 5 + member, stem=f"member{member}")
    channels = [
        {"name": "pet", "modality": "PT", "unit": "SUVbw", "normalisation": {"kind": "window", "low": 0, "high": 10}},
        {"name": "ct", "modality": "CT", "unit": "HU", "required": False, "fill": 0.25,
         "normalisation": {"kind": "window", "low": -1000, "high": 1000}},
    ]  # fmt: skip
    card = card_of(
        folder,
        channels=channels,
        spacing_mm=[4.0, 4.0, 4.0],
        network={"name": "resenc-unet", "arguments": arguments},
        components="all",
    )
    return folder, card


@pytest.fixture
def a_pet():
    """A warm ball of 12 mm in a cold box, 3 mm voxels, axial slices from the feet upwards."""
    k, j, i = np.meshgrid(*(np.arange(n) for n in (20, 24, 28)), indexing="ij")
    ball = ((k - 10) ** 2 + (j - 12) ** 2 + (i - 14) ** 2) <= 16
    affine = LPS @ np.diag([3.0, 3.0, 3.0, 1.0])
    return Volume(np.where(ball, 8.0, 0.5).astype(np.float32), affine, "PT", "SUVbw")


@pytest.fixture(scope="session")
def a_chest():
    """A body of soft tissue with two lungs of air and a spine: 4x4x6 mm, axial slices from the feet upwards."""
    i_mm, j_mm, k_mm, nk, nj, ni = 4.0, 4.0, 6.0, 36, 75, 100
    matrix = np.diag([-i_mm, -j_mm, k_mm, 1.0])
    matrix[:3, 3] = (ni - 1) / 2 * i_mm, (nj - 1) / 2 * j_mm, 0.0
    x = (matrix[0, 3] - i_mm * np.arange(ni))[None, None, :]
    y = (matrix[1, 3] - j_mm * np.arange(nj))[None, :, None]
    z = (k_mm * np.arange(nk))[:, None, None]
    radius = np.clip(1 - ((z - 120) / 75) ** 2, 1e-6, None) ** 0.5
    hu = np.where((x / 160) ** 2 + (y / 100) ** 2 <= 1, 40, -1000) + 0 * z
    for side in (75, -75):
        hu[((x - side) / 50) ** 2 + (y / 70) ** 2 <= np.where(radius > 0.1, radius**2, -1)] = -850
    hu[((x / 20) ** 2 + ((y + 60) / 20) ** 2 <= 1) & (z >= 0)] = 300
    return Volume(hu.astype(np.int16), matrix, "CT", "HU")


@pytest.fixture(scope="session")
def a_lung_card(a_flat_model):
    """The narrow published U-Net as a card for lungs: 4 mm pixels, slices of 112x128."""
    folder, _ = a_flat_model
    channel = {"name": "ct", "modality": "CT", "unit": "HU"}
    return card_of(
        folder,
        channels=[{**channel, "normalisation": {"kind": "bins", "low": -1000, "high": 150, "width": 25}}],
        spacing_mm=[4.0, 4.0, None],
        interpolation="nearest",
        network={"name": "unet2d-published", "arguments": {"filters": [4, 6, 8, 10, 12]}},
        patch=[112, 128],
        region="lungs",
        outside="fill",
    )
