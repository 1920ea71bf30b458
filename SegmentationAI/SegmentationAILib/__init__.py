"""What the module SegmentationAI is made of, one responsibility a file."""

from .ChildProcess import ChildProcess, Outcome
from .ConfigAdapter import SegmentationRequest, bundleFromRequest, requestFromParameters
from .Dependencies import ensureRequirements, missingRequirements
from .Panel import SegmentationPanel
from .ParameterNode import Device, Method, Modality, SegmentationAIParameterNode
from .ResultNodes import addResult
from .SegmentationRun import SegmentationRun
from .SyntheticLesion import SyntheticLesion

__all__ = [
    "ChildProcess",
    "Device",
    "Method",
    "Modality",
    "Outcome",
    "SegmentationAIParameterNode",
    "SegmentationPanel",
    "SegmentationRequest",
    "SegmentationRun",
    "SyntheticLesion",
    "addResult",
    "bundleFromRequest",
    "ensureRequirements",
    "missingRequirements",
    "requestFromParameters",
]
