"""The part of the panel that chooses further volumes and segments."""

import slicer

from .CheckList import CheckList


class InputsPanel:
    """Drives the lists of volumes and of segments in RadiomicsOutcome.ui; the selectors are bound by themselves.

    Parameters
    ----------
    ui : object
        The widgets by name.
    """

    def __init__(self, ui):
        self._ui = ui
        self._parameters = None
        self._volumes = CheckList(ui.volumesList, self._onVolumes)
        self._segments = CheckList(ui.segmentsList, self._onSegments)

    def setParameters(self, parameters):
        """Show and edit this parameter node (None: no scene)."""
        self._parameters = parameters

    def show(self):
        """Show the scene's volumes and the segmentation's segments as they are now."""
        parameters = self._parameters
        if parameters is None:
            self._volumes.show((), ())
            self._segments.show((), ())
            return
        further = [node.GetID() for node in parameters.furtherVolumes if node is not None]
        others = [(node.GetID(), node.GetName()) for node in self._otherVolumes()]
        self._volumes.show(others, further)
        for widget in (self._ui.volumesLabel, self._ui.volumesList):
            widget.setVisible(bool(others))
        segments = self._segmentNames()
        included = set(segments) - set(parameters.excludedSegments)
        self._segments.show(segments.items(), included)

    def _otherVolumes(self):
        """Give the images that may be taken besides the first: those that no run made."""
        chosen = self._parameters.inputVolume
        for node in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode"):
            made = node.GetAttribute("OncologyAI.Feature") or node.GetNodeReference("OncologyAI.Segmentation")
            if node is not chosen and node.GetClassName() == "vtkMRMLScalarVolumeNode" and not made:
                yield node

    def _segmentNames(self):
        node = self._parameters.segmentation
        if node is None:
            return {}
        segmentation = node.GetSegmentation()
        return {name: segmentation.GetSegment(name).GetName() for name in segmentation.GetSegmentIDs()}

    def _onVolumes(self):
        self._parameters.furtherVolumes = [slicer.mrmlScene.GetNodeByID(key) for key in self._volumes.checked()]

    def _onSegments(self):
        included = set(self._segments.checked())
        self._parameters.excludedSegments = [name for name in self._segmentNames() if name not in included]
