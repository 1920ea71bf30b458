"""LoG and wavelet by torch give what the processor's filters give, to rounding; run on torch's CPU, and on a card."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from oncologyai.features import Accelerator
from oncologyai.features.filters import IMAGE_FILTERS, filtered_images

torch = pytest.importorskip("torch", reason="torch is not installed")

PLACES = [
    "cpu",
    pytest.param(
        "cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA card that torch can use")
    ),
]
SAMPLING = (2.5, 0.9, 1.1)
BOXES = {
    "whole": None,
    "inner": (slice(2, 5), slice(10, 20), slice(4, 9)),
    "corner": (slice(0, 3), slice(28, 31), slice(0, 1)),
}
CASES: list[tuple[str, dict[str, Any]]] = [
    ("LoG", {"sigma": [1.0, 2.0, 3.5]}),
    ("LoG", {"sigma": [40.0]}),  # too wide for the image: no image
    ("Wavelet", {}),
    ("Wavelet", {"wavelet": "db3", "level": 2}),
    ("Wavelet", {"wavelet": "haar", "level": 2, "start_level": 1}),
    ("Wavelet", {"force2D": True, "force2Ddimension": 0}),
    ("Wavelet", {"force2D": True, "force2Ddimension": 2, "level": 2}),
]


def an_image(kind: str) -> np.ndarray:
    """An image of even and odd sizes with a ramp, so that its borders differ."""
    noise = np.random.default_rng(1).normal(0, 100, (8, 31, 27)) + np.linspace(0, 300, 27)
    return noise.astype(kind)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("box", BOXES.values(), ids=BOXES)
@pytest.mark.parametrize(("name", "options"), CASES)
def test_values_are_those_of_the_processor(name, options, box, place) -> None:
    image = an_image("int16")
    expected = list(filtered_images(image, SAMPLING, name, options, box))
    found = list(filtered_images(image, SAMPLING, name, options, box, Accelerator(place)))
    assert [n for n, _ in found] == [n for n, _ in expected]
    for (_, ours), (_, theirs) in zip(found, expected, strict=True):
        assert ours.dtype == theirs.dtype == np.float64
        assert ours.shape == theirs.shape
        assert np.abs(ours - theirs).max() <= 1e-12 * np.ptp(image)


@pytest.mark.parametrize("kind", ["uint16", ">i2", "float32", "float64", "uint8", "int64"])
def test_every_type_that_an_image_may_have(kind) -> None:
    image = an_image("float64").clip(0, 255).astype(kind)
    image.setflags(write=False)
    (_, expected), *_ = filtered_images(image, SAMPLING, "Wavelet", {})
    (_, found), *_ = filtered_images(image, SAMPLING, "Wavelet", {}, None, Accelerator("cpu"))
    assert np.abs(found - expected).max() <= 1e-12 * 255


def test_other_filters_stay_on_the_processor(monkeypatch) -> None:
    assert [name for name, known in IMAGE_FILTERS.items() if known.apply_torch] == ["LoG", "Wavelet"]
    monkeypatch.setattr(torch, "from_numpy", None)
    ((name, _),) = filtered_images(an_image("int16"), SAMPLING, "Square", {}, None, Accelerator("cpu"))
    assert name == "square"


def test_a_shortage_in_mid_run_changes_no_value(monkeypatch) -> None:
    image, helper = an_image("int16"), Accelerator("cpu")
    expected = dict(filtered_images(image, SAMPLING, "LoG", {"sigma": [1.0, 2.0]}))
    images = filtered_images(image, SAMPLING, "LoG", {"sigma": [1.0, 2.0]}, None, helper)
    found = dict([next(images)])

    def short(*_: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(torch, "matmul", short)
    found |= dict(images)
    assert list(found) == list(expected)
    assert all(np.allclose(found[name], expected[name], rtol=0, atol=1e-9) for name in found)
    assert helper.notes == ["LoG images: the memory of cpu did not do; computed on the processor"]
