"""Features of a whole cohort: the command line's batch, as words."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

from slicer.i18n import tr as _

from .ParameterNode import Engine
from .SettingsChoice import SettingsChoice, chooseSettings

TABLE, FAILURES = "features.csv", "features-failures.csv"


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


def failuresOf(output):
    """Give the cases that failed, pairs of case and reason, from a folder of results."""
    path = Path(output) / FAILURES
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return [(row.get("case", ""), row.get("reason", "")) for row in csv.DictReader(stream)]
