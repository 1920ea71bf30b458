"""Patients whose model is known, and what a card says of them: shared by the tests of signatures."""

import numpy as np
import pandas as pd

from oncologyai.models import Licence
from oncologyai.outcome import (
    BoostedTrees,
    Chain,
    CoxRegression,
    Endpoint,
    FollowUp,
    Impute,
    LogisticRegression,
    OutcomeData,
    SignatureAbout,
    Standardise,
    TrainingCohort,
    Variance,
)

HORIZON = 365.0
NAMES = ("age", "volume", "sex=M")


def some_patients(kind="survival", patients=160, seed=1, missing=0.05):
    """Give patients whose risk rises with age and volume."""
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.normal(60, 10, patients), rng.lognormal(3, 0.5, patients), rng.random(patients) < 0.5])
    effect = 0.06 * (x[:, 0] - 60) + 0.02 * (x[:, 1] - 20) + 0.3 * x[:, 2]
    if kind == "survival":
        times = rng.exponential(600 * np.exp(-effect))
        stop = rng.uniform(200, 1500, patients)
        outcome = FollowUp(np.minimum(times, stop), times <= stop)
    else:
        outcome = (rng.random(patients) < 1 / (1 + np.exp(-effect))).astype(int)
    x[rng.random(patients) < missing, 0] = np.nan
    return OutcomeData(tuple(f"p{n}" for n in range(patients)), NAMES, x, outcome, None, ("clinical",) * 3)


def a_chain(kind):
    """Give a chain: ``cox``, ``ridge``, ``logistic``, ``trees`` of survival, ``aft`` or ``classes``."""
    steps = (Impute(), Variance(), Standardise())
    models = {
        "cox": CoxRegression(),
        "ridge": CoxRegression(penalty=0.2),
        "logistic": LogisticRegression(balanced=False),
        "trees": BoostedTrees(30),
        "aft": BoostedTrees(30, survival="aft"),
        "classes": BoostedTrees(30),
    }
    return Chain(kind, steps, models[kind])


def outcome_of(kind):
    """Give what a chain predicts."""
    return "class" if kind in ("logistic", "classes") else "survival"


def about(kind="survival", **changes):
    """Give what a card says besides."""
    endpoint = Endpoint(name="death", kind="survival", horizon_days=HORIZON)
    if kind == "class":
        endpoint = Endpoint(name="IDH", kind="class", positive="mutated")
    sex = {"column": "sex", "level": "M", "categories": {"M": "male", "F": "female"}, "imputation": None}
    given = {
        "id": "test",
        "title": "A test",
        "endpoint": endpoint,
        "cohort": TrainingCohort(description="made up", patients=1),
        "licence": Licence(name="CC0", commercial=True),
        "features": {
            "age": {"unit": "years", "limits": (0, 120)},
            "volume": {"unit": "ml", "limits": (0, 5000)},
            "sex=M": sex,
        },
        "example": {"age": 70.0, "volume": 30.0, "sex": "M"},
    }
    return SignatureAbout(**{**given, **changes})


def a_table(data):
    """Give the patients as a table that a card of them takes."""
    sex = np.where(data.x[:, 2] == 1, "M", "F")
    return pd.DataFrame({"patient": data.patients, "age": data.x[:, 0], "volume": data.x[:, 1], "sex": sex})
