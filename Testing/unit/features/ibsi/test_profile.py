"""Every feature of the IBSI's tables: digital phantom, configurations A to E, responses of chapter 2's filters."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from oncologyai.errors import EmptyMaskError, GeometryMismatchError, InputError
from oncologyai.features.ibsi import IbsiSettings, digital_phantom, ibsi_features
from oncologyai.types import Mask, Volume


def _reference() -> ModuleType:
    path = Path(__file__).parents[3] / "reference" / "ibsi_reference.py"
    spec = importlib.util.spec_from_file_location("ibsi_reference", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["ibsi_reference"] = module
    spec.loader.exec_module(module)
    return module


REFERENCE = _reference()
_QUICK = [test for test in REFERENCE.CHAPTER_2["filters"] if test.endswith("A") or test == "1.B"]
_SLOW = [test for test in REFERENCE.CHAPTER_2["filters"] if test not in _QUICK]


@pytest.mark.parametrize("configuration", REFERENCE.CHAPTER_1["configurations"])
def test_every_feature_of_chapter_1_is_within_tolerance_or_named(configuration: str, shared_data: Path) -> None:
    rows = list(REFERENCE.compare_chapter_1(shared_data / "ibsi", configuration))

    outside = {row.tag for row in rows if row.within is False}
    assert outside == set(REFERENCE.CHAPTER_1["outside"].get(configuration, {}))
    assert sum(row.within is True for row in rows) >= 208


@pytest.mark.parametrize("test", [*_QUICK, *[pytest.param(test, marks=pytest.mark.slow) for test in _SLOW]])
def test_statistics_of_responses_are_within_tolerance(test: str, shared_data: Path) -> None:
    rows = list(REFERENCE.compare_chapter_2(shared_data / "ibsi", test))

    assert len(rows) == 18
    assert [row.tag for row in rows if row.within is False] == []


def test_moving_the_region_changes_nothing() -> None:
    generator = np.random.default_rng(4)
    image = generator.normal(50, 200, (14, 15, 16)).round()
    inside = np.zeros(image.shape, dtype=bool)
    inside[3:8, 3:9, 3:9] = generator.random((5, 6, 6)) < 0.8
    settings = IbsiSettings(bin_count=16, dimensions=("2D", "2.5D", "3D"))
    found = []
    for shift in (0, 3):
        volume = Volume(np.roll(image, shift, (0, 1, 2)), np.diag([2.0, 2.0, 3.0, 1.0]))
        mask = Mask.on(volume, np.roll(inside, shift, (0, 1, 2)))
        found.append(ibsi_features(volume, mask, settings))

    for tag, value in found[0].items():
        if not tag.startswith("loc_"):  # its sphere sees what lies around, and the border
            assert found[1][tag] == pytest.approx(value, rel=1e-9, abs=1e-9), tag


def test_autocorrelation_is_that_of_all_pairs() -> None:
    generator = np.random.default_rng(9)
    image = generator.normal(0, 10, (5, 6, 7))
    inside = generator.random(image.shape) < 0.6
    volume = Volume(image, np.diag([1.0, 2.0, 3.0, 1.0]))
    values = image[inside] - image[inside].mean()
    places = np.argwhere(inside) * np.array([3.0, 2.0, 1.0])
    distance = np.linalg.norm(places[:, None] - places[None], axis=-1)
    weights = np.divide(1.0, distance, out=np.zeros_like(distance), where=distance > 0)
    count, squares = len(values), np.sum(values**2)

    found = ibsi_features(volume, Mask.on(volume, inside))

    moran = count / weights.sum() * (values @ weights @ values) / squares
    geary = (count - 1) / (2 * weights.sum()) * np.sum(weights * (values[:, None] - values[None]) ** 2) / squares
    assert found["morph_moran_i"] == pytest.approx(moran, rel=1e-9)
    assert found["morph_geary_c"] == pytest.approx(geary, rel=1e-9)


@pytest.mark.parametrize("kind", ["one voxel", "one slice", "constant", "apart", "at the border"])
def test_small_and_odd_regions_have_values_or_nan(kind: str) -> None:
    image = np.random.default_rng(1).normal(0, 100, (5, 6, 7))
    inside = np.zeros(image.shape, dtype=bool)
    inside[
        {
            "one voxel": (2, 3, 3),
            "one slice": (2, slice(1, 5), slice(2, 6)),
            "constant": (slice(1, 4), slice(1, 4), slice(1, 4)),
            "apart": (slice(0, 5, 2), slice(0, 6, 3), slice(0, 7, 3)),
            "at the border": (slice(0, 2), slice(None), slice(None)),
        }[kind]
    ] = True
    if kind == "constant":
        image[:] = 7.0
    volume = Volume(image, np.diag([1.0, 1.0, 2.0, 1.0]))

    found = ibsi_features(volume, Mask.on(volume, inside), IbsiSettings(dimensions=("2D", "2.5D", "3D")))

    assert found["stat_mean"] == pytest.approx(image[inside].mean())
    assert all(isinstance(value, float) for value in found.values())
    assert np.isfinite([found[tag] for tag in ("morph_volume", "ih_entropy", "szm_z_perc_3D", "ngl_dc_perc_3D")]).all()


def test_rejects_what_cannot_be_computed() -> None:
    volume, mask = digital_phantom()
    with pytest.raises(EmptyMaskError, match="range of values"):
        ibsi_features(volume, mask, IbsiSettings(range=(100.0, 200.0)))
    with pytest.raises(EmptyMaskError, match="at least one voxel"):
        ibsi_features(volume, Mask.on(volume, np.zeros(volume.shape, dtype=bool)))
    with pytest.raises(InputError, match="grey levels"):
        ibsi_features(volume, mask, IbsiSettings(bin_width=0.001, bin_count=None))
    with pytest.raises(GeometryMismatchError):
        ibsi_features(volume, Mask(mask.array, np.diag([1.0, 1.0, 1.0, 1.0])))
    with pytest.raises(InputError, match="finite"):
        ibsi_features(volume.with_array(np.full(volume.shape, np.nan)), mask)


@pytest.mark.parametrize(
    ("values", "argument"),
    [
        ({"interpolation": "nearest"}, "interpolation"),
        ({"spacing_mm": (0.0, 1.0, 1.0)}, "spacing_mm"),
        ({"range": (2.0, 1.0)}, "range"),
        ({"outlier_sigma": 0.0}, "outlier_sigma"),
        ({"bin_width": 1.0}, "bin_width"),
        ({"bin_count": None}, "bin_width"),
        ({"bin_count": 0}, "bin_count"),
        ({"dimensions": ("4D",)}, "dimensions"),
        ({"image_filter": "Wavelet"}, "filter_options"),
        ({"image_filter": "none"}, "imageType"),
    ],
)
def test_rejects_settings_out_of_range(values: dict, argument: str) -> None:
    with pytest.raises(InputError, match=argument):
        IbsiSettings(**values)
