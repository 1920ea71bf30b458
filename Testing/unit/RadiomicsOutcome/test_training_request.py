"""A cohort's table and the study file that the panel's boxes make of it."""

import pytest

from oncologyai.scene import node_from_table
from oncologyai.types import Table

COLUMNS = ("id", "days", "event", "answer", "age", "sex", "centre", "note")
ROWS = tuple(
    (f"P-{n}", 10.0 + n, n % 3, "yn"[n % 2], 50.0 + n, "fm"[n % 2], "AB"[n % 2], f"text {n}") for n in range(20)
)


@pytest.fixture
def a_node(a_parameter_node):
    node = node_from_table(Table("Cohort", COLUMNS, ROWS))
    a_parameter_node.trainingTable = node
    return a_parameter_node


def asked(parameters, **changes):
    from RadiomicsOutcomeLib import trainingFromParameters

    for name, value in changes.items():
        setattr(parameters, name, value)
    return trainingFromParameters(parameters)


def test_a_node_and_a_file_are_read_alike(a_module, tmp_path):
    from RadiomicsOutcomeLib import tableOf

    from oncologyai.bundle import write_table

    write_table(Table("c", COLUMNS, ROWS), tmp_path / "c.csv")
    of_node = tableOf(node_from_table(Table("Cohort", COLUMNS, ROWS)), "")
    of_file = tableOf(None, str(tmp_path / "c.csv"))
    for name in ("columns", "values", "numbers", "usable"):
        assert getattr(of_node, name) == getattr(of_file, name)
    assert of_node.values["event"] == ("0", "1", "2")
    assert of_node.usable == ("days", "event", "answer", "age", "sex", "centre")  # names and notes are none
    assert of_file.content is None
    assert "is not there" in tableOf(None, str(tmp_path / "gone.csv")).problem
    assert tableOf(None, "").problem.startswith("Choose a table of patients")


def test_what_is_missing_is_said_one_after_the_other(a_node):
    said = [asked(a_node).problem()]
    for name, value in (
        ("patientColumn", "id"), ("timeColumn", "days"), ("eventColumn", "event"), ("trainingModels", ["cox"]),
        ("trainingOutput", "/some/where"),
    ):  # fmt: skip
        said.append(asked(a_node, **{name: value}).problem())
    assert [text.rpartition("the ")[2] for text in said[:3]] == ["patient.", "time.", "event."]
    assert said[3:] == ["Choose at least one model.", "Choose a folder for the results.", ""]
    assert asked(a_node, groupColumn="event").problem() == "A column has two roles; choose different ones."


def test_a_study_of_survival_with_competing_events_on_other_groups(a_node, tmp_path):
    from RadiomicsOutcomeLib.ParameterNode import Design

    from oncologyai.outcome import read_study

    request = asked(
        a_node, patientColumn="id", timeColumn="days", eventColumn="event", groupColumn="centre",
        trainingDesign=Design.EXTERNAL, testGroups=["B", "C"], trainingModels=["cox", "boosted-survival", "logistic"],
        excludedColumns=["answer"], horizonDays=400, signatureModel="cox", trainingOutput=str(tmp_path / "My Study"),
    )  # fmt: skip
    assert request.problem() == ""
    assert (request.features, request.test) == (("age", "sex"), ("B",))
    request.write()
    study = read_study(tmp_path / "My Study" / "study.yaml")
    assert study.name == "my-study"
    assert (study.roles.competing, study.roles.categories) == (("2",), ("sex",))
    assert set(study.roles.exclude) == {"answer", "note"}
    assert (study.design.train, study.design.test) == (("A",), ("B",))
    assert [model.name for model in study.models] == ["cox", "boosted-survival"]
    assert (study.signature, study.horizons_days) == ({"model": "cox"}, (400.0,))
    assert (tmp_path / "My Study" / "table.csv").is_file()
    words = request.words()
    assert words[:2] == ["outcome", "train"] and words[words.index("--out") + 1].endswith("results")


def test_a_study_of_a_class(a_node):
    from RadiomicsOutcomeLib.ParameterNode import OutcomeKind

    request = asked(
        a_node, outcomeKind=OutcomeKind.CLASS, patientColumn="id", labelColumn="answer", trainingModels=["logistic"],
        trainingOutput="/some/where",
    )  # fmt: skip
    assert request.problem() == "Choose the value that is class 1."
    request = asked(a_node, positiveClass="y")
    assert request.problem() == ""
    study = request.study()
    assert (study["roles"]["label"], study["roles"]["positive"]) == ("answer", "y")
    assert "horizons_days" not in study


@pytest.mark.parametrize("kind", ["SURVIVAL", "CLASS"])
def test_the_short_list_of_models_is_known_to_the_library(a_module, kind):
    from RadiomicsOutcomeLib import modelsOf
    from RadiomicsOutcomeLib.ParameterNode import OutcomeKind

    from oncologyai.outcome import learner

    for _name, words, name, options in modelsOf(OutcomeKind[kind]):
        assert words and learner(name, **options)


def test_designs_are_those_of_a_study_file(a_module):
    from RadiomicsOutcomeLib.ParameterNode import Design

    from oncologyai.outcome import DesignPart

    kinds = DesignPart.model_json_schema()["properties"]["kind"]["enum"]
    assert {design.value for design in Design} <= set(kinds)
    assert all(design.label() for design in Design)
