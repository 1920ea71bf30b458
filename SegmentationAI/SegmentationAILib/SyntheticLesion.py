"""A small volume with a ball in it, for the self-test: truth is known and nothing is downloaded."""

import numpy as np
import slicer

_SIZE, _SPACING_MM, _RADIUS_MM = 40, 2.0, 14.0


class SyntheticLesion:
    """A ball of soft tissue (40 HU) in lung (-800 HU) with noise of 15 HU.

    Attributes
    ----------
    volumeNode, insideSeeds : nodes
        The image, and a point list with one point at the ball's centre.
    volumeMl : float
        The ball's volume on this grid.
    """

    def __init__(self):
        half = _SPACING_MM * (_SIZE - 1) / 2
        axis = np.arange(_SIZE) * _SPACING_MM - half
        k, j, i = np.meshgrid(axis, axis, axis, indexing="ij")
        ball = k**2 + j**2 + i**2 <= _RADIUS_MM**2
        noise = np.random.default_rng(7).normal(0.0, 15.0, ball.shape)
        image = (np.where(ball, 40.0, -800.0) + noise).astype(np.int16)
        self.volumeNode = slicer.util.addVolumeFromArray(image, name="Synthetic lesion")
        self.volumeNode.SetSpacing(_SPACING_MM, _SPACING_MM, _SPACING_MM)
        self.volumeNode.SetOrigin(-half, -half, -half)
        self._ball = ball
        self.volumeMl = float(ball.sum()) * _SPACING_MM**3 / 1000.0
        self.insideSeeds = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode", "Inside")
        self.insideSeeds.AddControlPoint(0.0, 0.0, 0.0)

    def correctionSession(self, *, shiftMm):
        """Give a correction of a segment ``Lesion``: the ball, and a second one ``shiftMm`` and a radius to the right.

        The image shows both as one tissue: the second is what the first leaked into.
        """
        from .CorrectionPoints import CorrectionPoints
        from .CorrectionSession import CorrectionSession

        shift = round((_RADIUS_MM + shiftMm) / _SPACING_MM)
        leak = np.roll(self._ball, shift, axis=2)
        image = slicer.util.arrayFromVolume(self.volumeNode)
        image[leak & ~self._ball] += 840
        self.volumeNode.Modified()
        self._leakRas = (shift * _SPACING_MM, 0.0, 0.0)
        segmentation = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Leaked")
        segmentation.CreateDefaultDisplayNodes()
        segmentation.SetReferenceImageGeometryParameterFromVolumeNode(self.volumeNode)
        segmentation.GetSegmentation().AddEmptySegment("Lesion", "Lesion")
        slicer.util.updateSegmentBinaryLabelmapFromArray(
            (self._ball | leak).astype(np.uint8), segmentation, "Lesion", self.volumeNode
        )
        points = CorrectionPoints(self.volumeNode, self.insideSeeds, None)
        return CorrectionSession(self.volumeNode, segmentation, "Lesion", points, modality="CT")

    def leakClick(self):
        """Give a click in the middle of what leaked."""
        from oncologyai.pipelines import Stroke

        return Stroke("outside", (self._leakRas,))

    def agreement(self, segmentation, segmentId):
        """Give the Dice of a segment with the ball."""
        mask = slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, segmentId, self.volumeNode).astype(bool)
        return 2.0 * float((mask & self._ball).sum()) / float(mask.sum() + self._ball.sum())
