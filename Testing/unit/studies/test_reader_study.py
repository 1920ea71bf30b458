"""The readers' folder: read back as written; readers by name."""

import json

import pytest

from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.studies import read_items, read_study


def test_is_read_back_as_it_was_written(a_study):
    found = read_study(a_study.folder)
    assert found == a_study
    items = read_items(found, found.reader("dr  a"))
    assert [item.number for item in items] == [1, 2, 3, 4, 5, 6]
    assert items[0].files["left"] == a_study.folder / "cases" / "c001" / "1.nrrd"


def test_readers_have_names_and_groups_of_their_own(a_study):
    more = a_study.with_reader(" Dr  B ", "radiologist")
    assert [(r.name, r.group, r.folder) for r in more.readers] == [
        ("Dr A", "readers", "01"),
        ("Dr B", "radiologist", "02"),
    ]
    with pytest.raises(InputError, match="a name that no reader has, got 'DR A'"):
        a_study.with_reader("DR A")
    with pytest.raises(InputError, match="reader: expected a name, got none"):
        a_study.with_reader("  ")
    with pytest.raises(InputError, match="reader: expected one of Dr A, Dr B, got 'Dr C'"):
        more.reader("Dr C")


def test_no_study_and_a_damaged_one_are_told(a_study, tmp_path):
    with pytest.raises(MissingFileError, match="expected the folder of a study"):
        read_study(tmp_path)
    path = a_study.folder / "study.json"
    content = json.loads(path.read_text())
    for damaged in ("{", json.dumps([1]), json.dumps({**content, "more": 1}), json.dumps({"readers": []})):
        path.write_text(damaged)
        with pytest.raises(UnreadableFileError, match="study.json: expected what `study create` wrote"):
            read_study(a_study.folder)


def test_a_damaged_list_of_items_names_the_line(a_study):
    path = a_study.items_path(a_study.readers[0])
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:2], lines[3]]) + "\n")
    with pytest.raises(UnreadableFileError, match="items.csv line 3: expected item 2"):
        read_items(a_study, a_study.readers[0])
    path.unlink()
    with pytest.raises(MissingFileError, match="items.csv"):
        read_items(a_study, a_study.readers[0])
