"""A signature made from a fitted chain and the patients that it was fitted on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from oncologyai.errors import InputError
from oncologyai.models import Citation, Figure, Licence
from oncologyai.outcome.chain import FittedChain
from oncologyai.outcome.cohort_distance import learn_distance
from oncologyai.outcome.data import OutcomeData
from oncologyai.outcome.predictors import FittedCox, FittedLearner, FittedTrees
from oncologyai.outcome.risk_groups import quantile_cut
from oncologyai.outcome.signature import Signature
from oncologyai.outcome.signature_apply import apply_signature
from oncologyai.outcome.signature_curves import cohort_curves, plain_numbers
from oncologyai.outcome.signature_files import sealed_signature
from oncologyai.outcome.signature_inputs import Given
from oncologyai.outcome.signature_models import HeldOut, Learned, cox_model, logistic_model, tree_margin, trees_model
from oncologyai.outcome.signature_parts import (
    Endpoint,
    Feature,
    ImageSettings,
    RiskGroups,
    SignatureExample,
    TrainingCohort,
    TreesModel,
)
from oncologyai.outcome.signature_terms import Terms, terms_of
from oncologyai.outcome.subjects import FollowUp

__all__ = ["SignatureAbout", "signature_of"]

_QUANTILES = 101


@dataclass(frozen=True)
class SignatureAbout:
    """What a card says that a fitted chain does not know; see ``Signature`` for the meaning of each.

    ``features`` holds, by a feature's name, further fields of ``Feature``: unit, description, column, level,
    categories, source, limits, stability. ``group_names`` are cut at ``group_quantiles`` of the training predictor.
    ``example`` holds a made-up patient's value by column; what comes out is computed.
    """

    id: str
    title: str
    endpoint: Endpoint
    cohort: TrainingCohort
    licence: Licence
    description: str = ""
    demonstration: bool = True
    origin: str = ""
    version: str = "1.0.0"
    image: ImageSettings | None = None
    features: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    group_names: tuple[str, ...] = ("low", "high")
    group_quantiles: tuple[float, ...] = (0.5,)
    performance: tuple[Figure, ...] = ()
    citation: tuple[Citation, ...] = ()
    urls: tuple[str, ...] = ()
    example: Mapping[str, float | str] = field(default_factory=dict)


def signature_of(
    chain: FittedChain, data: OutcomeData, about: SignatureAbout, *, held_out: HeldOut | None = None
) -> tuple[Signature, bytes]:
    """Make a signature of a fitted chain.

    Parameters
    ----------
    chain : FittedChain
        Steps of imputation by a value, scaling and selection; at its end Cox's model, logistic regression without
        weights of classes, or boosted trees.
    data : OutcomeData
        The patients that it was fitted on.
    about : SignatureAbout
    held_out : HeldOut, optional
        Of boosted trees: what an absolute risk is estimated from, on the scale of the trees' margin. Without, there is
        an index and its group only, since trees fit the patients that they have seen too well. Groups are cut by it.

    Returns
    -------
    card : Signature
        Sealed.
    model : bytes
        The model's file; empty for a linear one.

    Raises
    ------
    InputError
        If the patients are others, or a card cannot hold what the chain does.
    """
    if frozenset(data.units) != chain.seen:
        raise InputError("data", expected="the patients that the chain was fitted on", got="others")
    horizon = about.endpoint.horizon_days
    if data.is_survival != (about.endpoint.kind == "survival") or data.is_survival == (horizon is None):
        raise InputError("endpoint", expected="that of the patients, survival with a horizon", got=about.endpoint.kind)
    if isinstance(data.outcome, FollowUp) and (data.outcome.events > 1).any():
        raise InputError(
            "events", expected="no competing ones: a card gives the risk as if nothing else could happen", got="some",
            remedy="take another event, or one that holds both",
        )  # fmt: skip
    terms, fitted = terms_of(chain), chain.model
    content = b""
    if isinstance(fitted, FittedTrees):
        content = bytes(fitted.raw.save_raw("json"))
        learned = trees_model(fitted, data, about.id, horizon or math.nan, content, held_out)
        risk = held_out.predictions if held_out is not None else tree_margin(fitted, chain, data)
    elif isinstance(fitted, FittedCox):
        terms, learned = cox_model(fitted, chain, data, terms, horizon or math.nan)
        risk = chain.predict(data)
    elif isinstance(fitted, FittedLearner) and fitted.kind == "logistic":
        terms, learned = logistic_model(fitted, chain, data, terms)
        risk = np.asarray(fitted.learner.decision_function(chain.transform(data).x))
    else:
        raise InputError("chain", expected="Cox's model, logistic regression or boosted trees", got=chain.name)
    card = _card(about, _features(about, terms, data), learned, data, risk, terms)
    return sealed_signature(_with_example(card, about, content)), content


def _card(
    about: SignatureAbout, features: tuple[Feature, ...], learned: Learned, data: OutcomeData, risk: np.ndarray,
    terms: Terms,
) -> Signature:  # fmt: skip
    events = int(data.strata.sum())
    cohort = about.cohort.model_copy(update={"patients": len(data), "events": events})
    groups = RiskGroups(
        names=about.group_names, cuts=plain_numbers([quantile_cut(risk, share) for share in about.group_quantiles]),
        method=", ".join(f"quantile {share:g}" for share in about.group_quantiles) + " of the training patients",
    )  # fmt: skip
    place = {name: n for n, name in enumerate(data.names)}
    raw = data.x[:, [place[name] for name in terms.names]]
    scaled = (np.where(np.isnan(raw), terms.imputation, raw) - terms.shift) / terms.scale
    return Signature(
        id=about.id, version=about.version, title=about.title, description=about.description,
        demonstration=about.demonstration, origin=about.origin, endpoint=about.endpoint, cohort=cohort,
        image=about.image, features=features, model=learned.model, baseline=learned.baseline, groups=groups,
        curves=cohort_curves(data, groups, risk),
        predictors=plain_numbers(np.quantile(risk, np.linspace(0, 1, _QUANTILES))),
        distance=learn_distance(scaled), performance=about.performance, licence=about.licence,
        citation=about.citation, urls=about.urls,
    )  # fmt: skip


def _features(about: SignatureAbout, terms: Terms, data: OutcomeData) -> tuple[Feature, ...]:
    place = {name: n for n, name in enumerate(data.names)}
    made = []
    for n, name in enumerate(terms.names):
        values = data.x[:, place[name]]
        known = values[~np.isnan(values)]
        imputation = float(terms.imputation[n])
        learned = {
            "name": name, "column": name, "source": data.sources[place[name]],
            "range": (float(known.min()), float(known.max())), "missing": int(np.isnan(values).sum()),
            "imputation": None if math.isnan(imputation) else imputation, "shift": float(terms.shift[n]),
            "scale": float(terms.scale[n]),
        }  # fmt: skip
        made.append(Feature.model_validate({**learned, **about.features.get(name, {})}))
    return tuple(made)


def _with_example(card: Signature, about: SignatureAbout, model: bytes) -> Signature:
    if not about.example:
        return card
    frame = pd.DataFrame([about.example])
    found = apply_signature(card, frame, Given(unchecked=True), model=model)
    value, low, high = (None if math.isnan(v[0]) else float(v[0]) for v in (found.value, found.low, found.high))
    # xgboost's sums are in single precision
    example = SignatureExample(
        values=dict(about.example), predictor=float(found.predictor[0]), value=value, low=low, high=high,
        group=found.group[0], tolerance=1e-4 if isinstance(card.model, TreesModel) else 1e-6,
    )  # fmt: skip
    return card.model_copy(update={"example": example})
