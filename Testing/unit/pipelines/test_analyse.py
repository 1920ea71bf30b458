"""The whole chain finds, measures and describes a ball."""

import math

import numpy as np
import pytest

from oncologyai.errors import CancelledError, InputError, OutsideImageError
from oncologyai.metrics import compare_masks
from oncologyai.pipelines import AnalyseConfig, SegmentConfig, analyse, hash_image, segment
from oncologyai.types import Mask, Point, Table, Volume

Ball = tuple[Volume, Mask, Point]
RADIUS_MM = 12.0


def value(table: Table, name: str) -> float:
    (found,) = [row for row in table.rows if row[1] == name]
    return float(found[2])  # type: ignore[arg-type]


def test_ball_is_found_measured_and_described(a_ball: Ball) -> None:
    volume, truth, seed = a_ball
    result = analyse(volume, [seed])
    (mask,) = result.masks
    assert compare_masks(truth, mask)["dice"] > 0.93
    assert value(result.measurements, "Volume") == pytest.approx(mask.volume_ml)
    assert value(result.measurements, "Volume") == pytest.approx(4 / 3 * math.pi * RADIUS_MM**3 / 1000, rel=0.12)
    assert value(result.measurements, "Long axis") == pytest.approx(2 * RADIUS_MM, abs=3.0)
    assert [line.name for line in result.lines] == ["GTV-1 long axis", "GTV-1 short axis"]
    sphericity = result.features.columns.index("original_shape_Sphericity")
    assert float(result.features.rows[0][sphericity]) > 0.8  # type: ignore[arg-type]


def test_provenance_tells_versions_settings_hash_and_seconds(a_ball: Ball) -> None:
    volume, _, seed = a_ball
    provenance = analyse(volume, [seed]).provenance
    assert {"oncologyai", "python", "numpy"} <= set(provenance.versions)
    assert provenance.settings["inside"] == [seed.ras]
    assert provenance.inputs_sha256 == {"image": hash_image(volume)}
    assert list(provenance.seconds) == ["segment", "measure", "features"]


def test_two_runs_give_the_same_voxels_and_numbers(a_ball: Ball) -> None:
    volume, _, seed = a_ball
    first, second = analyse(volume, [seed]), analyse(volume, [seed])
    assert np.array_equal(first.masks[0].array, second.masks[0].array)
    assert (first.measurements, first.features) == (second.measurements, second.features)


def test_analyse_and_segment_give_the_same_voxels(a_ball: Ball) -> None:
    volume, _, seed = a_ball
    config = SegmentConfig(max_distance_mm=20.0)
    alone = segment(volume, [seed], config=config).mask
    whole = analyse(volume, [seed], config=AnalyseConfig(segment=config)).masks[0]
    assert np.array_equal(alone.array, whole.array)


def test_errors_come_before_any_work(a_ball: Ball) -> None:
    volume, _, _ = a_ball
    with pytest.raises(InputError, match="inside"):
        segment(volume, [])
    with pytest.raises(OutsideImageError, match="500"):
        segment(volume, [Point("a", (500.0, 0.0, 0.0))])


def test_cancel_ends_the_chain(a_ball: Ball) -> None:
    volume, _, seed = a_ball

    class Impatient:
        def stage(self, name: str, share: float) -> None:
            assert 0 <= share <= 1

        def cancelled(self) -> bool:
            return True

    with pytest.raises(CancelledError):
        analyse(volume, [seed], progress=Impatient())
