"""A line of the input, or None at its end."""

import io

import pytest

from oncologyai.cli.reporting import forget_signals, note_signal
from oncologyai.cli.study_lines import ask_line
from oncologyai.errors import CancelledError


def test_lines_come_one_by_one_then_none(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("one\n\n"))
    assert [ask_line("> ") for _ in range(3)] == ["one\n", "\n", None]
    assert capsys.readouterr().out == "> \n> \n> \n"


def test_a_signal_whose_exception_was_lost_still_ends_the_session(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("one\n"))
    note_signal()
    try:
        with pytest.raises(CancelledError):
            ask_line("> ")
    finally:
        forget_signals()
