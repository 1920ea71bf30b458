"""Estimates applied to rows they were not fitted on, kept in a file, and refused where they say nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.robustness import CombatConfig, apply_combat, fit_combat, read_combat, write_combat


def test_train_s_estimates_bring_new_patients_of_the_same_scanners_together(make_batches, unexplained) -> None:
    train, test = make_batches(1, sizes=(40, 40, 40)), make_batches(2, sizes=(60, 60, 60))
    model = fit_combat(train.values, train.batches, train.features, covariates={"sex": train.sex, "age": train.age})
    found = apply_combat(model, test.values, test.batches, {"sex": test.sex, "age": test.age})
    assert unexplained(found, test.truth) < 0.15 * unexplained(test.values, test.truth)

    def between(values: np.ndarray) -> float:
        """Share of the variance that lies between scanners, the median over features."""
        labels = np.array(test.batches)
        means = np.stack([values[labels == name].mean(axis=0) for name in model.batches])
        return float(np.median(means.var(axis=0) / values.var(axis=0)))

    assert between(found) < 0.1 * between(test.values)


def test_rows_are_harmonised_alike_alone_and_together(three_scanners) -> None:
    data = three_scanners
    model = fit_combat(data.values, data.batches, data.features, covariates={"age": data.age})
    whole = apply_combat(model, data.values, data.batches, {"age": data.age})
    for row in (0, 20, 35):
        alone = apply_combat(model, data.values[row : row + 1], data.batches[row : row + 1], {"age": [data.age[row]]})
        assert np.array_equal(alone[0], whole[row])
    assert apply_combat(model, np.empty((0, 20)), [], {"age": []}).shape == (0, 20)


def test_equals_neurocombat_from_training(three_scanners, make_batches, capsys) -> None:
    neuro_combat = pytest.importorskip("neuroCombat", reason="neuroCombat is not installed")
    import pandas as pd

    train, test = three_scanners, make_batches(5)
    table = pd.DataFrame({"batch": train.batches})
    theirs = neuro_combat.neuroCombat(dat=train.values.T, covars=table, batch_col="batch")["estimates"]
    theirs["batches"] = np.array(sorted(set(train.batches)))
    with pytest.MonkeyPatch.context() as patch:  # it makes numbers of arrays, which numpy no longer does
        patch.setattr(sys.modules["neuroCombat.neuroCombat"], "int", lambda found: found.item(), raising=False)
        expected = neuro_combat.neuroCombatFromTraining(test.values.T, np.array(test.batches), theirs)["data"].T
    model = fit_combat(train.values, train.batches, train.features)
    assert np.abs(apply_combat(model, test.values, test.batches) - expected).max() <= 1e-6


def test_a_missing_value_stays_missing(three_scanners) -> None:
    data = three_scanners
    model = fit_combat(data.values, data.batches, data.features)
    holes = data.values.copy()
    holes[2, 3] = np.nan
    found = apply_combat(model, holes, data.batches)
    assert np.isnan(found[2, 3]) and np.count_nonzero(np.isnan(found)) == 1


def test_a_batch_that_was_not_fitted_is_refused(three_scanners) -> None:
    data = three_scanners
    model = fit_combat(data.values, data.batches, data.features, covariates={"sex": data.sex})
    with pytest.raises(InputError, match="batches: expected batches that ComBat was fitted on: s0, s1, s2, got s7"):
        apply_combat(model, data.values[:2], ["s0", "s7"], {"sex": ["F", "F"]})
    with pytest.raises(InputError, match="covariate sex: expected a value for every row, got none"):
        apply_combat(model, data.values, data.batches)
    with pytest.raises(InputError, match="covariate sex: expected one of F, M, got X"):
        apply_combat(model, data.values[:1], ["s0"], {"sex": ["X"]})
    with pytest.raises(InputError, match="values: expected 1 rows of 20 features"):
        apply_combat(model, data.values, ["s0"], {"sex": ["F"]})
    with pytest.raises(InputError, match="got s7"):
        model.affine("s7")


@pytest.mark.parametrize("config", [CombatConfig(), CombatConfig(reference="s1", empirical_bayes=False)])
def test_a_file_gives_the_same_bits(three_scanners, tmp_path: Path, config: CombatConfig) -> None:
    data = three_scanners
    given = {"sex": data.sex, "age": data.age}
    names = [f"patient {n}" for n in range(len(data.values))]
    model = fit_combat(data.values, data.batches, data.features, covariates=given, config=config, row_names=names)
    write_combat(model, tmp_path / "combat.json")
    again = read_combat(tmp_path / "combat.json")
    expected = apply_combat(model, data.values, data.batches, given)
    assert np.array_equal(apply_combat(again, data.values, data.batches, given), expected)
    assert (again.config, again.covariates, again.rows, again.fitted_on) == (
        model.config, model.covariates, model.rows, model.fitted_on,
    )  # fmt: skip
    assert "patient" not in (tmp_path / "combat.json").read_text(encoding="utf-8")


def test_a_file_without_covariates_comes_back(three_scanners, tmp_path: Path) -> None:
    data = three_scanners
    write_combat(fit_combat(data.values, data.batches, data.features), tmp_path / "combat.json")
    assert read_combat(tmp_path / "combat.json").effects.shape == (0, 20)


def test_a_damaged_file_says_where(three_scanners, tmp_path: Path) -> None:
    path = tmp_path / "combat.json"
    with pytest.raises(MissingFileError, match="no such file"):
        read_combat(path)
    data = three_scanners
    write_combat(fit_combat(data.values, data.batches, data.features), path)
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**content, "form": "other"}), encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="expected estimates of ComBat, got form"):
        read_combat(path)
    path.write_text(json.dumps({**content, "mean": content["mean"][1:]}), encoding="utf-8")
    with pytest.raises(UnreadableFileError, match=r"mean: expected numbers of shape \(20,\), got \(19,\)"):
        read_combat(path)


def test_estimates_of_some_features_are_those_of_all(three_scanners) -> None:
    data = three_scanners
    model = fit_combat(data.values, data.batches, data.features, covariates={"age": data.age})
    few = model.only(["f5", "f2"])
    expected = apply_combat(model, data.values, data.batches, {"age": data.age})[:, [5, 2]]
    assert np.array_equal(apply_combat(few, data.values[:, [5, 2]], data.batches, {"age": data.age}), expected)
    with pytest.raises(InputError, match="features: expected features that ComBat was fitted on, got x"):
        model.only(["x"])
