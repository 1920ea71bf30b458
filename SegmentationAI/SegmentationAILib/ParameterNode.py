"""What the user chose, kept in the scene."""

import enum
from typing import Annotated

from slicer import vtkMRMLMarkupsFiducialNode, vtkMRMLScalarVolumeNode, vtkMRMLSegmentationNode
from slicer.i18n import tr as _
from slicer.parameterNodeWrapper import Decimals, SingleStep, WithinRange, parameterNodeWrapper


class Modality(enum.Enum):
    """What the volume is; the values are DICOM modalities, empty for what the scene knows of it."""

    AUTO = ""
    CT = "CT"
    PET = "PT"
    MR = "MR"

    def label(self):
        """Give the text of the list in the panel."""
        return {
            Modality.AUTO: _("As the scene says"),
            Modality.CT: _("CT in HU"),
            Modality.PET: _("PET"),
            Modality.MR: _("MR"),
        }[self]


class Method(enum.Enum):
    """How the lesion is found; the values are the keys of ``oncologyai.segmenters.METHODS``."""

    GROWING = "growing"
    WALKER = "walker"

    def label(self):
        """Give the text of the list in the panel."""
        return {Method.GROWING: _("Region growing"), Method.WALKER: _("Random walker")}[self]


class Device(enum.Enum):
    """Where a trained model runs; the seeded methods use the processor."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"

    def label(self):
        """Give the text of the list in the panel."""
        return {
            Device.AUTO: _("Automatic"),
            Device.CPU: _("Processor (CPU)"),
            Device.CUDA: _("Graphics card (CUDA)"),
        }[self]


@parameterNodeWrapper
class SegmentationAIParameterNode:
    """Input, method or model, output of one segmentation, and how it is corrected.

    ``model`` is the id of one, empty for the seeded methods. The volumes of its further channels are node references
    ``OncologyAI.Channel.<name>`` of the parameter node: which there are depends on the model.
    """

    inputVolume: vtkMRMLScalarVolumeNode
    modality: Modality = Modality.AUTO
    insideSeeds: vtkMRMLMarkupsFiducialNode
    outsideSeeds: vtkMRMLMarkupsFiducialNode
    method: Method = Method.WALKER
    maxDistanceMm: Annotated[float, WithinRange(5.0, 200.0), Decimals(0), SingleStep(5.0)] = 80.0
    model: str = ""
    device: Device = Device.AUTO
    allLesions: bool = False
    outputSegmentation: vtkMRMLSegmentationNode
    showDisagreement: bool = False
    joinPoints: bool = False
    correctAtOnce: bool = False
