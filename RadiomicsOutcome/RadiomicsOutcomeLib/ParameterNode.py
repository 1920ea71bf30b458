"""What the user chose, kept in the scene."""

import enum
from typing import Annotated

from slicer import vtkMRMLScalarVolumeNode, vtkMRMLSegmentationNode, vtkMRMLTableNode
from slicer.i18n import tr as _
from slicer.parameterNodeWrapper import Minimum, WithinRange, parameterNodeWrapper


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


class OutcomeKind(enum.Enum):
    """What the outcome of a cohort is."""

    SURVIVAL = "survival"
    CLASS = "class"

    def label(self):
        """Give the text of the list in the panel."""
        return {
            OutcomeKind.SURVIVAL: _("Survival: a time and an event"),
            OutcomeKind.CLASS: _("Class: one of two"),
        }[self]


class Design(enum.Enum):
    """How models are judged; the values are the kinds of design of a study file."""

    NESTED = "nested"
    REPEATED = "repeated"
    EXTERNAL = "external"

    def label(self):
        """Give the text of the list in the panel."""
        return {
            Design.NESTED: _("Nested cross-validation"),
            Design.REPEATED: _("Repeated splits"),
            Design.EXTERNAL: _("External: other groups test"),
        }[self]


@parameterNodeWrapper
class RadiomicsOutcomeParameterNode:
    """Images, segments, settings and maps of an extraction; its result; a cohort; a folder of studies; outcomes.

    ``excludedSegments`` are IDs: a segment that comes later is included. ``preset`` is empty where the settings come
    from ``settingsFile``. ``shownMap`` is the map over the image, None without one.

    ``signature`` is the id of a shipped card or the path of another, empty where ``signatureFile`` says which;
    ``ownSignatures`` are the cards that studies here made. ``lesion`` is a segment's ID, empty for the largest.
    ``clinicalValues`` is a JSON object of the form's texts by feature. ``studyReport`` is the page of the last study.
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
    signature: str = ""
    signatureFile: str = ""
    ownSignatures: list[str]
    lesion: str = ""
    clinicalTable: vtkMRMLTableNode
    clinicalRow: Annotated[int, Minimum(0)] = 0
    clinicalValues: str = "{}"
    prediction: vtkMRMLTableNode
    trainingTable: vtkMRMLTableNode
    trainingFile: str = ""
    trainingOutput: str = ""
    trainingWorkers: Annotated[int, WithinRange(1, 64)] = 1
    outcomeKind: OutcomeKind = OutcomeKind.SURVIVAL
    patientColumn: str = ""
    timeColumn: str = ""
    eventColumn: str = ""
    labelColumn: str = ""
    positiveClass: str = ""
    groupColumn: str = ""
    excludedColumns: list[str]
    testGroups: list[str]
    trainingDesign: Design = Design.NESTED
    trainingModels: list[str]
    signatureModel: str = ""
    horizonDays: Annotated[int, WithinRange(1, 36500)] = 730
    studyReport: str = ""
