"""Signatures by name: their cards, what can be filled in, and why one cannot be used."""

import pytest


@pytest.fixture
def a_choice(a_module):
    from RadiomicsOutcomeLib import chooseSignature

    return chooseSignature


def test_shipped_signatures_are_those_of_the_library(a_module):
    from RadiomicsOutcomeLib import shippedSignatures

    from oncologyai.outcome import shipped_signatures

    assert set(shippedSignatures()) == set(shipped_signatures()) >= {"hn-death-clinical", "sts-lung-metastases"}


def test_clinical_features_are_fields_and_features_of_an_image_are_not(a_choice):
    clinical = a_choice("hn-death-clinical")
    assert [field.column for field in clinical.fields] == ["age", "T", "N", "TNM", "HPV"]
    assert not clinical.usesImage
    stage = clinical.fields[1]
    assert [value for value, _meaning in stage.categories] == ["1", "2", "3", "4"]
    pet = a_choice("sts-lung-metastases")
    assert pet.fields == () and pet.usesImage and pet.canCompute


def test_an_index_that_ranks_a_cohort_is_none_for_a_patient(a_choice):
    choice = a_choice("glioblastoma-os-model-1")
    assert choice.card is not None
    assert "it ranks a cohort" in choice.problem


def test_what_is_no_card_is_said(a_choice, tmp_path):
    assert a_choice("").problem == "Choose a signature."
    assert "The card is not there" in a_choice(str(tmp_path / "x.json")).problem
    (tmp_path / "x.json").write_text("{", encoding="utf-8")
    assert "expected a signature in JSON" in a_choice(str(tmp_path / "x.json")).problem
    assert "a signature's file, or one of those at hand" in a_choice("nothing").problem


@pytest.mark.parametrize(
    ("text", "problem", "outside"),
    [
        ("61,5", "", False), ("61.5", "", False), ("120", "", True), ("", "", False), ("old", "not a number", False),
        ("inf", "not a number", False),
    ],
)  # fmt: skip
def test_numbers_are_checked_against_the_range_of_training(a_module, text, problem, outside):
    from RadiomicsOutcomeLib import Field

    field = Field("age", "age", "years", low=30.0, high=90.0, optional=True)
    assert (field.problem(text), field.isOutside(text)) == (problem, outside)
    assert field.rangeText() == "30 - 90 years"


def test_a_value_that_may_not_be_missing_or_is_none_of_the_categories_is_refused(a_module):
    from RadiomicsOutcomeLib import Field

    field = Field("stage", "stage", categories=(("I", "early"), ("II", "late")))
    assert (field.problem(""), field.problem("III"), field.problem("II")) == ("missing", "not among the values", "")
    assert not field.isOutside("5")
