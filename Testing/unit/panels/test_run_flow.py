"""One button's way: what is missing, what runs, what was taken, and what is said until something else is asked for."""

import dataclasses

import pytest

from oncologyai.errors import InputError


class FakeRun:
    """Work that is told when to end."""

    def __init__(self) -> None:
        self.onEnd = None
        self.fails = None

    def start(self, request, onStage, onEnd) -> None:
        if self.fails is not None:
            raise self.fails
        onStage("first", 0.5)
        self.onEnd = onEnd

    def isRunning(self) -> bool:  # noqa: N802
        return self.onEnd is not None

    def cancel(self) -> None:
        self.end("cancelled", message="Cancelled.")

    def end(self, status, **given) -> None:
        from oncologyai.panels import Outcome

        onEnd, self.onEnd = self.onEnd, None
        onEnd(Outcome(status, **given))


@dataclasses.dataclass(frozen=True)
class Request:
    """What is asked for."""

    what: str = "x"
    missing: str = ""

    def problem(self):
        return self.missing


class Kit:
    """A flow over three widgets."""

    def __init__(self, slicer) -> None:
        import qt

        from oncologyai.panels import RunControls, RunFlow

        self.button, self.bar, self.label = qt.QPushButton(), qt.QProgressBar(), qt.QLabel()
        self.run, self.asked, self.goes, self.taken = FakeRun(), Request(), True, []
        texts = {"startText": "Apply", "startTip": "Do it", "cancelTip": "End it"}
        self.flow = RunFlow(
            RunControls(self.button, self.bar, self.label, **texts),
            self.run,
            asked=lambda: self.asked,
            request=lambda: self.asked,
            prepare=lambda: self.goes,
            take=self.take,
            show=lambda: self.flow.show(),  # noqa: PLW0108  it is not there yet
            startFailed="no start",
            takeFailed="no result",
        )

    def take(self, request, folder):
        if folder == "bad":
            raise InputError("volume", expected="one", got="none")
        self.taken.append((request, folder))
        return f"Done: {folder}"

    def state(self):
        return self.button.text(), self.button.isEnabled(), self.label.text()


@pytest.fixture
def a_kit(a_host):
    return Kit(a_host)


def test_what_is_missing_is_said_and_nothing_starts(a_kit):
    a_kit.asked = Request(missing="Choose a volume.")
    a_kit.flow.show()
    assert a_kit.state() == ("Apply", False, "Choose a volume.")
    a_kit.flow.onClicked()
    assert not a_kit.run.isRunning()
    a_kit.asked = None
    a_kit.flow.show()
    assert a_kit.state() == ("Apply", False, "Ready.")


def test_a_run_turns_the_button_into_cancel_and_its_result_is_taken(a_kit):
    a_kit.flow.onClicked()
    assert a_kit.state() == ("Cancel", True, "Running: first")
    a_kit.flow.show()  # the scene changes meanwhile
    assert a_kit.button.text() == "Cancel"
    a_kit.run.end("done", bundle="folder")
    assert a_kit.taken == [(Request(), "folder")]
    assert a_kit.state() == ("Apply", True, "Done: folder")
    a_kit.flow.show()
    assert a_kit.label.text() == "Done: folder"
    a_kit.asked = Request("another")
    a_kit.flow.show()
    assert a_kit.label.text() == "Ready."


def test_a_second_click_cancels(a_kit):
    a_kit.flow.onClicked()
    a_kit.flow.onClicked()
    assert a_kit.state() == ("Apply", True, "Cancelled.")
    assert a_kit.taken == []


def test_errors_of_the_start_the_run_and_the_result_are_said(a_kit):
    a_kit.run.fails = InputError("image", expected="one", got="none")
    a_kit.flow.onClicked()
    assert a_kit.state() == ("Apply", True, "image: expected one, got none")
    a_kit.run.fails = None
    a_kit.flow.onClicked()
    a_kit.run.end("error", message="no luck")
    assert a_kit.label.text() == "no luck"
    assert "b00020" in a_kit.label.styleSheet()
    a_kit.flow.onClicked()
    a_kit.run.end("done", bundle="bad")
    assert a_kit.label.text() == "volume: expected one, got none"


def test_a_user_who_does_not_go_on_starts_nothing(a_kit):
    a_kit.goes = False
    a_kit.flow.onClicked()
    assert not a_kit.run.isRunning()
    a_kit.flow.show()
    assert a_kit.state() == ("Apply", True, "Ready.")


def test_what_nobody_expected_leaves_the_button_ready(a_kit):
    a_kit.run.fails = ZeroDivisionError("oh")
    with pytest.raises(ZeroDivisionError):
        a_kit.flow.onClicked()
    assert a_kit.state() == ("Apply", True, "Ready.")
