"""What the module SegmentationAI is made of, one responsibility a file."""

from .CardText import cardText, trustText
from .ChildProcess import ChildProcess, Outcome
from .ConfigAdapter import SegmentationRequest, bundleFromRequest, modalityOf, requestFromParameters
from .CorrectionPanel import CorrectionPanel
from .CorrectionPoints import CorrectionPoints, placedPoints
from .CorrectionSession import CorrectionSession, strokesFromPoints
from .Dependencies import ensureRequirements, missingRequirements
from .ModelCatalog import ModelCatalog, furtherChannels, listModels
from .ModelPanel import ModelPanel
from .Panel import SegmentationPanel
from .ParameterNode import Device, Method, Modality, SegmentationAIParameterNode
from .ResultNodes import RunResult, addResult
from .RunLogic import RunLogic
from .SegmentationRun import SegmentationRun
from .SyntheticLesion import SyntheticLesion

__all__ = [
    "ChildProcess",
    "CorrectionPanel",
    "CorrectionPoints",
    "CorrectionSession",
    "Device",
    "Method",
    "Modality",
    "ModelCatalog",
    "ModelPanel",
    "Outcome",
    "RunLogic",
    "RunResult",
    "SegmentationAIParameterNode",
    "SegmentationPanel",
    "SegmentationRequest",
    "SegmentationRun",
    "SyntheticLesion",
    "addResult",
    "bundleFromRequest",
    "cardText",
    "ensureRequirements",
    "furtherChannels",
    "listModels",
    "missingRequirements",
    "modalityOf",
    "placedPoints",
    "requestFromParameters",
    "strokesFromPoints",
    "trustText",
]
