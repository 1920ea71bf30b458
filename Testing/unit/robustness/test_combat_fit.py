"""ComBat's estimates: the published program's, and what they do to planted shifts and scales."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.robustness import CombatConfig, apply_combat, fit_combat


@pytest.fixture
def neuro_combat(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """neuroCombat 0.2.12, the published program; it asks numpy for a name that numpy no longer has."""
    module = pytest.importorskip("neuroCombat", reason="neuroCombat is not installed: Testing/setup/references.sh")
    monkeypatch.setattr(np, "int", int, raising=False)
    return module


CONFIGS = {
    "empirical Bayes": (CombatConfig(), {}),
    "non-parametric": (CombatConfig(parametric=False), {"parametric": False}),
    "each feature alone": (CombatConfig(empirical_bayes=False), {"eb": False}),
    "location only": (CombatConfig(location_only=True), {"mean_only": True}),
    "reference": (CombatConfig(reference="s1"), {"ref_batch": "s1"}),
    "reference, each feature alone": (
        CombatConfig(reference="s0", empirical_bayes=False), {"ref_batch": "s0", "eb": False},
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:.*encountered in divide")  # theirs, in the reference batch
@pytest.mark.parametrize("covariates", [(), ("sex",), ("sex", "age")], ids=lambda names: "+".join(names) or "none")
@pytest.mark.parametrize("name", CONFIGS)
def test_equals_neurocombat(neuro_combat, three_scanners, name: str, covariates: tuple[str, ...], capsys) -> None:
    import pandas as pd

    config, theirs = CONFIGS[name]
    data = three_scanners
    table = pd.DataFrame({"batch": data.batches, "sex": data.sex, "age": data.age})
    expected = neuro_combat.neuroCombat(
        dat=data.values.T, covars=table, batch_col="batch", **theirs,
        categorical_cols=[c for c in covariates if c == "sex"], continuous_cols=[c for c in covariates if c == "age"],
    )["data"].T  # fmt: skip
    given = {c: getattr(data, c) for c in covariates}
    model = fit_combat(data.values, data.batches, data.features, covariates=given, config=config)
    found = apply_combat(model, data.values, data.batches, given)
    assert np.abs(found - expected).max() <= 1e-6 * np.abs(expected).max()
    assert np.abs(found - expected).max() <= 1e-6


def test_the_affine_form_is_what_is_applied(three_scanners) -> None:
    data = three_scanners
    model = fit_combat(data.values, data.batches, data.features)
    found = apply_combat(model, data.values, data.batches)
    for batch in model.batches:
        factor, offset = model.affine(batch)
        rows = [n for n, name in enumerate(data.batches) if name == batch]
        assert found[rows] == pytest.approx(factor * data.values[rows] + offset)


def test_planted_shifts_and_scales_are_removed_and_the_covariates_effect_is_kept(three_scanners, unexplained) -> None:
    data = three_scanners
    given = {"sex": data.sex, "age": data.age}
    model = fit_combat(data.values, data.batches, data.features, covariates=given)
    found = apply_combat(model, data.values, data.batches, given)
    assert unexplained(found, data.truth) < 0.35 * unexplained(data.values, data.truth)
    women = np.array(data.sex) == "F"

    def difference(values: np.ndarray) -> np.ndarray:
        return values[~women].mean(axis=0) - values[women].mean(axis=0)

    assert np.corrcoef(difference(found), difference(data.truth))[0, 1] > 0.9


def test_a_tighter_iteration_changes_little(three_scanners) -> None:
    data = three_scanners
    usual, tight = (
        apply_combat(fit_combat(data.values, data.batches, data.features, config=c), data.values, data.batches)
        for c in (CombatConfig(), CombatConfig(tolerance=1e-10))
    )
    assert 0 < np.abs(usual - tight).max() < 1e-2


def test_a_reference_stays_as_it_is(three_scanners) -> None:
    data = three_scanners
    model = fit_combat(data.values, data.batches, data.features, config=CombatConfig(reference="s2"))
    found = apply_combat(model, data.values, data.batches)
    rows = np.array(data.batches) == "s2"
    assert np.array_equal(found[rows], data.values[rows]) and not np.allclose(found[~rows], data.values[~rows])


def test_features_without_spread_pass_unchanged_and_do_not_lead_the_others(three_scanners) -> None:
    data = three_scanners
    flat = np.column_stack([np.full(len(data.values), 3.7), (np.array(data.batches) == "s1") * 5.0 + 0.1])
    values = np.hstack([data.values, flat])
    model = fit_combat(values, data.batches, [*data.features, "constant", "by batch"])
    assert model.unadjusted == ("constant", "by batch")
    found = apply_combat(model, values, data.batches)
    assert np.array_equal(found[:, -2:], flat)
    without = fit_combat(data.values, data.batches, data.features)
    assert np.allclose(found[:, :-2], apply_combat(without, data.values, data.batches))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batches": ["a"] * 36}, "batches: expected at least two, got a"),
        ({"batches": ["a"] * 35 + ["b"]}, "batches: expected at least two rows of each, got one of b"),
        ({"features": ["f0"]}, r"values: expected 36 rows of 1 features, got shape \(36, 20\)"),
        ({"config": CombatConfig(reference="x")}, "reference: expected one of s0, s1, s2, got 'x'"),
        ({"covariates": {"sex": ["F"]}}, "covariate sex: expected 36 values, one a row, got 1"),
    ],
)
def test_bad_input(three_scanners, change: dict, message: str) -> None:
    data = three_scanners
    given = {"batches": data.batches, "features": data.features, **change}
    with pytest.raises(InputError, match=message):
        fit_combat(data.values, **given)


def test_what_cannot_be_estimated_is_refused(three_scanners) -> None:
    data = three_scanners
    holes = data.values.copy()
    holes[3, 4] = np.nan
    with pytest.raises(InputError, match="1 features with some, the first f4"):
        fit_combat(holes, data.batches, data.features)
    with pytest.raises(InputError, match="covariates: expected batches and covariates that can be told apart"):
        fit_combat(data.values, data.batches, data.features, covariates={"site": [b.upper() for b in data.batches]})
    with pytest.raises(InputError, match="features: expected two that vary"):
        fit_combat(data.values[:, :1], data.batches, data.features[:1])
    with pytest.raises(InputError, match="tolerance: expected a number from 1e-12 to 0.1"):
        CombatConfig(tolerance=0)
    alone = fit_combat(data.values[:, :1], data.batches, ["f0"], config=CombatConfig(empirical_bayes=False))
    assert apply_combat(alone, data.values[:, :1], data.batches).shape == (36, 1)
