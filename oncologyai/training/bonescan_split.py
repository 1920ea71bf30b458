"""Which scans validate and which are learned from, and which of these a step shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from oncologyai.errors import InputError

__all__ = ["BoneScanCase", "balanced_rounds", "split_scans"]


@dataclass(frozen=True)
class BoneScanCase:
    """A scan: its name, 1 with metastases or 0, whose it is and where it was taken."""

    name: str
    label: int
    patient: str
    centre: str = ""


def split_scans(
    cases: Sequence[BoneScanCase], validation: int, *, seed: int = 0
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Choose the scans that validate: half of each class, of every centre as many as its share of patients.

    Parameters
    ----------
    cases : sequence of BoneScanCase
    validation : int, >= 2
        How many; patients with several scans may make it a few more, since all scans of a patient go together.
    seed : int
        The result depends on the patients and it, not on their order.

    Returns
    -------
    tuple of int, tuple of int
        Places of the scans to learn from and of those that validate, in order.

    Raises
    ------
    InputError
        If a centre has too few patients of a class, or both classes do not remain to learn from.
    """
    ill: dict[str, int] = {}
    where: dict[str, str] = {}
    for case in cases:
        ill[case.patient] = max(ill.get(case.patient, 0), case.label)
        where.setdefault(case.patient, case.centre)
    held: set[str] = set()
    for centre, count in _shares(where, validation).items():
        for label in (0, 1):
            names = sorted(name for name, place in where.items() if place == centre and ill[name] == label)
            wanted = count[label]
            if len(names) <= wanted:
                kind = "with" if label else "without"
                raise InputError(
                    "validation", expected=f"fewer than the {len(names)} patients {kind} metastases of centre "
                    f"{centre or 'of all'}", got=str(wanted), remedy="hold out fewer scans",
                )  # fmt: skip
            order = np.random.default_rng([seed, label, *centre.encode()]).permutation(len(names))
            held |= {names[k] for k in order[:wanted]}
    learn = tuple(n for n, case in enumerate(cases) if case.patient not in held)
    return learn, tuple(n for n, case in enumerate(cases) if case.patient in held)


def balanced_rounds(labels: np.ndarray, generator: np.random.Generator, *, balanced: bool = True) -> Iterator[int]:
    """Give places of scans without end: round by round every positive and as many negatives, drawn anew, shuffled.

    Parameters
    ----------
    labels : ndarray of int, (n,)
        1 positive, 0 negative.
    generator : Generator
    balanced : bool
        Without, every round shows all.

    Raises
    ------
    InputError
        If a class is missing.
    """
    positive, negative = np.flatnonzero(labels == 1), np.flatnonzero(labels == 0)
    if not len(positive) or not len(negative):
        raise InputError("data", expected="scans of both classes to learn from", got=f"{len(positive)} positive ones")
    fewer, more = sorted((positive, negative), key=len)
    return _rounds(fewer, more, generator, balanced)


def _rounds(fewer: np.ndarray, more: np.ndarray, generator: np.random.Generator, balanced: bool) -> Iterator[int]:
    while True:
        drawn = generator.choice(more, len(fewer), replace=False) if balanced else more
        yield from (int(place) for place in generator.permutation(np.concatenate([fewer, drawn])))


def _shares(where: dict[str, str], validation: int) -> dict[str, tuple[int, int]]:
    """Give how many of each class a centre holds out: halves of the whole, dealt by the largest remainders."""
    centres = sorted(set(where.values()))
    sizes = np.array([sum(place == centre for place in where.values()) for centre in centres], dtype=np.float64)
    counts = []
    for half in (validation - validation // 2, validation // 2):
        exact = half * sizes / sizes.sum()
        dealt = np.floor(exact).astype(int)
        for place in np.argsort(dealt - exact, kind="stable")[: half - dealt.sum()]:
            dealt[place] += 1
        counts.append(dealt)
    return {centre: (int(counts[0][n]), int(counts[1][n])) for n, centre in enumerate(centres)}
