"""The U-Net published with chapter 6 (DuneAI): its Keras weights file made into a model of ours.

The file (HDF5, written by Keras 2 or 3: weights alone or the whole model) holds the kernels and biases of its
convolutions. Keras numbers them in the order in which it made them; the order here is down the encoder, up the
decoder, then the two last ones. A Keras kernel has the axes (row, column, in, out), torch's (out, in, row, column).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from oncologyai._optional import import_optional
from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.models.card import ModelCard
from oncologyai.models.files import sha256_of
from oncologyai.models.parts import (
    Bins,
    Channel,
    Citation,
    Figure,
    Label,
    Licence,
    ModelFile,
    NetworkCall,
    TrainingData,
)
from oncologyai.models.weights import write_weights
from oncologyai.progress import Progress, Silent, check_cancelled

__all__ = ["convert_keras_unet", "state_from_keras", "unet_names"]

REPOSITORY = (
    "https://github.com/primakov/"
    "DuneAI-Automated-detection-and-segmentation-of-non-small-cell-lung-cancer-computed-tomography-images"
)
_TEST_SET = "with the authors' own pipeline (ch. 6, table 2)"
_Pair = tuple[np.ndarray, np.ndarray]


def unet_names(levels: int) -> tuple[str, ...]:
    """Name the convolutions of the network ``unet2d-published`` in the order of the Keras file (24 for five levels)."""
    down = [f"down.{level}.{part}" for level in range(levels) for part in ("first", "second")]
    up = [
        f"{block}.{level}{part}"
        for level in range(levels - 1)
        for block, part in (("up", ".convolution"), ("merge", ".first"), ("merge", ".second"))
    ]
    return (*down, *up, "head", "last")


def state_from_keras(path: Path) -> tuple[dict[str, np.ndarray], tuple[int, ...]]:
    """Read a Keras HDF5 file of the published U-Net.

    Parameters
    ----------
    path : Path
        A .hdf5, .h5 or .weights.h5 file.

    Returns
    -------
    dict of str to ndarray, tuple of int
        The state of ``unet2d-published`` (float32), and its filters a level.

    Raises
    ------
    MissingFileError
        If there is none.
    UnreadableFileError
        If it is no HDF5 file, or holds another network.
    MissingDependencyError
        If h5py is not installed.
    """
    if not path.is_file():
        raise MissingFileError(str(path), expected="a Keras HDF5 file", got="none")
    h5py = import_optional("h5py", feature="reading Keras files", install="pip install h5py")
    try:
        with h5py.File(path, "r") as root:
            pairs = _convolutions(h5py, root)
    except (OSError, KeyError) as error:
        raise UnreadableFileError(str(path), expected="a Keras HDF5 file", got=f"another ({error})") from error
    filters = _check_pairs(path, pairs)
    state: dict[str, np.ndarray] = {}
    for name, (kernel, bias) in zip(unet_names(len(filters)), pairs, strict=True):
        state[f"{name}.weight"] = np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
        state[f"{name}.bias"] = bias
    return state, filters


def _convolutions(h5py: Any, root: Any) -> list[_Pair]:
    """Give (kernel, bias) of every convolution, in the model's order."""
    group = root.get("model_weights", root)
    if "layer_names" in group.attrs:
        layers = [group[_text(name)] for name in group.attrs["layer_names"]]
    elif "layers" in group:
        layers = [group["layers"][name] for name in sorted(group["layers"], key=_number)]
    else:
        layers = []
    pairs = []
    for layer in layers:
        arrays: list[np.ndarray] = []
        layer.visititems(lambda _, item, found=arrays: _collect(h5py, item, found))
        kernels = [a for a in arrays if a.ndim == 4]
        biases = [a for a in arrays if a.ndim == 1]
        if len(kernels) == 1 and len(biases) == 1 and len(arrays) == 2:
            pairs.append((kernels[0], biases[0]))
        elif arrays:
            return []
    return pairs


def _collect(h5py: Any, item: Any, found: list[np.ndarray]) -> None:
    if isinstance(item, h5py.Dataset):
        found.append(np.asarray(item, dtype=np.float32))


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)


def _number(name: str) -> int:
    """Give the number in ``conv2d_12``; Keras leaves it out of the first."""
    found = re.search(r"_(\d+)$", name)
    return int(found.group(1)) if found else 0


def _check_pairs(path: Path, pairs: Sequence[_Pair]) -> tuple[int, ...]:
    """Give the filters a level if the shapes are those of the published network; raises UnreadableFileError."""
    levels = (len(pairs) + 1) // 5  # 2 convolutions down a level, 3 up a level but the last, 2 at the end: 5n - 1
    if levels < 2 or len(pairs) != 5 * levels - 1:
        got = f"{len(pairs)} convolutions" if pairs else "none of its layers"
        raise UnreadableFileError(str(path), expected="the 24 convolutions of the published U-Net", got=got)
    filters = tuple(int(pairs[2 * level][1].size) for level in range(levels))
    names = unet_names(levels)
    for name, shape, (kernel, bias) in zip(names, _shapes(filters), pairs, strict=True):
        if kernel.shape != shape or bias.shape != shape[-1:]:
            raise UnreadableFileError(
                f"{path}: {name}", expected=f"a kernel {shape} as in the published U-Net", got=f"{kernel.shape}"
            )
        if not (np.isfinite(kernel).all() and np.isfinite(bias).all()):
            raise UnreadableFileError(f"{path}: {name}", expected="finite numbers", got="others")
    return filters


