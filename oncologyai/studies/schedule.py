"""In which order a reader sees the cases, which come twice, and on which side each method stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai._checks import check_range
from oncologyai.errors import InputError

__all__ = [
    "Showing",
    "balanced_halves",
    "balanced_sample",
    "case_order",
    "first_file_is_method",
    "preference_schedule",
    "presentation_order",
    "reading_schedule",
]

_GAP = 5  # showings between the two of one case, where there are enough
_TRIES = 200
_ASSIGNMENT, _SIDES, _ORDER, _SAMPLE = 0, 1, 2, 3  # streams of random numbers that do not depend on each other


@dataclass(frozen=True)
class Showing:
    """One showing of a case (its index) to a reader; ``method_left``: the method under study stands on the left."""

    case: int
    method_left: bool
    repeat: bool


def balanced_halves(count: int, generator: np.random.Generator) -> np.ndarray:
    """Give ``count`` bools in random order, as many True as False; of an odd number, the odd one at random."""
    halves = np.arange(count) < (count + int(generator.integers(2))) // 2
    return generator.permutation(halves)


def presentation_order(
    count: int, repeated: int, generator: np.random.Generator, *, gap: int = _GAP
) -> tuple[tuple[int, bool], ...]:
    """Put ``count`` cases in random order, ``repeated`` of them shown once more later.

    Parameters
    ----------
    count : int, > 0
        Cases.
    repeated : int, 0 to ``count``
        How many are shown twice.
    generator : Generator
        Of random numbers.
    gap : int
        Showings between the two of one case; at most half of ``count``, fewer where even that does not fit.

    Returns
    -------
    tuple of (int, bool)
        Index of the case, and whether this is its second showing.

    Raises
    ------
    InputError
        If a number is outside its range.
    """
    if count < 1:
        raise InputError("count", expected="at least one case", got=str(count))
    check_range(repeated, 0, count, "repeated")
    for wanted in range(min(gap, count // 2), -1, -1):
        for _ in range(_TRIES):
            order = _try_order(count, repeated, generator, wanted)
            if order is not None:
                return order
    raise InputError("repeated", expected="repeats that fit", got=str(repeated))  # gap 0 always fits


def _try_order(
    count: int, repeated: int, generator: np.random.Generator, gap: int
) -> tuple[tuple[int, bool], ...] | None:
    order = [(int(case), False) for case in generator.permutation(count)]
    for case in generator.permutation(count)[:repeated]:
        first = order.index((int(case), False)) + gap + 1
        if first > len(order):
            return None
        order.insert(int(generator.integers(first, len(order) + 1)), (int(case), True))
    return tuple(order)


def first_file_is_method(count: int, seed: int) -> np.ndarray:
    """Tell for each case whether its first file holds the method's contour: half of them, at random."""
    return balanced_halves(count, np.random.default_rng([seed, _ASSIGNMENT]))


def case_order(count: int, seed: int) -> np.ndarray:
    """Give the order in which cases get their numbers, so that a number says nothing of the table's order."""
    return np.random.default_rng([seed, _ASSIGNMENT, 1]).permutation(count)


def preference_schedule(cases: int, *, seed: int, reader: int, repeats: float = 0.0) -> tuple[Showing, ...]:
    """Plan what one reader sees.

    Parameters
    ----------
    cases : int, > 0
        Number of cases.
    seed : int, >= 0
        Of the study.
    reader : int, >= 0
        Number of the reader. Readers 2n and 2n + 1 see opposite sides, so that with an even number of readers each
        case has each method on each side equally often.
    repeats : float, 0 to 1
        Share of the cases that are shown twice, rounded to whole cases; half of them with the sides changed.

    Returns
    -------
    tuple of Showing
        Each case once, the repeats later; the method stands on the left in half of the first showings (of an odd
        number, one more or less).

    Raises
    ------
    InputError
        If a number is outside its range.
    """
    again = _shown_again(cases, seed, reader, repeats)
    generator = np.random.default_rng([seed, _ORDER, reader])
    order = presentation_order(cases, again, generator)
    left = balanced_halves(cases, np.random.default_rng([seed, _SIDES, reader // 2])) ^ bool(reader % 2)
    changed = iter(balanced_halves(again, generator).tolist())
    return tuple(
        Showing(case, bool(left[case]) ^ (next(changed) if repeat else False), repeat) for case, repeat in order
    )


def reading_schedule(cases: int, *, seed: int, reader: int, repeats: float = 0.0) -> tuple[tuple[int, bool], ...]:
    """Plan in which order one reader sees the cases of a study that shows them one by one.

    Parameters
    ----------
    cases : int, > 0
        Number of cases.
    seed : int, >= 0
        Of the study.
    reader : int, >= 0
        Number of the reader, who gets an order of his or her own.
    repeats : float, 0 to 1
        Share of the cases that are shown twice, rounded to whole cases.

    Returns
    -------
    tuple of (int, bool)
        Index of the case, and whether this is its second showing.

    Raises
    ------
    InputError
        If a number is outside its range.
    """
    again = _shown_again(cases, seed, reader, repeats)
    return presentation_order(cases, again, np.random.default_rng([seed, _ORDER, reader]))


def balanced_sample(positive: Sequence[bool], count: int, seed: int) -> tuple[int, ...]:
    """Draw as many cases with the disease as without, of an odd number one more without.

    Parameters
    ----------
    positive : sequence of bool
        Of all cases.
    count : int, > 0
        How many to draw.
    seed : int, >= 0
        Of the study.

    Returns
    -------
    tuple of int
        Indices, in the order of the cases.

    Raises
    ------
    InputError
        If there are too few of either.
    """
    truth = np.asarray(positive, dtype=bool)
    generator = np.random.default_rng([seed, _SAMPLE])
    chosen: list[int] = []
    for name, places, wanted in (
        ("with", np.flatnonzero(truth), count // 2),
        ("without", np.flatnonzero(~truth), count - count // 2),
    ):
        if count < 1 or len(places) < wanted:
            raise InputError(
                "cases", expected=f"at most twice the cases {name} the disease", got=f"{count} and {len(places)}",
                remedy="draw fewer, or leave the number away to take all",
            )  # fmt: skip
        chosen += generator.choice(places, wanted, replace=False).tolist()
    return tuple(sorted(chosen))


def _shown_again(cases: int, seed: int, reader: int, repeats: float) -> int:
    """Give how many cases are shown twice, once the numbers of a plan are in their ranges."""
    check_range(repeats, 0.0, 1.0, "repeats")
    check_range(reader, 0, 10**6, "reader")
    if seed < 0:
        raise InputError("seed", expected="a whole number from 0", got=str(seed))
    return math.floor(repeats * cases + 0.5)
