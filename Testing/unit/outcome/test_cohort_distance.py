"""Distances from a cohort: those of Mahalanobis, and new patients of the same kind are as far as they should be."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import distance_of, learn_distance


def test_a_patient_at_the_mean_is_nearest_and_the_distance_grows_along_a_line():
    x = np.random.default_rng(0).normal(size=(80, 3))
    cohort = learn_distance(x)
    line = x.mean(axis=0) + np.arange(5)[:, None] * np.array([1.0, -0.5, 0.2])
    distance, nearer = distance_of(line, cohort)
    assert distance[0] == pytest.approx(0.0, abs=1e-6)
    assert (np.diff(distance) > 0).all()
    assert nearer[0] == 0.0 and nearer[-1] == 1.0


def test_it_counts_deviations_whatever_the_scale():
    x = np.random.default_rng(1).normal(size=(60, 2))
    scale = np.array([1.0, 1000.0])
    one, two = learn_distance(x), learn_distance(x * scale)
    point = np.array([[1.0, 2.0]])
    assert distance_of(point, one)[0][0] == pytest.approx(distance_of(point * scale, two)[0][0], rel=1e-4)


def test_new_patients_of_the_same_kind_are_not_called_far_too_often():
    rng = np.random.default_rng(2)
    mix = rng.normal(size=(12, 12))
    far = []
    for _ in range(20):
        x = rng.normal(size=(240, 12)) @ mix
        cohort = learn_distance(x[:40])
        far.append((distance_of(x[40:], cohort)[1] > 0.95).mean())
    assert np.mean(far) < 0.12, "measured from themselves, forty patients would call a third of new ones far"


def test_too_few_patients_and_a_constant_feature_are_refused():
    with pytest.raises(InputError, match="at least 4"):
        learn_distance(np.zeros((3, 2)))
    with pytest.raises(InputError, match="the same for all"):
        learn_distance(np.zeros((9, 2)))
