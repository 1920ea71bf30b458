"""The published U-Net, built in Keras with random weights, saved, imported: the same outputs.

Keras stands in for the published file, which may not be passed on: same layers, names and formats (its model_v7.json:
Keras 2.2.4, conv2d_1 to conv2d_24; the weights alone, by layer names).
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from oncologyai.errors import (
    CancelledError,
    DiskFullError,
    InputError,
    MissingDependencyError,
    MissingFileError,
    UnreadableFileError,
)
from oncologyai.models import Bins, Store, read_weights, state_from_keras
from oncologyai.models.keras_unet import unet_names

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:keras.*")
FILTERS = (4, 6, 8, 10, 12)


@pytest.fixture(scope="module")
def a_keras() -> Any:
    """Keras on torch, its own warnings aside."""
    os.environ["KERAS_BACKEND"] = "torch"
    os.environ["OMP_NUM_THREADS"] = "1"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("keras", reason="Keras is not installed: it proves the import")


def build(keras: Any, filters: Sequence[int] = FILTERS, *, seed: int = 3) -> Any:
    """The published network as its model file lists it, with random kernels and biases."""
    layers = keras.layers

    def conv(x: Any, count: int, size: int, activation: str = "relu") -> Any:
        return layers.Conv2D(count, size, padding="same", activation=activation)(x)

    inputs = layers.Input((None, None, 1))
    x, skips = inputs, []
    for level, count in enumerate(filters):
        x = conv(conv(x, count, 3), count, 3)
        if level >= len(filters) - 2:
            x = layers.Dropout(0.5)(x)
        if level < len(filters) - 1:
            skips.append(x)
            x = layers.MaxPooling2D(2)(x)
    for count, skip in zip(reversed(filters[:-1]), reversed(skips), strict=True):
        x = conv(layers.UpSampling2D(2)(x), count, 2)
        x = conv(conv(layers.Concatenate()([skip, x]), count, 3), count, 3)
    x = conv(x, 2, 3)
    model = keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(x))
    rng = np.random.default_rng(seed)
    model.set_weights(
        [
            rng.normal(0.1 if w.ndim == 1 else 0.0, np.sqrt(2 / max(np.prod(w.shape[:-1]), 1)), w.shape)
            for w in model.get_weights()
        ]
    )
    return model


def save(model: Any, place: Path) -> Path:
    """Save in the format that the name asks for; Keras warns that .h5 is old."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if place.name.endswith(".weights.h5"):
            model.save_weights(place)
        elif place.suffix == ".h5":
            model.save(place)
        else:
            arrays = model.get_weights()
            write_as_keras_2(list(zip(arrays[::2], arrays[1::2], strict=True)), place)
    return place


def write_as_keras_2(pairs: Sequence[tuple[np.ndarray, np.ndarray]], place: Path) -> None:
    """Write weights alone as Keras 2.2.4 did: layer_names and weight_names, conv2d_1/conv2d_1/kernel:0."""
    names = ["input_1"]
    with h5py.File(place, "w") as root:
        root.create_group("input_1").attrs["weight_names"] = np.array([], dtype="S1")
        for number, arrays in enumerate(pairs, start=1):
            name = f"conv2d_{number}"
            names.append(name)
            group = root.create_group(name)
            weight_names = [f"{name}/kernel:0", f"{name}/bias:0"]
            group.attrs["weight_names"] = np.array(weight_names, dtype="S")
            for weight, array in zip(weight_names, arrays, strict=True):
                group.create_dataset(weight, data=array)
        root.attrs["layer_names"] = np.array(names, dtype="S")
        root.attrs["keras_version"] = b"2.2.4"


