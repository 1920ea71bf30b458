"""A reader's session: nothing is lost, doubled or answered unseen, whatever happens in between."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oncologyai.errors import InputError, OutputError, UnreadableFileError
from oncologyai.studies import Journal, Session, read_answers
from oncologyai.studies.reader_study import ANSWER_COLUMNS

ROOT = Path(__file__).resolve().parents[3]

ENDLESS_READER = """
import sys
from pathlib import Path
from oncologyai.studies import Session, read_study
session = Session(read_study(Path(sys.argv[1])), "Dr A")
while True:
    while session.show() is not None and session.done < 6:
        given = session.answer("left", comment="long comment " * 20)
        print("answered", given.item, flush=True)
    session.undo(); print("undone", session.done + 1, flush=True)
"""


def answered(session: Session, *choices: str) -> None:
    for choice in choices:
        session.show()
        session.answer(choice)


def test_answers_in_order_with_time_window_and_comment(a_study, a_clock):
    session = Session(a_study, "dr a", clock=a_clock, now=a_clock.now)
    assert (session.done, session.total, session.item.number) == (0, 6, 1)
    session.show()
    a_clock.seconds += 4
    session.pause()
    a_clock.seconds += 60
    session.show()
    a_clock.seconds += 1.5
    given_ = session.answer("left", window=1500.0, level=-600.0, comment=" spiculae\nmissed ")
    assert given_ == session.answers[0]
    assert (given_.item, given_.choice, given_.seconds, given_.window, given_.level) == (1, "left", 5.5, 1500.0, -600.0)
    assert given_.comment == "spiculae missed"
    assert given_.at == "2026-01-02T00:02:45+00:00"
    assert session.item.number == 2


def test_a_session_opened_again_goes_on_where_it_was(a_study, a_clock):
    session = Session(a_study, "Dr A", clock=a_clock)
    session.show()
    session.answer("right", window=0.1 + 0.2, level=1e-7)
    answered(session, "none", "left")
    again = Session(a_study, "Dr A", clock=a_clock)
    assert again.answers == session.answers == read_answers(a_study, a_study.readers[0])
    assert again.item.number == 4
    answered(again, "left", "right", "none")
    assert again.item is None and again.show() is None and again.done == again.total
    with pytest.raises(InputError, match="got none left"):
        again.answer("left")


def test_the_last_answer_is_taken_back_and_given_anew(a_study):
    session = Session(a_study, "Dr A")
    answered(session, "left", "left")
    assert session.undo().number == 2
    assert session.undo().number == 1
    with pytest.raises(InputError, match="an answer to take back"):
        session.undo()
    answered(session, "right")
    assert [a.choice for a in Session(a_study, "Dr A").answers] == ["right"]


def test_rejects_what_was_not_shown_or_cannot_be_chosen(a_study):
    session = Session(a_study, "Dr A")
    with pytest.raises(InputError, match="expected an item that is shown"):
        session.answer("left")
    session.show()
    with pytest.raises(InputError, match="choice: expected one of left, right, none, got 'both'"):
        session.answer("both")
    with pytest.raises(InputError, match="window: expected a finite number"):
        session.answer("left", window=float("nan"))
    with pytest.raises(InputError, match="expected one of Dr A, got 'Dr X'"):
        Session(a_study, "Dr X")
    assert Session(a_study, "Dr A").done == 0


def test_two_windows_of_one_reader_cannot_both_answer(a_study):
    first, second = Session(a_study, "Dr A"), Session(a_study, "Dr A")
    answered(first, "left")
    second.show()
    with pytest.raises(OutputError, match="close the other window"):
        second.answer("right")
    assert second.done == 0
    assert [a.choice for a in read_answers(a_study, a_study.readers[0])] == ["left"]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["left", "right", "none", "undo", "reopen"]), max_size=25))
def test_any_run_of_answers_steps_back_and_reopenings_keeps_what_holds(a_study, steps):
    path = a_study.answers_path(a_study.readers[0])
    path.write_bytes(path.read_bytes().split(b"\n")[0] + b"\n")
    session, expected = Session(a_study, "Dr A"), []
    for step in steps:
        if step == "reopen":
            session = Session(a_study, "Dr A")
        elif step == "undo":
            if expected:
                session.undo()
                expected.pop()
        elif session.item is not None:
            answered(session, step)
            expected.append(step)
        assert [a.choice for a in session.answers] == expected
        assert session.done == len(expected)
    assert [a.choice for a in Session(a_study, "Dr A").answers] == expected


@pytest.mark.parametrize("lines", [3, 25, 60])
def test_kill_9_while_answering_loses_and_doubles_nothing(a_study, lines):
    child = subprocess.Popen(
        [sys.executable, "-c", ENDLESS_READER, str(a_study.folder)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert child.stdout is not None
    said = [child.stdout.readline() for _ in range(lines)]
    os.kill(child.pid, signal.SIGKILL)
    said += child.stdout.readlines()
    child.wait()
    child.stdout.close()
    confirmed: list[int] = []
    for line in said:
        word, number = line.split()
        confirmed = [*confirmed, int(number)] if word == "answered" else confirmed[:-1]
    session = Session(a_study, "Dr A")
    # at most the one step under way when the kill came was kept without being told
    assert abs(session.done - len(confirmed)) <= 1
    assert [a.item for a in session.answers] == list(range(1, session.done + 1))
    while session.show() is not None:
        session.answer("right")
    final = read_answers(a_study, a_study.readers[0])
    assert [a.item for a in final] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"item": "1"}, "line 3: expected the answer to item 2, got answer 1"),
        ({"item": "3"}, "line 3: expected the answer to item 2, got answer 3"),
        ({"choice": "middle"}, "line 3: expected a choice of left, right, none, got 'middle'"),
        ({"seconds": "-1"}, "line 3: expected seconds from 0"),
        ({"seconds": ""}, "line 3: expected seconds from 0"),
        ({"window": "wide"}, "line 3: expected a finite number or nothing, got 'wide'"),
        ({"action": "erase"}, "line 3: expected the answer to item 2, got erase 2"),
        ({"action": "undo", "item": "2"}, "line 3: expected a step back from item 1, got 2"),
    ],
)
def test_an_impossible_row_is_told_with_its_line(a_study, row, message):
    answered(Session(a_study, "Dr A"), "left")
    cells = {"action": "answer", "item": "2", "choice": "left", "seconds": "1", "window": "", "level": ""}
    Journal(a_study.answers_path(a_study.readers[0]), ANSWER_COLUMNS).append(
        **({**cells, "comment": "", "at": ""} | row)
    )
    with pytest.raises(UnreadableFileError, match=message):
        Session(a_study, "Dr A")


def test_more_answers_than_items_are_told(a_study):
    answered(Session(a_study, "Dr A"), *["left"] * 6)
    cells = dict.fromkeys(ANSWER_COLUMNS, "") | {"action": "answer", "item": "7", "choice": "left", "seconds": "1"}
    Journal(a_study.answers_path(a_study.readers[0]), ANSWER_COLUMNS).append(**cells)
    with pytest.raises(UnreadableFileError, match="line 8: expected no more answers"):
        Session(a_study, "Dr A")


def test_a_study_that_asks_for_confidence_keeps_it_and_how_the_scan_was_shown(a_diagnosis_study, a_clock):
    study = a_diagnosis_study()
    session = Session(study, "Dr A", clock=a_clock)
    session.show()
    for wrong in (None, 0, 6):
        with pytest.raises(InputError, match="confidence: expected a whole number from 1 to 5"):
            session.answer("yes", confidence=wrong)
    given_ = session.answer("yes", confidence=4, window=120.0, level=60.0, shown="faint  80 %", comment='L4, "hot"')
    assert (given_.confidence, given_.shown, given_.comment) == (4, "faint 80 %", 'L4, "hot"')
    session.show()
    session.answer("no", confidence=1)
    session.undo()
    assert Session(study, "Dr A").answers == session.answers == (given_,)


def test_a_study_that_does_not_ask_for_confidence_takes_none(a_study):
    session = Session(a_study, "Dr A")
    session.show()
    with pytest.raises(InputError, match="confidence: expected none"):
        session.answer("left", confidence=3)


def test_a_confidence_that_cannot_be_is_told_with_its_line(a_diagnosis_study):
    study = a_diagnosis_study()
    path = study.answers_path(study.readers[0])
    row = dict.fromkeys(study.answer_columns, "") | {"action": "answer", "item": "1", "choice": "yes", "seconds": "1"}
    Journal(path, study.answer_columns).append(**(row | {"confidence": "9"}))
    with pytest.raises(UnreadableFileError, match=r"answers.csv line 2: expected a confidence of 1 to 5, got '9'"):
        read_answers(study, study.readers[0])
