"""One run: the request written to a working folder, the child process, and the folder taken away again."""

import shutil
import sys
import tempfile
from pathlib import Path

import slicer

import oncologyai
from oncologyai.errors import InstallationError

from .ChildProcess import ChildProcess
from .ConfigAdapter import bundleFromRequest


class SegmentationRun:
    """Runs ``python -m oncologyai segment`` on a request.

    Parameters
    ----------
    request : object
        What to do, such as a SegmentationRequest.
    onStage, onEnd : callable
        As for ChildProcess.
    command : sequence of str, optional
        Another command than this Python's ``-m oncologyai``.
    makeBundle : callable
        Gives the bundle that asks for the request.
    """

    def __init__(self, request, onStage, onEnd, command=None, makeBundle=bundleFromRequest):
        self.request = request
        self._makeBundle = makeBundle
        self.outcome = None
        self._onEnd = onEnd
        self._command = command
        self._folder = None
        self._child = ChildProcess(onStage, self._onChildEnd)

    def start(self):
        """Write the request and start the child.

        Raises
        ------
        InputError
            If the volume or the seeds are missing.
        InstallationError
            If there is no Python to run.
        """
        from oncologyai.bundle import write_bundle

        bundle = self._makeBundle(self.request)
        program, *arguments = self._command or [pythonExecutable(), "-m", "oncologyai"]
        self._folder = Path(tempfile.mkdtemp(prefix="SegmentationAI-", dir=slicer.app.temporaryPath))
        write_bundle(bundle, self._folder / "request", compress=False)
        places = ["--bundle", str(self._folder / "request"), "--out-bundle", str(self._folder / "result")]
        library = str(Path(oncologyai.__file__).resolve().parents[1])
        self._child.start(program, [*arguments, "segment", *places, "--progress", "json"], pythonPath=library)

    def isRunning(self):
        """Tell whether the child has not ended yet."""
        return self._child.isRunning()

    def processId(self):
        """Give the operating system's number of the child."""
        return self._child.processId()

    def cancel(self):
        """End the child."""
        self._child.cancel()

    def wait(self, timeoutMs):
        """Wait for the end, for scripts."""
        self._child.wait(timeoutMs)

    def clean(self):
        """Take the working folder away; whoever started the run does so when it has read the result."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _onChildEnd(self, outcome):
        self.outcome = outcome
        self._onEnd(outcome)


def pythonExecutable():
    """Give the Python to run the child with: Slicer's own inside Slicer, this one elsewhere.

    Raises
    ------
    InstallationError
        If neither is found.
    """
    found = shutil.which("PythonSlicer")
    if found is None and "python" in Path(sys.executable).name.lower():
        found = sys.executable
    if found is None:
        raise InstallationError("PythonSlicer: expected on the PATH, got nothing; repair the installation of Slicer")
    return found
