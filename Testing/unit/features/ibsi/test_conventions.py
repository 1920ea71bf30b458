"""Both conventions on one phantom: what is called the same is the same, what differs does so as stated."""

from __future__ import annotations

import csv
import json
import math
import re
from pathlib import Path

import pytest

from oncologyai.features import FeatureSettings, extract_features
from oncologyai.features.families import DEPRECATED, FEATURES
from oncologyai.features.ibsi import CONVENTIONS, digital_phantom, ibsi_features, selftest
from oncologyai.features.ibsi.selftest import PHANTOM_SETTINGS

_ROOT = Path(__file__).resolve().parents[4]
_CODES = json.loads((_ROOT / "Testing" / "reference" / "ibsi_codes.json").read_text(encoding="utf-8"))["families"]
_VALUES = _ROOT.parent / "shared" / "data" / "ibsi" / "ibsi1_reference_values.csv"
_FAMILIES = {
    "shape": "HCUG", "glcm": "LFYI", "glrlm": "TP0I", "glszm": "9SAK", "gldm": "REK0", "ngtdm": "IPET",
    "firstorder_Entropy": "ZVCW", "firstorder_Uniformity": "ZVCW", "firstorder": "UHIW",
}  # fmt: skip


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


@pytest.mark.parametrize("convention", [c for c in CONVENTIONS if c.tag], ids=lambda c: c.tag)
def test_codes_are_the_manuals(convention) -> None:
    family = _FAMILIES.get(convention.pyradiomics) or _FAMILIES[convention.pyradiomics.partition("_")[0] or "glcm"]
    _, code = _CODES[family]["features"][convention.tag]

    assert convention.code == code


def test_the_table_of_codes_is_whole_and_without_doubles() -> None:
    codes = [code for family in _CODES.values() for _, code in family["features"].values()]
    general = {"BC2M", "GBPN"}  # volume at, and intensity at, any fraction: 10 and 90 % share one

    assert len(_CODES) == 11
    assert {code for code in codes if codes.count(code) > 1} == general
    assert not set(codes) & set(_CODES)
    ours = ibsi_features(*digital_phantom(), PHANTOM_SETTINGS)
    stems = {re.sub(r"_(2D|2_5D|3D).*$", "", tag.replace("2.5D", "2_5D")) for tag in ours}
    assert stems == {tag for family in _CODES.values() for tag in family["features"]}


def test_names_and_tags_are_those_of_the_published_table() -> None:
    if not _VALUES.exists():
        pytest.skip(f"{_VALUES} is not there")
    with _VALUES.open(encoding="utf-8-sig", newline="") as file:
        rows = {(re.sub(r"_(2D|2_5D|3D).*$", "", row["tag"]), row["image_biomarker"]) for row in csv.DictReader(file)}

    assert rows == {(tag, name) for family in _CODES.values() for tag, (name, _) in family["features"].items()}


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
