"""What the logic does: starts, ends and waits for runs, and corrects results."""

from slicer.i18n import tr as _

from oncologyai.panels import BundleRunner, Outcome

from .ConfigAdapter import SegmentationRequest, bundleFromRequest
from .ResultNodes import addResult

_IN_PROCESS_S = 0.3


class RunLogic(BundleRunner):
    """One run at a time; usable without the panel.

    Parameters
    ----------
    command : sequence of str, optional
        Another command than this Python's ``-m oncologyai``.

    Attributes
    ----------
    inProcessS : float
        A correction that is expected to take more seconds goes to a process of its own.
    """

    def __init__(self, command=None):
        BundleRunner.__init__(self, "segment", _("segmentation"), command)
        self.inProcessS = _IN_PROCESS_S

    def start(self, request, onStage, onEnd):
        """Start a run; raises as BundleRunner.startRun does."""
        self.startRun(request, bundleFromRequest, onStage, onEnd)

    def correct(self, session, strokes, onStage, onEnd):
        """Correct a CorrectionSession by strokes: at once where that is quick, else in a process of its own.

        ``onEnd`` gets the Outcome either way. Raises as ``CorrectionHistory.add`` does if a stroke is refused, and
        RuntimeError if a run goes on.
        """
        if self.isRunning():
            raise RuntimeError("A segmentation is running; cancel it or wait for its end.")
        if session.history.expected_seconds(strokes) <= self.inProcessS:
            session.correct(strokes)
            onEnd(Outcome("done"))
            return

        def onRunEnd(outcome):
            if outcome.status == "done" and not session.isAlive():
                outcome = Outcome(
                    "error", "The segment that was being corrected has left the scene; nothing was added."
                )
            elif outcome.status == "done":
                session.take(strokes, outcome.bundle)
            onEnd(outcome)

        def makeBundle(request):
            return request.to_bundle("correction")

        self.startRun(session.request(strokes), makeBundle, onStage, onRunEnd)

    def addResult(self, request, bundleFolder):
        """Turn a run's bundle into nodes."""
        return addResult(request, bundleFolder)

    def process(self, inputVolume, insideSeeds=None, outsideSeeds=None, *, timeoutS=600, **settings):
        """Segment and wait, for scripts; ``settings`` are the other members of SegmentationRequest.

        Returns the nodes (oncologyai.scene.SceneNodes). Raises RuntimeError with the child's reason if it failed.
        """
        request = SegmentationRequest(inputVolume, insideSeeds, outsideSeeds, **settings)

        def take(bundleFolder):
            return self.addResult(request, bundleFolder).nodes

        return self.runAndWait(request, bundleFromRequest, take, timeoutS=timeoutS)
