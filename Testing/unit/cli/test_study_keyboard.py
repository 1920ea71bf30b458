"""Lines from a keyboard or a pipe: what each does, and that a mistake is told and asked again."""

import io
from pathlib import Path

import pytest

from oncologyai.cli.study_keyboard import answer_by_keyboard, time_by_keyboard
from oncologyai.errors import CancelledError
from oncologyai.studies import ContourTimer, Item, ReaderStudy, Session, create_journal, read_sessions, write_study
from oncologyai.studies.reader_study import ANSWER_COLUMNS, write_items


@pytest.fixture
def a_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A session of three items whose pictures are empty files; ``drawn`` keeps what was drawn."""
    study = ReaderStudy(tmp_path, "0", "preference", "Which?", ("left", "right", "none")).with_reader("Dr A")
    reader = study.readers[0]
    write_items([Item(n, f"c{n}", {"image": tmp_path / "x"}) for n in (1, 2, 3)], tmp_path, study.items_path(reader))
    create_journal(study.answers_path(reader), ANSWER_COLUMNS)
    write_study(study)
    drawn: list[tuple[int, float, float]] = []
    seconds = [0.0]

    def draw(item: Item, path: Path, *, window: float | None, level: float | None, slices: int) -> tuple[float, float]:
        path.touch()
        seconds[0] += 5
        shown = (1500.0, -600.0) if window is None or level is None else (window, level)
        drawn.append((item.number, *shown))
        return shown

    monkeypatch.setattr("oncologyai.workflows.draw_item", draw)
    session = Session(study, "Dr A", clock=lambda: seconds[0])
    return session, drawn, tmp_path / "now.png"


def press(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_choices_comments_and_window_go_into_the_answer(a_session, monkeypatch, capsys):
    session, drawn, path = a_session
    press(monkeypatch, "l good apex\nw 400 40\nRIGHT\nnone\n")
    opened: list[str] = []
    answer_by_keyboard(session, path, show=opened.append)
    found = [(a.choice, a.window, a.level, a.comment) for a in session.answers]
    assert found == [
        ("left", 1500.0, -600.0, "good apex"), ("right", 400.0, 40.0, ""), ("none", 1500.0, -600.0, ""),
    ]  # fmt: skip
    assert drawn == [(1, 1500.0, -600.0), (2, 1500.0, -600.0), (2, 400.0, 40.0), (3, 1500.0, -600.0)]
    assert opened == [str(path)] * 4 and not path.exists()
    assert [a.seconds for a in session.answers] == [0.0] * 3  # drawing is not the reader's time
    assert "3 of 3 answered" in capsys.readouterr().out


def test_a_step_back_a_pause_and_the_end_of_the_input(a_session, monkeypatch, capsys):
    session, drawn, path = a_session
    press(monkeypatch, "l\nr\nu\np\n\nn\n")
    answer_by_keyboard(session, path)
    assert [a.choice for a in session.answers] == ["left", "none"]
    assert [number for number, *_ in drawn] == [1, 2, 3, 2, 3]
    assert capsys.readouterr().out.endswith("2 of 3 answered; the same command goes on\n")


def test_mistakes_are_told_and_asked_again(a_session, monkeypatch, capsys):
    session, _, path = a_session
    press(monkeypatch, "u\nboth\n\nw wide\nw 0 1\nl\nq\nr\n")
    answer_by_keyboard(session, path)
    said = capsys.readouterr().err.splitlines()
    assert [a.choice for a in session.answers] == ["left"]
    assert said[0].startswith("undo: expected an answer to take back")
    assert "got 'both'" in said[1] and "got ''" in said[2]
    assert said[3].startswith("w: expected a width above 0") and len(said) == 5


def test_ctrl_c_keeps_the_answers_and_takes_the_picture_away(a_session, monkeypatch):
    session, _, path = a_session

    class Impatient(io.StringIO):
        def readline(self, *_: object) -> str:
            line = super().readline()
            if not line:
                raise CancelledError("x")
            return line

    monkeypatch.setattr("sys.stdin", Impatient("l\n"))
    with pytest.raises(CancelledError, match="1 answers are kept; the same command goes on"):
        answer_by_keyboard(session, path)
    assert not path.exists()
    assert Session(session.study, "Dr A").done == 1


def test_a_timer_obeys_letters_and_goes_on_later(tmp_path, monkeypatch, capsys):
    seconds = [0.0]

    def a_timer() -> ContourTimer:
        return ContourTimer(tmp_path / "t.csv", reader="Dr A", case="P1", clock=lambda: seconds[0])

    class Passing(io.StringIO):
        def readline(self, *_: object) -> str:
            seconds[0] += 10
            return super().readline()

    monkeypatch.setattr("sys.stdin", Passing("p\np\nr\nx\n"))
    assert time_by_keyboard(a_timer()) is None
    assert "got one that is paused" in (err := capsys.readouterr().err) and "p, r, s or d" in err
    assert read_sessions(tmp_path / "t.csv")[0].active_s == 30.0
    monkeypatch.setattr("sys.stdin", Passing("s\n"))
    ended = time_by_keyboard(a_timer())
    assert (ended.active_s, ended.state) == (40.0, "done")
    assert "going on after 30 s" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", Passing("d\n"))
    assert time_by_keyboard(a_timer()).state == "discarded"


def test_ctrl_c_pauses_the_timer(tmp_path, monkeypatch):
    class Impatient(io.StringIO):
        def readline(self, *_: object) -> str:
            raise CancelledError("x")

    monkeypatch.setattr("sys.stdin", Impatient())
    timer = ContourTimer(tmp_path / "t.csv", reader="Dr A", case="P1")
    with pytest.raises(CancelledError, match="s are kept; the same command goes on"):
        time_by_keyboard(timer)
    assert timer.state == "paused" and read_sessions(tmp_path / "t.csv")[0].pauses == 1
