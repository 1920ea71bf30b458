"""The torch engine: for graphics cards, for Monte-Carlo dropout, and where no exported form is at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from oncologyai._checks import check_choice
from oncologyai._memory import memory_errors
from oncologyai._optional import import_optional
from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.progress import Progress, Silent, check_cancelled

if TYPE_CHECKING:
    import torch

__all__ = ["TorchEngine"]

_INSTALL = "pip install 'oncologyai[train]'"
_TYPES = {"f32": "float32", "bf16": "bfloat16", "f16": "float16"}


class TorchEngine:
    """A torch network.

    Channels-last memory and 16-bit arithmetic are used on graphics cards only: there they gain, on the CPUs at hand
    they lose (docs/adr/0008-inference.md).

    Parameters
    ----------
    network : torch.nn.Module
        (n, channel, [k,] j, i) to logits; put into evaluation mode.
    device : str
        ``cpu``, ``cuda``, ``cuda:1`` ...
    precision : {'f32', 'bf16', 'f16'}
        Below f32 not on the CPU.
    threads : int
        Of the CPU; 0 leaves torch's own number.
    dropout_seed : int, optional
        Given, dropout stays on (Monte-Carlo dropout), its random numbers from this seed: one seed, one sample.
    compiled : bool
        Whether torch compiles the network first (torch.compile); the first batch then takes a minute or so.

    Raises
    ------
    InputError
        If ``precision`` or ``device`` is not one that can be had.
    """

    name = "torch"

    def __init__(
        self,
        network: torch.nn.Module,
        *,
        device: str = "cpu",
        precision: str = "f32",
        threads: int = 0,
        dropout_seed: int | None = None,
        compiled: bool = False,
    ) -> None:
        self._torch: Any = import_optional("torch", feature="the torch engine", install=_INSTALL)
        check_choice(precision, _TYPES, "precision")
        if device == "cpu" and precision != "f32":
            raise InputError("precision", expected="f32 on the CPU", got=precision)
        self.device, self.precision, self.dropout_seed = device, precision, dropout_seed
        self._place = _usable_device(self._torch, device)
        if threads:
            self._torch.set_num_threads(threads)
        self.network: Any = network.eval()
        self.network.to(self._place)  # in place, as modules do
        self._format = _channels_last(self._torch, self.network) if self._place.type == "cuda" else None
        if self._format is not None:
            self._torch.nn.Module.to(self.network, memory_format=self._format)
        self._run = self._torch.compile(self.network, dynamic=True) if compiled else self.network

    @classmethod
    def load(cls, path: Path, name: str, arguments: Mapping[str, Any], **settings: Any) -> TorchEngine:
        """Build a network of the registry and read its weights (safetensors, any precision).

        Raises
        ------
        MissingFileError, UnreadableFileError
            If there is no such file, or it does not hold this network's weights.
        MissingDependencyError
            If torch is not installed.
        """
        torch: Any = import_optional("torch", feature="the torch engine", install=_INSTALL)
        from oncologyai.models import read_weights
        from oncologyai.networks import build_network

        if not path.is_file():
            raise MissingFileError(str(path), expected="weights (.safetensors)", got="none")
        network: Any = build_network(name, **dict(arguments))
        own = network.state_dict()
        found = read_weights(path)
        wrong = [
            key for key in {*own, *found} if key not in found or key not in own or own[key].shape != found[key].shape
        ]
        if wrong:
            raise UnreadableFileError(
                str(path), expected=f"weights of {name}", got=f"{len(wrong)} that do not fit, such as {min(wrong)}"
            )
        network.load_state_dict({key: torch.from_numpy(found[key]).to(own[key].dtype) for key in own})
        return cls(network, **settings)

    def with_dropout(self, seed: int) -> TorchEngine:
        """Give an engine on the same network whose dropout is on, for one sample of Monte-Carlo dropout."""
        return TorchEngine(self.network, device=self.device, precision=self.precision, dropout_seed=seed)

    def infer(self, batch: np.ndarray, *, progress: Progress | None = None) -> np.ndarray:
        """Give logits; see ``Engine``."""
        torch = self._torch
        watcher = progress or Silent()
        check_cancelled(watcher)
        with memory_errors(f"a batch of {batch.shape}"), torch.inference_mode(), self._prepared(watcher):
            image: Any = torch.from_numpy(np.ascontiguousarray(batch, dtype=np.float32)).to(self._place)
            if self._format is not None:
                image = image.to(memory_format=self._format)
            mixed = self.precision != "f32"
            kind = getattr(torch, _TYPES[self.precision])
            with torch.autocast(self._place.type, dtype=kind if mixed else None, enabled=mixed):
                logits = self._run(image)
            return np.asarray(logits.float().cpu().numpy())

    @contextmanager
    def _prepared(self, watcher: Progress) -> Iterator[None]:
        """Ask for cancellation before every layer; turn dropout on where wanted, its numbers apart from all others."""
        hooks = [
            leaf.register_forward_pre_hook(lambda *_: check_cancelled(watcher))
            for leaf in self.network.modules()
            if not list(leaf.children())
        ]
        cards = [self._place] if self._place.type == "cuda" else []
        try:
            with self._torch.random.fork_rng(devices=cards, enabled=self.dropout_seed is not None):
                if self.dropout_seed is not None:
                    self._torch.manual_seed(self.dropout_seed)
                    _set_dropout(self.network, True)
                yield
        finally:
            _set_dropout(self.network, False)
            for hook in hooks:
                hook.remove()


def _set_dropout(network: torch.nn.Module, on: bool) -> None:
    for module in network.modules():
        if type(module).__name__.startswith("Dropout"):
            module.train(on)


def _channels_last(torch: Any, network: torch.nn.Module) -> Any:
    dims = {parameter.ndim for parameter in network.parameters()}
    if 4 in dims and 5 in dims:
        return None
    return torch.channels_last_3d if 5 in dims else torch.channels_last


def _usable_device(torch: Any, device: str) -> Any:
    try:
        place = torch.device(device)
    except RuntimeError as error:
        raise InputError("device", expected="cpu, cuda or cuda:N", got=device) from error
    if place.type == "cuda" and not torch.cuda.is_available():
        raise InputError("device", expected="a CUDA card that torch can use", got="none", remedy="take device cpu")
    return place
