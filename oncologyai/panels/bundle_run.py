"""One run: the request written to a working folder, the child process, and the folder taken away again."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import slicer

import oncologyai
from oncologyai.errors import InstallationError
from oncologyai.panels.child_process import ChildProcess, Outcome

if TYPE_CHECKING:
    from oncologyai.bundle import Bundle

__all__ = ["BundleRun", "WritableProtocol", "pythonExecutable"]


class WritableProtocol(Protocol):
    """A request in a form of its own."""

    def write(self, folder: Path) -> None:
        """Write it as a folder."""


class BundleRun:
    """Runs ``python -m oncologyai WORDS --bundle REQUEST --out-bundle RESULT`` on a request.

    Parameters
    ----------
    words : str or sequence of str
        The command: ``segment``, ``features``, or several such as ``outcome``, ``apply`` and a card.
    request : object
        What to do.
    makeBundle : callable
        Gives the bundle that asks for the request, or something else that writes itself as a folder.
    onStage, onEnd : callable
        As for ChildProcess.
    command : sequence of str, optional
        Another command than this Python's ``-m oncologyai``.
    what : str
        What runs, in the words of a message: ``segmentation``.
    """

    def __init__(
        self,
        words: str | Sequence[str],
        request: Any,
        makeBundle: Callable[[Any], Bundle | WritableProtocol],
        onStage: Callable[[str, float], Any],
        onEnd: Callable[[Outcome], Any],
        *,
        command: Sequence[str] | None = None,
        what: str = "command",
    ) -> None:
        self.request = request
        self.outcome: Outcome | None = None
        self._words = [words] if isinstance(words, str) else list(words)
        self._makeBundle = makeBundle
        self._onEnd = onEnd
        self._command = command
        self._folder: Path | None = None
        self._child = ChildProcess(onStage, self._onChildEnd, what=what)

    def start(self) -> None:
        """Write the request and start the child.

        Raises
        ------
        InputError
            If something of the request is missing.
        InstallationError
            If there is no Python to run.
        """
        from oncologyai.bundle import Bundle, write_bundle

        made = self._makeBundle(self.request)
        program, *arguments = self._command or [pythonExecutable(), "-m", "oncologyai"]
        self._folder = Path(tempfile.mkdtemp(prefix="OncologyAI-", dir=slicer.app.temporaryPath))
        if isinstance(made, Bundle):
            write_bundle(made, self._folder / "request", compress=False)
        else:
            made.write(self._folder / "request")
        places = ["--bundle", str(self._folder / "request"), "--out-bundle", str(self._folder / "result")]
        library = str(Path(oncologyai.__file__).resolve().parents[1])
        self._child.start(program, [*arguments, *self._words, *places, "--progress", "json"], pythonPath=library)

    def isRunning(self) -> bool:
        """Tell whether the child has not ended yet."""
        return self._child.isRunning()

    def processId(self) -> int:
        """Give the operating system's number of the child."""
        return self._child.processId()

    def cancel(self) -> None:
        """End the child."""
        self._child.cancel()

    def wait(self, timeoutMs: int) -> None:
        """Wait for the end, for scripts."""
        self._child.wait(timeoutMs)

    def clean(self) -> None:
        """Take the working folder away; whoever started the run does so when it has read the result."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _onChildEnd(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self._onEnd(outcome)


def pythonExecutable() -> str:
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
