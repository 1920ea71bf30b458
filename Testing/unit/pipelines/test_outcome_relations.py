"""Chosen features beside the volume and beside those of other sources; what nobody chose is left out."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.outcome import OutcomeData
from oncologyai.pipelines import LearnedFeature, feature_relations


def chosen(name, times):
    return LearnedFeature(name, times, 4, 1.0, 1.0, 1.0)


def patients():
    rng = np.random.default_rng(0)
    size = rng.normal(size=60)
    x = np.stack([size, size**3, rng.normal(size=60), size + 0.1 * rng.normal(size=60)], axis=1)
    sources = ("radiomics", "radiomics", "radiomics", "clinical")
    return OutcomeData(tuple(map(str, range(60))), ("volume", "cube", "noise", "stage"), x, np.arange(60) % 2, None, sources)  # fmt: skip  # noqa: E501


def test_another_word_for_the_volume_shows_as_one():
    found = feature_relations(patients(), [[chosen("cube", 4)]], "volume")
    assert found.volume["cube"] == pytest.approx(1.0) and abs(found.volume["noise"]) < 0.4
    assert feature_relations(patients(), [[chosen("cube", 4)]]).volume == {}
    with pytest.raises(InputError, match="volume: expected a feature of the table, got size"):
        feature_relations(patients(), [], "size")


def test_sources_are_compared_by_what_half_of_the_splits_chose():
    found = feature_relations(patients(), [[chosen("cube", 2), chosen("noise", 1)], [chosen("stage", 4)]])
    assert [(one.first, one.second) for one in found.associations] == [("cube", "stage")]
    assert found.associations[0].r > 0.9
    assert feature_relations(patients(), [[chosen("cube", 4), chosen("noise", 4)]]).associations == ()
