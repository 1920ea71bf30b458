"""Several processes that train one network, started by torch's launcher; alone, everything here does nothing.

``torchrun --nproc-per-node N -m oncologyai train ...`` starts N processes, a graphics card each, or N on the CPU. Every
process holds the whole network, draws its share of each batch, and gets the gradients of the whole batch.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from oncologyai.errors import CancelledError, InputError

__all__ = ["World", "choose_device", "is_launched", "is_leader", "join_world"]

_PATIENCE = timedelta(days=1)  # the others wait while one prepares cases; who dies is missed at once, not after this

Item = TypeVar("Item")


@dataclass(frozen=True)
class World:
    """The processes of a training and this one's place among them.

    Attributes
    ----------
    rank : int
        0 is the leader, which alone writes files and tells of its progress.
    size : int
        How many there are.
    device : str
        This one's, such as ``cpu`` or ``cuda:1``.
    """

    rank: int = 0
    size: int = 1
    device: str = "cpu"

    @property
    def leads(self) -> bool:
        """Whether this is the process that writes files."""
        return self.rank == 0

    def wrap(self, network: nn.Module) -> nn.Module:
        """Give the network whose backward pass averages gradients over the processes; alone, the network itself."""
        if self.size == 1:
            return network
        places = None if self.device == "cpu" else [torch.device(self.device)]
        return DistributedDataParallel(network, device_ids=places)

    def share(self, items: Sequence[Item]) -> Sequence[Item]:
        """Give this process's part of a list: neighbours, as many as the others get, where the size divides it."""
        first, last = (len(items) * place // self.size for place in (self.rank, self.rank + 1))
        return items[first:last]

    def any(self, *flags: bool) -> tuple[bool, ...]:
        """Tell of each flag whether it is set in any process."""
        if self.size == 1:
            return flags
        found = torch.tensor(flags, dtype=torch.uint8)
        distributed.all_reduce(found, distributed.ReduceOp.MAX)
        return tuple(bool(flag) for flag in found)

    def mean(self, number: float) -> float:
        """Average a number over the processes."""
        if self.size == 1:
            return number
        total = torch.tensor(number, dtype=torch.float64)
        distributed.all_reduce(total)
        return float(total) / self.size

    def united(self, found: Mapping[str, float]) -> dict[str, float]:
        """Put together what each process found, by name."""
        if self.size == 1:
            return dict(found)
        parts: list[dict[str, float]] = [{} for _ in range(self.size)]
        distributed.all_gather_object(parts, dict(found))
        return {name: value for part in parts for name, value in part.items()}

    def follow(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """Take over the leader's values, in place."""
        if self.size > 1:
            for _, value in sorted(tensors.items()):
                distributed.broadcast(value, 0)

    def wait(self) -> None:
        """Wait until every process has come here."""
        if self.size > 1:
            distributed.all_reduce(torch.zeros(1))


def is_leader() -> bool:
    """Tell whether this process writes files: always, but for those of the launcher that are not its first."""
    return not is_launched() or os.environ["RANK"] == "0"


@contextmanager
def join_world(device: str) -> Iterator[World]:
    """Join the processes that torch's launcher started; without it, this one is all.

    Parameters
    ----------
    device : str
        ``auto``, ``cpu``, ``cuda``; alone also one card, such as ``cuda:1``.

    Yields
    ------
    World

    Raises
    ------
    InputError
        If there is no such device, or there are more processes than cards.
    CancelledError
        If another process ended while this one waited for it.
    """
    if not is_launched():
        yield World(device=choose_device(device))
        return
    rank, size, local = (int(os.environ[name]) for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK"))
    place = choose_device(device, local=local if size > 1 else None)
    if place != "cpu":
        torch.cuda.set_device(place)
    distributed.init_process_group("gloo" if place == "cpu" else "cpu:gloo,cuda:nccl", timeout=_PATIENCE)
    try:
        yield World(rank, size, place)
    except RuntimeError as error:
        if size > 1 and _is_of_a_peer(error):
            raise CancelledError("another process of this training ended; its own message says why") from error
        raise
    # not after an error: the others may be gone, and this process ends too
    distributed.destroy_process_group()


def choose_device(name: str, *, local: int | None = None) -> str:
    """Give the device that a name means here.

    Parameters
    ----------
    name : str
        ``auto`` is a graphics card where there is one.
    local : int, optional
        The number of this process on its machine, where there are several: each takes the card of its number.

    Raises
    ------
    InputError
        If there is no such device.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    known = False
    with contextlib.suppress(RuntimeError):
        known = torch.device(name).type == "cpu" or torch.cuda.is_available()
    if not known:
        raise InputError("device", expected="a device that is there: cpu, or cuda with a card", got=name)
    if local is None or torch.device(name).type == "cpu":
        return name
    if torch.device(name).index is not None:
        raise InputError("device", expected="cpu, cuda or auto for several processes", got=name)
    cards = torch.cuda.device_count()
    if local >= cards:
        raise InputError("--nproc-per-node", expected=f"at most the {cards} cards of this machine", got="more")
    return f"cuda:{local}"


def is_launched() -> bool:
    """Tell whether torch's launcher started this process."""
    return distributed.is_available() and distributed.is_torchelastic_launched()


def _is_of_a_peer(error: RuntimeError) -> bool:
    kinds = (distributed.DistBackendError, distributed.DistNetworkError)
    return isinstance(error, kinds) or "gloo" in str(error).lower() or "by peer" in str(error).lower()
