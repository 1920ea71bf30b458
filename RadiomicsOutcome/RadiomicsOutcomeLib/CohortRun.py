"""Features of a whole cohort: the command line's batch, in a process of its own."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

from slicer.i18n import tr as _

import oncologyai
from oncologyai.panels import ChildProcess, pythonExecutable

from .ParameterNode import Engine
from .SettingsChoice import SettingsChoice, chooseSettings

TABLE, FAILURES = "features.csv", "features-failures.csv"
_GRACE_MS = 3000  # the batch notes which cases it has not finished


@dataclass(frozen=True)
class CohortRequest:
    """A table of cases (columns image, mask, and patient, name if there are any), and where the results go."""

    table: str
    output: str
    workers: int = 1
    settings: SettingsChoice = field(default_factory=lambda: chooseSettings("default", ""))
    settingsSource: str = "default"
    engine: Engine = Engine.OWN

    def problem(self):
        """Give what is missing as one sentence for the user, "" if nothing is."""
        if not self.table:
            return _("Choose a table of cases (CSV or Excel; columns image, mask, patient).")
        if not Path(self.table).is_file():
            return _("The table of cases is not there: {path}").format(path=self.table)
        if not self.output:
            return _("Choose a folder for the results.")
        return self.settings.problem

    def words(self):
        """Give the words of the command."""
        return [
            "features", "--cohort", self.table, "--out", str(Path(self.output) / TABLE),
            "--settings", self.settingsSource, "--engine", self.engine.value,
            "--workers", str(self.workers), "--progress", "json",
        ]  # fmt: skip


def cohortFromParameters(parameters):
    """Take a request from the parameter node."""
    return CohortRequest(
        table=parameters.cohortTable,
        output=parameters.cohortOutput,
        workers=parameters.cohortWorkers,
        settings=chooseSettings(parameters.preset, parameters.settingsFile),
        settingsSource=parameters.preset or parameters.settingsFile,
        engine=parameters.engine,
    )


class CohortRun:
    """Runs ``oncology-ai features --cohort``, one at a time; a run in the folder of an earlier one goes on in it.

    Parameters
    ----------
    command : sequence of str, optional
        Another command than this Python's ``-m oncologyai``.
    """

    def __init__(self, command=None):
        self._command = command
        self._child = None

    def start(self, request, onStage, onEnd):
        """Start; raises RuntimeError if one runs, InstallationError if there is no Python to run."""
        if self.isRunning():
            raise RuntimeError("A cohort is running; cancel it or wait for its end.")
        program, *arguments = self._command or [pythonExecutable(), "-m", "oncologyai"]
        child = ChildProcess(onStage, onEnd, what=_("cohort"), graceMs=_GRACE_MS)
        library = str(Path(oncologyai.__file__).resolve().parents[1])
        child.start(program, [*arguments, *request.words()], pythonPath=library)
        self._child = child

    def isRunning(self):
        """Tell whether a cohort is running."""
        return self._child is not None and self._child.isRunning()

    def processId(self):
        """Give the number of the child process, 0 if none runs."""
        return self._child.processId() if self.isRunning() else 0

    def cancel(self):
        """End it; what was done is kept."""
        if self.isRunning():
            self._child.cancel()


def failuresOf(output):
    """Give the cases that failed, pairs of case and reason, from a folder of results."""
    path = Path(output) / FAILURES
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return [(row.get("case", ""), row.get("reason", "")) for row in csv.DictReader(stream)]
