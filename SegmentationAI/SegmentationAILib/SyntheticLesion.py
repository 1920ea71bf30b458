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
        self.volumeMl = float(ball.sum()) * _SPACING_MM**3 / 1000.0
        self.insideSeeds = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode", "Inside")
        self.insideSeeds.AddControlPoint(0.0, 0.0, 0.0)
