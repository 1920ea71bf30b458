"""The accuracy of readers from the command line; one line and code 2 for what a user can get wrong."""

import json

import pytest

from oncologyai.cli import main


def say(capsys, *words, code=0):
    capsys.readouterr()
    assert main(["study", "accuracy", *words]) == code
    said = capsys.readouterr()
    return said.out, said.err


@pytest.fixture
def a_table(tmp_path):
    """Three readers of two groups, eight cases; a model that is right always but once."""
    lines = ["reader,group,case,truth,choice,sure"]
    for number, (reader, group) in enumerate((("A", "x"), ("B", "x"), ("C", "y"))):
        lines += [
            f"{reader},{group},P{n},{int(n < 4)},{int((n < 4) != (n % 4 == number))},{1 + n % 3}" for n in range(8)
        ]
    (tmp_path / "a.csv").write_text("\n".join(lines) + "\n")
    rows = "".join(f"P{n},{0.6 if n < 4 else 0.1 + n / 10}\n" for n in range(8))
    (tmp_path / "m.csv").write_text("case,probability\n" + rows)
    return tmp_path


def test_readers_and_a_model_are_scored(a_table, capsys):
    words = (str(a_table / "a.csv"), "--group-column", "group", "--confidence-column", "sure", "--resamples", "100",
             "--model", f"net={a_table / 'm.csv'}", "--threshold", "0.55")  # fmt: skip
    out, err = say(capsys, *words, "--out", str(a_table / "r"))
    lines = out.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["A", "B", "C", "net", "net less 3 readers"]
    assert lines[3].startswith("net\tauc 0.") and lines[0].endswith("8 cases") and not err
    assert (a_table / "r" / "report.html").is_file()
    event = json.loads(say(capsys, *words, "--progress", "json")[0].splitlines()[-1])
    assert event["event"] == "done" and event["accuracy"][3]["reader"] == "net"
    assert event["accuracy"][3]["sensitivity"] == 1.0


def test_bad_input_is_one_line_and_code_2(a_table, capsys):
    table = str(a_table / "a.csv")
    for words, message in (
        ((table, "--model", "m.csv"), "--model: expected NAME=TABLE, got 'm.csv'"),
        ((table, "--model", f"net={a_table / 'none.csv'}"), "none.csv: expected a table"),
        (
            (table, "--model", f"n={a_table / 'm.csv'}", "--threshold", "1", "--threshold", "2"),
            "--threshold: expected one",
        ),
        ((table, "--resamples", "5"), "resamples: expected a whole number from 100"),
        ((table, "--truth-column", "ill"), "a column 'ill'"),
        ((str(a_table),), "expected the folder of a study"),
    ):
        out, err = say(capsys, *words, code=2)
        assert message in err and err.count("\n") == 1 and not out


def test_two_ways_of_reading_are_compared(a_table, capsys):
    words = (str(a_table / "a.csv"), "--confidence-column", "sure", "--resamples", "100")
    out, _ = say(capsys, *words, "--against", str(a_table / "a.csv"), "--out", str(a_table / "r"))
    assert out.splitlines()[-1] == "this less the other way, 3 readers\tdifference 0.000 (0.000 to 0.000)\tp 1"
    assert (a_table / "r" / "ways.csv").read_text().count("\n") == 7
