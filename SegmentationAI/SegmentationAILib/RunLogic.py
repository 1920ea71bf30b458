"""What the logic does: starts, ends and waits for runs, and corrects results."""

from slicer.i18n import tr as _

from oncologyai.panels import BundleRun, Outcome

from .ConfigAdapter import SegmentationRequest, bundleFromRequest
from .ResultNodes import addResult

_IN_PROCESS_S = 0.3


class RunLogic:
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
        self.inProcessS = _IN_PROCESS_S
        self._command = command
        self._run = None

    def isRunning(self):
        """Tell whether a run goes on."""
        return self._run is not None and self._run.isRunning()

    def processId(self):
        """Give the number of the child process, 0 if none runs."""
        return self._run.processId() if self.isRunning() else 0

    def start(self, request, onStage, onEnd):
        """Start a run; raises as BundleRun.start does, RuntimeError if one goes on."""
        return self._start(request, bundleFromRequest, onStage, onEnd)

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

        self._start(session.request(strokes), makeBundle, onStage, onRunEnd)

    def cancel(self):
        """End the run that goes on, if any; the scene stays as it was."""
        if self.isRunning():
            self._run.cancel()

    def addResult(self, request, bundleFolder):
        """Turn a run's bundle into nodes."""
        return addResult(request, bundleFolder)

    def process(self, inputVolume, insideSeeds=None, outsideSeeds=None, *, timeoutS=600, **settings):
        """Segment and wait, for scripts; ``settings`` are the other members of SegmentationRequest.

        Returns the nodes (oncologyai.scene.SceneNodes). Raises RuntimeError with the child's reason if it failed.
        """
        request = SegmentationRequest(inputVolume, insideSeeds, outsideSeeds, **settings)
        run = self._newRun(request, bundleFromRequest, _ignore, _ignore)
        try:
            run.start()
            run.wait(int(1000 * timeoutS))
            if run.outcome.status != "done":
                raise RuntimeError(run.outcome.message)
            return self.addResult(request, run.outcome.bundle).nodes
        finally:
            run.clean()

    def _start(self, request, makeBundle, onStage, onEnd):
        if self.isRunning():
            raise RuntimeError("A segmentation is running; cancel it or wait for its end.")

        def onRunEnd(outcome):
            try:
                onEnd(outcome)
            finally:
                run.clean()

        run = self._newRun(request, makeBundle, onStage, onRunEnd)
        run.start()
        self._run = run
        return run

    def _newRun(self, request, makeBundle, onStage, onEnd):
        return BundleRun("segment", request, makeBundle, onStage, onEnd, command=self._command, what=_("segmentation"))


def _ignore(*_unused):
    """Take stages and outcomes that nobody waits for."""
