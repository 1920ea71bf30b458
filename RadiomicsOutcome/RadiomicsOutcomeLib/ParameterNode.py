"""What the user chose, kept in the scene."""

import enum
from typing import Annotated

from slicer import vtkMRMLScalarVolumeNode, vtkMRMLSegmentationNode, vtkMRMLTableNode
from slicer.i18n import tr as _
from slicer.parameterNodeWrapper import WithinRange, parameterNodeWrapper


class Engine(enum.Enum):
    """What computes the features; the values are those of ``oncologyai.features.ENGINES``."""

    OWN = "oncologyai"
    PYRADIOMICS = "pyradiomics"

    def label(self):
        """Give the text of the list in the panel."""
        return {Engine.OWN: _("OncologyAI"), Engine.PYRADIOMICS: _("pyradiomics, where installed")}[self]


@parameterNodeWrapper
class RadiomicsOutcomeParameterNode:
    """Images, segments, settings and maps of an extraction; its result; a cohort.

    ``excludedSegments`` are IDs: a segment that comes later is included. ``preset`` is empty where the settings come
    from ``settingsFile``. ``shownMap`` is the map over the image, None without one.
    """

    inputVolume: vtkMRMLScalarVolumeNode
    furtherVolumes: list[vtkMRMLScalarVolumeNode]
    segmentation: vtkMRMLSegmentationNode
    excludedSegments: list[str]
    preset: str = "default"
    settingsFile: str = ""
    engine: Engine = Engine.OWN
    stabilityFile: str = ""
    mapNames: list[str]
    resultTable: vtkMRMLTableNode
    shownMap: vtkMRMLScalarVolumeNode
    exportFile: str = ""
    cohortTable: str = ""
    cohortOutput: str = ""
    cohortWorkers: Annotated[int, WithinRange(1, 64)] = 1
