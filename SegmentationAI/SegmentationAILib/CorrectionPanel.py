"""The part of the panel that corrects a result by points: Correct that turns into Cancel, undo, redo, the log."""

import slicer
from slicer.i18n import tr as _

from oncologyai.errors import OncologyAIError

from .CorrectionPoints import CorrectionPoints
from .CorrectionSession import EDITED, CorrectionSession, strokesFromPoints


class CorrectionPanel:
    """Drives the correction widgets of SegmentationAI.ui.

    Parameters
    ----------
    ui : object
        The widgets by name.
    logic : SegmentationLogicProtocol
        Corrects, here or in another process.
    """

    def __init__(self, ui, logic):
        self._ui, self._logic = ui, logic
        self._parameters = None
        self._session = None
        self._shown = ()  # IDs of the segments in the list
        self._made = None  # what is corrected: segmentation node, points it was made from, a model's probability
        self._observed = []
        self._busy = False
        ui.segmentComboBox.connect("currentIndexChanged(int)", self._onSegment)
        ui.correctButton.connect("clicked(bool)", self.onCorrect)
        ui.undoButton.connect("clicked(bool)", lambda _checked: self._change(lambda session: session.undo()))
        ui.redoButton.connect("clicked(bool)", lambda _checked: self._change(lambda session: session.redo()))
        ui.correctionButton.collapsed = True
        self.show()

    def setParameters(self, parameters):
        """Show and edit this parameter node (None: no scene)."""
        self._parameters = parameters
        self.show()

    def takeResult(self, request, result, points):
        """Make a run's result what is corrected; ``points`` are those that it was made from."""
        self._made = (result.nodes.segmentation, points, result.probability)
        self._session = None
        self._shown = ()
        self.show()

    def clear(self):
        """Forget everything: the scene closes."""
        self._session, self._made, self._shown = None, None, ()
        self._observe(None, None)
        self.show()

    def show(self):
        """Show the segments, what can be done and the log, as the scene and the parameters are now."""
        parameters = self._parameters
        segmentation = parameters.outputSegmentation if parameters is not None else None
        self._observe(*((parameters.insideSeeds, parameters.outsideSeeds) if parameters is not None else (None, None)))
        if self._session is not None and not self._session.isAlive():
            self._session = None
        self._fillSegments(segmentation)
        self._ensureSession(segmentation)
        self.tellState()

    def updateButtons(self):
        """Offer what can be done now; gives the number of new strokes."""
        session, running = self._session, self._logic.isRunning()
        count = len(self._newStrokes()) if session is not None else 0
        self._ui.correctButton.text = _("Cancel") if running else _("Correct")
        self._ui.correctButton.enabled = running or count > 0
        self._ui.undoButton.enabled = not running and session is not None and session.canUndo
        self._ui.redoButton.enabled = not running and session is not None and session.canRedo
        return count

    def tellState(self):
        """Offer what can be done now and say what it is; while a run goes on its stages are said."""
        count, session = self.updateButtons(), self._session
        if self._logic.isRunning():
            return
        if session is None:
            self._say(_("A result is corrected here: run one, or choose a segmentation as output."))
        elif count:
            self._say(_("{count} new correction(s); press Correct.").format(count=count))
        elif not session.canUndo:
            self._say(_("Place a point inside what was missed, or outside in what is too much."))

    def onCorrect(self, _checked=False):
        """Correct by the new points, or cancel the run that goes on."""
        if self._logic.isRunning():
            self._logic.cancel()
            return
        session = self._session
        if session is None or not session.isAlive():
            self.show()
            return
        points, strokes = self._newPoints(), self._newStrokes()
        with slicer.util.tryWithErrorDisplay(_("The correction failed."), waitCursor=False):
            try:
                self._logic.correct(session, strokes, self._onStage, lambda end: self._onEnd(session, points, end))
                self.updateButtons()
            except OncologyAIError as error:
                session.points.heed(points)  # refused once, they would be refused again
                self.updateButtons()
                self._say(str(error), isError=True)

    def _onStage(self, name, _share):
        self._say(_("Running: {stage}").format(stage=name))

    def _onEnd(self, session, points, outcome):
        if outcome.status == "done":
            session.points.heed(points)
            self._showSession()
        else:
            self.show()
            self._say(outcome.message, isError=outcome.status == "error")

    def _change(self, change):
        if self._session is not None and self._session.isAlive() and not self._logic.isRunning():
            change(self._session)
            self._showSession()

    def _showSession(self):
        self.show()
        self._ui.correctionTable.setMRMLTableNode(self._session.table())
        step = self._session.history.steps[-1]
        told = _("{action}: {added:.2f} ml added, {removed:.2f} ml removed, {volume:.2f} ml in all ({seconds:.2f} s)")
        self._say(
            told.format(
                action=step.action,
                added=step.added_ml,
                removed=step.removed_ml,
                volume=step.volume_ml,
                seconds=step.computing_s,
            )
        )

    def _ensureSession(self, segmentation):
        parameters, session = self._parameters, self._session
        index = self._ui.segmentComboBox.currentIndex
        wanted = self._shown[index] if 0 <= index < len(self._shown) else None
        if segmentation is None or wanted is None or parameters.inputVolume is None:
            self._session = None
        elif session is None or session.what() != (parameters.inputVolume, segmentation, wanted):
            if self._made is None or self._made[0] is not segmentation:
                points = CorrectionPoints(parameters.inputVolume, parameters.insideSeeds, parameters.outsideSeeds)
                self._made = (segmentation, points, None)
            _segmentation, points, probability = self._made
            modality = parameters.modality.value
            self._session = CorrectionSession(
                parameters.inputVolume, segmentation, wanted, points, probability=probability, modality=modality
            )
            self._ui.correctionTable.setMRMLTableNode(None)

    def _fillSegments(self, segmentation):
        """List the segments; those that are corrections are listed too, but the one being corrected stays chosen."""
        ids = tuple(segmentation.GetSegmentation().GetSegmentIDs()) if segmentation is not None else ()
        if ids == self._shown:
            return
        kept = self._session.segmentId if self._session is not None else ""
        self._busy = True
        self._ui.segmentComboBox.clear()
        for segmentId in ids:
            self._ui.segmentComboBox.addItem(segmentation.GetSegmentation().GetSegment(segmentId).GetName())
        self._shown = ids
        first = next((n for n, name in enumerate(ids) if not name.endswith(EDITED)), 0)
        self._ui.segmentComboBox.currentIndex = ids.index(kept) if kept in ids else (first if ids else -1)
        self._busy = False

    def _onSegment(self, _index):
        if not self._busy:
            self.show()

    def _newPoints(self):
        return self._session.points.new(self._parameters.insideSeeds, self._parameters.outsideSeeds)

    def _newStrokes(self):
        return strokesFromPoints(self._newPoints(), self._parameters.joinPoints)

    def _observe(self, *lists):
        """Follow the points of these lists."""
        nodes = [node for node in lists if node is not None]
        if nodes == [node for node, _tags in self._observed]:
            return
        for node, tags in self._observed:
            for tag in tags:
                node.RemoveObserver(tag)
        kind = slicer.vtkMRMLMarkupsNode
        events = (kind.PointPositionDefinedEvent, kind.PointPositionUndefinedEvent, kind.PointRemovedEvent)
        self._observed = [(node, [node.AddObserver(event, self._onPoints) for event in events]) for node in nodes]

    def _onPoints(self, *_unused):
        self.tellState()
        ready = self._session is not None and not self._logic.isRunning() and self._parameters is not None
        if ready and self._parameters.correctAtOnce and not self._parameters.joinPoints and self._newStrokes():
            self.onCorrect()

    def _say(self, text, isError=False):
        self._ui.correctionLabel.text = text
        self._ui.correctionLabel.styleSheet = "color: #b00020; font-weight: bold" if isError else ""
