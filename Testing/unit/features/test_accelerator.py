"""Which device features are computed on, and what happens where its memory does not do."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from oncologyai.errors import InputError, MissingDependencyError
from oncologyai.features import Accelerator, find_accelerator


def test_the_processor_needs_no_torch(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert find_accelerator() == find_accelerator("cpu") == Accelerator("", [])
    assert find_accelerator().device == "cpu"


@pytest.mark.parametrize(("chosen", "place"), [("cpu", ""), ("cuda", "cuda")])
def test_auto_takes_a_card_where_there_is_one(monkeypatch, chosen, place) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr("oncologyai.features.accelerator.choose_device", lambda _: chosen)
    assert find_accelerator("auto").place == place


def test_a_card_that_is_not_there_is_refused(monkeypatch) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(InputError, match="^device: expected a CUDA card that torch can use as cuda, got 0 cards; take"):
        find_accelerator("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    assert find_accelerator("cuda:0").device == "cuda:0"
    with pytest.raises(InputError, match="as cuda:1, got 1 cards"):
        find_accelerator("cuda:1")


def test_other_devices_are_refused() -> None:
    with pytest.raises(InputError, match="^device: expected cpu, cuda, cuda:N or auto, got 'mps'"):
        find_accelerator("mps")


def test_a_card_without_torch_is_a_broken_installation(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(
        MissingDependencyError, match="^torch: expected to be installed for features on a graphics card"
    ):
        find_accelerator("cuda")


def test_where_memory_does_not_do_the_processor_goes_on_and_a_note_says_so() -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    helper = Accelerator("cpu")

    def short() -> str:
        raise RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")

    assert helper.try_first("maps of glcm", short, lambda: "loops") == "loops"
    assert helper.try_first("maps of glcm", short, lambda: "loops") == "loops"
    assert helper.try_first("maps of glcm", lambda: "card", lambda: "loops") == "card"
    assert helper.notes == ["maps of glcm: the memory of cpu did not do; computed on the processor"]


def test_images_given_before_the_shortage_are_not_given_again() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    helper = Accelerator("cpu")

    def short() -> Iterator[str]:
        yield "first, by the card"
        raise torch.OutOfMemoryError("CUDA out of memory.")

    found = list(helper.try_each("Wavelet images", short, lambda: iter(("first", "second", "third"))))
    assert found == ["first, by the card", "second", "third"]
    assert len(helper.notes) == 1
    assert list(helper.try_each("LoG images", lambda: iter("ab"), lambda: iter("cd"))) == ["a", "b"]


def test_other_errors_of_the_card_pass() -> None:
    def broken() -> str:
        raise RuntimeError("shapes differ")

    helper = Accelerator("cpu")
    with pytest.raises(RuntimeError, match="shapes differ"):
        helper.try_first("maps", broken, lambda: "loops")
    with pytest.raises(RuntimeError, match="shapes differ"):
        list(helper.try_each("images", lambda: (broken() for _ in "a"), lambda: iter("b")))
    assert not helper.notes
