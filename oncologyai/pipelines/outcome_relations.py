"""Whether what models chose says the same as the volume, or as features of another source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from oncologyai.outcome import Association, OutcomeData, associations_between, volume_correlation
from oncologyai.pipelines.outcome_learned import LearnedFeature

__all__ = ["Relations", "feature_relations"]

_OFTEN = 0.5  # share of the splits from which a feature counts as chosen
_MOST = 30  # features of a source
_SHOWN = 12  # pairs of two sources


@dataclass(frozen=True)
class Relations:
    """What features say of each other.

    Attributes
    ----------
    volume : mapping of str to float
        By feature, Spearman's correlation with the volume; empty where no volume is named.
    associations : tuple of Association
        Of features of different sources that models chose in half of their splits, the strongest of each pair of
        sources.
    """

    volume: Mapping[str, float]
    associations: tuple[Association, ...]


def feature_relations(data: OutcomeData, learned: Sequence[Sequence[LearnedFeature]], volume: str = "") -> Relations:
    """Relate what models chose to the volume and across sources.

    Parameters
    ----------
    data : OutcomeData
    learned : sequence of sequence of LearnedFeature
        Of each model, the most chosen first.
    volume : str
        The feature that is the volume; empty: none is.

    Raises
    ------
    InputError
        If there is no such feature.
    """
    with_volume = volume_correlation(data, volume) if volume else np.zeros(0)
    chosen = dict.fromkeys(one.feature for model in learned for one in model if one.chosen >= _OFTEN * one.splits)
    places: list[int] = []
    for source in dict.fromkeys(data.sources):
        own = [n for n, name in enumerate(data.names) if data.sources[n] == source and name in chosen]
        order = {name: n for n, name in enumerate(chosen)}
        places += sorted(own, key=lambda n: order[data.names[n]])[:_MOST]
    kept = data.columns(places)
    found: list[Association] = []
    for first, second in combinations([source for source in dict.fromkeys(kept.sources) if source], 2):
        found += associations_between(kept, first, second)[:_SHOWN]
    named = zip(data.names, with_volume, strict=True) if volume else ()
    return Relations({name: float(value) for name, value in named}, tuple(found))
