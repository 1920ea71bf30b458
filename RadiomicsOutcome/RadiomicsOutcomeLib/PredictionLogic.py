"""What applies signatures: starts, ends and waits for runs of ``oncology-ai outcome apply``."""

import dataclasses

from slicer.i18n import tr as _

from oncologyai.errors import InputError
from oncologyai.panels import BundleRunner

from .ClinicalValues import ClinicalValues
from .PredictionNodes import addPrediction
from .PredictionRequest import PredictionRequest, lesionOf
from .SignatureChoice import chooseSignature


class PredictionLogic(BundleRunner):
    """One prediction at a time; usable without the panel.

    Parameters
    ----------
    command : sequence of str, optional
        Another command than this Python's ``-m oncologyai``.
    """

    def __init__(self, command=None):
        BundleRunner.__init__(self, "outcome", _("prediction"), command)

    def words(self, request):
        """Give the words of the command: which card is applied."""
        return ("outcome", "apply", request.signature.source)

    def start(self, request, onStage, onEnd):
        """Start a run; raises as BundleRunner.startRun does."""
        self.startRun(request, patientFromRequest, onStage, onEnd)

    def addResult(self, request, bundleFolder):
        """Turn a result into nodes."""
        return addPrediction(request, bundleFolder)

    def process(self, signature, values, *, inputVolume=None, segmentation=None, segmentId="", timeoutS=600):
        """Apply a signature and wait, for scripts.

        Parameters
        ----------
        signature : str
            The id of a shipped card, or the path of one.
        values : dict of str to str
            By column.
        segmentId : str
            Of the lesion; the first segment without it.

        Returns the nodes. Raises RuntimeError with the child's reason if it failed.
        """
        texts = ClinicalValues({name: str(value) for name, value in values.items()})
        lesion = lesionOf(segmentation, segmentId)
        request = PredictionRequest(chooseSignature(signature), texts, inputVolume, segmentation, lesion)

        def take(bundleFolder):
            return self.addResult(request, bundleFolder)

        return self.runAndWait(request, patientFromRequest, take, timeoutS=timeoutS)


def patientFromRequest(request):
    """Give what the child process is told of the patient.

    Raises
    ------
    InputError
        If something is missing.
    """
    fit = request.fit()
    if fit.problem:
        raise InputError("RadiomicsOutcome", expected="all that the signature needs", got="less", remedy=fit.problem)
    from oncologyai.bundle import PatientAsked

    if not request.signature.usesImage:
        return PatientAsked(_nameOf(request), request.values())
    if fit.features is not None:
        return PatientAsked(
            _nameOf(request),
            request.values(),
            {field.column: fit.features.values[field.column] for field in request.signature.imageFields},
            fit.features.provenance,
        )
    return PatientAsked(_nameOf(request), request.values(), image=_image(request))


def _image(request):
    """Give the image with the lesion."""
    from oncologyai.scene import bundle_from_nodes, mask_from_segment

    bundle = bundle_from_nodes(request.inputVolume, pipeline="features", method=request.signature.card.id)
    mask = mask_from_segment(request.segmentation, request.segmentId, request.inputVolume)
    return dataclasses.replace(bundle, masks=(mask,))


def _nameOf(request):
    """Give what the result is named after: the volume, or the patient's row."""
    return request.inputVolume.GetName() if request.inputVolume is not None else _("Patient")
