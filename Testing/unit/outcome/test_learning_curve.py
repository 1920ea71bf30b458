"""More patients to learn from: better where there is something to learn, chance where there is not."""

import numpy as np
import pytest

from oncologyai.errors import CancelledError, InputError
from oncologyai.outcome import Chain, Impute, LogisticRegression, OutcomeData, Standardise, learning_curve

CHAIN = Chain("logistic", (Impute(), Standardise()), LogisticRegression())


def cohort(*, strength, patients=60, features=12, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(patients, features))
    labels = (strength * x[:, :4].sum(axis=1) + rng.normal(0, 1, patients) > 0.5).astype(int)
    names = tuple(f"f{n}" for n in range(features))
    return OutcomeData(tuple(f"P{n}" for n in range(patients)), names, x, labels)


def test_grows_with_the_patients_learned_from():
    points = learning_curve(CHAIN, cohort(strength=1.5), (8, 16, 44), repeats=4)
    assert [point.patients for point in points] == [8, 16, 44]
    assert points[0].score.value < points[-1].score.value > 0.8
    for point in points:
        assert 2 <= point.events <= point.patients - 2
        assert point.score.low < point.score.value < point.score.high
        assert point.low_draw <= point.high_draw


def test_noise_stays_at_chance():
    (point,) = learning_curve(CHAIN, cohort(strength=0.0, seed=3), (40,), repeats=4)
    assert abs(point.score.value - 0.5) < 3 * point.score.error


def test_the_same_seed_gives_the_same_curve():
    data = cohort(strength=1.0)
    first, again = (learning_curve(CHAIN, data, (12,), repeats=2, seed=5)[0].score.value for _ in range(2))
    assert first == again


def test_refuses_more_patients_than_a_fold_leaves_and_ends_when_cancelled():
    data = cohort(strength=1.0)
    for sizes in ((49,), (3,)):
        with pytest.raises(InputError, match="sizes"):
            learning_curve(CHAIN, data, sizes)
    with pytest.raises(InputError, match="at least one"):
        learning_curve(CHAIN, data, ())

    class Cancelled:
        def stage(self, name, share):
            pass

        def cancelled(self):
            return True

    with pytest.raises(CancelledError):
        learning_curve(CHAIN, data, (12,), progress=Cancelled())
