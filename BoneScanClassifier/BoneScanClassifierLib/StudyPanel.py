"""The part of the panel in which a reader answers a study: scan after scan, metastases or none, and how sure."""

from pathlib import Path

import ctk
import qt
import slicer
from slicer.i18n import tr as _

from oncologyai.errors import OncologyAIError

from .StudyPanelChoices import StudyPanelChoices
from .StudyPanelScan import StudyPanelScan

_ERROR_STYLE = "color: #b00020; font-weight: bold"
_GREYS = ("usual", "faint", "maximum")


class StudyPanel:
    """Drives widgets of its own in an empty QWidget (a collapsible section).

    The scan is on the screen only while its time counts: a pause, another module and a closed scene take it away. Every
    answer is on the disk before the next scan is shown, so that a crash loses none.

    Parameters
    ----------
    widget : QWidget
        Where the panel goes.
    """

    def __init__(self, widget):
        self._desk = None
        self._busy = False
        self._scan = StudyPanelScan()
        layout = widget.layout() or qt.QVBoxLayout(widget)
        self._makeStudyRows(layout)
        self._makeReadingRows(layout)
        self.show()

    def setParameters(self, parameters):
        """Pause where the user leaves the module (None); the study is no part of the scene."""
        if parameters is None:
            self._pause()
            self.show()

    def clear(self):
        """Take the scan away: the scene closes. Answers are kept."""
        self._pause()
        self._desk = None
        self.show()

    def show(self):
        """Show where the reader stands."""
        desk = self._desk
        isReading = desk is not None and not desk.finished and not desk.paused
        isOpen = desk is not None and not desk.finished
        isClosable = desk is not None
        self.studyEdit.enabled = not isClosable
        self.readerBox.enabled = not isClosable
        self.beginButton.enabled = isClosable or self.readerBox.count > 0
        self.beginButton.text = _("Close the study") if isClosable else _("Begin or go on")
        self.pauseButton.enabled = isOpen
        self.pauseButton.text = _("Pause") if isReading else _("Go on")
        for choices in (self.answers, self.confidences):
            choices.setEnabled(isReading)
        for widget in (self.greyBox, self.percentSlider, self.commentEdit):
            widget.enabled = isReading
        self.undoButton.enabled = desk is not None and desk.done > 0 and (isReading or desk.finished)
        self.questionLabel.text = (
            desk.question if desk is not None else _("Choose the folder of a study, and your name.")
        )
        self.progressBar.maximum = max(desk.total, 1) if desk is not None else 1
        self.progressBar.value = desk.done if desk is not None else 0
        self._offerAnswer()

    def onBegin(self, _checked=False):
        """Open the study for the chosen reader at the first scan without an answer, or close it."""
        if self._desk is not None:
            self.clear()
            self._say("")
            return
        with slicer.util.tryWithErrorDisplay(_("The study could not be opened."), waitCursor=False):
            self._attempt(self._open)

    def onPause(self, _checked=False):
        """Stop the time and take the scan away, or bring it back."""
        if self._desk.paused:
            with slicer.util.tryWithErrorDisplay(_("The scan could not be shown."), waitCursor=False):
                self._attempt(self._present)
            return
        self._pause()
        self._say(_("Paused: {done} of {total} are answered").format(done=self._desk.done, total=self._desk.total))
        self.show()

    def onAnswer(self, _checked=False):
        """Keep the answer and show the next scan."""
        with slicer.util.tryWithErrorDisplay(_("The answer could not be kept."), waitCursor=False):
            self._attempt(self._keep)

    def onUndo(self, _checked=False):
        """Take the last answer back and show its scan again."""
        with slicer.util.tryWithErrorDisplay(_("The answer could not be taken back."), waitCursor=False):
            self._attempt(self._takeBack)

    def onStudy(self, _path=""):
        """Offer the readers of the chosen folder."""
        self.readerBox.clear()
        try:
            names = self._scan.readersOf(Path(self.studyEdit.currentPath)) if self.studyEdit.currentPath else ()
            self._say("")
        except OncologyAIError as error:
            names = ()
            self._say(str(error), isError=True)
        for name in names:
            self.readerBox.addItem(name)
        self.show()

    def onGrey(self, _value=None):
        """Change the grey scale to what the widgets say."""
        if self._busy or self._desk is None:
            return
        reference = _GREYS[max(self.greyBox.currentIndex, 0)]
        if reference != self._desk.reference:
            self._desk.set_grey(reference)
        else:
            self._desk.set_grey(percent=self.percentSlider.value)
        self._showGrey()

    def _open(self):
        from oncologyai.pipelines import ReadingDesk

        self._desk = ReadingDesk(Path(self.studyEdit.currentPath), self.readerBox.currentText)
        self.answers.offer(
            [_("Yes") if choice == "yes" else _("No") for choice in self._desk.choices], self._desk.choices
        )
        steps = [str(number) for number in range(1, len(self._desk.confidences) + 1)]
        self.confidences.offer(steps, self._desk.confidences)
        self.confidenceLabel.text = _("How sure: 1 ({least}) to {steps} ({most})").format(
            least=self._desk.confidences[0], steps=len(steps), most=self._desk.confidences[-1]
        )
        self.commentEdit.text = ""
        self._present()

    def _keep(self):
        self._desk.answer(
            self._desk.choices[self.answers.chosen],
            confidence=self.confidences.chosen + 1,
            comment=self.commentEdit.text,
        )
        self._present()

    def _takeBack(self):
        self._desk.undo()
        self._present()

    def _present(self):
        """Bring the scan to the screen, then let its time count; at the end take the last one away."""
        desk = self._desk
        if desk.finished:
            self._scan.hide()
            self._say(_("All {total} scans are answered. Thank you.").format(total=desk.total))
            return
        isNew = not self._scan.isOf(desk)
        self._scan.show(desk)
        if isNew:
            self.answers.clear()
            self.confidences.clear()
            self.commentEdit.text = ""
        self._showGrey()
        self._say(_("Scan {number} of {total}").format(number=desk.done + 1, total=desk.total))
        desk.present()

    def _pause(self):
        if self._desk is not None:
            self._desk.pause()
        self._scan.hide()

    def _attempt(self, step):
        """Do a step; what the user can mend is said in the panel, what not is shown as an error."""
        try:
            step()
        except OncologyAIError as error:
            self._pause()
            self._say(str(error), isError=True)
        self.show()

    def _showGrey(self):
        self._busy = True
        self.greyBox.currentIndex = _GREYS.index(self._desk.reference)
        self.percentSlider.value = self._desk.percent
        self._busy = False
        self._scan.setGrey(self._desk)

    def _offerAnswer(self):
        desk = self._desk
        isReading = desk is not None and not desk.finished and not desk.paused
        self.answerButton.enabled = isReading and self.answers.chosen >= 0 and self.confidences.chosen >= 0

    def _say(self, text, isError=False):
        self.statusLabel.text = text
        self.statusLabel.styleSheet = _ERROR_STYLE if isError else ""

    def _makeStudyRows(self, layout):
        form = qt.QFormLayout()
        layout.addLayout(form)
        self.studyEdit = ctk.ctkPathLineEdit()
        self.studyEdit.filters = ctk.ctkPathLineEdit.Dirs
        self.studyEdit.toolTip = _("The readers' folder of a study (oncology-ai study create bonescan)")
        self.studyEdit.connect("currentPathChanged(QString)", self.onStudy)
        self.readerBox = qt.QComboBox()
        form.addRow(_("Study:"), self.studyEdit)
        form.addRow(_("Reader:"), self.readerBox)
        buttons = qt.QHBoxLayout()
        layout.addLayout(buttons)
        self.beginButton, self.pauseButton = qt.QPushButton(), qt.QPushButton()
        self.pauseButton.toolTip = _("While paused no time counts and no scan is shown")
        self.beginButton.connect("clicked(bool)", self.onBegin)
        self.pauseButton.connect("clicked(bool)", self.onPause)
        buttons.addWidget(self.beginButton)
        buttons.addWidget(self.pauseButton)

    def _makeReadingRows(self, layout):
        self.questionLabel, self.confidenceLabel, self.statusLabel = qt.QLabel(), qt.QLabel(), qt.QLabel()
        for label in (self.questionLabel, self.statusLabel):
            label.wordWrap = True
        layout.addWidget(self.questionLabel)
        self.answers = StudyPanelChoices(layout, self._offerAnswer)
        layout.addWidget(self.confidenceLabel)
        self.confidences = StudyPanelChoices(layout, self._offerAnswer)
        form = qt.QFormLayout()
        layout.addLayout(form)
        self.commentEdit = qt.QLineEdit()
        self.greyBox = qt.QComboBox()
        for name in (_("usual"), _("faint foci"), _("whole range")):
            self.greyBox.addItem(name)
        self.percentSlider = ctk.ctkSliderWidget()
        self.percentSlider.minimum = 5.0
        self.percentSlider.maximum = 400.0
        self.percentSlider.decimals = 0
        self.percentSlider.suffix = " %"
        self.greyBox.connect("currentIndexChanged(int)", self.onGrey)
        self.percentSlider.connect("valueChanged(double)", self.onGrey)
        form.addRow(_("Comment:"), self.commentEdit)
        form.addRow(_("Grey scale:"), self.greyBox)
        form.addRow(_("Upper level:"), self.percentSlider)
        buttons = qt.QHBoxLayout()
        layout.addLayout(buttons)
        self.answerButton, self.undoButton = qt.QPushButton(_("Keep and next")), qt.QPushButton(_("Take back"))
        self.undoButton.toolTip = _("Answer the scan before once more")
        self.answerButton.connect("clicked(bool)", self.onAnswer)
        self.undoButton.connect("clicked(bool)", self.onUndo)
        buttons.addWidget(self.answerButton)
        buttons.addWidget(self.undoButton)
        self.progressBar = qt.QProgressBar()
        self.progressBar.format = "%v / %m"
        layout.addWidget(self.progressBar)
        layout.addWidget(self.statusLabel)
