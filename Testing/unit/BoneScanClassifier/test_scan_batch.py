"""The words of the command over a folder, what is missing, and the failures of a run."""

import pytest


@pytest.fixture
def some_parameters(a_parameter_node, tmp_path):
    """A folder of studies, a folder of results, a model."""
    (tmp_path / "studies").mkdir()
    a_parameter_node.batchSource, a_parameter_node.batchOutput = str(tmp_path / "studies"), str(tmp_path / "out")
    a_parameter_node.model = "demo-bonescan"
    return a_parameter_node


def test_parameters_become_the_words_of_the_command(some_parameters, tmp_path):
    from BoneScanClassifierLib import MapMethod, batchFromParameters

    some_parameters.fast, some_parameters.batchWorkers = True, 2
    some_parameters.method, some_parameters.rule = MapMethod.HIRESCAM, "youden"
    request = batchFromParameters(some_parameters)
    assert request.problem() == ""
    assert request.words() == [
        "bonescan", str(tmp_path / "studies"), "--each", "--out", str(tmp_path / "out"), "--model", "demo-bonescan",
        "--method", "hirescam", "--threshold", "youden", "--fast", "--workers", "2", "--progress", "json",
    ]  # fmt: skip


def test_the_command_line_takes_these_words(some_parameters, capsys):
    from BoneScanClassifierLib import batchFromParameters

    from oncologyai.cli import main

    assert main(batchFromParameters(some_parameters).words()) == 2
    assert "sub-folders" in capsys.readouterr().out  # it is the empty folder that is refused, not a word


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("batchSource", "", "Choose a folder of studies"),
        ("batchSource", "/no/such", "is not there"),
        ("batchOutput", "", "Choose a folder for the results"),
        ("model", "", "Choose a model"),
    ],
)
def test_what_is_missing_is_said(some_parameters, name, value, told):
    from BoneScanClassifierLib import batchFromParameters

    setattr(some_parameters, name, value)
    assert told in batchFromParameters(some_parameters).problem()


def test_results_do_not_go_among_the_studies(some_parameters):
    from BoneScanClassifierLib import batchFromParameters

    some_parameters.batchOutput = some_parameters.batchSource
    assert "another folder" in batchFromParameters(some_parameters).problem()


def test_failures_are_read_from_the_folder_of_results(a_module, tmp_path):
    from BoneScanClassifierLib import failuresOf

    assert failuresOf(tmp_path) == []
    text = 'case,step,reason,kind\nP-2,bonescan,"study: expected a bone scan, got CT",input\n'
    (tmp_path / "results-failures.csv").write_text(text, encoding="utf-8")
    assert failuresOf(tmp_path) == [("P-2", "study: expected a bone scan, got CT")]
