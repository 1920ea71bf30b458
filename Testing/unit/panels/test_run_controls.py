"""Button, bar and line say what can be done and what goes on."""

import pytest


@pytest.fixture
def a_set(a_host):
    import qt

    from oncologyai.panels import RunControls

    widgets = qt.QPushButton(), qt.QProgressBar(), qt.QLabel()
    return (*widgets, RunControls(*widgets, startText="Apply", startTip="Start it", cancelTip="End it"))


def test_offers_to_start_or_says_what_is_missing(a_set):
    button, bar, label, controls = a_set
    controls.offer("Choose a volume.")
    assert (button.isEnabled(), button.toolTip(), label.text()) == (False, "Choose a volume.", "Choose a volume.")
    controls.offer()
    assert (button.isEnabled(), button.text(), button.toolTip(), label.text()) == (True, "Apply", "Start it", "Ready.")
    assert bar.isHidden()
    controls.offer(enabled=False)
    assert not button.isEnabled()


def test_shows_stages_and_offers_to_cancel(a_set):
    button, bar, label, controls = a_set
    controls.prepare()
    controls.offerCancel()
    controls.stage("maps", 0.25)
    assert (button.text(), button.toolTip(), bar.value(), label.text()) == ("Cancel", "End it", 25, "Running: maps")
    assert not bar.isHidden()
    controls.offer()
    assert (bar.value(), bar.isHidden()) == (0, True)


def test_an_error_stands_out(a_set):
    _, _, label, controls = a_set
    controls.say("broken", isError=True)
    assert "bold" in label.styleSheet()
    controls.say("fine")
    assert label.styleSheet() == ""
