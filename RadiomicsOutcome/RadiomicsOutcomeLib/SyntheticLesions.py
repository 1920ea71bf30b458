"""A small volume with two balls in it and their segmentation, for the self-test: truth is known, nothing is loaded."""

import numpy as np
import slicer

_SIZE, _SPACING_MM = 40, 2.0
_BALLS = (("GTV-1", (-16.0, 0.0, 0.0), 12.0, 60.0), ("GTV-2", (18.0, 6.0, -8.0), 8.0, 20.0))


class SyntheticLesions:
    """Two balls, GTV-1 of 60 HU and GTV-2 of 20 HU, in lung (-800 HU), with noise of 15 HU.

    Attributes
    ----------
    volumeNode, segmentationNode : nodes
        The image, and the balls as segments; the segmentation says which volume it was made from, as a result does.
    """

    def __init__(self):
        half = _SPACING_MM * (_SIZE - 1) / 2
        axis = np.arange(_SIZE) * _SPACING_MM - half
        k, j, i = np.meshgrid(axis, axis, axis, indexing="ij")
        image = np.full(k.shape, -800.0)
        self._balls = {}
        for name, (right, anterior, superior), radius, value in _BALLS:
            ball = (i - right) ** 2 + (j - anterior) ** 2 + (k - superior) ** 2 <= radius**2
            image[ball] = value
            self._balls[name] = ball
        image += np.random.default_rng(7).normal(0.0, 15.0, image.shape)
        self._image = image.astype(np.int16)
        self.volumeNode = slicer.util.addVolumeFromArray(self._image, name="Synthetic lesions")
        self.volumeNode.SetSpacing(_SPACING_MM, _SPACING_MM, _SPACING_MM)
        self.volumeNode.SetOrigin(-half, -half, -half)
        self.segmentationNode = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Lesions")
        self.segmentationNode.CreateDefaultDisplayNodes()
        self.segmentationNode.SetReferenceImageGeometryParameterFromVolumeNode(self.volumeNode)
        self.segmentationNode.SetNodeReferenceID("OncologyAI.InputVolume", self.volumeNode.GetID())
        for name, ball in self._balls.items():
            self.addSegment(name, ball)

    def addSegment(self, name, array):
        """Add voxels (k, j, i) as a segment."""
        self.segmentationNode.GetSegmentation().AddEmptySegment(name, name)
        slicer.util.updateSegmentBinaryLabelmapFromArray(
            array.astype(np.uint8), self.segmentationNode, name, self.volumeNode
        )

    def mean(self, name):
        """Give the mean of the voxels of a ball."""
        return float(self._image[self._balls[name]].mean())
