"""Patients with features and an outcome: what a chain learns from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from oncologyai.errors import InputError
from oncologyai.outcome.subjects import FollowUp

__all__ = ["OutcomeData"]


@dataclass(frozen=True, eq=False)
class OutcomeData:
    """A row a patient; several lesions are brought to one row before, or are rows with ``groups`` (``lesions.py``).

    Parameters
    ----------
    patients : tuple of str
        Each once: folds are made of patients. Of lesions, their own names.
    names : tuple of str
        Of the features.
    x : ndarray, shape (n, p), float64
        NaN where a value is missing.
    outcome : FollowUp or ndarray of int (n,)
        Survival, or classes 0 and 1.
    batch : ndarray of str (n,), optional
        Centre or scanner, for ComBat and for designs by centre.
    sources : tuple of str
        Where each feature comes from (``clinical``, ``radiomics``); "" if nothing is said.
    groups : tuple of str
        Where rows are lesions, whose each is: folds keep a patient's lesions together.

    Raises
    ------
    InputError
        If lengths differ, a patient stands twice, a class is neither 0 nor 1, or a value is infinite.
    """

    patients: tuple[str, ...]
    names: tuple[str, ...]
    x: np.ndarray
    outcome: FollowUp | np.ndarray
    batch: np.ndarray | None = None
    sources: tuple[str, ...] = field(default=())
    groups: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        n, p = len(self.patients), len(self.names)
        x = np.asarray(self.x, dtype=np.float64)
        if x.shape != (n, p):
            raise InputError("x", expected=f"{n} patients x {p} features", got=f"shape {x.shape}")
        if np.isinf(x).any():
            raise InputError("x", expected="finite or missing values", got=f"infinity in {self._column(np.isinf(x))}")
        if len(set(self.patients)) != n:
            twice = next(name for name in self.patients if self.patients.count(name) > 1)
            raise InputError("patients", expected="each once", got=f"{twice} more than once")
        if len(set(self.names)) != p:
            raise InputError("names", expected="each feature once", got="a name more than once")
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "sources", tuple(self.sources) or ("",) * p)
        object.__setattr__(self, "groups", tuple(self.groups))
        self._check_outcome(n)
        groups = self.groups or None
        for argument, found, wanted in (("sources", self.sources, p), ("batch", self.batch, n), ("groups", groups, n)):
            if found is not None and len(found) != wanted:
                raise InputError(argument, expected=str(wanted), got=str(len(found)))

    def __len__(self) -> int:
        """Count the patients."""
        return len(self.patients)

    @property
    def is_survival(self) -> bool:
        """Tell whether the outcome is a follow-up, not classes."""
        return isinstance(self.outcome, FollowUp)

    @property
    def follow_up(self) -> FollowUp:
        """Give the follow-up; raises InputError where the outcome is classes."""
        if not isinstance(self.outcome, FollowUp):
            raise InputError("outcome", expected="times and events", got="classes")
        return self.outcome

    @property
    def labels(self) -> np.ndarray:
        """Give the classes, int (n,); raises InputError where the outcome is a follow-up."""
        if isinstance(self.outcome, FollowUp):
            raise InputError("outcome", expected="classes 0 and 1", got="times and events")
        return self.outcome

    def require_classes(self) -> None:
        """Raise InputError unless patients of both classes are there."""
        if len(np.unique(self.labels)) < 2:
            raise InputError(
                "outcome", expected="both classes in training", got="one", remedy="check the outcome's column"
            )

    @property
    def strata(self) -> np.ndarray:
        """What folds are balanced by: the event or the class, int (n,)."""
        return self.follow_up.happened.astype(np.int64) if self.is_survival else self.labels

    @property
    def units(self) -> tuple[str, ...]:
        """Whose each row is: what folds never split."""
        return self.groups or self.patients

    @property
    def unit_strata(self) -> tuple[np.ndarray, np.ndarray]:
        """Give the number of each row's unit, int (n,), and the stratum of each unit: that of its greatest row."""
        if not self.groups:
            return np.arange(len(self)), self.strata
        place = {name: n for n, name in enumerate(dict.fromkeys(self.groups))}
        unit = np.array([place[name] for name in self.groups], dtype=np.int64)
        strata = np.zeros(len(place), dtype=np.int64)
        np.maximum.at(strata, unit, self.strata)
        return unit, strata

    def rows(self, chosen: np.ndarray) -> OutcomeData:
        """Give these patients, by index or mask."""
        index = np.flatnonzero(chosen) if np.asarray(chosen).dtype == bool else np.asarray(chosen, dtype=np.int64)
        outcome = self.outcome.of(index) if isinstance(self.outcome, FollowUp) else self.outcome[index]
        return replace(
            self,
            patients=tuple(self.patients[n] for n in index),
            x=self.x[index],
            outcome=outcome,
            batch=None if self.batch is None else self.batch[index],
            groups=tuple(self.groups[n] for n in index) if self.groups else (),
        )

    def columns(self, chosen: Sequence[int] | np.ndarray) -> OutcomeData:
        """Give these features, by index."""
        index = np.asarray(chosen, dtype=np.int64)
        names = tuple(self.names[n] for n in index)
        return replace(self, names=names, x=self.x[:, index], sources=tuple(self.sources[n] for n in index))

    def of_source(self, source: str) -> OutcomeData:
        """Give the features of a source."""
        return self.columns([n for n, name in enumerate(self.sources) if name == source])

    def with_x(self, x: np.ndarray, names: Sequence[str] | None = None) -> OutcomeData:
        """Give the same patients with other values."""
        if names is None:
            return replace(self, x=x)
        return replace(self, x=x, names=tuple(names), sources=("",) * len(names))

    def with_outcome(self, outcome: FollowUp | np.ndarray) -> OutcomeData:
        """Give the same patients with another outcome."""
        return replace(self, outcome=outcome)

    def _check_outcome(self, n: int) -> None:
        if not isinstance(self.outcome, FollowUp):
            labels = np.asarray(self.outcome)
            if labels.shape != (n,) or not np.isin(labels, (0, 1)).all():
                raise InputError("outcome", expected=f"{n} classes, each 0 or 1", got="others")
            object.__setattr__(self, "outcome", labels.astype(np.int64))
        elif len(self.outcome) != n:
            raise InputError("outcome", expected=f"{n} times", got=str(len(self.outcome)))

    def _column(self, where: np.ndarray) -> str:
        return self.names[int(np.flatnonzero(where.any(axis=0))[0])]
