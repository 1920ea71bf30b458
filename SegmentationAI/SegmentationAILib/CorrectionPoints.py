"""The points a user has placed since a result was shown: each a click, or joined to a scribble."""

import slicer


def placedPoints(markupsNode, volumeNode):
    """Give the placed points of a list as (id, RAS in the coordinates of the volume's own grid), none for None."""
    from oncologyai.scene import points_from_node

    if markupsNode is None:
        return []
    ids = [
        f"{markupsNode.GetID()}/{markupsNode.GetNthControlPointID(n)}"
        for n in range(markupsNode.GetNumberOfControlPoints())
        if markupsNode.GetNthControlPointPositionStatus(n) == slicer.vtkMRMLMarkupsNode.PositionDefined
    ]
    points = points_from_node(markupsNode, volumeNode)
    return [(pointId, point.ras) for pointId, point in zip(ids, points, strict=True)]


class CorrectionPoints:
    """Tells the points placed since the beginning from those that were there, and forgets those that were heeded.

    Parameters
    ----------
    volumeNode : vtkMRMLScalarVolumeNode
        The image.
    inside, outside : vtkMRMLMarkupsFiducialNode or None
        The lists; the points in them now are what the result was made from.
    """

    def __init__(self, volumeNode, inside, outside):
        self._volumeNode = volumeNode
        self.begin = {"inside": placedPoints(inside, volumeNode), "outside": placedPoints(outside, volumeNode)}
        self._heeded = {pointId for points in self.begin.values() for pointId, _ras in points}

    def new(self, inside, outside):
        """Give the new points by kind, as (id, RAS)."""
        found = {"inside": placedPoints(inside, self._volumeNode), "outside": placedPoints(outside, self._volumeNode)}
        return {kind: [p for p in points if p[0] not in self._heeded] for kind, points in found.items()}

    def heed(self, points):
        """Take points, as ``new`` gave them, for heeded."""
        self._heeded.update(pointId for found in points.values() for pointId, _ras in found)
