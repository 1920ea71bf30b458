"""Which scans are held out, and which each round shows."""

import itertools

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.training import BoneScanCase, balanced_rounds, split_scans


def _cohort(counts: dict[str, tuple[int, int]], *, scans: int = 1) -> list[BoneScanCase]:
    """Patients of each centre: so many without and with metastases, each with some scans."""
    return [
        BoneScanCase(f"{centre}{label}{n}-{k}", label, f"{centre}{label}{n}", centre)
        for centre, both in counts.items()
        for label, count in enumerate(both)
        for n in range(count)
        for k in range(scans)
    ]


def test_half_of_each_class_is_held_out_by_the_centres_shares() -> None:
    cases = _cohort({"A": (726, 293), "B": (230, 118)})
    learn, held = split_scans(cases, 164, seed=3)
    assert sorted(learn + held) == list(range(len(cases)))
    told = [(cases[n].centre, cases[n].label) for n in held]
    assert {key: told.count(key) for key in sorted(set(told))} == {
        ("A", 0): 61, ("A", 1): 61, ("B", 0): 21, ("B", 1): 21,
    }  # fmt: skip


def test_scans_of_a_patient_stay_together_and_the_order_does_not_matter() -> None:
    cases = _cohort({"": (20, 10)}, scans=3)
    _, held = split_scans(cases, 8, seed=1)
    patients = {cases[n].patient for n in held}
    assert len(patients) == 8 and len(held) == 24
    again = cases[::-1]
    assert {again[n].patient for n in split_scans(again, 8, seed=1)[1]} == patients
    assert {cases[n].patient for n in split_scans(cases, 8, seed=2)[1]} != patients


def test_a_centre_with_too_few_of_a_class_is_told() -> None:
    with pytest.raises(InputError, match="2 patients with metastases of centre A, got 3"):
        split_scans(_cohort({"A": (20, 2)}), 6)


@pytest.mark.parametrize("count", [(30, 8), (8, 30)])
def test_each_round_shows_the_smaller_class_whole_and_as_many_others_drawn_anew(count: tuple[int, int]) -> None:
    labels = np.repeat([0, 1], count)
    shown = balanced_rounds(labels, np.random.default_rng(0))
    rounds = [list(itertools.islice(shown, 16)) for _ in range(12)]
    fewer = int(count[1] < count[0])
    others = []
    for one in rounds:
        assert len(set(one)) == 16 and sum(labels[one] == fewer) == 8
        others.append(frozenset(n for n in one if labels[n] != fewer))
    assert len(set(others)) == 12 and len(frozenset.union(*others)) > 20


def test_without_balance_a_round_shows_all_and_one_class_is_refused() -> None:
    shown = balanced_rounds(np.array([0, 0, 0, 1]), np.random.default_rng(0), balanced=False)
    assert sorted(itertools.islice(shown, 4)) == [0, 1, 2, 3]
    with pytest.raises(InputError, match="both classes"):
        balanced_rounds(np.zeros(4, dtype=int), np.random.default_rng(0))
