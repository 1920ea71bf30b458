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


class DatasetTask(enum.Enum):
    """What is done with a folder of studies; the values are the commands of ``oncology-ai dataset``."""

    DESCRIBE = "describe"
    CHECK = "check"
    PREVIEW = "preview"
    CONVERT = "convert"
    PREPROCESS = "preprocess"

    def label(self):
        """Give the text of the list in the panel."""
        return {
            DatasetTask.DESCRIBE: _("Describe: what was acquired, how"),
            DatasetTask.CHECK: _("Check: pass or fail for each series"),
            DatasetTask.PREVIEW: _("Preview: contact sheets with contours"),
            DatasetTask.CONVERT: _("Convert: images and structures to NRRD"),
            DatasetTask.PREPROCESS: _("Pre-process: a chain of steps"),
        }[self]


@parameterNodeWrapper
class RadiomicsOutcomeParameterNode:
    """Images, segments, settings and maps of an extraction; its result; a cohort; a folder of studies.

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
    datasetTask: DatasetTask = DatasetTask.DESCRIBE
    datasetSource: str = ""
    datasetOutput: str = ""
    datasetPreset: str = "none"
    datasetWorkers: Annotated[int, WithinRange(1, 64)] = 1
