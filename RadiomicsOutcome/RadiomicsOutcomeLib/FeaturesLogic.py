"""What the logic does: starts, ends and waits for extractions."""

from slicer.i18n import tr as _

from oncologyai.panels import BundleRunner

from .ConfigAdapter import FeaturesRequest, bundleFromRequest
from .ResultNodes import addResult


class FeaturesLogic(BundleRunner):
    """One extraction at a time; usable without the panel.

    Parameters
    ----------
    command : sequence of str, optional
        Another command than this Python's ``-m oncologyai``.
    """

    def __init__(self, command=None):
        BundleRunner.__init__(self, "features", _("feature extraction"), command)

    def start(self, request, onStage, onEnd):
        """Start a run; raises as BundleRunner.startRun does."""
        self.startRun(request, bundleFromRequest, onStage, onEnd)

    def addResult(self, request, bundleFolder):
        """Turn a run's bundle into nodes."""
        return addResult(request, bundleFolder)

    def process(self, inputVolume, segmentation, *, timeoutS=600, **settings):
        """Extract and wait, for scripts; ``settings`` are the other members of FeaturesRequest.

        Returns the FeatureNodes. Raises RuntimeError with the child's reason if it failed.
        """
        request = FeaturesRequest(inputVolume, segmentation, **settings)

        def take(bundleFolder):
            return self.addResult(request, bundleFolder)

        return self.runAndWait(request, bundleFromRequest, take, timeoutS=timeoutS)
