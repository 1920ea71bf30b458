"""Which of several parts seeds keep."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.pipelines.parts import keep_parts
from oncologyai.types import Mask, Point


def cube(start, size, label):
    array = np.zeros((10, 10, 40), dtype=bool)
    array[2 : 2 + size, 2 : 2 + size, start : start + size] = True
    return Mask(array, np.eye(4), label)


PARTS = (cube(2, 6, "GTV-1"), cube(15, 4, "GTV-2"), cube(30, 3, "GTV-3"))


def seed(i, name="Inside-1"):
    return Point(name, (float(i), 3.0, 3.0))


def test_the_part_that_holds_a_seed_is_kept_under_the_first_name():
    (kept,), notes = keep_parts(PARTS, [seed(16)])
    assert kept.label == "GTV-1" and np.array_equal(kept.array, PARTS[1].array) and notes == ()


def test_two_seeds_keep_two_parts_in_the_order_of_their_size():
    kept, _ = keep_parts(PARTS, [seed(31, "a"), seed(3, "b"), seed(4, "c")])
    assert [k.label for k in kept] == ["GTV-1", "GTV-2"]
    assert [int(k.array.sum()) for k in kept] == [216, 27]


def test_a_seed_beside_all_parts_keeps_the_nearest_within_reach():
    (kept,), notes = keep_parts(PARTS, [seed(27)])
    assert int(kept.array.sum()) == 27
    assert notes == ("nothing was found at the seed Inside-1: the nearest part, 3 mm away, was kept",)
    kept, notes = keep_parts(PARTS, [seed(27)], max_distance_mm=2.0)
    assert kept == ()
    assert notes == ("nothing was found at the seed Inside-1, nor within 2 mm of it",)


def test_a_part_with_a_seed_outside_is_never_kept():
    for keep, count in (("all", 2), ("largest", 1)):
        kept, notes = keep_parts(PARTS, [], [seed(3, "Outside-1")], keep=keep)
        assert len(kept) == count and int(kept[0].array.sum()) == 64
        assert notes == ("parts left out for a seed outside: 1",)
    (kept,), _ = keep_parts(PARTS, [seed(4)], [seed(3, "Outside-1")])
    assert int(kept.array.sum()) == 64, "the nearest of the others"


def test_no_parts_keep_none_and_a_strange_word_is_refused():
    assert keep_parts([], [seed(3)])[0] == ()
    assert keep_parts([], [], keep="all") == ((), ())
    with pytest.raises(InputError, match="keep: expected one of"):
        keep_parts(PARTS, [], keep="some")


def test_of_all_parts_no_more_are_kept_than_a_label_map_holds():
    kept, notes = keep_parts([cube(2, 2, f"GTV-{n}") for n in range(1, 300)], [], keep="all")
    assert len(kept) == 255 and kept[-1].label == "GTV-255"
    assert notes == ("of 299 parts the 255 largest were kept",)
