"""As many features as the events allow: those that say most by themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oncologyai._checks import check_range
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.steps import Selected, univariate_strength

__all__ = ["EventAllowance"]


@dataclass(frozen=True)
class EventAllowance:
    """At most one feature for so many training patients with the event (or of the rarer class) stays, at least one.

    A model of more features than its events allow cannot be fitted, or says nothing of new patients (Peduzzi et al.,
    J Clin Epidemiol 1995;48:1503 found 10 events a feature enough); features are taken by how far each alone parts
    the outcomes.
    """

    events_per_feature: float = 10.0
    name: str = "as many as the events allow"

    def __post_init__(self) -> None:
        check_range(self.events_per_feature, 1.0, 1000.0, "events_per_feature")

    def fit(self, data: OutcomeData, rng: np.random.Generator) -> Selected:
        """Learn which features are strongest."""
        with_event = int((data.strata == 1).sum())
        events = with_event if data.is_survival else min(with_event, len(data) - with_event)
        count = min(max(int(events / self.events_per_feature), 1), len(data.names))
        order = np.argsort(-univariate_strength(data), kind="stable")
        return Selected(tuple(data.names[n] for n in sorted(order[:count])), len(data.names))
