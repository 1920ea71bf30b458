"""A reader's desk: scans one after the other, time only while one is on the screen, nothing lost by a kill."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.imaging import planar_ijk_to_ras
from oncologyai.pipelines import ReadingDesk, readers_of
from oncologyai.scintigraphy import grey_picture
from oncologyai.studies import (
    DiagnosisCase,
    DiagnosisConfig,
    ReaderStudy,
    create_diagnosis_study,
    read_answers,
    write_study,
)
from oncologyai.types import Volume

ROOT = Path(__file__).resolve().parents[3]
READER = """
import sys
from pathlib import Path
from oncologyai.pipelines import ReadingDesk
desk = ReadingDesk(Path(sys.argv[1]), "Dr A")
while True:
    while not desk.finished:
        desk.pictures(); desk.present()
        given = desk.answer("yes", confidence=3, comment="a long comment " * 30)
        print("answered", given.item, flush=True)
    desk.undo(); print("undone", desk.done + 1, flush=True)
"""


class Clock:
    """A clock that moves only when told."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def a_view(view: str, seed: int, *, mirrored: bool = False) -> Volume:
    """A body of 20 to 40 counts with one hot pixel at the patient's left."""
    counts = np.random.default_rng(seed).integers(20, 40, (96, 48)).astype(np.float32)
    counts[:, :10] = counts[:, -10:] = 0.0
    grid = planar_ijk_to_ras(view, counts.shape, (2.0, 2.0), mirrored=mirrored)
    column = int(np.rint((np.linalg.inv(grid) @ (-20.0, 0.0, 0.0, 1.0))[0]))
    counts[40, column] = 400.0
    return Volume(counts[None], grid, "NM", "counts")


@pytest.fixture
def a_study(tmp_path: Path) -> ReaderStudy:
    """Five scans; that of case 3 has an anterior view only, case 4's posterior one is mirrored."""

    def load(case: DiagnosisCase) -> dict[str, Volume]:
        number = int(case.name[1:])
        views = {"anterior": a_view("anterior", number)}
        if number != 3:
            views["posterior"] = a_view("posterior", number + 50, mirrored=number == 4)
        return views

    cases = [DiagnosisCase(f"P{n}", "", n % 2 == 0) for n in range(5)]
    return create_diagnosis_study(
        tmp_path / "study", tmp_path / "key", cases, load, DiagnosisConfig(7), readers=[("Dr A", "")]
    )


def test_scans_come_one_after_the_other_and_time_counts_only_while_one_is_shown(a_study):
    clock = Clock()
    desk = ReadingDesk(a_study.folder, "dr a", clock=clock)
    assert (desk.reader, desk.done, desk.total, desk.finished, desk.paused) == ("Dr A", 0, 5, False, True)
    assert desk.choices == ("yes", "no") and len(desk.confidences) == 5
    clock.seconds += 100  # drawing
    desk.present()
    clock.seconds += 4
    desk.pause()
    assert desk.paused
    clock.seconds += 1000
    desk.present()
    clock.seconds += 2
    assert desk.answer("no", confidence=2, comment="degenerative").seconds == 6.0
    assert desk.done == 1 and desk.paused
    with pytest.raises(InputError, match="an item that is shown"):
        desk.answer("no", confidence=2)


def test_views_change_with_the_scan_and_the_grey_scale_begins_anew(a_study):
    desk = ReadingDesk(a_study.folder, "Dr A")
    first = desk.views["anterior"]
    assert desk.views["anterior"] is first and next(iter(desk.views)) == "anterior"
    desk.set_grey("faint", 80.0)
    desk.present()
    given = desk.answer("yes", confidence=5)
    assert given.shown == "faint 80 %" and given.window == pytest.approx(2 * given.level)
    assert (desk.reference, desk.percent) == ("usual", 100.0)
    assert not np.array_equal(desk.views["anterior"].array, first.array)
    desk.set_grey("maximum", 50.0)
    desk.set_grey("faint")
    assert (desk.reference, desk.percent) == ("faint", 100.0)
    with pytest.raises(InputError, match="reference: expected one of"):
        desk.set_grey("bright")
    with pytest.raises(InputError, match="percent: expected a number from 5 to 400"):
        desk.set_grey(percent=0.0)


def test_pictures_are_the_grey_scale_with_the_patients_left_where_each_camera_has_it(a_study):
    desk, seen = ReadingDesk(a_study.folder, "Dr A"), set()
    while not desk.finished:
        desk.set_grey("maximum")
        pictures = desk.pictures()
        seen.add(tuple(pictures))
        for view, picture in pictures.items():
            row, column = np.unravel_index(int(np.argmin(picture)), picture.shape)
            assert row == 40 and picture[row, column] == 0
            assert (column > 24) == (view == "anterior"), "left of the patient is right in front, left from behind"
            plain = grey_picture(desk.views[view], "maximum")
            assert np.array_equal(picture, plain) or np.array_equal(picture, plain[:, ::-1])
        desk.present()
        desk.answer("no", confidence=1)
    assert seen == {("anterior",), ("anterior", "posterior")}
    assert desk.pictures() == {} and desk.views == {} and desk.levels() == {}
    desk.present()
    assert desk.paused


def test_an_answer_is_taken_back_and_another_desk_goes_on(a_study):
    desk = ReadingDesk(a_study.folder, "Dr A")
    for choice in ("yes", "no"):
        desk.present()
        desk.answer(choice, confidence=4)
    desk.undo()
    again = ReadingDesk(a_study.folder, "Dr A")
    assert again.done == desk.done == 1
    assert np.array_equal(again.views["anterior"].array, desk.views["anterior"].array)
    assert again.picture_place.parent == a_study.answers_path(a_study.readers[0]).parent


def test_a_study_of_another_kind_is_refused(tmp_path):
    (tmp_path / "p").mkdir()
    write_study(ReaderStudy(tmp_path / "p", "0" * 64, "preference", "Which?", ("left", "right")).with_reader("Dr A"))
    with pytest.raises(InputError, match="a study of the kind 'diagnosis', got one of 'preference'"):
        ReadingDesk(tmp_path / "p", "Dr A")
    with pytest.raises(InputError, match="a study of the kind 'diagnosis'"):
        readers_of(tmp_path / "p")


def test_readers_are_named_in_their_order(a_study):
    assert readers_of(a_study.folder) == ("Dr A",)


@pytest.mark.parametrize("lines", [1, 4, 7])
def test_a_desk_killed_in_mid_study_loses_no_answer(a_study, lines):
    """SIGKILL after so many answers: all that were told to be kept are, and the next desk stands after them."""
    environment = dict(os.environ, PYTHONPATH=str(ROOT))
    child = subprocess.Popen(
        [sys.executable, "-c", READER, str(a_study.folder)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert child.stdout is not None
    said = [child.stdout.readline() for _ in range(lines)]
    os.kill(child.pid, signal.SIGKILL)
    said += child.stdout.readlines()
    child.wait()
    child.stdout.close()
    told = 0
    for line in said:
        word, number = line.split()
        told = int(number) if word == "answered" else int(number) - 1
    kept = read_answers(a_study, a_study.readers[0])
    assert abs(len(kept) - told) <= 1, "at most the one step under way when the kill came"
    assert all(answer.confidence == 3 and answer.comment.endswith("a long comment") for answer in kept)
    desk = ReadingDesk(a_study.folder, "Dr A")
    assert desk.done == len(kept)
    while not desk.finished:
        desk.present()
        desk.answer("no", confidence=1)
    assert [answer.item for answer in read_answers(a_study, a_study.readers[0])] == [1, 2, 3, 4, 5]
