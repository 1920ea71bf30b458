"""Order and sides: each case once, balanced, repeats apart, the same from the same seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncologyai.errors import InputError
from oncologyai.studies import balanced_sample, preference_schedule, presentation_order, reading_schedule
from oncologyai.studies.schedule import balanced_halves, case_order, first_file_is_method

SEEDS = st.integers(0, 2**64 - 1)


@settings(max_examples=80)
@given(st.integers(1, 40), st.floats(0, 1), SEEDS, st.integers(0, 50))
def test_each_case_comes_once_then_the_repeats_and_sides_are_balanced(count, repeats, seed, reader):
    plan = preference_schedule(count, seed=seed, reader=reader, repeats=repeats)
    first = [s for s in plan if not s.repeat]
    again = [s for s in plan if s.repeat]
    assert sorted(s.case for s in first) == list(range(count))
    assert len(again) == len({s.case for s in again}) == int(np.floor(repeats * count + 0.5))
    assert abs(2 * sum(s.method_left for s in first) - count) <= 1
    side = {s.case: s.method_left for s in first}
    changed = sum(s.method_left != side[s.case] for s in again)
    assert abs(2 * changed - len(again)) <= 1
    place = {s.case: n for n, s in enumerate(plan) if not s.repeat}
    assert all(n > place[s.case] for n, s in enumerate(plan) if s.repeat)


@settings(max_examples=40)
@given(st.integers(1, 30), SEEDS, st.integers(0, 20))
def test_two_readers_of_a_pair_see_opposite_sides(count, seed, pair):
    sides = [
        {s.case: s.method_left for s in preference_schedule(count, seed=seed, reader=2 * pair + n)} for n in (0, 1)
    ]
    assert all(sides[0][case] != sides[1][case] for case in range(count))


def test_repeats_are_kept_apart_where_cases_suffice():
    for seed in range(50):
        order = presentation_order(20, 8, np.random.default_rng(seed))
        place = {case: n for n, (case, repeat) in enumerate(order) if not repeat}
        gaps = [n - place[case] - 1 for n, (case, repeat) in enumerate(order) if repeat]
        assert len(gaps) == 8 and min(gaps) >= 5


def test_repeats_do_not_all_stand_at_the_end():
    ends = [presentation_order(20, 5, np.random.default_rng(seed))[-5:] for seed in range(50)]
    assert sum(all(repeat for _, repeat in end) for end in ends) < 10


def test_every_place_and_side_is_as_likely_for_every_case():
    places, left = np.zeros(10), np.zeros(10)
    for reader in range(600):
        for n, showing in enumerate(preference_schedule(10, seed=3, reader=reader)):
            places[showing.case] += n
            left[showing.case] += showing.method_left
    assert np.abs(places / 600 - 4.5).max() < 0.5  # standard error 0.12
    assert (left == 300).all()  # pairs of readers


def test_which_file_is_whose_does_not_follow_from_the_case_and_is_half_and_half():
    files = np.array([first_file_is_method(20, seed) for seed in range(400)])
    assert (files.sum(axis=1) == 10).all()
    assert np.abs(files.mean(axis=0) - 0.5).max() < 0.11  # standard error 0.025
    plans = [sorted(preference_schedule(20, seed=seed, reader=0), key=lambda s: s.case) for seed in range(400)]
    sides = np.array([[showing.method_left for showing in plan] for plan in plans])
    assert abs(np.corrcoef(files.ravel(), sides.ravel())[0, 1]) < 0.05


def test_the_same_seed_gives_the_same_and_another_seed_or_reader_another():
    plan = preference_schedule(15, seed=1, reader=2, repeats=0.4)
    assert plan == preference_schedule(15, seed=1, reader=2, repeats=0.4)
    assert plan != preference_schedule(15, seed=2, reader=2, repeats=0.4)
    assert plan != preference_schedule(15, seed=1, reader=4, repeats=0.4)
    assert sorted(case_order(15, 1)) == list(range(15))
    assert list(case_order(15, 1)) != list(case_order(15, 2))


def test_halves_of_an_odd_number_differ_by_one_either_way():
    sums = {int(balanced_halves(5, np.random.default_rng(seed)).sum()) for seed in range(30)}
    assert sums == {2, 3}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"cases": 0, "seed": 1, "reader": 0}, "count: expected at least one case"),
        ({"cases": 3, "seed": -1, "reader": 0}, "seed: expected a whole number from 0"),
        ({"cases": 3, "seed": 1, "reader": -1}, "reader: expected a number from 0"),
        ({"cases": 3, "seed": 1, "reader": 0, "repeats": 1.5}, "repeats: expected a number from 0 to 1"),
    ],
)
def test_rejects_numbers_outside_their_range(arguments, message):
    with pytest.raises(InputError, match=message):
        preference_schedule(**arguments)


def test_a_sample_is_balanced_repeatable_and_another_with_another_seed():
    positive = [n % 4 == 0 for n in range(80)]
    chosen = balanced_sample(positive, 30, seed=1)
    assert len(set(chosen)) == 30 and sum(positive[n] for n in chosen) == 15
    assert chosen == balanced_sample(positive, 30, seed=1) != balanced_sample(positive, 30, seed=2)
    assert sum(positive[n] for n in balanced_sample(positive, 5, seed=1)) == 2
    with pytest.raises(InputError, match="at most twice the cases with the disease, got 42 and 20"):
        balanced_sample(positive, 42, seed=1)
    with pytest.raises(InputError, match="got 0 and"):
        balanced_sample(positive, 0, seed=1)


def test_readers_of_single_images_have_orders_of_their_own():
    plans = [reading_schedule(40, seed=3, reader=reader, repeats=0.1) for reader in range(6)]
    assert len({tuple(case for case, _ in plan) for plan in plans}) == 6
    for plan in plans:
        assert sorted(case for case, repeat in plan if not repeat) == list(range(40))
        assert sum(repeat for _, repeat in plan) == 4
    with pytest.raises(InputError, match="repeats: expected"):
        reading_schedule(4, seed=3, reader=0, repeats=-0.1)
    with pytest.raises(InputError, match="seed: expected"):
        reading_schedule(4, seed=-3, reader=0)
