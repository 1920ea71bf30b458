"""Draws are the same whatever the number of workers."""

import pytest

from oncologyai.errors import InputError
from oncologyai.outcome.draws import run_draws


def test_each_draw_has_its_own_stream_and_workers_change_nothing():
    one, three = (run_draws(lambda n, rng: (n, rng.random()), 20, seed=3, workers=w) for w in (1, 3))
    assert one == three and [n for n, _ in one] == list(range(20))
    assert len({value for _, value in one}) == 20
    assert one[:5] == run_draws(lambda n, rng: (n, rng.random()), 5, seed=3)
    assert run_draws(lambda n, rng: n, 0, seed=0) == []


def test_what_a_draw_raises_ends_them_all():
    def fails(n, rng):
        if n == 3:
            raise InputError("x", expected="a", got="b")

    for workers in (1, 2):
        with pytest.raises(InputError, match="x: expected a"):
            run_draws(fails, 50, seed=0, workers=workers)


@pytest.mark.parametrize(("count", "workers"), [(-1, 1), (5, 0)])
def test_numbers_out_of_range_are_refused(count, workers):
    with pytest.raises(InputError, match="draws|workers"):
        run_draws(lambda n, rng: n, count, seed=0, workers=workers)
