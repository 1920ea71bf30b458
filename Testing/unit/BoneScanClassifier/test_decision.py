"""What a probability says at a threshold."""

import pytest


def test_the_rules_are_those_of_the_form_and_the_users_own(a_module, a_card):
    from BoneScanClassifierLib import rulesOf

    assert [rule.name for rule in rulesOf(a_card, fast=False)] == ["youden", "sensitivity-0.90", "own"]
    assert [(rule.name, rule.value) for rule in rulesOf(a_card, fast=True)] == [("youden", 0.5), ("own", 0.5)]


def test_a_card_without_a_fast_form_gives_the_full_ones_rules(a_module, a_card):
    from BoneScanClassifierLib import rulesOf

    assert rulesOf({"full": a_card["full"], "fast": None}, fast=True)[0].value == 0.45
    assert [rule.name for rule in rulesOf({}, fast=False)] == ["own"]


def test_rules_say_what_they_gave_on_scans_held_out(a_module, a_card):
    from BoneScanClassifierLib import rulesOf

    labels = [rule.label() for rule in rulesOf(a_card, fast=False)]
    assert labels == [
        "Youden's index: 0.45 (sens. 80%, spec. 70%)",
        "Sensitivity of 90%: 0.30 (sens. 90%, spec. 50%)",
        "My own",
    ]


def test_the_chosen_rule_is_the_named_one_else_the_first(a_module, a_card):
    from BoneScanClassifierLib import chosenRule, rulesOf

    rules = rulesOf(a_card, fast=False)
    assert chosenRule(rules, "sensitivity-0.90", 0.6).value == 0.3
    assert chosenRule(rules, "own", 0.6).value == 0.6
    assert chosenRule(rules, "", 0.6).name == chosenRule(rules, "gone", 0.6).name == "youden"


@pytest.mark.parametrize(
    ("probability", "positive", "text"),
    [
        (0.44, False, "Without metastases at the threshold 0.45."),
        (0.45, True, "With metastases at the threshold 0.45."),
    ],
)
def test_a_probability_at_the_threshold_or_above_is_positive(a_module, a_card, probability, positive, text):
    from BoneScanClassifierLib import decisionText, isPositive, rulesOf

    (rule, *_) = rulesOf(a_card, fast=False)
    prediction = {"probability": probability, "low": None, "high": None}
    assert isPositive(prediction, rule) is positive
    assert decisionText(prediction, rule) == text


def test_an_interval_that_holds_the_threshold_is_said(a_module, a_card):
    from BoneScanClassifierLib import decisionText, rulesOf

    (rule, *_) = rulesOf(a_card, fast=False)
    assert decisionText({"probability": 0.5, "low": 0.4, "high": 0.6}, rule).endswith("both sides of it.")
    assert "both sides" not in decisionText({"probability": 0.7, "low": 0.6, "high": 0.8}, rule)


def test_the_probability_comes_with_its_interval_where_it_has_one(a_module):
    from BoneScanClassifierLib import probabilityText

    told = probabilityText({"probability": 0.714, "low": 0.61, "high": 0.8})
    assert told == "Probability of metastases: 71% (95% interval 61% to 80%)"
    assert probabilityText({"probability": 0.5, "low": None, "high": None}) == "Probability of metastases: 50%"
