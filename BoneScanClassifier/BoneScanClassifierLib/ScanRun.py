"""What the logic does: starts, ends and waits for runs of ``oncology-ai bonescan``."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import slicer
from slicer.i18n import tr as _

from oncologyai.panels import CommandRun, Outcome

from .ResultNodes import addResult
from .ScanRequest import bundleFromRequest

_REPORT = "report.html"


@dataclass(frozen=True)
class _Words:
    """The command on a request that was written to a folder."""

    request: Path
    output: Path

    def problem(self):
        """Give "": whoever wrote the request has looked."""
        return ""

    def words(self):
        """Give the words of the command."""
        places = ["--bundle", str(self.request), "--out", str(self.output)]
        return ["bonescan", *places, "--no-scene", "--progress", "json"]


class ScanRun:
    """One classification at a time; usable without the panel.

    Parameters
    ----------
    command : sequence of str, optional
        Another command than this Python's ``-m oncologyai``.
    """

    def __init__(self, command=None):
        self._run = CommandRun(_("classification"), command, graceMs=0)
        self._kept = None  # a temporary folder of results, which the report's page lies in

    def start(self, request, onStage, onEnd):
        """Start a run; ``onEnd`` gets the Outcome, whose ``bundle`` is the folder of results.

        Raises
        ------
        RuntimeError
            If one goes on.
        InputError
            If something of the request is missing.
        InstallationError
            If there is no Python to run.
        """
        made = bundleFromRequest(request)
        asked = Path(tempfile.mkdtemp(prefix="OncologyAI-", dir=slicer.app.temporaryPath))
        output = Path(request.output) if request.output else asked / "results"

        def onRunEnd(outcome):
            if outcome.status == "done" and not request.output:
                shutil.rmtree(asked / "request", ignore_errors=True)
                self._keep(asked)
            else:
                shutil.rmtree(asked, ignore_errors=True)
            if outcome.status == "done":
                outcome = Outcome("done", bundle=str(output), details=outcome.details)
            onEnd(outcome)

        started = False
        try:
            made.write(asked / "request")
            self._run.start(_Words(asked / "request", output), onStage, onRunEnd)
            started = True
        finally:
            if not started:
                shutil.rmtree(asked, ignore_errors=True)

    def isRunning(self):
        """Tell whether a run goes on."""
        return self._run.isRunning()

    def processId(self):
        """Give the number of the child process, 0 if none runs."""
        return self._run.processId()

    def cancel(self):
        """End the run that goes on, if any; scene and folder stay as they were."""
        self._run.cancel()

    def addResult(self, request, folder):
        """Turn a folder of results into nodes (BoneScanNodes)."""
        return addResult(request, folder)

    def reportOf(self, folder):
        """Give the page in a folder of results."""
        return str(Path(folder) / _REPORT)

    def process(self, request, *, timeoutS=600):
        """Classify and wait, for scripts; give the nodes. Files stay only in the folder that the request names.

        Raises
        ------
        RuntimeError
            With the child's reason, if it failed or took longer.
        """
        outcomes = []
        self.start(request, lambda name, share: None, outcomes.append)
        self._run.wait(int(1000 * timeoutS))
        if not outcomes or outcomes[0].status != "done":
            raise RuntimeError(outcomes[0].message if outcomes else _("The classification did not end."))
        try:
            return self.addResult(request, outcomes[0].bundle)
        finally:
            self.clean()

    def clean(self):
        """Take the temporary folder of results away; the application does at its end as well."""
        self._keep(None)

    def _keep(self, folder):
        """Keep the newest temporary folder alone."""
        if self._kept is not None:
            shutil.rmtree(self._kept, ignore_errors=True)
        self._kept = folder
