"""What the module SegmentationAI is made of, one responsibility a file."""

from .CardText import cardText, trustText
from .ConfigAdapter import SegmentationRequest, bundleFromRequest, modalityOf, requestFromParameters
from .CorrectionPanel import CorrectionPanel
from .CorrectionPoints import CorrectionPoints, placedPoints
from .CorrectionSession import CorrectionSession, strokesFromPoints
from .ModelCatalog import ModelCatalog, furtherChannels, listModels
from .ModelPanel import ModelPanel
from .Panel import SegmentationPanel
from .ParameterNode import Device, Method, Modality, SegmentationAIParameterNode
from .ResultNodes import RunResult, addResult
from .RunLogic import RunLogic
from .SyntheticLesion import SyntheticLesion

__all__ = [
    "CorrectionPanel",
    "CorrectionPoints",
    "CorrectionSession",
    "Device",
    "Method",
    "Modality",
    "ModelCatalog",
    "ModelPanel",
    "RunLogic",
    "RunResult",
    "SegmentationAIParameterNode",
    "SegmentationPanel",
    "SegmentationRequest",
    "SyntheticLesion",
    "addResult",
    "bundleFromRequest",
    "cardText",
    "furtherChannels",
    "listModels",
    "modalityOf",
    "placedPoints",
    "requestFromParameters",
    "strokesFromPoints",
    "trustText",
]
