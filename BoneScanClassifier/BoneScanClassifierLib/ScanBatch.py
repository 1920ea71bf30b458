"""A folder of bone scans: the command line's batch, as words."""

import csv
from dataclasses import dataclass
from pathlib import Path

from slicer.i18n import tr as _

from .ScanRequest import ScanRequest, requestFromParameters

PAGE, FAILURES = "index.html", "results-failures.csv"


@dataclass(frozen=True)
class BatchRequest:
    """A folder with a study a sub-folder, the folder of results, and how each scan is classified."""

    source: str
    output: str
    how: ScanRequest
    workers: int = 1

    def problem(self):
        """Give what is missing as one sentence for the user, "" if nothing is."""
        if not self.source:
            return _("Choose a folder of studies.")
        if not Path(self.source).is_dir():
            return _("The folder of studies is not there: {path}").format(path=self.source)
        if not self.output:
            return _("Choose a folder for the results.")
        if Path(self.output).resolve() == Path(self.source).resolve():
            return _("Choose another folder for the results than that of the studies.")
        return "" if self.how.model else _("Choose a model.")

    def words(self):
        """Give the words of the command."""
        settings = self.how.settings()
        words = ["bonescan", self.source, "--each", "--out", self.output, "--model", settings["model"]]
        words += ["--method", settings["method"]]
        words += ["--threshold", settings["threshold"]] if settings["threshold"] else []
        words += ["--fast"] if settings["fast"] else []
        return [*words, "--workers", str(self.workers), "--progress", "json"]


def batchFromParameters(parameters):
    """Take a request from the parameter node."""
    return BatchRequest(
        source=parameters.batchSource,
        output=parameters.batchOutput,
        how=requestFromParameters(parameters),
        workers=parameters.batchWorkers,
    )


def failuresOf(output):
    """Give the scans that failed, pairs of case and reason, from a folder of results."""
    path = Path(output) / FAILURES
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return [(row.get("case", ""), row.get("reason", "")) for row in csv.DictReader(stream)]
