"""A table that only grows: what a kill, a change by hand, a second writer and a full disk do to it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncologyai.errors import DiskFullError, InputError, MissingFileError, OutputError, UnreadableFileError
from oncologyai.studies import Journal, create_journal, read_journal

ROOT = Path(__file__).resolve().parents[3]
COLUMNS = ("name", "said")

DYING_WRITER = """
import os, signal, sys
from pathlib import Path
from oncologyai.studies import journal
real = os.write
table = journal.Journal(Path(sys.argv[1]), ("name", "said"))
table.append(name="a", said="one")
def dying(handle, data):
    share = int(sys.argv[2])
    real(handle, data[:len(data) + share if share < 0 else share])
    os.kill(os.getpid(), signal.SIGKILL)
journal.os.write = dying
table.append(name="b", said="two, in quotes \\"")
"""


@pytest.fixture
def a_journal(tmp_path: Path) -> Journal:
    create_journal(tmp_path / "t.csv", COLUMNS)
    return Journal(tmp_path / "t.csv", COLUMNS)


def test_rows_come_back_as_they_were_said(a_journal):
    a_journal.append(name='ä, "b"', said="two\nlines\tand\u2028more")
    a_journal.append(name="", said="")
    rows = read_journal(a_journal.path, COLUMNS).rows
    assert rows == ({"name": 'ä, "b"', "said": "two lines and more"}, {"name": "", "said": ""}) == a_journal.rows
    assert Journal(a_journal.path, COLUMNS).rows == rows


@settings(max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=5))
def test_any_text_survives(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("any") / "t.csv"
    create_journal(path, COLUMNS)
    table = Journal(path, COLUMNS)
    for name, said in cells:
        table.append(name=name, said=said)
    clean = [tuple(" ".join(text.encode("utf-8", "replace").decode().split()) for text in pair) for pair in cells]
    assert [(row["name"], row["said"]) for row in read_journal(path, COLUMNS).rows] == clean


@pytest.mark.parametrize("share", [1, 7, -2, -1])
def test_a_line_cut_short_by_kill_9_never_counts_and_is_cut_off(a_journal, share):
    done = subprocess.run(
        [sys.executable, "-c", DYING_WRITER, str(a_journal.path), str(share)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    torn = read_journal(a_journal.path, COLUMNS)
    assert [row["name"] for row in torn.rows] == ["a"] and torn.torn > 0
    assert a_journal.path.stat().st_size == torn.size + torn.torn  # reading alone changes nothing
    table = Journal(a_journal.path, COLUMNS)
    assert a_journal.path.stat().st_size == torn.size
    table.append(name="b", said="again")
    assert [row["said"] for row in read_journal(a_journal.path, COLUMNS).rows] == ["one", "again"]


def test_a_line_written_whole_before_the_kill_counts(a_journal):
    done = subprocess.run(
        [sys.executable, "-c", DYING_WRITER, str(a_journal.path), "1000"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    assert [row["said"] for row in Journal(a_journal.path, COLUMNS).rows] == ["one", 'two, in quotes "']


def test_every_changed_byte_of_a_line_is_told_with_its_line(a_journal):
    a_journal.append(name="a", said="one")
    a_journal.append(name="b", said="two")
    whole = a_journal.path.read_bytes()
    start, end = whole.index(b"b,two"), len(whole) - 1
    for place in range(start, end):
        changed = bytearray(whole)
        changed[place] ^= 4
        a_journal.path.write_bytes(bytes(changed))
        with pytest.raises(UnreadableFileError, match="t.csv line 3: expected a line as it was written"):
            read_journal(a_journal.path, COLUMNS)


def test_another_header_and_another_number_of_cells_are_told(a_journal, tmp_path):
    with pytest.raises(UnreadableFileError, match="line 1: expected name,other,check"):
        read_journal(a_journal.path, ("name", "other"))
    a_journal.append(name="a", said="b")
    path = tmp_path / "wide.csv"
    path.write_bytes(b"name,said,more,check\n" + a_journal.path.read_bytes().split(b"\n")[1] + b"\n")
    with pytest.raises(UnreadableFileError, match="line 2: expected 3 cells, got 2"):
        read_journal(path, ("name", "said", "more"))
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(UnreadableFileError, match="line 1"):
        read_journal(tmp_path / "empty.csv", COLUMNS)
    with pytest.raises(MissingFileError, match="no such file"):
        read_journal(tmp_path / "absent.csv", COLUMNS)


def test_a_second_writer_is_refused_and_changes_nothing(a_journal):
    other = Journal(a_journal.path, COLUMNS)
    other.append(name="a", said="first")
    before = a_journal.path.read_bytes()
    with pytest.raises(OutputError, match="close the other window"):
        a_journal.append(name="a", said="second")
    assert a_journal.path.read_bytes() == before and a_journal.rows == ()


def test_a_full_disk_leaves_the_table_as_it_was(a_journal, monkeypatch):
    a_journal.append(name="a", said="one")
    before = a_journal.path.read_bytes()
    real = os.write

    def half(handle: int, data: bytes) -> int:
        return real(handle, data[:5])

    def full(*_: object) -> int:
        real_error = OSError(28, "No space left on device")
        raise real_error

    for write in (half, full):
        monkeypatch.setattr("oncologyai.studies.journal.os.write", write)
        with pytest.raises(DiskFullError, match="expected room for one more line"):
            a_journal.append(name="b", said="two")
        assert a_journal.path.read_bytes() == before
    monkeypatch.setattr("oncologyai.studies.journal.os.write", real)
    a_journal.append(name="b", said="two")
    assert len(read_journal(a_journal.path, COLUMNS).rows) == 2


def test_is_made_once_and_takes_its_columns_only(a_journal):
    with pytest.raises(InputError, match="already there"):
        create_journal(a_journal.path, COLUMNS)
    with pytest.raises(InputError, match="expected name, said, got name"):
        a_journal.append(name="a")


def test_a_table_that_is_gone_or_closed_is_an_output_error(a_journal):
    a_journal.path.unlink()
    with pytest.raises(OutputError, match="a file that can be written"):
        a_journal.append(name="a", said="b")
