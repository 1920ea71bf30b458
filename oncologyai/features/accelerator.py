"""Where the parts of features that gain from a graphics card are computed, and what could not be done there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from oncologyai._device import choose_device
from oncologyai._memory import is_shortage
from oncologyai._optional import import_optional
from oncologyai.errors import InputError

__all__ = ["Accelerator", "find_accelerator"]

_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Accelerator:
    """A place where torch computes, or none.

    Parameters
    ----------
    place : str
        torch's name of it, such as ``cuda``; empty: nothing but the compiled loops of the processor.
    notes : list of str
        What the card's memory did not do for and the processor did instead, as it happened.
    """

    place: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def device(self) -> str:
        """What provenance calls it."""
        return self.place or "cpu"

    def try_first(self, what: str, on_card: Callable[[], _Found], on_processor: Callable[[], _Found]) -> _Found:
        """Compute ``what`` on the card; where its memory does not do, on the processor, with a note."""
        try:
            return on_card()
        except (MemoryError, RuntimeError) as error:
            if not is_shortage(error):
                raise
        self._note(what)
        return on_processor()

    def try_each(
        self, what: str, on_card: Callable[[], Iterator[_Found]], on_processor: Callable[[], Iterator[_Found]]
    ) -> Iterator[_Found]:
        """Give what the card makes one after another; from where its memory does not do on, what the processor does."""
        given = 0
        try:
            for found in on_card():
                given += 1
                yield found
        except (MemoryError, RuntimeError) as error:
            if not is_shortage(error):
                raise
        else:
            return
        self._note(what)
        for number, found in enumerate(on_processor()):
            if number >= given:
                yield found

    def _note(self, what: str) -> None:
        """Note a shortage, and give back what torch keeps of the card's memory for later."""
        import torch

        if self.place.startswith("cuda"):
            torch.cuda.empty_cache()
        note = f"{what}: the memory of {self.place} did not do; computed on the processor"
        if note not in self.notes:
            self.notes.append(note)


def find_accelerator(device: str = "cpu") -> Accelerator:
    """Give the place for a device.

    Parameters
    ----------
    device : str
        ``cpu``; ``cuda`` or ``cuda:N``; or ``auto``: a CUDA card where torch is installed and sees one, else ``cpu``.

    Raises
    ------
    InputError
        If the device is none of these, or torch sees no such card.
    MissingDependencyError
        If a card is asked for and torch is not installed.
    """
    if device == "auto":
        device = choose_device("auto")
    if device == "cpu":
        return Accelerator()
    if not re.fullmatch(r"cuda(:\d+)?", device):
        raise InputError("device", expected="cpu, cuda, cuda:N or auto", got=repr(device))
    torch = import_optional("torch", feature="features on a graphics card", install="pip install 'oncologyai[gpu]'")
    number = int(device.partition(":")[2] or 0)
    cards = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if number >= cards:
        raise InputError(
            "device", expected=f"a CUDA card that torch can use as {device}", got=f"{cards} cards",
            remedy="take device cpu, or auto",
        )  # fmt: skip
    return Accelerator(device)
