"""A study's splits by its design, and which features each model gets."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import DesignPart, ModelPart, OutcomeData, model_features, study_splits


def patients(n=40, groups=("A", "B", "C")):
    rng = np.random.default_rng(0)
    names, sources = ("age", "site=x", "f1", "f2"), ("clinical", "clinical", "radiomics", "radiomics")
    batch = np.array([groups[k % len(groups)] for k in range(n)])
    labels = np.arange(n) % 2
    return OutcomeData(tuple(map(str, range(n))), names, rng.normal(size=(n, 4)), labels, batch, sources)


def test_folds_are_repeated_each_time_otherwise_and_the_same_for_a_seed():
    design = DesignPart(folds=4, repeats=3)
    made, again = (study_splits(patients(), design, seed=5) for _ in range(2))
    assert len(made) == 12 and made[4].name == "fold 1 of repeat 2"
    assert all((a.test == b.test).all() for a, b in zip(made, again, strict=True))
    assert sorted(made[0].test.tolist()) != sorted(made[4].test.tolist())


def test_other_designs():
    external = study_splits(patients(), DesignPart(kind="external", train=("A", "B"), test=("C",)))
    assert [one.name for one in external] == ["A+B to C"]
    assert [one.name for one in study_splits(patients(), DesignPart(kind="centres"))] == ["B+C to A", "A+C to B", "A+B to C"]  # fmt: skip  # noqa: E501
    repeated = study_splits(patients(), DesignPart(kind="repeated", repeats=7, test_share=0.25))
    assert len(repeated) == 7 and all(len(one.test) == 10 for one in repeated)


def test_one_group_is_no_external_design():
    for design in (DesignPart(kind="external", train=("A",), test=("A",)), DesignPart(kind="centres")):
        with pytest.raises(InputError, match="group: expected a column of at least two values, got A"):
            study_splits(patients(groups=("A",)), design)


def test_a_model_gets_the_features_of_its_sources_and_patterns():
    def names(**more):
        return model_features(patients(), ModelPart(name="m", learner="cox", **more)).names

    assert names() == ("age", "site=x", "f1", "f2")
    assert names(sources=["radiomics"]) == ("f1", "f2")
    assert names(features=["site", "f*"], exclude=["f2"]) == ("site=x", "f1")
    for more, said in (
        ({"sources": ["genes"]}, "expected sources of features .clinical, radiomics., got genes"),
        ({"features": ["g*"]}, "expected features .age, .*, got g"),
        ({"sources": ["clinical"], "features": ["f1"]}, "expected at least one, got none"),
    ):
        with pytest.raises(InputError, match=said):
            names(**more)
