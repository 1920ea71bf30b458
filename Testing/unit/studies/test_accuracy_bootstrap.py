"""Cases drawn again: the same as a loop that draws them one by one, and as scikit-learn's F1."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.metrics import roc_auc
from oncologyai.studies import Resampling
from oncologyai.studies.accuracy_bootstrap import bootstrap_accuracy, f1_score


def a_reader(count: int = 40, seed: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    truth = np.arange(count) % 2 == 0
    scores = np.clip(np.rint(generator.normal(1.5 * truth, 2.0)), -5, 5)
    return truth, scores, scores > 0


def test_every_draw_is_the_area_and_f1_of_the_cases_drawn():
    truth, scores, called = a_reader()
    found = bootstrap_accuracy(truth, scores, called, Resampling(100, seed=9))
    counts = np.random.default_rng(9).multinomial(40, np.full(40, 1 / 40), size=100)
    for auc, f1, count in zip(found.auc, found.f1, counts, strict=True):
        drawn = np.repeat(np.arange(40), count)
        assert auc == pytest.approx(roc_auc(truth[drawn].tolist(), scores[drawn].tolist()), abs=1e-12)
        assert f1 == pytest.approx(f1_score(truth[drawn], called[drawn]), abs=1e-12)


def test_f1_is_that_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")
    truth, _, called = a_reader()
    assert f1_score(truth, called) == pytest.approx(metrics.f1_score(truth, called), abs=1e-15)


def test_what_is_not_defined_is_nan():
    none = np.zeros(0)
    empty = bootstrap_accuracy(none.astype(bool), none, none.astype(bool))
    assert np.isnan(empty.auc).all() and len(empty.f1) == 2000
    one = bootstrap_accuracy(np.array([True, True]), np.array([1.0, 2.0]), np.array([False, False]))
    assert np.isnan(one.auc).all() and (one.f1 == 0).all()
    assert np.isnan(f1_score(np.array([False]), np.array([False])))
    rare = bootstrap_accuracy(np.arange(6) == 0, np.arange(6.0), np.arange(6) == 0)
    assert 0.2 < np.isnan(rare.auc).mean() < 0.5, "draws without the one positive"


def test_rejects_scores_that_are_missing():
    truth, scores, called = a_reader()
    with pytest.raises(InputError, match="scores: expected 40 numbers"):
        bootstrap_accuracy(truth, scores[:3], called)
    with pytest.raises(InputError, match="finite numbers"):
        bootstrap_accuracy(truth, np.where(scores > 2, np.nan, scores), called)
