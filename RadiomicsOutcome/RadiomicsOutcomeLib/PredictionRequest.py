"""What is asked of a signature: a patient's values, and for features of an image the volume and the lesion."""

import dataclasses
from typing import Any

from .ClinicalValues import ClinicalValues, clinicalValues
from .SignatureChoice import SignatureChoice, chooseSignature
from .SignatureFit import fitOf


@dataclasses.dataclass(frozen=True)
class PredictionRequest:
    """One prediction: what was chosen when Apply was pressed.

    ``segmentId`` is the lesion's, "" without one; ``outputTable`` is a prediction that the new one takes the place of.
    """

    signature: SignatureChoice
    clinical: ClinicalValues = dataclasses.field(default_factory=lambda: ClinicalValues({}))
    inputVolume: Any = None
    segmentation: Any = None
    segmentId: str = ""
    outputTable: Any = None

    def fit(self):
        """Compare the signature with what there is."""
        return fitOf(self.signature, self.clinical, self.inputVolume, self.segmentation, self.segmentId)

    def problem(self):
        """Give what is missing as one sentence for the user, "" if nothing is."""
        return self.fit().problem

    def values(self):
        """Give the texts of the signature's columns that are no features of an image, those that are there."""
        texts = {field.column: self.clinical.texts.get(field.column, "").strip() for field in self.signature.fields}
        return {column: text for column, text in texts.items() if text}


def predictionFromParameters(parameters):
    """Take a request from the parameter node."""
    segmentation = parameters.segmentation
    return PredictionRequest(
        signature=chooseSignature(parameters.signature or parameters.signatureFile),
        clinical=clinicalValues(parameters),
        inputVolume=parameters.inputVolume,
        segmentation=segmentation,
        segmentId=lesionOf(segmentation, parameters.lesion),
        outputTable=parameters.prediction,
    )


def lesionOf(segmentation, segmentId):
    """Give the segment that was chosen, the first where it has gone or none was; "" without a segment."""
    ids = segmentation.GetSegmentation().GetSegmentIDs() if segmentation is not None else ()
    return segmentId if segmentId in ids else next(iter(ids), "")
