"""A preference study from a table of files to pictures on a reader's screen."""

import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from oncologyai.errors import InputError, MissingFileError
from oncologyai.imaging import write_masks, write_volume
from oncologyai.workflows import (
    add_study_reader,
    create_preference,
    draw_item,
    key_folder,
    open_session,
    study_status,
)


@pytest.fixture
def a_table(tmp_path: Path, a_volume, a_ball) -> Path:
    write_volume(a_volume, tmp_path / "ct.nrrd")
    write_masks([a_ball], tmp_path / "ball.nrrd")
    write_masks([type(a_ball).on(a_volume, np.roll(a_ball.array, 1, axis=1))], tmp_path / "moved.nrrd")
    path = tmp_path / "cases.csv"
    rows = [f"P{n},ct.nrrd,moved.nrrd,ball.nrrd" for n in range(4)]
    path.write_text("\n".join(["case,image,automatic,manual", *rows]) + "\n")
    return path


def test_made_answered_and_told(a_table, tmp_path):
    out = tmp_path / "study"
    (tmp_path / "r.csv").write_text("reader,group\nDr B,student\n")
    create_preference(a_table, out, seed=4, readers=[("Dr A", "radiologist")], readers_table=tmp_path / "r.csv")
    add_study_reader(out, "Dr C")
    session = open_session(out, "Dr B")
    assert draw_item(session.item, tmp_path / "p.png") == (1500.0, -600.0)
    assert imread(tmp_path / "p.png").shape[0] > 100
    assert draw_item(session.item, tmp_path / "p.png", window=400.0, level=40.0) == (400.0, 40.0)
    session.show()
    session.answer("left")
    assert study_status(out).rows == (
        ("Dr A", "radiologist", 0, 4),
        ("Dr B", "student", 1, 4),
        ("Dr C", "readers", 0, 4),
    )


def test_looking_at_the_state_does_not_touch_an_answer_under_way(a_table, tmp_path):
    study = create_preference(a_table, tmp_path / "study", seed=4, readers=[("Dr A", "")])
    path = study.answers_path(study.readers[0])
    path.write_bytes(path.read_bytes() + b"answer,1,le")
    before = path.read_bytes()
    assert study_status(tmp_path / "study").rows[0][2] == 0
    assert path.read_bytes() == before


def test_without_a_seed_each_study_has_its_own_and_the_key_knows_it(a_table, tmp_path):
    seeds = set()
    for name in ("a", "b"):
        create_preference(a_table, tmp_path / name)
        seeds.add(json.loads((key_folder(tmp_path / name) / "key.json").read_text())["seed"])
    assert len(seeds) == 2 and max(seeds) > 2**32


def test_the_key_lies_where_it_is_wanted_and_is_needed_for_a_new_reader(a_table, tmp_path):
    out, key = tmp_path / "study", tmp_path / "safe" / "key"
    create_preference(a_table, out, key=key, seed=1)
    assert (key / "key.json").is_file() and not key_folder(out).exists()
    with pytest.raises(MissingFileError, match="the study's key"):
        add_study_reader(out, "Dr A")
    add_study_reader(out, "Dr A", key=key)


def test_a_fault_in_the_last_case_leaves_nothing(a_table, tmp_path):
    a_table.write_text(a_table.read_text() + "P9,ct.nrrd,cases.csv,ball.nrrd\n")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InputError, match="line 6, automatic"):
        create_preference(a_table, tmp_path / "study", seed=1)
    assert sorted(tmp_path.iterdir()) == before
