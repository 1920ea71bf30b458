"""A bone-scan training from configuration to exported networks."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.inference.onnx_engine import OnnxEngine
from oncologyai.models import write_weights
from oncologyai.training import BoneScanTraining, train_bonescan
from Testing.unit.training.bonescan_trial import trial_cases, trial_config, trial_picture


def _train(folder: Path, *, origins: list[str] | None = None, **changes: Any) -> BoneScanTraining:
    return train_bonescan(trial_config(**changes), trial_cases(), trial_picture, folder, origins=origins or [])


def test_every_member_is_exported_and_the_held_out_are_no_ones_to_learn_from(tmp_path: Path) -> None:
    made = _train(tmp_path / "run", members=2)
    assert made.finished and len(made.networks) == 2 and len(made.rows) == 2
    assert len(made.held_out) == 8 and not set(made.held_out) & set(made.learned)
    image = np.repeat(trial_picture(0)[None, None], 3, axis=1)
    one, other = (OnnxEngine(place / "maps.onnx", threads=1).infer(image) for place in made.networks)
    assert one.shape == (1, 8, 8, 8) and not np.array_equal(one, other)
    assert (tmp_path / "run" / "config.yaml").is_file()


def test_a_finished_training_is_not_done_again(tmp_path: Path) -> None:
    first = _train(tmp_path / "run")
    before = (first.networks[0] / "maps.onnx").stat().st_mtime_ns

    def never(place: int) -> np.ndarray:
        raise AssertionError(place)

    again = train_bonescan(trial_config(), trial_cases(), never, tmp_path / "run")
    assert again.rows == first.rows and (again.networks[0] / "maps.onnx").stat().st_mtime_ns == before


def test_a_stop_by_the_clock_leaves_no_network(tmp_path: Path) -> None:
    made = train_bonescan(trial_config(), trial_cases(), trial_picture, tmp_path / "run", minutes=0.0)
    assert not made.finished and made.networks == () and len(made.rows[0]) == 1
    assert _train(tmp_path / "run").finished


def test_a_base_that_is_not_the_one_named_is_refused(tmp_path: Path) -> None:
    write_weights({"features.0.weight": np.zeros((2, 2))}, tmp_path / "base.safetensors")
    base = {"path": str(tmp_path / "base.safetensors"), "what": "nothing", "sha256": "0" * 64}
    with pytest.raises(InputError, match="base: expected the file of SHA-256 0000"):
        _train(tmp_path / "run", base=base, widths=None, picture={"height": 64, "width": 32})


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    cases = trial_cases()
    with pytest.raises(InputError, match="every scan's name once"):
        train_bonescan(trial_config(), [*cases, cases[0]], trial_picture, tmp_path / "run")
