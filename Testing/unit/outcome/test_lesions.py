"""Chains of lesions judge patients by their greatest lesion, at the threshold of training patients."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import (
    Chain,
    Impute,
    LogisticRegression,
    OutcomeData,
    assess_classes,
    folds,
    patient_maximum,
    validate,
    youden_threshold,
)

CHAIN = Chain("logistic", (Impute(),), LogisticRegression())


def lesions(patients=80, seed=0):
    rng = np.random.default_rng(seed)
    whose = rng.permutation(np.repeat(np.arange(patients), rng.integers(1, 6, patients)))
    x = rng.normal(size=(len(whose), 4))
    labels = x[:, 1] + 0.7 * rng.normal(size=len(whose)) > 1.0
    names = tuple(f"l{n}" for n in range(len(whose)))
    return OutcomeData(names, tuple("abcd"), x, labels, groups=tuple(f"p{n}" for n in whose))


def test_a_patient_is_his_greatest_lesion():
    data = lesions()
    splits = folds(data, 4, np.random.default_rng(0))
    judged = validate(CHAIN, data, splits)
    found, patients, whole = patient_maximum(judged, data, splits)
    assert len(patients) == len(set(data.groups)) == len(found.patients)
    said = dict(zip(judged.patients, judged.predictions, strict=True))
    for name, chance in zip(found.patients, found.predictions, strict=True):
        own = [n for n, group in enumerate(data.groups) if group == name]
        assert chance == max(said[data.patients[n]] for n in own)
        assert patients.labels[patients.patients.index(name)] == data.labels[own].max()
    assert sorted(np.concatenate([split.test for split in whole])) == list(range(len(patients)))
    assert found.score.value > 0.75 and "greatest" in found.name


def test_the_threshold_is_of_training_patients_not_of_lesions():
    data = lesions()
    splits = folds(data, 4, np.random.default_rng(0))
    judged = validate(CHAIN, data, splits)
    parts = patient_maximum(judged, data, splits)
    performance = assess_classes(*parts, samples=200)
    assert performance.rows == performance.patients == len(parts[1])
    assert performance.positives == parts[1].labels.sum() < data.labels.sum()
    train, said = parts[2][0].train, parts[0].training[0]
    names = [parts[1].patients[n] for n in train]
    own = {name: [] for name in names}
    for row, chance in zip(splits[0].train, judged.training[0], strict=True):
        own[data.groups[row]].append(chance)
    assert said.tolist() == [max(own[name]) for name in names]
    assert performance.thresholds[0] == youden_threshold(parts[1].labels[train], said)


def test_intervals_of_lesions_are_of_patients():
    """Every lesion thrice: as sure as once."""
    data = lesions()
    thrice = OutcomeData(
        tuple(f"{name} {k}" for k in range(3) for name in data.patients), data.names, np.tile(data.x, (3, 1)),
        np.tile(data.labels, 3), groups=data.groups * 3,
    )  # fmt: skip
    found = [validate(CHAIN, one, folds(one, 4, np.random.default_rng(0))).score.error for one in (data, thrice)]
    assert found[1] == pytest.approx(found[0], rel=0.1)


def test_rows_of_patients_have_no_lesions():
    data = lesions()
    alone = OutcomeData(data.patients, data.names, data.x, data.labels)
    splits = folds(alone, 4, np.random.default_rng(0))
    with pytest.raises(InputError, match="whose lesion each row is"):
        patient_maximum(validate(CHAIN, alone, splits), alone, splits)
    splits = folds(data, 4, np.random.default_rng(0))
    with pytest.raises(InputError, match="expected 4, those that were judged"):
        patient_maximum(validate(CHAIN, data, splits), data, splits[:3])
