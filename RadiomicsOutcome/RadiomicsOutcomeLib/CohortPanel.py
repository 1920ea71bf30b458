"""The part of the panel that extracts the features of a whole cohort."""

from slicer.i18n import tr as _

from oncologyai.panels import BatchPanel

from .CohortRequest import cohortFromParameters, failuresOf


class CohortPanel(BatchPanel):
    """Drives the cohort widgets; parameters as in BatchPanel."""

    def __init__(self, ui, prepare):
        tip = _("Extract the features of every case; what is there already is not computed again")
        super().__init__(ui, "cohort", {"TableEdit": "cohortTable", "OutputEdit": "cohortOutput"}, tip, prepare)

    def request(self):
        """Give the CohortRequest."""
        return cohortFromParameters(self._parameters)

    def told(self, details):
        """Say how many rows there are, and of how many cases."""
        text = _("Done: {rows} rows of {cases} cases in {table}; {failed} failed")
        return text.format(**{"failed": 0, "cases": 0, "table": "", **details})

    def failures(self, request):
        """Give the cases without features."""
        return failuresOf(request.output)
