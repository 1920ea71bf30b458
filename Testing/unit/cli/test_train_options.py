"""A training is followed by a table of its epochs on a terminal, and by stages elsewhere."""

from __future__ import annotations

import io

import pytest

from oncologyai.cli.reporting import ProgressMode
from oncologyai.cli.train_options import followed, how_it_ended


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_epochs_are_a_table_under_their_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = _Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")

    with followed(ProgressMode.AUTO, ("epoch", "loss of training patients")) as (watch, tell):
        assert tell is not None
        watch.stage("fold 2 of 5", 0.25)
        tell(("7", "0.1234"))

    shown = screen.getvalue()
    assert all(text in shown for text in ("epoch", "loss", "7", "0.1234", "25.0 %", "fold 2 of 5"))


@pytest.mark.parametrize("mode", list(ProgressMode))
def test_elsewhere_nobody_is_told_of_epochs(mode: ProgressMode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", io.StringIO())

    with followed(mode, ("epoch",)) as (_, tell):
        assert tell is None


def test_says_whether_the_same_command_goes_on() -> None:
    assert how_it_ended({"finished": True}) == "finished"
    assert "goes on" in how_it_ended({"finished": False})
