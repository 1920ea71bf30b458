"""Learners by the names that study files call them by."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from itertools import product
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from oncologyai._checks import check_choice
from oncologyai.errors import InputError
from oncologyai.outcome.averaging import AveragedSources
from oncologyai.outcome.chain import Chain, Predictor, Step
from oncologyai.outcome.design import Choice, Learner
from oncologyai.outcome.fine_gray import FineGray
from oncologyai.outcome.forest import RandomForest
from oncologyai.outcome.indices import PrognosticIndices
from oncologyai.outcome.markers import MarkerChain
from oncologyai.outcome.penalised_cox import PenalisedCox
from oncologyai.outcome.predictors import BoostedTrees, CoxRegression, LogisticRegression
from oncologyai.outcome.radiation_effects import RadiationEffectsChain
from oncologyai.outcome.steps import Correlation, Impute, Screen, Standardise, Variance
from oncologyai.outcome.survival_chain import survival_chain

__all__ = ["LEARNERS", "learner", "learner_options"]

_MOST_CHAINS = 200  # of a choice: each is fitted in every inner fold of every split
_FOLDS = "inner_folds"


def _steps(variance: float | None, correlation: float | None, screen: float | None, *, scaled: bool) -> list[Step]:
    """Give the steps before a model, in the order of ch. 3; None leaves one out."""
    steps: list[Step] = [Impute()]
    steps += [] if variance is None else [Variance(variance)]
    steps += [] if correlation is None else [Correlation(correlation)]
    steps += [Standardise()] if scaled else []
    return steps + ([] if screen is None else [Screen(screen)])


def _cox(
    *,
    penalty: float = 0.0,
    alpha: float | None = None,
    most: int | None = None,
    fallback: float | None = None,
    variance: float | None = 0.0,
    correlation: float | None = None,
    screen: float | None = None,
) -> Chain:
    """Cox's model, after filters that are asked for; see ``CoxRegression``."""
    return _chain(CoxRegression(penalty, alpha, most, fallback), _steps(variance, correlation, screen, scaled=True))


def _logistic(
    *,
    strength: float = 1.0,
    balanced: bool = True,
    variance: float | None = 0.0,
    correlation: float | None = None,
    screen: float | None = None,
) -> Chain:
    """Logistic regression with a ridge; see ``LogisticRegression``."""
    return _chain(LogisticRegression(strength, balanced), _steps(variance, correlation, screen, scaled=True))


def _random_forest(
    *,
    trees: int = 200,
    depth: int | None = 4,
    variance: float | None = 0.0,
    correlation: float | None = None,
    screen: float | None = None,
) -> Chain:
    """A random forest of classes; see ``RandomForest``."""
    return _chain(RandomForest(trees, depth), _steps(variance, correlation, screen, scaled=False))


def _boosted(survival: str) -> Callable[..., Chain]:
    def boosted(
        *,
        rounds: int = 100,
        depth: int = 2,
        rate: float = 0.05,
        subsample: float = 0.8,
        columns: float = 0.8,
        least: float = 1.0,
        variance: float | None = 0.0,
        correlation: float | None = None,
        screen: float | None = None,
    ) -> Chain:
        model = BoostedTrees(rounds, depth, rate, subsample, columns, least, survival)
        return _chain(model, _steps(variance, correlation, screen, scaled=False))

    return boosted


def _penalised_cox(
    *,
    inner_folds: int = 5,
    lasso_share: float = 0.5,
    count: int = 30,
    smallest: float = 0.1,
    variance: float | None = 0.0,
    correlation: float | None = None,
    screen: float | None = None,
) -> Chain:
    """Cox's model with an elastic net; see ``PenalisedCox``."""
    model = PenalisedCox(lasso_share, count, smallest, inner_folds)
    return _chain(model, _steps(variance, correlation, screen, scaled=True))


def _fine_gray(*, variance: float | None = 0.0, correlation: float | None = None, screen: float | None = None) -> Chain:
    """Fine and Gray's model, for the event with others competing; see ``FineGray``."""
    return _chain(FineGray(), _steps(variance, correlation, screen, scaled=True))


def _indices(*, inner_folds: int = 3, parts: dict[str, dict[str, Any]], crossfit: int = 5) -> PrognosticIndices:
    """An index a source, joined; a part is ``{learner: name, option: value, ...}``; see ``PrognosticIndices``."""
    return PrognosticIndices(_parts(parts, inner_folds), crossfit)


def _markers(
    *,
    correlation: float = 0.85,
    forests: int = 1000,
    features: int = 20,
    searches: int = 1000,
    best: int = 5,
    splits: int = 10,
    workers: int = 1,
) -> MarkerChain:
    """The marker chain of ch. 3; see ``MarkerChain``."""
    return MarkerChain(correlation, forests, features, searches, best, splits, workers)


