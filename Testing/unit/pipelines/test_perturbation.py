"""Features after each perturbation of a case."""

import numpy as np
import pytest

from oncologyai.errors import CancelledError, EmptyMaskError, GeometryMismatchError
from oncologyai.features import FeatureSettings
from oncologyai.pipelines import PERTURBATION_COLUMNS, perturbed_features
from oncologyai.progress import Silent
from oncologyai.robustness import PerturbationConfig
from oncologyai.types import Mask, Table, Volume

SETTINGS = FeatureSettings(families=("shape", "firstorder"), bin_width=5.0)


def a_case() -> tuple[Volume, Mask]:
    k, j, i = np.meshgrid(*[np.arange(24)] * 3, indexing="ij")
    ball = (k - 12) ** 2 + (j - 12) ** 2 + (i - 12) ** 2 <= 36
    noise = np.random.default_rng(0).normal(0, 2, ball.shape)
    volume = Volume((50.0 * ball + noise).astype(np.float32), np.diag([2.0, 2.0, 2.0, 1.0]))
    return volume, Mask.on(volume, ball)


def column(table: Table, name: str) -> list:
    return [row[table.columns.index(name)] for row in table.rows]


def test_a_row_a_perturbation_with_what_was_drawn() -> None:
    table = perturbed_features(*a_case(), PerturbationConfig(count=3), SETTINGS, case="a")
    assert len(table.rows) == 3 and table.columns[: len(PERTURBATION_COLUMNS)] == PERTURBATION_COLUMNS
    assert column(table, "perturbation") == [1, 2, 3] and column(table, "reason") == [None] * 3
    assert len(set(column(table, "rotation_deg"))) == 3 and all(noise > 1 for noise in column(table, "noise"))


def test_the_volume_follows_what_was_drawn() -> None:
    table = perturbed_features(*a_case(), PerturbationConfig(chain="V", count=5), SETTINGS, case="a")
    count = np.count_nonzero(a_case()[1].array)
    expected = [round(count * (1 + share)) * 8.0 for share in column(table, "volume_share")]
    assert column(table, "original_shape_VoxelVolume") == pytest.approx(expected)


def test_what_is_lost_is_a_row_with_its_reason() -> None:
    volume, mask = a_case()
    one = np.zeros_like(mask.array)
    one[12, 12:14, 12:14] = True
    table = perturbed_features(
        volume, Mask.on(volume, one), PerturbationConfig(chain="T", count=12), SETTINGS, case="a"
    )
    lost = [reason for reason in column(table, "reason") if reason]
    assert 0 < len(lost) < 12
    place = table.columns.index("original_shape_VoxelVolume")
    assert all((row[place] is None) == bool(row[7]) for row in table.rows)


def test_bad_input_and_cancelling() -> None:
    volume, mask = a_case()
    with pytest.raises(EmptyMaskError, match="expected at least one voxel"):
        perturbed_features(volume, Mask.on(volume, np.zeros_like(mask.array)), case="a")
    with pytest.raises(GeometryMismatchError):
        perturbed_features(Volume(np.zeros((2, 2, 2)), np.eye(4)), mask, case="a")

    class Cancelled(Silent):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(CancelledError):
        perturbed_features(volume, mask, case="a", progress=Cancelled())
