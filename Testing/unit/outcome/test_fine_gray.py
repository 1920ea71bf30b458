"""Fine and Gray's model at the end of a chain."""

import json

import numpy as np
import pytest

from oncologyai.outcome import FineGray, FollowUp, OutcomeData, fit_fine_gray
from oncologyai.outcome.learners import learner


def a_table(seed=0, patients=150):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(patients, 2))
    first, second = rng.exponential(np.exp(-x[:, 0])), rng.exponential(1.0, patients)
    codes = np.where(rng.random(patients) < 0.15, 0, np.where(first < second, 1, 2))
    return OutcomeData(
        tuple(map(str, range(patients))), ("a", "b"), x, FollowUp(np.minimum(first, second), codes), sources=("c", "c")
    )


def test_is_the_model_of_the_features_as_they_come():
    data = a_table()
    fitted = FineGray().fit(data, np.random.default_rng(0))
    expected = fit_fine_gray(data.x, data.follow_up)
    assert fitted.told()["coefficients"] == pytest.approx(expected.coefficients.tolist())
    assert fitted.predict(data).mean() == pytest.approx(0.0, abs=1e-12)
    names, x = fitted.covariates(data)
    assert names == ("a", "b") and x is data.x
    json.dumps(fitted.told())


def test_study_files_call_it_by_name():
    fitted = learner("fine-gray").fit(a_table(), np.random.default_rng(0))
    assert fitted.scale == "subdistribution" and fitted.told()["model"]["kind"] == "fine-gray"