def _radiation_effects(
    *,
    inner_folds: int = 3,
    variance: float = 0.01,
    correlation: float = 0.85,
    features: int = 20,
    rounds: int = 60,
    workers: int = 1,
) -> RadiationEffectsChain:
    """The chain of ch. 4; see ``RadiationEffectsChain``."""
    return RadiationEffectsChain(variance, correlation, features, rounds, inner_folds, workers)


def _average(*, inner_folds: int = 3, parts: dict[str, dict[str, Any]]) -> AveragedSources:
    """A learner a source, averaged; a part is ``{learner: name, option: value, ...}``; see ``AveragedSources``."""
    return AveragedSources(_parts(parts, inner_folds))


def _parts(parts: dict[str, dict[str, Any]], inner_folds: int) -> dict[str, Learner]:
    """Give the learner of each source."""
    made = {}
    for source, part in parts.items():
        options = dict(part)
        name = str(options.pop("learner", ""))
        check_choice(name, LEARNERS, f"learner of {source}")
        made[source] = learner(name, inner_folds=inner_folds, **options)
    return made


def _chain(model: Predictor, steps: list[Step]) -> Chain:
    return Chain(model.name, tuple(steps), model)


LEARNERS: dict[str, Callable[..., Learner]] = {
    "aft": _boosted("aft"),
    "average": _average,
    "boosted-classes": _boosted("cox"),
    "boosted-survival": _boosted("cox"),
    "cox": _cox,
    "fine-gray": _fine_gray,
    "indices": _indices,
    "logistic": _logistic,
    "markers": _markers,
    "penalised-cox": _penalised_cox,
    "radiation-effects": _radiation_effects,
    "random-forest": _random_forest,
    "survival-chain": survival_chain,
}
"""What makes a learner, by name. An option is a keyword argument with a type; ``inner_folds`` is the study's."""


def learner_options(name: str) -> tuple[str, ...]:
    """Give the names of a learner's options.

    Raises
    ------
    InputError
        If there is no such learner.
    """
    check_choice(name, LEARNERS, "learner")
    return tuple(inspect.signature(LEARNERS[name]).parameters)


def learner(name: str, *, inner_folds: int = 3, **options: Any) -> Learner:
    """Make a learner.

    Parameters
    ----------
    name : str
        One of ``LEARNERS``.
    inner_folds : int
        Folds within the training patients, for learners that choose something there.
    **options
        The learner's own. A list of values, where one value is wanted, is tuned: every combination makes a chain, and
        the one that does best in the inner folds is fitted.

    Raises
    ------
    InputError
        If there is no such learner or option, a value does not fit, or there are too many combinations.
    """
    known = learner_options(name)
    for option in options:
        check_choice(option, [one for one in known if one != _FOLDS], f"option of {name}")
    make = LEARNERS[name]
    given = {option: _values(make, name, option, value) for option, value in options.items()}
    shared = {_FOLDS: inner_folds} if _FOLDS in known else {}
    made = [make(**shared, **dict(zip(given, values, strict=True))) for values in product(*given.values())]
    if len(made) == 1:
        return made[0]
    if len(made) > _MOST_CHAINS:
        raise InputError(f"options of {name}", expected=f"at most {_MOST_CHAINS} combinations", got=str(len(made)))
    chains = [one for one in made if isinstance(one, Chain)]
    if len(chains) < len(made):
        tuned = next(option for option, values in given.items() if len(values) > 1)
        raise InputError(f"{name}.{tuned}", expected="one value", got="a list, and this learner is tuned within itself")
    said = [_said(given, values) for values in product(*given.values())]
    named = [Chain(f"{one.name} ({text})", one.steps, one.model) for one, text in zip(chains, said, strict=True)]
    return Choice(chains[0].name, named, inner_folds)


def _values(make: Callable[..., Learner], name: str, option: str, value: Any) -> tuple[Any, ...]:
    """Give the values to be tried, one where nothing is tuned."""
    kind = TypeAdapter(get_type_hints(make)[option])
    try:
        return (kind.validate_python(value),)
    except ValidationError as error:
        if isinstance(value, list) and value:
            return tuple(_values(make, name, option, one)[0] for one in value)
        expected = error.errors()[0]["msg"].removeprefix("Input should be ")
        raise InputError(f"{name}.{option}", expected=expected, got=repr(value)) from error


def _said(given: Mapping[str, tuple[Any, ...]], values: tuple[Any, ...]) -> str:
    """Say what tells one combination from the others."""
    pairs = [f"{name} {value}" for (name, tried), value in zip(given.items(), values, strict=True) if len(tried) > 1]
    return ", ".join(pairs)
