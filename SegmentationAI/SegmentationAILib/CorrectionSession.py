"""One segment being corrected: its history, its edited twin in the segmentation and its log, without widgets."""

import time
from dataclasses import replace

import slicer

EDITED = " edited"
_EDITED_RGB = (240, 190, 60)  # unlike the lesion's red, so that one sees which of the two is looked at


class CorrectionSession:
    """Corrects a segment by strokes and keeps the scene up to date.

    Parameters
    ----------
    volumeNode, segmentationNode : nodes
        The image, and the segmentation on its grid.
    segmentId : str
        The segment to correct; it stays as it is, and is hidden behind its edited twin.
    points : CorrectionPoints
        What the result was made from holds against later strokes.
    probability : oncologyai.types.Volume, optional
        Of the model that made the segment.
    modality : str
        What the volume is, where the scene does not know it.
    """

    def __init__(self, volumeNode, segmentationNode, segmentId, points, *, probability=None, modality=""):
        self.volumeNode, self.segmentationNode, self.segmentId = volumeNode, segmentationNode, segmentId
        self.points = points
        self._probability, self._modality = probability, modality
        self._begun = time.monotonic()
        self._history = None

    @property
    def history(self):
        """The CorrectionHistory; made when it is first needed, since it takes a copy of the image."""
        if self._history is None:
            self._history = self._makeHistory()
        return self._history

    @property
    def canUndo(self):
        """Whether there is a stroke to take back."""
        return self._history is not None and self._history.can_undo

    @property
    def canRedo(self):
        """Whether there is one to make again."""
        return self._history is not None and self._history.can_redo

    def what(self):
        """Give what is corrected: image, segmentation and the segment's ID."""
        return self.volumeNode, self.segmentationNode, self.segmentId

    def isAlive(self):
        """Tell whether everything that it works on is still in the scene."""
        nodes = (self.volumeNode, self.segmentationNode)
        if any(node.GetScene() is not slicer.mrmlScene for node in nodes):
            return False
        return self.segmentationNode.GetSegmentation().GetSegment(self.segmentId) is not None

    def correct(self, strokes):
        """Correct here and now; raises as ``CorrectionHistory.add`` does, and nothing has changed then."""
        self.history.add(strokes)
        self._show()

    def request(self, strokes):
        """Give the request for another process."""
        from oncologyai.bundle import CorrectionRequest
        from oncologyai.pipelines import CorrectConfig
        from oncologyai.types import Mask

        history = self.history
        mask = Mask.on(history.volume, history.mask.array, history.original.label)
        said = (*history.said, *history.strokes)
        config = CorrectConfig(history.max_reach_mm, history.label)
        return CorrectionRequest(history.volume, mask, tuple(strokes), said, history.probability, config)

    def take(self, strokes, bundleFolder):
        """Take what another process made of the request."""
        from oncologyai.bundle import corrections_from_answer, read_bundle

        made, seconds = corrections_from_answer(read_bundle(bundleFolder))
        self.history.take(strokes, made, seconds)
        self._show()

    def undo(self):
        """Take the last stroke back."""
        self.history.undo()
        self._show()

    def redo(self):
        """Make it again."""
        self.history.redo()
        self._show()

    def table(self):
        """Give the table node of the log, None before the first step."""
        for node in slicer.util.getNodesByClass("vtkMRMLTableNode"):
            about = node.GetNodeReference("OncologyAI.Segmentation")
            if about is self.segmentationNode and node.GetAttribute("OncologyAI.Corrections") == self.history.label:
                return node
        return None

    def _makeHistory(self):
        from oncologyai.pipelines import CorrectionHistory, Stroke
        from oncologyai.scene import mask_from_segment, volume_from_node

        mask = mask_from_segment(self.segmentationNode, self.segmentId, self.volumeNode)
        if mask.code is not None:
            mask = replace(mask, code=replace(mask.code, rgb=_EDITED_RGB))
        label = mask.label if mask.label.endswith(EDITED) else mask.label + EDITED
        return CorrectionHistory(
            volume_from_node(self.volumeNode, modality=self._modality or None),
            mask,
            probability=self._probability,
            label=label,
            said=[Stroke(kind, (ras,)) for kind, points in self.points.begin.items() for _id, ras in points],
            begun=self._begun,
        )

    def _show(self):
        """Put the edited segment and the log into the scene as they are now."""
        from oncologyai.scene import fill_table, put_segment

        twin = put_segment(self.segmentationNode, self.history.mask, instead_of=self._hidden())
        self.segmentationNode.GetDisplayNode().SetSegmentVisibility(twin, True)
        node = self.table()
        if node is None:
            self._addTable()
        else:
            fill_table(node, self.history.table())

    def _hidden(self):
        return "" if self.history.label == self.segmentId else self.segmentId

    def _addTable(self):
        from oncologyai.scene import file_nodes, node_from_table, patient_of, stamp

        node = node_from_table(self.history.table())
        node.SetAttribute("OncologyAI.Corrections", self.history.label)
        method = self.segmentationNode.GetAttribute("OncologyAI.Model") or ""
        stamp(
            node,
            pipeline="correct",
            method=method,
            volume_node=self.volumeNode,
            segmentation_node=self.segmentationNode,
        )
        patient, study = patient_of(self.volumeNode)
        file_nodes(patient=patient, study=study, volume_node=self.volumeNode, made=[node])


def strokesFromPoints(points, joined):
    """Give a stroke for each new point, or with ``joined`` one for all of a kind; ``points`` as (id, RAS) by kind."""
    from oncologyai.pipelines import Stroke

    strokes = []
    for kind, found in points.items():
        places = [ras for _id, ras in found]
        groups = [places] if joined and places else [[ras] for ras in places]
        strokes += [Stroke(kind, tuple(group)) for group in groups]
    return strokes
