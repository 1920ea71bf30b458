"""Who is learned from and who is judged: by centre, in folds, in repeated splits; and chains judged that way.

Units are patients. Whatever learns is fitted anew on each split's training patients (``chain.py``); a chain that was
fitted on a patient refuses to be judged on him.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from oncologyai._checks import check_range
from oncologyai.errors import InputError
from oncologyai.outcome.chain import Chain, FittedChain
from oncologyai.outcome.concordance import Concordance, by_patient, harrell_c
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.subjects import FollowUp
from oncologyai.progress import Progress, Silent

__all__ = [
    "Choice",
    "FittedLearner",
    "Judged",
    "Learner",
    "Split",
    "discrimination",
    "external_split",
    "folds",
    "judged_from",
    "leaking",
    "leaking_chain",
    "repeated_splits",
    "validate",
]


@dataclass(frozen=True, eq=False)
class Split:
    """Indices of the patients who are learned from and who are judged."""

    name: str
    train: np.ndarray
    test: np.ndarray


class FittedLearner(Protocol):
    """What a learner has learned; a ``FittedChain`` is one."""

    @property
    def seen(self) -> frozenset[str]:
        """The patients that it was learned from."""

    def predict(self, data: OutcomeData) -> np.ndarray:
        """Give a number a patient, (n,): the chance of class 1, or one that rises with the risk."""

    def told(self) -> Mapping[str, Any]:
        """Say what was learned, as JSON values."""


class Learner(Protocol):
    """A chain, a choice of one, or whatever learns from patients as they do.

    One that is no chain and was published with a leak may have ``as_published(data, rng)``, which gives a learner and
    data as ``leaking`` does.
    """

    @property
    def name(self) -> str:
        """What it is called in reports."""

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> FittedLearner:
        """Learn from training patients."""


@dataclass(frozen=True, eq=False)
class Judged:
    """How a learner did.

    Attributes
    ----------
    name : str
        Of the learner.
    score : Concordance
        Harrell's C, or the area under the ROC curve: of pairs of patients that one model judged, over all splits. A
        patient who is judged in several splits counts once a split; the interval is of patients (``by_patient``).
    values : tuple of float
        The score of each split; NaN where it has no pair.
    patients : tuple of str
    split : ndarray of int
        Which split each prediction is of.
    predictions : ndarray
    told : tuple of dict
        What each split's chain learned.
    training : tuple of ndarray
        What each split's chain says of the patients that it learned from, in the order of the split: thresholds and
        groups of risk come from these.
    units : tuple of str
        Whose each prediction is: the patients themselves, or those of lesions.
    """

    name: str
    score: Concordance
    values: tuple[float, ...]
    patients: tuple[str, ...]
    split: np.ndarray
    predictions: np.ndarray
    told: tuple[Mapping[str, Any], ...]
    training: tuple[np.ndarray, ...] = ()
    units: tuple[str, ...] = ()


def external_split(data: OutcomeData, train: Sequence[str], test: Sequence[str]) -> tuple[Split]:
    """Split by the batch column: some centres to learn from, others to judge on.

    Raises
    ------
    InputError
        If there is no batch column, a centre is unknown or on both sides, or a side is empty.
    """
    if data.batch is None:
        raise InputError("batch", expected="a column of centres", got="none")
    known = {str(value) for value in data.batch}
    for name in (*train, *test):
        if name not in known:
            raise InputError("centre", expected="one of " + ", ".join(sorted(known)), got=name)
    if both := sorted(set(train) & set(test)):
        raise InputError("centre", expected="each on one side", got=f"{both[0]} on both")
    if not train or not test:
        raise InputError("centre", expected="centres to learn from and others to judge on", got="one side only")
    sides = [np.flatnonzero(np.isin(data.batch.astype(str), list(names))) for names in (train, test)]
    return (Split(f"{'+'.join(train)} to {'+'.join(test)}", *sides),)


def folds(data: OutcomeData, count: int, rng: np.random.Generator) -> tuple[Split, ...]:
    """Split into folds of patients, each with its share of events; every patient is judged once.

    Raises
    ------
    InputError
        If there are fewer than 2 folds, or fewer patients with the event (or of a class) than folds.
    """
    unit, strata = data.unit_strata
    check_range(count, 2, max(len(strata), 2), "folds")
    others, with_event = (int(n) for n in np.bincount(strata, minlength=2)[:2])
    if with_event < count:
        raise InputError("folds", expected=f"at most {with_event}, the patients with the event", got=str(count))
    if others < count and not data.is_survival:
        raise InputError("folds", expected=f"at most {others}, the patients without the event", got=str(count))
    place = np.empty(len(strata), dtype=np.int64)
    for value in np.unique(strata):
        members = rng.permutation(np.flatnonzero(strata == value))
        place[members] = (np.arange(len(members)) + rng.integers(count)) % count
    place = place[unit]
    return tuple(Split(f"fold {n + 1}", np.flatnonzero(place != n), np.flatnonzero(place == n)) for n in range(count))


def repeated_splits(
    data: OutcomeData, count: int, rng: np.random.Generator, *, test_share: float = 0.3
) -> tuple[Split, ...]:
    """Split at random so many times, each time with the same share of events on both sides.

    Raises
    ------
    InputError
        If a number is out of its range, or one side would have no event.
    """
    check_range(count, 1, 100_000, "splits")
    check_range(test_share, 0.01, 0.99, "test_share")
    (unit, strata), made = data.unit_strata, []
    for n in range(count):
        test = np.zeros(len(strata), dtype=bool)
        for value in np.unique(strata):
            members = rng.permutation(np.flatnonzero(strata == value))
            size = round(test_share * len(members))
            if not 0 < size < len(members):
                raise InputError("test_share", expected="patients of each kind on both sides", got=str(test_share))
            test[members[:size]] = True
        test = test[unit]
        made.append(Split(f"split {n + 1}", np.flatnonzero(~test), np.flatnonzero(test)))
    return tuple(made)


@dataclass(frozen=True)
class Choice:
    """The chain, of several, that does best in folds within the training patients, then fitted on all of them."""

    name: str
    chains: Sequence[Chain]
    count: int = 3

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> FittedChain:
        """Choose and fit; a chain that cannot be fitted in a fold is out.

        Raises
        ------
        InputError
            If no chain can be fitted; the reason is the first one's.
        """
        return self._chosen(data, rng).fit(data, rng)

    def as_published(self, data: OutcomeData, rng: np.random.Generator) -> tuple[Chain, OutcomeData]:
        """Choose by everybody, those to be judged among them, and learn the steps from everybody (``leaking``)."""
        return leaking_chain(self._chosen(data, rng), data, rng)

    def _chosen(self, data: OutcomeData, rng: np.random.Generator) -> Chain:
        inner = folds(data, self.count, rng)
        seed = int(rng.integers(2**31 - 1))
        best, first, reason = -1.0, None, None
        for chain in self.chains:
            try:
                score = validate(chain, data, inner, seed=seed).score.value
            except InputError as error:
                reason = reason or error
                continue
            if score > best:
                best, first = score, chain
        if first is None:
            raise reason or InputError("chains", expected="at least one", got="none")
        return first


def validate(
    learner: Learner, data: OutcomeData, splits: Sequence[Split], *, seed: int = 0, progress: Progress | None = None
) -> Judged:
    """Fit on each split's training patients and judge on the others.

    Parameters
    ----------
    learner : Learner
    data : OutcomeData
    splits : sequence of Split
    seed : int
        Each split has its own stream of random numbers from it: the same, in whatever order or process it runs.
    progress : Progress, optional

    Raises
    ------
    InputError
        As fitting does; or if a split judges a patient that it learned from.
    CancelledError
        If the user cancelled.
    """
    watch = progress or Silent()
    streams = np.random.SeedSequence(seed).spawn(len(splits))
    predictions, told, training = [], [], []
    for n, (split, stream) in enumerate(zip(splits, streams, strict=True)):
        watch.stage(f"{learner.name}: {split.name}", n / len(splits))
        learned, judged = data.rows(split.train), data.rows(split.test)
        if set(learned.units) & set(judged.units):
            raise InputError(split.name, expected="no patient on both sides", got="some who are")
        fitted = learner.fit(learned, np.random.default_rng(stream))
        if fitted.seen & set(judged.units):
            raise InputError(split.name, expected="patients that the chain has not seen", got="some that it has")
        predictions.append(fitted.predict(judged))
        training.append(fitted.predict(learned))
        told.append(fitted.told())
    return judged_from(learner.name, data, splits, predictions, told, training)


def judged_from(
    name: str,
    data: OutcomeData,
    splits: Sequence[Split],
    predictions: Sequence[np.ndarray],
    told: Sequence[Mapping[str, Any]],
    training: Sequence[np.ndarray],
) -> Judged:
    """Give the scores of what each split's chain said of the patients who are judged, and of those it learned from.

    Raises
    ------
    InputError
        If there is no pair of patients to compare.
    """
    rows = np.concatenate([split.test for split in splits])
    at = np.concatenate([np.full(len(split.test), n) for n, split in enumerate(splits)])
    found = np.concatenate(list(predictions))
    units = tuple(data.units[row] for row in rows)
    score = discrimination(data.rows(rows) if len(set(rows)) == len(rows) else _repeated(data, rows), found, strata=at)
    score = by_patient(score, units)
    values = tuple(_value(data.rows(split.test), found[at == n]) for n, split in enumerate(splits))
    patients = tuple(data.patients[row] for row in rows)
    return Judged(name, score, values, patients, at, found, tuple(told), tuple(training), units)


def leaking(learner: Learner, data: OutcomeData, rng: np.random.Generator) -> tuple[Learner, OutcomeData]:
    """Give a learner and data as papers have it that learn from everybody before they split.

    What is judged that way flatters: it is here to show by how much, beside the honest figure. A chain's steps are
    learned from everybody; another learner says itself what leaked when it was published (``as_published``).

    Raises
    ------
    InputError
        If the learner is no chain and does not say.
    """
    if isinstance(learner, Chain):
        return leaking_chain(learner, data, rng)
    as_published = getattr(learner, "as_published", None)
    if as_published is None:
        raise InputError("leaking", expected="a chain, or a learner that says what leaked", got=learner.name)
    made: tuple[Learner, OutcomeData] = as_published(data, rng)
    return made


def leaking_chain(chain: Chain, data: OutcomeData, rng: np.random.Generator) -> tuple[Chain, OutcomeData]:
    """Give a chain without its steps, and data that they, learned from everybody, were applied to."""
    for step in chain.steps:
        data = step.fit(data, rng).apply(data)
    return Chain(f"{chain.name} (leaking: steps learned from everybody)", (), chain.model), data


def discrimination(data: OutcomeData, risk: np.ndarray, *, strata: np.ndarray | None = None) -> Concordance:
    """Give Harrell's C, or for classes the area under the ROC curve, which is the C of class 1 coming first.

    Raises
    ------
    InputError
        If there is no pair to compare.
    """
    follow_up = data.outcome
    if not isinstance(follow_up, FollowUp):
        follow_up = FollowUp(2.0 - follow_up, follow_up)
    return harrell_c(risk, follow_up, strata=strata)


def _repeated(data: OutcomeData, rows: np.ndarray) -> OutcomeData:
    """Give patients who stand in several splits, each time under a name of its own."""
    names = tuple(f"{data.patients[row]} #{n}" for n, row in enumerate(rows))
    outcome = data.outcome.of(rows) if isinstance(data.outcome, FollowUp) else data.outcome[rows]
    return OutcomeData(names, data.names, data.x[rows], outcome)


def _value(data: OutcomeData, risk: np.ndarray) -> float:
    try:
        return discrimination(data, risk).value
    except InputError:
        return float("nan")
