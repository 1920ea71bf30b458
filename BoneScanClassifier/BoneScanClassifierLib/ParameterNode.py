"""What the user chose, kept in the scene."""

import enum
from typing import Annotated

from slicer import vtkMRMLScalarVolumeNode, vtkMRMLTableNode
from slicer.i18n import tr as _
from slicer.parameterNodeWrapper import Decimals, SingleStep, WithinRange, parameterNodeWrapper


class Turn(enum.Enum):
    """How pictures are turned before they are read, counter-clockwise; the values are degrees."""

    NONE = 0
    LEFT = 90
    OVER = 180
    RIGHT = 270

    def label(self):
        """Give the text of the list in the panel."""
        return {
            Turn.NONE: _("As it is"),
            Turn.LEFT: _("By 90 degrees to the left"),
            Turn.OVER: _("By 180 degrees"),
            Turn.RIGHT: _("By 90 degrees to the right"),
        }[self]


class SingleView(enum.Enum):
    """What a single view shows; the values are those of ``scintigraphy.ScanReading``."""

    AUTO = ""
    ANTERIOR = "anterior"
    POSTERIOR = "posterior"

    def label(self):
        """Give the text of the list in the panel."""
        return {
            SingleView.AUTO: _("As the file or the picture says"),
            SingleView.ANTERIOR: _("Anterior"),
            SingleView.POSTERIOR: _("Posterior"),
        }[self]


class Grey(enum.Enum):
    """What the upper level of the grey scale is a share of; the values are ``scintigraphy.GREY_REFERENCES``."""

    USUAL = "usual"
    FAINT = "faint"
    MAXIMUM = "maximum"

    def label(self):
        """Give the text of the list in the panel."""
        return {
            Grey.USUAL: _("Usual: the body's 99.5th percentile"),
            Grey.FAINT: _("Faint foci: the body's 97th percentile"),
            Grey.MAXIMUM: _("Whole range: the body's maximum"),
        }[self]


class MapMethod(enum.Enum):
    """How the map of the class is made; the values are those of ``explain.class_map``."""

    GRAD_CAM = "grad-cam"
    GRAD_CAM_PLUS_PLUS = "grad-cam++"
    HIRESCAM = "hirescam"

    def label(self):
        """Give the text of the list in the panel."""
        return {
            MapMethod.GRAD_CAM: "Grad-CAM",
            MapMethod.GRAD_CAM_PLUS_PLUS: "Grad-CAM++",
            MapMethod.HIRESCAM: "HiResCAM",
        }[self]


@parameterNodeWrapper
class BoneScanClassifierParameterNode:
    """A scan and how it is shown, how it is classified, the result, a folder of scans.

    ``study`` and ``secondFile`` are paths to load from: a folder or a file, and the other view's file where it has one
    of its own. ``model`` is an id of the store. ``rule`` is a threshold's name on the model's card, ``own`` for
    ``ownThreshold``, empty for the card's first. ``resultsFolder`` is empty for a folder that lives as long as the
    application. ``prediction`` is the table of the result that is shown, ``report`` the page of the last run.
    """

    study: str = ""
    secondFile: str = ""
    turn: Turn = Turn.NONE
    singleView: SingleView = SingleView.AUTO
    anterior: vtkMRMLScalarVolumeNode
    posterior: vtkMRMLScalarVolumeNode
    grey: Grey = Grey.USUAL
    upperPercent: Annotated[float, WithinRange(5.0, 300.0), Decimals(0), SingleStep(5.0)] = 100.0
    model: str = ""
    method: MapMethod = MapMethod.GRAD_CAM
    fast: bool = False
    resultsFolder: str = ""
    rule: str = ""
    ownThreshold: Annotated[float, WithinRange(0.0, 1.0), Decimals(2), SingleStep(0.01)] = 0.5
    prediction: vtkMRMLTableNode
    showMap: bool = True
    mapOpacity: Annotated[float, WithinRange(0.0, 1.0), Decimals(2), SingleStep(0.05)] = 0.4
    report: str = ""
    batchSource: str = ""
    batchOutput: str = ""
    batchWorkers: Annotated[int, WithinRange(1, 64)] = 1
