"""Reference numbers by R, and the tables that they are of."""

import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from oncologyai.outcome import FollowUp

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT.parent / "shared" / "data"


@dataclass(frozen=True)
class Cohort:
    """Covariates, follow-up, and a group to be compared with the rest."""

    x: np.ndarray
    follow_up: FollowUp
    group: np.ndarray


@pytest.fixture(scope="session")
def by_r():
    """What Testing/reference/survival.R wrote."""
    return json.loads((ROOT / "Testing" / "reference" / "survival.json").read_text(encoding="utf-8"))


def _table(*parts: str) -> pd.DataFrame:
    path = DATA.joinpath(*parts)
    if not path.is_file():
        pytest.skip(f"{path} is not here")
    return pd.read_csv(path)


@pytest.fixture(scope="session")
def head_neck() -> pd.DataFrame:
    """The 290 patients with age and stages."""
    return _table("head_neck", "clinical_outcomes.csv").dropna(subset=["age", "T", "N", "TNM"])


@pytest.fixture(scope="session")
def lung1() -> pd.DataFrame:
    """The 138 patients with volume, age, stage and survival, as R had them."""
    if not (DATA / "lung1_features").is_dir():
        pytest.skip(f"{DATA / 'lung1_features'} is not here")
    path = ROOT / "Testing" / "reference" / "lung1_table.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.lung1_table(DATA)


@pytest.fixture(scope="session")
def a_cohort(request) -> Cohort:
    """``small`` (made here, many ties), ``head_neck``, ``glioma`` or ``lung1``."""
    if request.param == "small":
        n = np.arange(60)
        x = np.stack([(n * 13) % 17 / 17, (n * 29) % 11 / 11], axis=1)
        times, events, by = (n * 37) % 23 + 1, (n * 7) % 5 < 3, x[:, 0]
    elif request.param == "head_neck":
        table = request.getfixturevalue("head_neck")
        x, times, events = table[["age", "T", "N", "TNM"]].to_numpy(float), table.death_days, table.death
        by = x[:, 0]
    elif request.param == "lung1":
        table = request.getfixturevalue("lung1")
        x, times, events = table[["volume", "age", "stage"]].to_numpy(float), table.time, table.event
        by = x[:, 0]
    else:
        names = ["IDH1", "age_at_initial_pathologic", "karnofsky_performance_sco", "1p_19q_co_del_status"]
        table = _table("glioma", "clinical.csv").dropna(subset=[*names, "daystolastordeath", "death01"])
        table = table[table.daystolastordeath > 0]
        x, times, events = table[names].to_numpy(float), table.daystolastordeath, table.death01
        by = x[:, 1]
    return Cohort(x, FollowUp(np.asarray(times, float), np.asarray(events)), by > np.median(by))


COHORTS = ("small", "head_neck", "glioma", "lung1")
