"""Steps of a chain as one shift, one scale and one imputation a feature: what a card can say of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oncologyai.errors import InputError
from oncologyai.outcome.chain import FittedChain
from oncologyai.outcome.steps import Filled, Scaled, Selected

__all__ = ["Terms", "terms_of"]


@dataclass(frozen=True, eq=False)
class Terms:
    """The features that are left, and what becomes of their values: ``(value - shift) / scale``.

    ``imputation`` is on the scale of the table; NaN where a missing value stays missing.
    """

    names: tuple[str, ...]
    shift: np.ndarray
    scale: np.ndarray
    imputation: np.ndarray

    def of(self, places: np.ndarray) -> Terms:
        """Give the features at these places."""
        names = tuple(self.names[n] for n in places)
        return Terms(names, self.shift[places], self.scale[places], self.imputation[places])

    def centred(self, mean: np.ndarray) -> Terms:
        """Move the shift so that scaled values of this mean become 0."""
        return Terms(self.names, self.shift + self.scale * mean, self.scale, self.imputation)


def terms_of(chain: FittedChain) -> Terms:
    """Follow every feature through the chain's steps.

    Raises
    ------
    InputError
        If a step is none of imputation by a value, scaling and selection: a card cannot say what it does.
    """
    count = len(chain.names)
    terms = Terms(chain.names, np.zeros(count), np.ones(count), np.full(count, np.nan))
    for name, step in chain.steps:
        if isinstance(step, Filled):
            value = terms.shift + terms.scale * step.values
            filled = np.where(np.isnan(terms.imputation), value, terms.imputation)
            terms = Terms(terms.names, terms.shift, terms.scale, filled)
        elif isinstance(step, Scaled):
            shift = terms.shift + terms.scale * step.shift
            terms = Terms(terms.names, shift, terms.scale * step.scale, terms.imputation)
        elif isinstance(step, Selected):
            place = {feature: n for n, feature in enumerate(terms.names)}
            terms = terms.of(np.array([place[feature] for feature in step.kept], dtype=np.int64))
        else:
            raise InputError(
                "chain", expected="steps of imputation by a value, scaling and selection", got=name,
                remedy="leave the step out of the model that becomes a signature",
            )  # fmt: skip
    return terms
