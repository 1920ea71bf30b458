"""What the fixed blocks of a bone-scan network make of each scan, once and on disk; a killed filling goes on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from oncologyai._atomic import atomic_file, temporary_folder
from oncologyai.errors import InputError, MissingDependencyError
from oncologyai.inference import memory_errors
from oncologyai.models import sha256_of
from oncologyai.networks import Vgg16Classifier
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.training.bonescan_config import BoneScanTrainConfig
from oncologyai.training.export import export_graph

__all__ = ["FeatureCache", "PictureMaker", "base_digest", "fixed_layers"]

PictureMaker = Callable[[int], np.ndarray]
"""Gives the prepared picture (j, i) of a scan by its place."""

_HALF_MOST = 65504.0
_KEPT_EVERY = 16  # scans: what a kill loses at most
_SIDES = ("upright", "turned")


def fixed_layers(network: Vgg16Classifier, trained_blocks: int) -> int:
    """Give how many layers of ``network.features`` lie before the blocks that learn."""
    ends = [n + 1 for n, layer in enumerate(network.features) if isinstance(layer, nn.MaxPool2d)]
    fixed = network.blocks - trained_blocks
    return ends[fixed - 1] if fixed > 0 else 0


class FeatureCache:
    """Features of scans, upright and turned over, in half precision.

    Parameters
    ----------
    folder : Path
        Gets a folder of its own for these scans, this preparation and these blocks.
    network : Vgg16Classifier
        With the weights that the training begins with.
    config : BoneScanTrainConfig
    origins : sequence of str
        What tells each scan's content from another's.
    base_sha256 : str
        Of the weights' file.
    """

    def __init__(
        self,
        folder: Path,
        network: Vgg16Classifier,
        config: BoneScanTrainConfig,
        origins: Sequence[str],
        base_sha256: str,
    ) -> None:
        self._layers = fixed_layers(network, config.trained_blocks)
        self._network, self._config = network, config
        told = {
            "origins": list(origins), "picture": config.picture.model_dump(), "standardise": config.standardise,
            "layers": self._layers, "base": base_sha256 if self._layers else "",
        }  # fmt: skip
        digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
        self.folder = folder / f"features-{digest[:16]}"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._shape = (len(origins), *self._shape_of_one())
        self._values = [self._opened(side) for side in _SIDES]
        self._done = [self._read_done(side) for side in _SIDES]

    @property
    def layers(self) -> int:
        """Layers of ``network.features`` whose outcome is kept; 0: the pictures themselves are."""
        return self._layers

    def missing(self, places: Iterable[int], *, turned: bool) -> list[int]:
        """Give which scans are not there yet."""
        done = self._done[int(turned)]
        return [place for place in places if not done[place]]

    def fill(
        self, places: Sequence[int], pictures: PictureMaker, *, turned: bool, progress: Progress | None = None
    ) -> None:
        """Make what is missing.

        Raises
        ------
        InputError
            If a picture is of another size.
        CancelledError
            If cancelled; what was made stays.
        DiskFullError, OutOfMemoryError
            If the machine does not do.
        """
        watch, missing = progress or Silent(), self.missing(places, turned=turned)
        if not missing:
            return
        name = f"what the fixed blocks make of {_SIDES[int(turned)]} scans"
        with temporary_folder("oncology-ai-") as folder:
            compute = self._computer(folder)
            try:
                for number, place in enumerate(missing):
                    check_cancelled(watch)
                    watch.stage(name, number / len(missing))
                    self._put(place, compute(self._picture(pictures, place, turned)), turned)
                    if number % _KEPT_EVERY == _KEPT_EVERY - 1:
                        self._keep(turned)
            finally:
                self._keep(turned)

    def take(self, places: Sequence[int], turned: Sequence[bool]) -> np.ndarray:
        """Give features (n, c, j, i), float32, of scans that are there."""
        chosen = [self._values[int(side)][place] for place, side in zip(places, turned, strict=True)]
        return np.stack(chosen).astype(np.float32)

    def _picture(self, pictures: PictureMaker, place: int, turned: bool) -> np.ndarray:
        picture = pictures(place)
        wanted = (self._config.picture.height, 2 * self._config.picture.width)
        if picture.shape != wanted:
            raise InputError("picture", expected=f"shape {wanted}", got=f"shape {picture.shape}")
        return np.ascontiguousarray(picture[:, ::-1] if turned else picture, dtype=np.float32)

    def _shape_of_one(self) -> tuple[int, ...]:
        height, width = self._config.picture.height, 2 * self._config.picture.width
        if not self._layers:
            return (1, height, width)
        layers = list(self._network.features)[: self._layers]
        halvings = sum(isinstance(layer, nn.MaxPool2d) for layer in layers)
        filters = [layer.out_channels for layer in layers if isinstance(layer, nn.Conv2d)]
        return (filters[-1], height >> halvings, width >> halvings)

    def _opened(self, side: str) -> Any:
        path = self.folder / f"{side}.npy"
        if not path.is_file():
            return np.lib.format.open_memmap(path, mode="w+", dtype=np.float16, shape=self._shape)
        return np.lib.format.open_memmap(path, mode="r+")

    def _read_done(self, side: str) -> np.ndarray:
        path = self.folder / f"{side}.done.npy"
        return np.load(path) if path.is_file() else np.zeros(self._shape[0], dtype=bool)

    def _put(self, place: int, values: np.ndarray, turned: bool) -> None:
        with np.errstate(over="ignore"):
            self._values[int(turned)][place] = np.clip(values, -_HALF_MOST, _HALF_MOST).astype(np.float16)
        self._done[int(turned)][place] = True

    def _keep(self, turned: bool) -> None:
        self._values[int(turned)].flush()
        with atomic_file(self.folder / f"{_SIDES[int(turned)]}.done.npy") as draft, draft.open("wb") as stream:
            np.save(stream, self._done[int(turned)])

    def _computer(self, folder: Path) -> Callable[[np.ndarray], np.ndarray]:
        """Give what computes features: OpenVINO where it is installed, twice as quick as torch on a processor."""
        if not self._layers:
            return lambda picture: picture[None]
        part = _FixedPart(self._network, self._layers).eval()
        try:
            from oncologyai.inference.openvino_engine import OpenVinoEngine

            export_graph(part, torch.rand(1, 1, *self._even_size()), folder / "fixed.onnx", names=("image", "features"))
            engine = OpenVinoEngine(folder / "fixed.onnx", threads=self._config.threads, precision="bf16")
            return lambda picture: engine.infer(picture[None, None])[0]
        except MissingDependencyError:
            return lambda picture: _by_torch(part, picture)

    def _even_size(self) -> tuple[int, int]:
        side = 2**self._network.blocks
        return side, side


class _FixedPart(nn.Module):
    """The blocks that do not learn, of a picture in one channel."""

    def __init__(self, network: Vgg16Classifier, layers: int) -> None:
        super().__init__()
        self.network, self.layers = network, network.features[:layers]

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        """Give the features of (1, 1, j, i)."""
        found: torch.Tensor = self.layers(self.network.given(picture.expand(-1, 3, -1, -1)))
        return found


def _by_torch(part: nn.Module, picture: np.ndarray) -> np.ndarray:
    with torch.inference_mode(), memory_errors("the fixed blocks"):
        found: np.ndarray = part(torch.from_numpy(picture)[None, None])[0].numpy()
    return found


def base_digest(config: BoneScanTrainConfig) -> str:
    """Give the SHA-256 of the weights that the training begins with; empty without."""
    return sha256_of(Path(config.base.path)) if config.base is not None else ""
