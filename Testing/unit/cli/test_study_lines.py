"""A line of the input, or None at its end."""

import io

from oncologyai.cli.study_lines import ask_line


def test_lines_come_one_by_one_then_none(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("one\n\n"))
    assert [ask_line("> ") for _ in range(3)] == ["one\n", "\n", None]
    assert capsys.readouterr().out == "> \n> \n> \n"
