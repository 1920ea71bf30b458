"""Both conventions on one phantom: what is called the same is the same, what differs does so as stated."""

from __future__ import annotations

import math

import pytest

from oncologyai.features import FeatureSettings, extract_features
from oncologyai.features.families import DEPRECATED, FEATURES
from oncologyai.features.ibsi import CONVENTIONS, digital_phantom, ibsi_features, selftest
from oncologyai.features.ibsi.selftest import PHANTOM_SETTINGS


def test_every_feature_of_pyradiomics_has_its_line() -> None:
    listed = [c.pyradiomics for c in CONVENTIONS if c.pyradiomics]
    families = [family for family in FEATURES if family != "shape2D"]
    known = {f"{family}_{name}" for family in families for name in (*FEATURES[family], *DEPRECATED.get(family, ()))}

    assert len(set(listed)) == len(listed)
    flat = {f"shape_Maximum2DDiameter{way}" for way in ("Column", "Row", "Slice")}
    assert known - set(listed) == flat | {"firstorder_StandardDeviation"}
    assert set(listed) <= known


def test_codes_are_unique() -> None:
    codes = [c.code for c in CONVENTIONS if c.code]

    assert len(set(codes)) == len(codes)
    assert all(len(code) == 4 for code in codes)


def test_tags_are_those_of_the_reference_values() -> None:
    known = {value.tag for value in selftest()}

    for convention in CONVENTIONS:
        found = {tag for tag in known if tag == convention.tag or tag.startswith(f"{convention.tag}_")}
        assert found or not convention.tag, convention


def test_values_agree_where_levels_agree() -> None:
    volume, mask = digital_phantom()  # its levels are the same in both conventions
    families = {family: (*FEATURES[family], *DEPRECATED.get(family, ())) for family in FEATURES if family != "shape2D"}
    table = extract_features(volume, [mask], FeatureSettings(families=families, bin_width=1.0))
    by_name = dict(zip(table.columns, table.rows[0], strict=True))
    by_tag = ibsi_features(volume, mask, PHANTOM_SETTINGS)
    change = {
        "firstorder_Kurtosis": lambda value: value - 3.0,
        "shape_MajorAxisLength": lambda value: value * math.sqrt(74 / 73),
        "shape_MinorAxisLength": lambda value: value * math.sqrt(74 / 73),
        "shape_LeastAxisLength": lambda value: value * math.sqrt(74 / 73),
    }

    for convention in CONVENTIONS:
        if convention.pyradiomics and convention.tag:
            value = by_name[f"original_{convention.pyradiomics}"]
            expected = change.get(convention.pyradiomics, lambda value: value)(value)
            candidates = (convention.tag, f"{convention.tag}_3D", f"{convention.tag}_3D_avg")
            found = next(by_tag[tag] for tag in candidates if tag in by_tag)
            assert found == pytest.approx(expected, rel=1e-6), convention.pyradiomics
