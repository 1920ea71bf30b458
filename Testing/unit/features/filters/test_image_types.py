"""Contracts of every filter: the box equals the whole, pyradiomics' values and names, bad input refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.features.filters import IMAGE_FILTERS, filtered_image_names, filtered_images

OPTIONS: dict[str, list[dict[str, Any]]] = {
    "LoG": [{"sigma": [1.0, 2.5]}],
    "Wavelet": [
        {},
        {"level": 2, "wavelet": "db3"},
        {"start_level": 1},
        {"force2D": True},
        {"force2D": True, "force2Ddimension": 2, "wavelet": "haar"},
    ],
    "Gradient": [{}, {"gradientUseSpacing": False}],
    "LBP2D": [{}, {"lbp2DRadius": 2.5, "lbp2DSamples": 12, "lbp2DMethod": "var", "force2Ddimension": 1}],
    "LBP3D": [{}, {"lbp3DLevels": 3, "lbp3DIcosphereRadius": 2, "lbp3DIcosphereSubdivision": 0}],
    "IBSIMean": [{"support": 5, "boundary": "zero"}, {"dimensions": 2, "boundary": "periodic"}],
    "IBSILoG": [{"sigma": 1.5}, {"sigma": 2, "dimensions": 2, "boundary": "nearest"}],
    "IBSILaws": [
        {},
        {"kernels": "L5E5", "rotation_invariance": True, "energy_distance": 4, "boundary": "periodic"},
        {"rotation_invariance": True, "energy_distance": 7, "pooling": "average"},
    ],
    "IBSIGabor": [{"theta": 0.7}, {"rotation_invariance": True, "theta_step": 1.5707963, "boundary": "zero"}],
    "IBSIWavelet": [{"rotation_invariance": True, "level": 2}, {"sub_band": "HL", "boundary": "periodic"}],
    "IBSISimoncelli": [{"level": 2}, {"dimensions": 2}],
    "IBSIRieszLoG": [{"sigma": 2.0, "order": [0, 1, 1]}],
    "IBSIRieszSimoncelli": [{}],
}
SAMPLING = (3.0, 0.977, 0.977)
CASES = [(name, options) for name in IMAGE_FILTERS for options in OPTIONS.get(name, [{}])]
BOXES = {
    "inside": (slice(8, 12), slice(20, 27), slice(18, 30)),
    "first corner": (slice(0, 3), slice(0, 5), slice(0, 4)),
    "last corner": (slice(20, 23), slice(36, 40), slice(40, 45)),
    "one voxel": (slice(9, 10), slice(3, 4), slice(44, 45)),
    "whole slices": (slice(5, 7), slice(None), slice(None)),
}


@pytest.fixture(scope="module")
def an_image() -> np.ndarray:
    generator = np.random.default_rng(5)
    return generator.normal(-100.0, 400.0, (23, 40, 45))


@pytest.fixture(scope="module")
def a_long_image() -> np.ndarray:
    """Longer than the reach of LoG along i, so that its box sees only a part."""
    return np.random.default_rng(6).normal(0.0, 300.0, (6, 8, 160))


@pytest.mark.parametrize("box", BOXES.values(), ids=BOXES)
@pytest.mark.parametrize(("name", "options"), CASES, ids=str)
def test_box_equals_the_whole_image(name: str, options: dict[str, Any], box: Any, an_image: np.ndarray) -> None:
    whole = dict(filtered_images(an_image, SAMPLING, name, options))

    part = dict(filtered_images(an_image, SAMPLING, name, options, box))

    assert list(part) == list(whole) == list(filtered_image_names(name, options))
    for prefix, values in part.items():
        assert values.dtype == np.float64
        assert np.abs(values - whole[prefix][box]).max() <= 1e-9 * max(np.ptp(whole[prefix]), np.ptp(an_image)), prefix


@pytest.mark.parametrize("start", [0, 70, 150])
def test_box_of_log_equals_the_whole_where_it_sees_a_part_only(start: int, a_long_image: np.ndarray) -> None:
    box = (slice(2, 4), slice(1, 7), slice(start, start + 10))
    options = {"sigma": [1.5, 3]}

    for (_, part), (_, whole) in zip(
        filtered_images(a_long_image, (1.0, 1.0, 1.0), "LoG", options, box),
        filtered_images(a_long_image, (1.0, 1.0, 1.0), "LoG", options),
        strict=True,
    ):
        assert np.abs(part - whole[box]).max() <= 1e-9 * np.ptp(a_long_image)


@pytest.mark.parametrize("kind", [np.int16, np.float32, np.uint8])
def test_other_types_of_values_are_taken(kind: type, an_image: np.ndarray) -> None:
    image = np.abs(an_image / 8).astype(kind)

    for name, options in CASES:
        for (_, one), (_, two) in zip(
            filtered_images(image, SAMPLING, name, options),
            filtered_images(image.astype(np.float64), SAMPLING, name, options),
            strict=True,
        ):
            np.testing.assert_array_equal(one, two)


def _by_pyradiomics(image: np.ndarray, name: str, options: dict[str, Any]) -> Iterator[tuple[str, np.ndarray]]:
    import SimpleITK as sitk

    operations = pytest.importorskip("radiomics.imageoperations", reason="pyradiomics is not installed")
    given = sitk.GetImageFromArray(image)
    given.SetSpacing(SAMPLING[::-1])
    mask = sitk.GetImageFromArray(np.ones(image.shape, np.uint8))
    for found, prefix, _ in getattr(operations, f"get{name}Image")(given, mask, **options):
        yield prefix, sitk.GetArrayFromImage(found).astype(np.float64)


@pytest.mark.filterwarnings("ignore:Applying `local_binary_pattern`:UserWarning")
@pytest.mark.parametrize(
    ("name", "options"), [c for c in CASES if c[0] != "LBP3D" and not c[0].startswith("IBSI")], ids=str
)
def test_whole_image_equals_pyradiomics(name: str, options: dict[str, Any], an_image: np.ndarray) -> None:
    expected = dict(_by_pyradiomics(an_image, name, options))

    found = dict(filtered_images(an_image, SAMPLING, name, options))

    assert list(found) == list(expected)
    single = name in {"LoG", "Gradient"}  # ITK stores these as float32
    for prefix, values in expected.items():
        tolerance = (2e-7 if single else 1e-12) * np.ptp(values)
        np.testing.assert_allclose(found[prefix], values, rtol=0, atol=tolerance, err_msg=prefix)


@pytest.mark.parametrize("name", ["Square", "SquareRoot", "Logarithm", "Exponential", "Gradient", "Wavelet"])
def test_image_of_zeros_stays_finite(name: str) -> None:
    for _, values in filtered_images(np.zeros((4, 5, 6)), SAMPLING, name, {}):
        expected = 1.0 if name == "Exponential" else 0.0
        np.testing.assert_array_equal(values, expected)


def test_log_gives_nothing_where_the_image_is_too_small() -> None:
    image = np.zeros((4, 9, 9))

    assert not list(filtered_images(image, (3.0, 1.0, 1.0), "LoG", {"sigma": [9.0]}))
    assert not list(filtered_images(image[:3], (3.0, 1.0, 1.0), "LoG", {"sigma": [1.0]}))
    assert [n for n, _ in filtered_images(image, (3.0, 1.0, 1.0), "LoG", {"sigma": [8, 12]})] == ["log-sigma-8-mm-3D"]


@pytest.mark.parametrize(
    ("name", "options", "argument"),
    [
        ("LoG", {"sigma": [0]}, "sigma"),
        ("LoG", {"sigma": ["x"]}, "sigma"),
        ("Wavelet", {"wavelet": "morl"}, "wavelet"),
        ("Wavelet", {"level": 0}, "level"),
        ("Wavelet", {"level": 1.5}, "level"),
        ("Wavelet", {"force2D": 1}, "force2D"),
        ("Wavelet", {"force2D": True, "force2Ddimension": 3}, "force2Ddimension"),
        ("Gradient", {"gradientUseSpacing": "no"}, "gradientUseSpacing"),
        ("LBP2D", {"lbp2DMethod": "none"}, "lbp2DMethod"),
        ("LBP2D", {"lbp2DSamples": 0}, "lbp2DSamples"),
        ("LBP3D", {"lbp3DLevels": 0}, "lbp3DLevels"),
        ("Sobel", {}, "imageType"),
        ("IBSIMean", {"support": 4}, "support"),
        ("IBSIMean", {"dimensions": 4}, "dimensions"),
        ("IBSIMean", {"boundary": "none"}, "boundary"),
        ("IBSILoG", {"sigma": -1}, "sigma"),
        ("IBSILaws", {"kernels": "L5X5"}, "kernels"),
        ("IBSILaws", {"rotation_invariance": True, "pooling": "sum"}, "pooling"),
        ("IBSIGabor", {"rotation_invariance": True, "theta_step": 1.0}, "theta_step"),
        ("IBSIGabor", {"orthogonal_planes": True}, "square pixels"),
        ("IBSIWavelet", {"sub_band": "LLX"}, "sub_band"),
        ("IBSIWavelet", {"wavelet": "none"}, "wavelet"),
        ("IBSISimoncelli", {"level": 0}, "level"),
        ("IBSIRieszLoG", {"order": [0, 0, 0]}, "order"),
    ],
)
def test_rejects_options_out_of_range(name: str, options: dict[str, Any], argument: str) -> None:
    with pytest.raises(InputError, match=argument):
        list(filtered_images(np.zeros((5, 6, 7)), SAMPLING, name, options))


@pytest.mark.parametrize(
    "box", [(slice(0, 9), slice(0, 2), slice(0, 2)), (slice(2, 2), slice(0, 2), slice(0, 2)), (slice(0, 2),) * 2]
)
def test_rejects_a_box_outside_the_image(box: Any) -> None:
    with pytest.raises(InputError, match="box"):
        filtered_images(np.zeros((5, 6, 7)), SAMPLING, "Square", {}, box)


def test_rejects_what_is_no_image() -> None:
    with pytest.raises(InputError, match="array"):
        filtered_images(np.zeros((5, 6)), SAMPLING, "Square", {})
    with pytest.raises(InputError, match="sampling_mm"):
        filtered_images(np.zeros((5, 6, 7)), (0.0, 1.0, 1.0), "Square", {})
