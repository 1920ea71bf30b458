"""Entries are checked one by one, found by words, and only the user's clicks are told."""

import pytest


@pytest.fixture
def a_list(a_module):
    import qt
    from RadiomicsOutcomeLib import CheckList

    widget, told = qt.QListWidget(), []
    listed = CheckList(widget, lambda: told.append(listed.checked()))
    listed.show([("a", "glcm Contrast"), ("b", "glcm Id"), ("c", "ngtdm Contrast")], {"b"})
    return widget, listed, told


def test_shows_what_is_checked_without_telling(a_list):
    _, listed, told = a_list
    assert (listed.checked(), told) == (["b"], [])


def test_tells_each_click(a_list):
    import qt

    widget, _, told = a_list
    widget.item(2).setCheckState(qt.Qt.Checked)
    widget.item(1).setCheckState(qt.Qt.Unchecked)
    assert told == [["b", "c"], ["c"]]


def test_every_entry_can_be_checked(a_list):
    import qt

    widget, _, _ = a_list
    assert all(widget.item(row).data(qt.Qt.CheckStateRole) is not None for row in range(3))


def test_words_hide_what_does_not_hold_them_but_keep_it_checked(a_list):
    widget, listed, _ = a_list
    listed.filter("CONTRAST ng")
    assert [widget.item(row).isHidden() for row in range(3)] == [True, True, False]
    assert listed.checked() == ["b"]
    listed.filter("")
    assert not any(widget.item(row).isHidden() for row in range(3))


def test_other_entries_take_the_place_of_the_old(a_list):
    widget, listed, told = a_list
    listed.show([("c", "ngtdm Contrast")], {"c"})
    assert (widget.count(), listed.checked(), told) == (1, ["c"], [])
