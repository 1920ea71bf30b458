"""What a panel shows of a run: a button that turns into Cancel, a bar, and a line that says what goes on."""

from __future__ import annotations

from typing import Any

from slicer.i18n import tr as _

__all__ = ["RunControls"]

_ERROR_STYLE = "color: #b00020; font-weight: bold"


class RunControls:
    """Drives a QPushButton, a QProgressBar and a QLabel.

    Parameters
    ----------
    button, bar, label : widgets
    startText, startTip : str
        What the button is called, and does, while nothing runs.
    cancelTip : str
        What Cancel does.
    """

    def __init__(self, button: Any, bar: Any, label: Any, *, startText: str, startTip: str, cancelTip: str) -> None:
        self._button, self._bar, self._label = button, bar, label
        self._startText, self._startTip, self._cancelTip = startText, startTip, cancelTip
        bar.setVisible(False)

    def offer(self, problem: str = "", *, enabled: bool = True) -> None:
        """Offer to start, or say what is missing first."""
        self._bar.setVisible(False)
        self._bar.value = 0
        self._button.text = self._startText
        self._button.enabled = enabled and not problem
        self._button.toolTip = problem or self._startTip
        self.say(problem or _("Ready."))

    def prepare(self) -> None:
        """Show that a run is about to start."""
        self._bar.setVisible(True)
        self.stage(_("preparing"), 0.0)

    def offerCancel(self) -> None:
        """Turn the button into Cancel."""
        self._button.text = _("Cancel")
        self._button.enabled = True
        self._button.toolTip = self._cancelTip

    def stage(self, name: str, share: float) -> None:
        """Show what is being done and the share done, 0 to 1."""
        self._bar.value = round(100 * share)
        self._bar.format = f"{name}  %p%"
        self.say(_("Running: {stage}").format(stage=name))

    def say(self, text: str, *, isError: bool = False) -> None:
        """Show a sentence."""
        self._label.text = text
        self._label.styleSheet = _ERROR_STYLE if isError else ""