def outputs_of_ours(folder: Path, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logits and probabilities of the imported model, (j, i)."""
    import torch

    from oncologyai.networks import build_network

    card = Store(folder).get("dune").card
    network = build_network(card.network.name, **card.network.arguments)
    weights = read_weights(Store(folder).get("dune").file("weights.safetensors"))
    network.load_state_dict({name: torch.from_numpy(values) for name, values in weights.items()}, strict=True)
    network.eval()
    with torch.no_grad():
        logits = network(torch.from_numpy(image)[None, None])
    return logits[0, 0].numpy(), torch.sigmoid(logits)[0, 0].numpy()


@pytest.mark.parametrize("name", ["weights_v7.hdf5", "model.h5", "model.weights.h5"])
def test_outputs_agree_with_keras(a_keras: Any, tmp_path: Path, name: str) -> None:
    a_keras.backend.clear_session()
    model = build(a_keras)
    image = np.random.default_rng(8).integers(0, 46, (64, 80)).astype(np.float32)
    theirs = np.asarray(model.predict(image[None, :, :, None], verbose=0))[0, :, :, 0]
    Store(tmp_path / "store").import_file(save(model, tmp_path / name), model_id="dune", file_format="keras-unet")
    _, ours = outputs_of_ours(tmp_path / "store", image)
    assert np.ptp(theirs) > 0.2, "an image that says nothing proves nothing"
    np.testing.assert_allclose(ours, theirs, atol=1e-4, rtol=0)


def test_names_are_those_of_the_network() -> None:
    from oncologyai.networks import build_network
    from oncologyai.networks.unet2d import UNet2D, convolutions_in_keras_order

    for filters in (FILTERS, (2, 3), (2, 3, 4)):
        network = build_network("unet2d-published", filters=filters)
        assert isinstance(network, UNet2D)
        assert unet_names(len(filters)) == convolutions_in_keras_order(network)


# kernels (rows, columns, in, out) of the published network with filters 4, 6, 8, 10, 12, written out by hand
KERNELS = (
    *((3, 3, 1, 4), (3, 3, 4, 4), (3, 3, 4, 6), (3, 3, 6, 6), (3, 3, 6, 8), (3, 3, 8, 8)),
    *((3, 3, 8, 10), (3, 3, 10, 10), (3, 3, 10, 12), (3, 3, 12, 12)),
    *((2, 2, 12, 10), (3, 3, 20, 10), (3, 3, 10, 10), (2, 2, 10, 8), (3, 3, 16, 8), (3, 3, 8, 8)),
    *((2, 2, 8, 6), (3, 3, 12, 6), (3, 3, 6, 6), (2, 2, 6, 4), (3, 3, 8, 4), (3, 3, 4, 4)),
    *((3, 3, 4, 2), (1, 1, 2, 1)),
)


@pytest.fixture
def a_file(tmp_path: Path) -> Path:
    """A file of random weights as Keras 2 wrote them, made without Keras."""
    rng = np.random.default_rng(4)
    place = tmp_path / "weights_v7.hdf5"
    write_as_keras_2([(rng.normal(size=shape), rng.normal(size=shape[-1])) for shape in KERNELS], place)
    return place


def test_the_card_says_what_the_weights_are_and_what_one_may_do(a_file: Path, tmp_path: Path) -> None:
    card = Store(tmp_path / "store").import_file(a_file, model_id="dune").card
    assert card.licence.commercial is False
    assert any("non-commercial" in rule for rule in card.licence.restrictions)
    assert any("do not pass it on" in rule for rule in card.licence.restrictions)
    assert all(not file.url for file in card.files)
    assert card.urls[0].startswith("https://github.com/primakov/DuneAI-")
    assert "weights_v7.hdf5 (SHA-256 " in card.origin
    assert (card.threshold, card.region, card.outside, card.patch) == (0.99, "lungs", "fill", (512, 512))
    assert card.channels[0].normalisation == Bins(low=-1000, high=150, width=25)
    assert Store(tmp_path / "store").verify("dune") == ("weights.safetensors",)


def test_kernels_turn_their_axes(a_file: Path) -> None:
    state, filters = state_from_keras(a_file)
    assert filters == FILTERS
    with h5py.File(a_file) as root:
        kernel = np.asarray(root["conv2d_11/conv2d_11/kernel:0"])
    assert kernel.shape == (2, 2, 12, 10)
    assert state["up.0.convolution.weight"].shape == (10, 12, 2, 2)
    assert state["up.0.convolution.weight"][4, 7, 0, 1] == np.float32(kernel[0, 1, 7, 4])


def test_an_id_must_be_given(a_file: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--id: expected an id for the model"):
        Store(tmp_path / "store").import_file(a_file)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda root: root.pop("conv2d_24"), "weights_v7.hdf5: expected a Keras HDF5 file"),
        (lambda root: root.attrs.pop("layer_names"), "got none of its layers"),
        (
            lambda root: root.attrs.create("layer_names", root.attrs["layer_names"][:-1]),
            "expected the 24 convolutions of the published U-Net, got 23 convolutions",
        ),
        (
            lambda root: (root["conv2d_3"].pop("conv2d_3"), root["conv2d_3"].create_dataset("k", data=np.ones((3, 3)))),
            "got none of its layers",
        ),
        (
            lambda root: (
                root["conv2d_11/conv2d_11"].move("bias:0", "x")
                or root["conv2d_11/conv2d_11"].create_dataset("y", data=np.ones(3))
            ),
            "got none of its layers",
        ),
        (
            lambda root: (
                root["conv2d_11/conv2d_11"].pop("bias:0")
                is root["conv2d_11/conv2d_11"].create_dataset("bias:0", data=np.ones(3))
            ),
            r"up\.0\.convolution: expected a kernel \(2, 2, 12, 10\)",
        ),
        (
            lambda root: root["conv2d_1/conv2d_1/kernel:0"].write_direct(np.full((3, 3, 1, 4), np.nan)),
            r"down\.0\.first: expected finite numbers",
        ),
    ],
)
def test_another_network_is_refused_and_leaves_nothing(a_file: Path, tmp_path: Path, spoil: Any, message: str) -> None:
    with h5py.File(a_file, "r+") as root:
        spoil(root)
    with pytest.raises(UnreadableFileError, match=message):
        Store(tmp_path / "store").import_file(a_file, model_id="dune")
    assert list((tmp_path / "store").iterdir()) == []


def test_files_that_are_not_hdf5_are_told(tmp_path: Path) -> None:
    (tmp_path / "x.hdf5").write_bytes(b"no such format")
    with pytest.raises(UnreadableFileError, match=r"x\.hdf5: expected a Keras HDF5 file"):
        state_from_keras(tmp_path / "x.hdf5")
    with pytest.raises(MissingFileError, match="expected a Keras HDF5 file, got none"):
        state_from_keras(tmp_path / "absent.hdf5")


def test_a_full_disk_leaves_nothing(a_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("oncologyai.models.weights._header", no_room)
    with pytest.raises(DiskFullError, match="No space left on device"):
        Store(tmp_path / "store").import_file(a_file, model_id="dune")
    assert list((tmp_path / "store").iterdir()) == []


def test_cancelled_it_leaves_nothing(a_file: Path, tmp_path: Path) -> None:
    class Cancelled:
        def stage(self, _: str, __: float) -> None:
            """Nothing."""

        def cancelled(self) -> bool:
            return True

    with pytest.raises(CancelledError):
        Store(tmp_path / "store").import_file(a_file, model_id="dune", progress=Cancelled())
    assert list((tmp_path / "store").iterdir()) == []


def test_without_h5py_the_feature_is_named(a_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(MissingDependencyError, match="reading Keras files.*pip install h5py"):
        state_from_keras(a_file)
