"""Presets as JSON."""

import json

import numpy as np
import pytest

from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.harmonize import (
    PRESETS,
    STEPS,
    CohortStep,
    fit_next,
    harmonize,
    is_fitted,
    load_preset,
    measure_next,
    preset_from_mapping,
    preset_names,
    preset_to_mapping,
)
from oncologyai.types import Mask, Volume


@pytest.fixture
def a_head() -> tuple[Volume, Mask]:
    """A T1-like head of two tissues, and its brain."""
    k, j, i = np.meshgrid(*[np.linspace(-1, 1, n) for n in (8, 40, 40)], indexing="ij")
    brain = j**2 + i**2 + 0.5 * k**2 < 0.6
    values = 300.0 * brain + 200.0 * (brain & (np.abs(i) < 0.35)) + 5.0
    values += np.random.default_rng(0).normal(0, 1, values.shape) * (1 + 15 * brain)
    volume = Volume(values.clip(1).astype(np.float32), np.diag([-1.5, -1.5, 4.0, 1.0]), "MR")
    return volume, Mask.on(volume, brain, "brain")


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_survives_json(name):
    preset = load_preset(name)
    assert preset.name == name and preset.description
    assert preset_from_mapping(json.loads(json.dumps(preset_to_mapping(preset)))) == preset


@pytest.mark.parametrize("name", [n for n in preset_names() if n not in PRESETS])
def test_every_preset_of_a_paper_runs_when_it_is_fitted(a_head, name):
    volume, brain = a_head
    preset = load_preset(name)
    if not is_fitted(preset):
        with pytest.raises(InputError, match="fit the preset on the training cohort first"):
            harmonize(volume, preset, region=brain)
        preset = fit_next(preset, [measure_next(volume, preset, region=brain)])
    found = harmonize(volume, preset, region=brain).volume
    assert is_fitted(preset) and np.isfinite(found.array).all()
    if name.startswith("ch3"):
        assert found.spacing_mm == pytest.approx((0.449, 0.449, 5.5))
        assert found.array.mean(dtype=np.float64) == pytest.approx(0, abs=1e-4)
        assert found.array.std(dtype=np.float64) == pytest.approx(1, abs=1e-4)
    elif name.endswith("-deep"):
        assert found.shape == (64, 256, 256)
        if "harmonization" not in name:
            assert found.array.min() == 0 and found.array.max() == 255
    else:
        assert found.spacing_mm == pytest.approx((1, 1, 1))


def test_a_fitted_preset_is_a_preset_file(a_head, tmp_path):
    volume, brain = a_head
    preset = load_preset("ch4-harmonization")
    louder = volume.with_array(volume.array * np.float32(2.0))
    fitted = fit_next(preset, [measure_next(v, preset, region=brain) for v in (volume, louder)])
    path = tmp_path / "fitted.json"
    path.write_text(json.dumps(preset_to_mapping(fitted)))
    assert load_preset(str(path)) == fitted
    one, other = (harmonize(v, fitted, region=brain).volume.array for v in (volume, louder))
    assert np.abs(one - other).max() < 0.02 * np.ptp(one)
    with pytest.raises(InputError, match="none that is not fitted"):
        fit_next(fitted, [])
    with pytest.raises(InputError, match="none that is not fitted"):
        measure_next(volume, fitted)


def test_steps_of_a_cohort_are_told_from_others():
    chain = load_preset("ch3-glioblastoma").steps
    assert [type(step).__name__ for step in chain if isinstance(step, CohortStep)] == ["NormaliseCohortZScore"]
    assert {name for name, step in STEPS.items() if hasattr(step, "measure")} == {
        "MatchCohortHistogram",
        "NormaliseCohortZScore",
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"steps": []}, "preset: expected a name and a list of steps"),
        ({"name": "a", "steps": [], "stesp": 1}, "preset: expected one of description"),
        ({"name": "a", "steps": [{"step": "Blur"}]}, "step 1: expected one of AttenuateOutside"),
        ({"name": "a", "steps": ["Denoise"]}, "step 1: expected a mapping"),
        ({"name": "a", "steps": [{"step": "Denoise", "sise": 3}]}, "step 1, Denoise: expected one of method, size"),
        ({"name": "a", "steps": [{"step": "Denoise", "size": -3}]}, "size: expected a number above 0"),
        ({"name": "a", "steps": [{"step": "ResizeToShape"}]}, "step 1, ResizeToShape: expected its settings"),
    ],
)
def test_wrong_presets_are_told(content, message):
    with pytest.raises(InputError, match=message):
        preset_from_mapping(content)


def test_names_and_files_that_are_not_there(tmp_path):
    with pytest.raises(InputError, match="preset: expected one of ch3-glioblastoma"):
        load_preset("ch5")
    with pytest.raises(MissingFileError, match="no such file"):
        load_preset(str(tmp_path / "none.json"))
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(UnreadableFileError, match="a preset in JSON"):
        load_preset(str(tmp_path / "bad.json"))
