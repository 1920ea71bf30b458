"""A use case for tests: it counts letters, and notes in a file when it starts and when it ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from oncologyai.batch import STEPS, Case, Step

_PROGRAM = '''
"""Steps that leave a trace of what they do."""

import os
import signal
import time
from pathlib import Path

from oncologyai.errors import UnreadableFileError
from oncologyai.types import Table


def count_letters(
    folder: Path, *, progress, text: Path, log: str, factor: int = 1, die: int = 0, seconds: float = 0.0,
) -> Table:
    note(log, f"start {text.name}")
    attempts = Path(log).read_text().count(f"start {text.name}\\n")
    if attempts <= die:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(seconds)
    content = text.read_text()
    if content == "damaged":
        raise UnreadableFileError(text.name, expected="letters", got="damage")
    if content == "fault":
        raise ZeroDivisionError("nobody thought of this")
    if content == "greedy":
        raise MemoryError
    (folder / "copy.txt").write_text(content * factor)
    note(log, f"end {text.name}")
    return Table("letters", ("segment", "letters"), (("GTV-1", len(content) * factor),))


def join(folder: Path, *, progress, texts: tuple[Path, ...], word: str = "") -> Table:
    whole = word.join(text.read_text() for text in texts)
    (folder / "joined.txt").write_text(whole)
    return Table("joined", ("text",), ((whole,),))


def whole(**_):
    return "what the step says"


def note(log, line):
    number = os.open(log, os.O_APPEND | os.O_CREAT | os.O_WRONLY)
    os.write(number, (line + "\\n").encode())
    os.close(number)
'''


@dataclass(frozen=True)
class Letters:
    """Files of letters, the step that counts them, and the file that it notes its work in."""

    step: Step
    folder: Path
    log: Path

    def case(self, name: str, text: str, **arguments: object) -> Case:
        """Write a file and give the case that counts it."""
        place = self.folder / f"{name}.txt"
        place.write_text(text)
        return Case(name, {"text": place, **arguments}, {"patient": name.upper()})

    @property
    def settings(self) -> dict[str, str]:
        return {"log": str(self.log)}

    def noted(self, word: str) -> list[str]:
        """Names of the files whose work has started, or ended, each as often as it has."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return sorted(line.split()[1].removesuffix(".txt") for line in lines if line.startswith(word))


@pytest.fixture
def letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Letters]:
    """The counting step, registered as ``letters``, and ``join``."""
    modules, data = tmp_path / "modules", tmp_path / "data"
    modules.mkdir()
    data.mkdir()
    (modules / "letter_steps.py").write_text(_PROGRAM)
    monkeypatch.syspath_prepend(modules)
    step = Step("letters", "letter_steps:count_letters", {"copy": "copy.txt"})
    monkeypatch.setitem(STEPS, "letters", step)
    monkeypatch.setitem(STEPS, "join", Step("join", "letter_steps:join", {"joined": "joined.txt"}))
    yield Letters(step, data, tmp_path / "log.txt")
    sys.modules.pop("letter_steps", None)
