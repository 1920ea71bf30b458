"""The chain of ch. 4: chance on noise where it is honest, not as published; lesions judged as patients."""

import json

import numpy as np

from oncologyai.outcome import (
    OutcomeData,
    RadiationEffectsChain,
    assess_classes,
    folds,
    leaking,
    patient_maximum,
    validate,
)

CHAIN = RadiationEffectsChain(rounds=15)


def noise(features=2000, patients=120, seed=0):
    rng = np.random.default_rng(seed)
    names = tuple(f"f{n}" for n in range(features))
    x = rng.normal(size=(patients, features))
    return OutcomeData(tuple(map(str, range(patients))), names, x, rng.random(patients) < 0.4)


def lesions(patients=120, seed=0):
    """One to four lesions a patient, with radiomics, what a network says, and the patient's own clinical data."""
    rng = np.random.default_rng(seed)
    whose = np.repeat(np.arange(patients), rng.integers(1, 5, patients))
    n = len(whose)
    x = np.concatenate(
        [rng.normal(size=(n, 12)), rng.normal(size=(n, 4)), rng.normal(size=(patients, 3))[whose]], axis=1
    )
    labels = x[:, 2] + x[:, 13] + 0.7 * x[:, 17] + rng.normal(0, 0.5, n) > 1.2
    sources = ("radiomics",) * 12 + ("deep",) * 4 + ("clinical",) * 3
    x[:, 5] *= 0.05  # varies by less than 0.01
    x[::7, 17] = np.nan
    names = tuple(f"{source}{k}" for k, source in enumerate(sources))
    groups = tuple(f"p{k}" for k in whose)
    return OutcomeData(tuple(f"l{k}" for k in range(n)), names, x, labels, None, sources, groups)


def test_2000_features_of_noise_give_chance():
    data = noise()
    found = validate(CHAIN, data, folds(data, 3, np.random.default_rng(0)))
    assert abs(found.score.value - 0.5) < 3 * found.score.error


def test_as_published_the_same_noise_looks_like_an_effect():
    data = noise()
    chain, seen = leaking(CHAIN, data, np.random.default_rng(0))
    found = validate(chain, seen, folds(seen, 3, np.random.default_rng(0)))
    assert found.score.low > 0.55 and "leaking: as published" in found.name


def test_combined_sources_foretell_lesions_and_patients():
    data = lesions()
    splits = folds(data, 3, np.random.default_rng(0))
    judged = validate(CHAIN, data, splits)
    alone = data.of_source("radiomics")
    radiomics = validate(CHAIN, alone, splits)
    assert judged.score.value > radiomics.score.value > 0.6
    found = assess_classes(*patient_maximum(judged, data, splits), samples=100)
    assert found.rows == 120 and found.auc.value > 0.7
    told = judged.told[0]
    assert {"radiomics2", "deep13"} <= set(told["kept"]) and "radiomics5" not in told["kept"]
    assert told["patients"] < 120  # patients, not lesions
    json.dumps(judged.told)


def test_scaling_before_it_makes_the_filter_of_variance_void():
    data = lesions()
    honest = CHAIN.fit(data, np.random.default_rng(0)).told()["steps"]
    steps = {step["step"]: step for step in honest}
    assert "radiomics5" not in steps["variance filter"]["kept"]
    _, seen = leaking(RadiationEffectsChain(rounds=5, features=19, correlation=1.0), data, np.random.default_rng(0))
    np.testing.assert_allclose(seen.x.std(axis=0, ddof=1), 1.0)
