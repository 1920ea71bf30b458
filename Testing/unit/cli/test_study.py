"""The study command: made, answered by piped keys, analysed; one line and code 2 for what a user can get wrong."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from oncologyai.cli import main
from oncologyai.imaging import write_masks, write_volume
from oncologyai.studies import read_items, read_preference_item, read_study
from oncologyai.types import Mask, Volume

AFFINE = np.diag([-2.0, -2.0, 2.0, 1.0])


@pytest.fixture
def a_cohort(tmp_path: Path) -> Path:
    """Six cases: an image each, a manual box of 6 and an automatic one of 4 voxels."""
    lines = ["case,image,automatic,manual"]
    for n in range(6):
        volume = Volume(np.random.default_rng(n).integers(-900, 100, (12, 12, 12), dtype=np.int16), AFFINE, "CT", "HU")
        write_volume(volume, tmp_path / f"ct{n}.nrrd")
        for name, half in (("automatic", 2), ("manual", 3)):
            array = np.zeros(volume.shape, dtype=np.bool_)
            array[6 - half : 6 + half, 6 - half : 6 + half, 6 - half : 6 + half] = True
            write_masks([Mask.on(volume, array)], tmp_path / f"{name}{n}.nrrd")
        lines.append(f"P{n},ct{n}.nrrd,automatic{n}.nrrd,manual{n}.nrrd")
    (tmp_path / "cases.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


@pytest.fixture
def a_keyboard(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A function that puts lines into standard input."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def say(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> tuple[str, str]:
    capsys.readouterr()
    assert main(["study", *words]) == code
    said = capsys.readouterr()
    return said.out, said.err


def keys(folder: Path, reader: str, preferred: list[bool]) -> str:
    """The keys of a reader who wants the smaller contour of an item where ``preferred`` says so, by its voxels."""
    study = read_study(folder)
    letters = []
    for item, smaller in zip(read_items(study, study.reader(reader)), preferred, strict=True):
        _, left, right = read_preference_item(item)
        on_left = np.count_nonzero(left.array) < np.count_nonzero(right.array)
        letters.append("l" if on_left == smaller else "r")
    return "\n".join(letters) + "\n"


@pytest.mark.parametrize(
    "words",
    [[], ["create"], ["create", "preference"], ["create", "bonescan"], ["add"], ["answer"], ["status"], ["analyse"],
     ["time"], ["time", "record"], ["time", "analyse"]],
)  # fmt: skip
def test_every_verb_has_help(words, capsys):
    assert "Usage:" in say(capsys, *words, "--help")[0]


def test_create_answer_analyse(a_cohort, a_keyboard, capsys):
    folder = a_cohort / "study"
    out, _ = say(
        capsys, "create", "preference", "--table", str(a_cohort / "cases.csv"), "--out", str(folder), "--seed", "8",
        "--reader", "Dr A=radiologist", "--reader", "Dr B=radiation oncologist", "--repeats", "0.34",
        "--margin-mm", "8",
    )  # fmt: skip
    assert out == f"{folder}: for 2 readers\n{folder}-key: the key; keep it from readers\n"
    # Dr A wants the automatic contour in the first five showings of eight, Dr B always the manual one
    wanted = {"Dr A": [True] * 5 + [False] * 3, "Dr B": [False] * 8}
    lines = keys(folder, "Dr A", wanted["Dr A"]).splitlines(keepends=True)
    a_keyboard("".join([*lines[:2], "w 400 40\n", lines[2].strip() + " apex, missed\n", "q\n"]))
    out, _ = say(capsys, "answer", str(folder), "--reader", "dr a")
    assert out.endswith("3 of 8 answered; the same command goes on\n")
    assert say(capsys, "status", str(folder))[0] == "Dr A\tradiologist\t3 of 8\nDr B\tradiation oncologist\t0 of 8\n"
    a_keyboard("u\n" + "".join(lines[2:]))
    assert say(capsys, "answer", str(folder), "--reader", "Dr A")[0].endswith("8 of 8 answered\n")
    a_keyboard(keys(folder, "Dr B", wanted["Dr B"]))
    say(capsys, "answer", str(folder), "--reader", "Dr B")
    assert not list(folder.rglob("now.png"))

    study = read_study(folder)
    shown = [item.case for item in read_items(study, study.reader("Dr A"))]
    first = [shown.index(case) < 5 for case in dict.fromkeys(shown)]
    out, _ = say(capsys, "analyse", str(folder), "--out", str(a_cohort / "result"), "--resamples", "200")
    scores = {line.split("\t")[0]: float(line.split("\t")[1].split(" %")[0]) for line in out.splitlines()[1:]}
    assert scores["radiologist"] == pytest.approx(100 * sum(first) / 6, abs=0.05)
    assert scores["radiation oncologist"] == 0.0
    assert scores["all readers"] == pytest.approx(100 * sum(first) / 12, abs=0.05)
    assert (a_cohort / "result" / "report.html").is_file() and (a_cohort / "result" / "preference.png").is_file()
    events = say(capsys, "analyse", str(folder), "--progress", "json", "--resamples", "100")[0].splitlines()
    assert json.loads(events[-1])["event"] == "done"
    assert json.loads(events[-1])["groups"][1]["score"] == 0.0


def test_readers_are_added_and_a_table_is_analysed(a_cohort, capsys):
    folder, table = a_cohort / "study", a_cohort / "t.csv"
    words = ["create", "preference", "--table", str(a_cohort / "cases.csv"), "--out", str(folder), "--progress", "json"]
    event = json.loads(say(capsys, *words)[0].splitlines()[-1])
    assert event == {"event": "done", "study": str(folder), "key": f"{folder}-key", "readers": []}
    assert say(capsys, "add", str(folder), "--reader", "Dr C=student", "--reader", "Dr D")[0].count("added") == 2
    table.write_text("who;what;choice\nA;P1;DL\nA;P2;DL\n")
    out, _ = say(
        capsys, "analyse", str(table), "--reader-column", "who", "--case-column", "what", "--choice-column", "choice",
        "--method", "DL", "--reference", "expert",
    )  # fmt: skip
    assert out.splitlines()[1].startswith("readers\t100.0 % (15.8 to 100.0), p 0.5\t")


def test_bad_input_is_one_line_code_2_and_changes_nothing(a_cohort, a_keyboard, capsys):
    folder, table = a_cohort / "study", a_cohort / "cases.csv"
    say(capsys, "create", "preference", "--table", str(table), "--out", str(folder), "--reader", "Dr A", "--seed", "1")
    a_keyboard("l\nl\n")
    say(capsys, "answer", str(folder), "--reader", "Dr A")
    (a_cohort / "twice.csv").write_text(table.read_text() + table.read_text().splitlines()[1] + "\n")
    small = Volume(np.ones((4, 4, 4), np.uint8), np.diag([-3.0, -3.0, 3.0, 1.0]))
    write_volume(small, a_cohort / "small.nrrd")
    grid = table.read_text().replace("manual3.nrrd", "small.nrrd")
    (a_cohort / "grid.csv").write_text(grid)
    damaged = a_cohort / "damaged"
    say(capsys, "create", "preference", "--table", str(table), "--out", str(damaged), "--reader", "Dr A", "--seed", "1")
    path = damaged / "readers" / "01" / "answers.csv"
    path.write_text(path.read_text() + "answer,1,left,1.0,,,,2026-01-01,00000000\n")
    before = {p: p.read_bytes() for p in a_cohort.rglob("*") if p.is_file()}
    create = ["create", "preference", "--out", str(a_cohort / "new"), "--table"]
    for words, message in (
        ([*create[:2], "--table", str(table), "--out", str(folder)], "no study yet, got one that is already there"),
        (
            [*create, str(a_cohort / "twice.csv")],
            "twice.csv line 8: expected each case once, got 'P0' again, as in line 2",
        ),
        ([*create, str(a_cohort / "grid.csv")], "grid.csv line 5, manual: "),
        ([*create, str(table), "--reader", "=x"], "--reader: expected NAME=GROUP, got '=x'"),
        ([*create, str(table), "--reader", "a", "--reader", "A"], "a name that no reader has"),
        ([*create, str(table), "--repeats", "2"], "repeats: expected a number from 0 to 1, got 2.0"),
        ([*create, str(a_cohort / "absent.csv")], "expected a table (.csv or .xlsx), got no such file"),
        (["answer", str(folder), "--reader", "Dr Z"], "reader: expected one of Dr A, got 'Dr Z'"),
        (["answer", str(damaged), "--reader", "Dr A"], "answers.csv line 2: expected a line as it was written"),
        (["analyse", str(damaged)], "answers.csv line 2: expected a line as it was written"),
        (["status", str(damaged)], "answers.csv line 2: expected a line as it was written"),
        (["analyse", str(folder), "--key", str(a_cohort)], "key.json: expected the study's key"),
        (["analyse", str(folder), "--resamples", "5"], "resamples: expected a whole number from 100"),
        (["status", str(a_cohort)], "expected the folder of a study"),
        (["add", str(folder), "--reader", "dr a"], "a name that no reader has"),
    ):
        _, err = say(capsys, *words, code=2)
        assert message in err and err.count("\n") == 1, (words, err)
    assert {p: p.read_bytes() for p in a_cohort.rglob("*") if p.is_file()} == before
