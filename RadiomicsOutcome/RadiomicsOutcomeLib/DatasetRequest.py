"""What is asked of a folder of studies: a task of ``oncology-ai dataset``."""

import csv
from dataclasses import dataclass
from pathlib import Path

from slicer.i18n import tr as _

from .ParameterNode import DatasetTask

FAILURES = "failures.csv"


@dataclass(frozen=True)
class DatasetRequest:
    """A task, the folder of studies, the folder of results, and for pre-processing the preset."""

    task: DatasetTask
    source: str
    output: str
    preset: str = ""
    workers: int = 1

    @property
    def usesPreset(self):
        """Tell whether the task is pre-processing."""
        return self.task is DatasetTask.PREPROCESS

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
        return ""

    def words(self):
        """Give the words of the command."""
        words = ["dataset", self.task.value, self.source, self.output]
        words += ["--preset", self.preset] if self.usesPreset else []
        return [*words, "--workers", str(self.workers), "--progress", "json"]


def datasetFromParameters(parameters):
    """Take a request from the parameter node."""
    return DatasetRequest(
        task=parameters.datasetTask,
        source=parameters.datasetSource,
        output=parameters.datasetOutput,
        preset=parameters.datasetPreset,
        workers=parameters.datasetWorkers,
    )


def presetsOfDatasets():
    """Give the names of the chains of pre-processing."""
    from oncologyai.harmonize import preset_names

    return list(preset_names())


def failedIn(output):
    """Give what failed, pairs of case and reason, from a folder of results."""
    path = Path(output) / FAILURES
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    return [(row[0], row[-1]) for row in rows if row]
