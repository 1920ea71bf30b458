"""The words of the command, what is missing, and the failures of a run."""

from pathlib import Path

import pytest


@pytest.fixture
def a_table(tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text("patient,image,mask\n", encoding="utf-8")
    return path


def test_parameters_become_the_words_of_the_command(a_parameter_node, a_table, tmp_path):
    from RadiomicsOutcomeLib import Engine, cohortFromParameters

    a_parameter_node.cohortTable, a_parameter_node.cohortOutput = str(a_table), str(tmp_path / "out")
    a_parameter_node.cohortWorkers, a_parameter_node.engine = 2, Engine.PYRADIOMICS
    request = cohortFromParameters(a_parameter_node)
    assert request.problem() == ""
    assert request.words() == [
        "features", "--cohort", str(a_table), "--out", str(tmp_path / "out" / "features.csv"),
        "--settings", "default", "--engine", "pyradiomics", "--workers", "2", "--progress", "json",
    ]  # fmt: skip


def test_the_command_line_takes_these_words(a_parameter_node, a_table, tmp_path, capsys):
    from RadiomicsOutcomeLib import cohortFromParameters

    from oncologyai.cli import main

    a_parameter_node.cohortTable, a_parameter_node.cohortOutput = str(a_table), str(tmp_path / "out")
    assert main(cohortFromParameters(a_parameter_node).words()) == 2
    assert "cases.csv" in capsys.readouterr().err  # it is the empty table that is refused, not a word


@pytest.mark.parametrize(
    ("table", "output", "told"),
    [("", "out", "Choose a table of cases"), ("/no/such.csv", "out", "is not there"), (None, "", "Choose a folder")],
)
def test_what_is_missing_is_said(a_parameter_node, a_table, table, output, told):
    from RadiomicsOutcomeLib import cohortFromParameters

    a_parameter_node.cohortTable = str(a_table) if table is None else table
    a_parameter_node.cohortOutput = output
    assert told in cohortFromParameters(a_parameter_node).problem()


def test_failures_are_read_from_the_folder_of_results(a_module, tmp_path):
    from RadiomicsOutcomeLib import failuresOf

    assert failuresOf(tmp_path) == []
    text = 'case,step,reason,kind\nP-2,features,"mask: expected voxels, got none",input\n'
    Path(tmp_path / "features-failures.csv").write_text(text, encoding="utf-8")
    assert failuresOf(tmp_path) == [("P-2", "mask: expected voxels, got none")]
