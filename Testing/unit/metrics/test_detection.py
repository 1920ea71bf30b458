import numpy as np
import pytest

from oncologyai.errors import GeometryMismatchError, InputError, UnitsError
from oncologyai.metrics import count_detections, lung_labels, lung_scores, roc_auc
from oncologyai.types import Mask, Volume


@pytest.fixture
def a_chest() -> tuple[Volume, dict[str, Mask]]:
    volume = Volume(np.zeros((2, 4, 6), dtype=np.float32), np.eye(4), unit="probability")
    right, left = np.zeros((2, 4, 6), dtype=bool), np.zeros((2, 4, 6), dtype=bool)
    right[:, :, :2], left[:, :, 4:] = True, True
    return volume, {"right": Mask.on(volume, right), "left": Mask.on(volume, left)}


def test_a_lung_is_positive_where_the_reference_marks_it(a_chest) -> None:
    volume, lungs = a_chest
    tumour = np.zeros(volume.shape, dtype=bool)
    tumour[1, 2, 3:5] = True
    assert lung_labels(Mask.on(volume, tumour), lungs) == {"right": False, "left": True}


def test_a_lung_scores_its_largest_probability(a_chest) -> None:
    volume, lungs = a_chest
    volume.array[0, 0, 0], volume.array[1, 1, 1], volume.array[0, 3, 3] = 0.25, 0.75, 0.9
    assert lung_scores(volume, lungs) == {"right": 0.75, "left": 0.0}


def test_an_empty_lung_scores_nothing(a_chest) -> None:
    volume, _ = a_chest
    assert lung_scores(volume, {"left": Mask.on(volume, np.zeros(volume.shape, dtype=bool))}) == {"left": 0.0}


def test_lungs_must_be_on_the_grid_and_scores_probabilities(a_chest) -> None:
    volume, lungs = a_chest
    other = Mask(np.zeros((2, 4, 7), dtype=bool), np.eye(4))
    with pytest.raises(GeometryMismatchError, match=r"lungs\[odd\]: expected the image's grid"):
        lung_scores(volume, {**lungs, "odd": other})
    with pytest.raises(GeometryMismatchError, match=r"lungs\[left\]: expected the image's grid"):
        lung_labels(other, {"left": lungs["left"]})
    with pytest.raises(UnitsError, match="probability: expected a volume of unit probability, got HU"):
        lung_scores(volume.with_array(volume.array, unit="HU"), lungs)


def test_counts_and_rates_by_hand() -> None:
    found = count_detections([True, True, False, False, False], [0.5, 0.1, 0.9, 0.2, 0.3])
    assert found == (1, 1, 1, 2)
    assert found.sensitivity == pytest.approx(0.5)
    assert found.specificity == pytest.approx(2 / 3)


def test_rates_of_absent_classes_are_not_numbers() -> None:
    assert np.isnan(count_detections([False], [0.1]).sensitivity)
    assert np.isnan(count_detections([True], [0.1]).specificity)
    assert np.isnan(roc_auc([True, True], [0.1, 0.2]))
    assert np.isnan(roc_auc([], []))


def test_auc_is_the_share_of_pairs_in_order() -> None:
    generator = np.random.default_rng(3)
    labels, scores = generator.random(40) < 0.4, generator.integers(0, 6, 40) / 5.0
    wins = [(p > n) + 0.5 * (p == n) for p in scores[labels] for n in scores[~labels]]
    assert roc_auc(list(labels), list(scores)) == pytest.approx(np.mean(wins))
    assert roc_auc([True, False], [0.9, 0.1]) == 1.0


@pytest.mark.parametrize("measure", [roc_auc, count_detections])
def test_refuses_scores_that_do_not_fit(measure) -> None:
    with pytest.raises(InputError, match="scores: expected 2 numbers, one a label, got 1"):
        measure([True, False], [0.5])
    with pytest.raises(InputError, match="scores: expected numbers, got NaN"):
        measure([True, False], [0.5, float("nan")])