def _shapes(filters: Sequence[int]) -> list[tuple[int, int, int, int]]:
    shapes = []
    for few, many in zip((1, *filters[:-1]), filters, strict=True):
        shapes += [(3, 3, few, many), (3, 3, many, many)]
    for few, many in reversed(list(itertools.pairwise(filters))):
        shapes += [(2, 2, many, few), (3, 3, 2 * few, few), (3, 3, few, few)]
    return [*shapes, (3, 3, filters[0], 2), (1, 1, 2, 1)]


def convert_keras_unet(source: Path, folder: Path, *, model_id: str, progress: Progress | None = None) -> ModelCard:
    """Write ``weights.safetensors`` of a Keras file into a folder and give the card that goes with it.

    Parameters
    ----------
    source : Path
        As for ``state_from_keras``.
    folder : Path
        Is there.
    model_id : str
        The new model's id.
    progress : Progress
        Asked for cancellation before and after reading.

    Raises
    ------
    InputError
        As ``state_from_keras``, or where the id is no id.
    DiskFullError, OutputError
        If the weights cannot be written.
    """
    watch = progress or Silent()
    watch.stage("read", 0.0)
    state, filters = state_from_keras(source)
    check_cancelled(watch)
    watch.stage("write", 0.5)
    target = folder / "weights.safetensors"
    write_weights(state, target)
    check_cancelled(watch)
    file = ModelFile(name=target.name, role="weights", sha256=sha256_of(target), size_bytes=target.stat().st_size)
    return _card(model_id, source, filters, file)


def _card(model_id: str, source: Path, filters: tuple[int, ...], file: ModelFile) -> ModelCard:
    """Describe the published network: ch. 6 where it says, else the code and licence published with the weights."""
    return ModelCard(
        id=model_id,
        title="Lung tumour on CT, the U-Net published with DuneAI (imported weights)",
        description="GTV-1 of non-small cell lung cancer on thoracic CT, slice by slice inside the lungs. "
        "Not for clinical use. The weights are not shipped with this software: the user imported them.",
        origin=f"imported from the Keras file {source.name} (SHA-256 {sha256_of(source)})",
        channels=(
            Channel(
                name="ct",
                modality="CT",
                unit="HU",
                normalisation=Bins(low=-1000.0, high=150.0, width=25.0),  # the published code: from -1000, not -1350
            ),
        ),
        spacing_mm=(1.0, 1.0, None),  # ch. 6, Image preprocessing
        interpolation="nearest",  # the published code
        labels=(Label(name="GTV-1", terminology="tumour"),),
        network=NetworkCall(name="unet2d-published", arguments={"filters": list(filters)}),
        patch=(512, 512),  # ch. 6, Image preprocessing
        overlap=0.0,
        threshold=0.99,  # the published code
        region="lungs",
        outside="fill",  # ch. 6, Lung region isolation
        files=(file,),
        training=TrainingData(
            description="999 thoracic CT scans with non-small cell lung cancer of datasets 1 to 7 of ch. 6, table 1, "
            "among them the public NSCLC-Radiomics (LUNG1): its patients are no test of this model",
            patients=999,  # ch. 6, Results
            urls=(REPOSITORY,),
        ),
        figures=(
            Figure(metric="median Dice", value=0.82, test_set=f"external validation, {_TEST_SET}", cases=236),
            Figure(
                metric="median HD95", value=9.43, unit="mm", test_set=f"external validation, {_TEST_SET}", cases=236
            ),
            Figure(
                metric="median Dice", value=0.85, test_set=f"held-out scans of datasets 1 to 7, {_TEST_SET}", cases=93
            ),
        ),
        licence=Licence(
            name="DuneAI licence: internal non-commercial academic research only",
            url=f"{REPOSITORY}/blob/master/LICENSE.txt",
            commercial=False,
            restrictions=(
                "non-commercial academic research only",
                "no clinical use",
                "a personal copy: do not pass it on",
                "improvements belong to Maastricht University",
                "subject to patent application PCT/NL2020/050794",
                "get the weights (weights_v7.hdf5) from the repository's pages and read its LICENSE.txt first",
            ),
            attribution="cite the creators in every publication, abstract or presentation",
        ),
        citation=(
            Citation(
                text="Primakov et al., Automated detection and segmentation of non-small cell lung cancer computed "
                "tomography images, Nature Communications 13, 3423 (2022)",
                doi="10.1038/s41467-022-30841-3",
            ),
        ),
        urls=(REPOSITORY,),
    )
