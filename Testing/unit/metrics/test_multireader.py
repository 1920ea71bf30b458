"""Many readers on the same cases: against printed results of OR-DBM MRMC, R's pROC, and planted studies."""

import json
import math
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.metrics import AucEstimates, compare_auc, compare_modalities, compare_standalone, estimate_aucs, roc_auc

REFERENCE = Path(__file__).resolve().parents[2] / "reference"
PRINTED = json.loads((REFERENCE / "multireader.json").read_text())


def a_table() -> tuple[np.ndarray, np.ndarray]:
    """The table that Testing/reference/readers.R makes by the same arithmetic: a model and three readers."""
    n = np.arange(60)
    labels = (n * 7) % 5 < 2
    steps = zip((37, 41, 43, 29), (53, 59, 61, 67), (3, 2, 1, 2), strict=True)
    return labels, np.stack([(n * by % mod) // 9 + labels * lead for by, mod, lead in steps]).astype(float)


def exchangeable(count: int, variance: float, covariance: float) -> np.ndarray:
    return np.full((count, count), covariance) + np.eye(count) * (variance - covariance)


def agrees(found, printed: dict[str, float], within: float) -> None:
    """Every printed figure; areas ``within``, which is what the rounding of printed input and output leaves."""
    limits = {"df": 0.01, "statistic": 0.01, "p": 6e-5}
    for name, value in printed.items():
        assert getattr(found, name) == pytest.approx(value, abs=limits.get(name, within)), name


def test_two_modalities_are_those_of_or_dbm_mrmc() -> None:
    within = exchangeable(5, PRINTED["variance"], PRINTED["cov2"])
    across = exchangeable(5, PRINTED["cov1"], PRINTED["cov3"])
    areas = np.concatenate(PRINTED["areas"])
    found = compare_modalities(AucEstimates(areas, np.block([[within, across], [across, within]])))
    for name in ("random_both", "fixed_readers", "fixed_cases"):
        agrees(getattr(found, name), PRINTED[name], 6e-6)


@pytest.mark.parametrize("modality", [0, 1])
def test_readers_against_a_constant_are_the_printed_single_modality(modality: int) -> None:
    """A stand-in for a model whose area is known without error leaves the analysis of one modality."""
    printed = PRINTED["single"][modality]
    covariances = np.zeros((6, 6))
    covariances[1:, 1:] = exchangeable(5, printed["variance"], printed["cov2"])
    found = compare_standalone(AucEstimates(np.array([0.0, *PRINTED["areas"][modality]]), covariances))
    for name in ("random_both", "fixed_readers", "fixed_cases"):
        test = getattr(found, name)
        assert test.value == pytest.approx(-printed["value"], abs=1e-8)
        turned = test._replace(low=-test.high, high=-test.low)
        agrees(turned, printed[name], 2e-6)


@pytest.mark.parametrize("reader", range(5))
def test_one_reader_is_the_printed_paired_test(reader: int) -> None:
    printed = PRINTED["readers"][reader]
    areas = np.array([PRINTED["areas"][0][reader], PRINTED["areas"][1][reader]])
    found = compare_modalities(AucEstimates(areas, exchangeable(2, printed["variance"], printed["cov1"])))
    assert found.fixed_readers.error == pytest.approx(printed["error"], abs=6e-6)
    assert found.fixed_readers.p == pytest.approx(printed["p"], abs=6e-5)
    assert math.isnan(found.random_both.p) and math.isnan(found.fixed_cases.error)


def test_covariances_and_paired_tests_are_those_of_proc() -> None:
    """Testing/reference/readers.R by R's pROC 1.18.0."""
    printed = json.loads((REFERENCE / "readers.json").read_text())
    labels, scores = a_table()
    found = estimate_aucs(labels, scores)
    assert found.areas == pytest.approx(printed["areas"], abs=1e-12)
    assert found.covariances.ravel() == pytest.approx(printed["covariances"], abs=1e-14)
    for reader in (1, 2, 3):
        test = compare_standalone(estimate_aucs(labels, scores[[0, reader]])).fixed_readers
        assert (test.statistic, test.p) == pytest.approx(
            (printed["z"][reader - 1], printed["p"][reader - 1]), abs=1e-12
        )
        assert (test.value, test.error, test.statistic, test.p) == pytest.approx(
            tuple(compare_auc(labels, scores[0], scores[reader])), abs=1e-12
        )


def test_the_published_example_of_proc_comes_out_alike() -> None:
    """Subarachnoid haemorrhage, WFNS against S100b: Robin et al., BMC Bioinformatics 12:77, 2011 print p = 0.027."""
    script = (
        "suppressMessages(library(pROC)); data(aSAH); o <- aSAH$outcome; "
        "cat(as.integer(o == 'Poor'), '\\n', as.numeric(aSAH$wfns), '\\n', aSAH$s100b, '\\n'); "
        "g <- function(x) roc(o, x, levels = c('Good', 'Poor'), direction = '<', quiet = TRUE); "
        "one <- roc.test(g(aSAH$wfns), g(aSAH$s100b)); cat(sprintf('%.15g', c(one$statistic, one$p.value)), '\\n')"
    )
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    done = subprocess.run(["Rscript", "-e", script], check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("R's pROC (Debian r-cran-proc) is not installed")
    labels, first, second, (z, p) = (np.array(line.split(), dtype=float) for line in done.stdout.strip().split("\n"))
    found = compare_auc(labels.astype(bool), first, second)
    assert (found.z, found.p) == pytest.approx((z, p), abs=1e-12)
    assert found.p == pytest.approx(0.027, abs=5e-4)
    test = compare_standalone(estimate_aucs(labels.astype(bool), np.stack([first, second]))).fixed_readers
    assert test.p == pytest.approx(p, abs=1e-12)


def test_the_jackknife_leaves_out_one_case_after_the_other() -> None:
    labels, scores = a_table()
    found = estimate_aucs(labels, scores, method="jackknife")
    count = len(labels)
    kept = [np.arange(count) != n for n in range(count)]
    without = np.array([[roc_auc(labels[k].tolist(), row[k].tolist()) for k in kept] for row in scores])
    away = without - without.mean(axis=1, keepdims=True)
    assert found.covariances == pytest.approx((count - 1) / count * away @ away.T, abs=1e-15)
    assert found.covariances == pytest.approx(estimate_aucs(labels, scores).covariances, rel=0.05, abs=1e-4)


def test_jackknife_is_dorfman_berbaum_and_metz() -> None:
    """The F of the analysis of pseudo-values, computed from its mean squares, is the square of t."""
    labels, scores = a_table()
    count = len(labels)
    kept = [np.arange(count) != n for n in range(count)]
    whole = np.array([roc_auc(labels.tolist(), row.tolist()) for row in scores])
    without = np.array([[roc_auc(labels[k].tolist(), row[k].tolist()) for k in kept] for row in scores])
    pseudo = (count * whole[:, None] - (count - 1) * without).reshape(2, 2, count)  # modality, reader, case
    means = {
        axes: pseudo.mean(axis=axes, keepdims=True) for axes in ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2))
    }
    ms_t = 2 * count * ((means[1, 2] - means[0, 1, 2]) ** 2).sum()
    ms_tr = count * ((means[2,] - means[1, 2] - means[0, 2] + means[0, 1, 2]) ** 2).sum()
    ms_tc = 2 * ((means[1,] - means[1, 2] - means[0, 1] + means[0, 1, 2]) ** 2).sum() / (count - 1)
    rest = pseudo - means[2,] - means[1,] - means[0,] + means[1, 2] + means[0, 2] + means[0, 1] - means[0, 1, 2]
    ms_trc = (rest**2).sum() / (count - 1)
    error = ms_tr + max(ms_tc - ms_trc, 0.0)
    found = compare_modalities(estimate_aucs(labels, scores, method="jackknife")).random_both
    assert found.statistic**2 == pytest.approx(ms_t / error, rel=1e-9)
    assert found.df == pytest.approx(error**2 / ms_tr**2, rel=1e-9)


def test_equal_readers_and_model_are_rejected_as_often_as_said() -> None:
    """300 studies of a model and six readers of one mean ability: the random form keeps its 5 %, or nearly."""
    generator = np.random.default_rng(8)
    labels = np.arange(80) < 40
    rejected = {"random_both": 0, "fixed_readers": 0, "fixed_cases": 0}
    for _ in range(300):
        case = generator.normal(0, 0.7, 80) + 1.2 * labels
        skill = np.concatenate([[0.0], generator.normal(0, 0.15, 6)])
        scores = case + labels * skill[:, None] + generator.normal(0, 0.7, (7, 80))
        found = compare_standalone(estimate_aucs(labels, scores))
        for name in rejected:
            rejected[name] += getattr(found, name).p < 0.05
    assert rejected["random_both"] / 300 < 0.08
    assert rejected["fixed_cases"] / 300 > 0.2, "cases taken as all there are say too much of others"


def test_readers_that_do_not_differ_leave_the_error_of_cases() -> None:
    labels, scores = a_table()
    found = compare_standalone(estimate_aucs(labels, scores[[0, 1, 1, 1]]))
    assert math.isinf(found.random_both.df)
    assert found.random_both == pytest.approx(found.fixed_readers, abs=1e-12)
    same = compare_standalone(estimate_aucs(labels, scores[[1, 1, 1]]))
    assert (same.random_both.value, same.random_both.error, same.random_both.statistic) == (0, 0, 0)
    assert same.random_both.p == 1.0


def test_rejects_what_cannot_be_compared() -> None:
    labels, scores = a_table()
    with pytest.raises(InputError, match="scores: expected rows of 60 numbers"):
        estimate_aucs(labels, scores[:, :5])
    with pytest.raises(InputError, match="finite numbers"):
        estimate_aucs(labels, np.where(scores > 5, np.nan, scores))
    with pytest.raises(InputError, match="two positive and two negative cases or more, got 1 and 59"):
        estimate_aucs(np.arange(60) == 0, scores)
    with pytest.raises(InputError, match="each reader's two areas, got 3"):
        compare_modalities(estimate_aucs(labels, scores[:3]))
    with pytest.raises(InputError, match="areas of readers|those of readers"):
        compare_standalone(estimate_aucs(labels, scores[:1]))
    with pytest.raises(InputError, match="method: expected one of"):
        estimate_aucs(labels, scores, method="bootstrap")  # type: ignore[arg-type]
