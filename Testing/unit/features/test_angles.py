import numpy as np
import pytest

from oncologyai.features import FeatureSettings
from oncologyai.features.angles import angle_weights, neighbour_angles


@pytest.mark.parametrize(("distances", "number"), [((1,), 13), ((2,), 49), ((1, 2), 62)])
def test_one_of_each_pair_of_opposite_directions(distances, number) -> None:
    angles = neighbour_angles(FeatureSettings(distances=distances))
    both = {tuple(a) for a in angles} | {tuple(-a) for a in angles}
    assert len(angles) == number
    assert len(both) == 2 * number
    assert {max(abs(int(step)) for step in angle) for angle in both} == set(distances)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_no_direction_leaves_the_plane(axis) -> None:
    angles = neighbour_angles(FeatureSettings(force_2d=True, force_2d_dimension=axis))
    assert len(angles) == 4
    assert not angles[:, axis].any()


def test_lengths_by_each_norm() -> None:
    angles = np.array([[0, 3, -4]])
    lengths = [angle_weights(angles, (9.0, 1.0, 1.0), norm)[0] for norm in ("infinity", "euclidean", "manhattan")]
    assert lengths == [4.0, 5.0, 7.0]
