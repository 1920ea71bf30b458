"""A prediction in words, and a study's figures."""

import json

from oncologyai.types import Table

COLUMNS = (
    "endpoint",
    "horizon_days",
    "value",
    "low",
    "high",
    "group",
    "range_check",
    "nearer_share",
    "rank",
    "signature",
)


def a_table(**changes):
    cells = {
        "endpoint": "death", "horizon_days": 730.5, "value": 0.34, "low": 0.21, "high": 0.48, "group": "high",
        "range_check": "within the training ranges", "nearer_share": 0.6, "rank": 0.8, "signature": "s 1.0.0",
    } | changes  # fmt: skip
    return Table("Prediction", COLUMNS, (tuple(cells[name] for name in COLUMNS),))


def test_a_prediction_is_said_in_one_sentence_that_is_not_for_clinical_use(a_module):
    from RadiomicsOutcomeLib import headline, predictionRows

    text = headline(a_table())
    assert text == "death, within 2 years: 34 % (21 - 48 %); group: high. Research software, not for clinical use."
    rows = dict(predictionRows(a_table()))
    assert rows["Chance"] == "34 % (21 - 48 %)"
    assert rows["Predictor above"] == "that of 80 % of the cohort"
    assert rows["More typical than"] == "40 % of the cohort"


def test_what_a_signature_does_not_tell_is_left_out(a_module):
    from RadiomicsOutcomeLib import headline, predictionRows

    table = a_table(horizon_days=None, low=None, high=None, group=None, rank=None, nearer_share=None)
    assert headline(table).startswith("death: 34 %. ")
    assert {name for name, _text in predictionRows(table)} == {"Endpoint", "Chance", "Check", "Signature"}
    assert headline(a_table(value=None)).startswith("death, within 2 years: no absolute chance; group: high.")


def test_figures_of_a_study_and_its_cards_are_found(a_module, tmp_path):
    from RadiomicsOutcomeLib import cardsOf, figuresOf

    assert figuresOf(tmp_path) == [] and cardsOf(tmp_path) == []
    found = {"value": 0.687, "low": 0.592, "high": 0.769}
    models = [{"name": "cox", "discrimination": found}, {"name": "bad", "discrimination": dict.fromkeys(found)}]
    content = {"study": {"roles": {"time": "days"}}, "models": models, "failed": {"trees": "split 1: no event"}}
    (tmp_path / "results.json").write_text(json.dumps(content), encoding="utf-8")
    assert figuresOf(tmp_path) == [
        ("cox", "C 0.69 (0.59 - 0.77)"), ("bad", "not defined"), ("trees", "failed: split 1: no event"),
    ]  # fmt: skip
    (tmp_path / "signatures").mkdir()
    (tmp_path / "signatures" / "x.json").write_text("{}", encoding="utf-8")
    assert [path.name for path in cardsOf(tmp_path)] == ["x.json"]
