"""A row of buttons of which one at most is down."""

import qt


class StudyPanelChoices:
    """Buttons side by side, each with what it stands for.

    Parameters
    ----------
    layout : QBoxLayout
        Gets the row.
    onChosen : callable
        Called without arguments when another button goes down, or up.
    """

    def __init__(self, layout, onChosen):
        self._onChosen = onChosen
        self._row = qt.QHBoxLayout()
        layout.addLayout(self._row)
        self._buttons = []
        self.chosen = -1  # index of the button that is down, -1 for none

    def offer(self, labels, tips):
        """Make the buttons; none is down."""
        if [button.text for button in self._buttons] != list(labels):
            for button in self._buttons:
                button.hide()
                self._row.removeWidget(button)
                button.deleteLater()
            self._buttons = [self._button(index, label) for index, label in enumerate(labels)]
        for button, tip in zip(self._buttons, tips, strict=True):
            button.toolTip = tip
        self.clear()

    def clear(self):
        """Let all buttons go up."""
        self._set(-1)

    def choose(self, index):
        """Press a button, as the reader does."""
        self._set(-1 if index == self.chosen else index)
        self._onChosen()

    def setEnabled(self, isEnabled):
        """Let the buttons be pressed, or not."""
        for button in self._buttons:
            button.enabled = isEnabled

    def _button(self, index, label):
        button = qt.QPushButton(label)
        button.checkable = True
        button.connect("clicked(bool)", lambda _checked: self.choose(index))
        self._row.addWidget(button)
        return button

    def _set(self, index):
        self.chosen = index
        for number, button in enumerate(self._buttons):
            button.checked = number == index
