"""The map of a feature that contributes to a prediction: found in the scene, or made with the signature's settings."""

import dataclasses
import json
from typing import Any

import slicer
from slicer.i18n import tr as _

from oncologyai.errors import InputError
from oncologyai.panels import BundleRunner, isInScene

from .PredictionNodes import SEGMENT, predictionPart
from .ResultNodes import requireInScene

_VOLUME, _SEGMENTATION, _FEATURE = "OncologyAI.InputVolume", "OncologyAI.Segmentation", "OncologyAI.Feature"


@dataclasses.dataclass(frozen=True)
class MapRequest:
    """A feature of a prediction's lesion."""

    prediction: Any
    feature: str = ""

    @property
    def inputVolume(self):
        """Give the image that the prediction is from, None without one."""
        return self.prediction.GetNodeReference(_VOLUME) if self.prediction is not None else None

    @property
    def segmentation(self):
        """Give the segmentation that the prediction is from, None without one."""
        return self.prediction.GetNodeReference(_SEGMENTATION) if self.prediction is not None else None

    def problem(self):
        """Give why there is no map as one sentence for the user, "" if there can be one."""
        if self.prediction is None or not self.feature:
            return _("Click a feature of the image to see its map.")
        return self._problemOfFeature() or self._problemOfScene()

    def _problemOfFeature(self):
        card = self.card()
        image = card.get("image") or {}
        columns = {one["name"]: one["column"] for one in card.get("features", ()) if one["source"] != "clinical"}
        if self.feature not in columns or not image:
            return _("{feature} is no feature of an image: it has no map.").format(feature=self.feature)
        if columns[self.feature].split("_")[1:2] in (["shape"], ["shape2D"]):
            return _("{feature} is one number of the whole lesion's shape: it has no map.").format(feature=self.feature)
        return "" if image.get("settings") else _("The signature does not hold the settings of its features: no map.")

    def _problemOfScene(self):
        for node, text in ((self.inputVolume, _("image")), (self.segmentation, _("segmentation"))):
            if node is None:
                return _("The {what} that the prediction is from has left the scene.").format(what=text)
        segment = self.segmentation.GetSegmentation().GetSegment(self.prediction.GetAttribute(SEGMENT) or "")
        return "" if segment is not None else _("The segment that the prediction is from has gone.")

    def card(self):
        """Give the signature's card as JSON values."""
        node = predictionPart(self.prediction, "Card")
        return json.loads(node.GetText()) if node is not None else {}

    def column(self):
        """Give the name that the feature has in tables and maps."""
        return next(one["column"] for one in self.card()["features"] if one["name"] == self.feature)

    def found(self):
        """Give the map that is in the scene already, None without one."""
        for node in reversed(slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")):
            same = node.GetNodeReference(_VOLUME) is self.inputVolume
            same = same and node.GetNodeReference(_SEGMENTATION) is self.segmentation
            if same and node.GetAttribute(_FEATURE) == self.column() and self._isOurs(node):
                return node
        return None

    def _isOurs(self, node):
        """Tell whether a map was made for a prediction with these settings and this lesion."""
        return node.GetAttribute(SEGMENT) == self.prediction.GetAttribute(SEGMENT) and node.GetAttribute(
            "OncologyAI.Model"
        ) == self.prediction.GetAttribute("OncologyAI.Model")


class MapLogic(BundleRunner):
    """Makes one map at a time.

    Parameters
    ----------
    command : sequence of str, optional
        Another command than this Python's ``-m oncologyai``.
    """

    def __init__(self, command=None):
        BundleRunner.__init__(self, "features", _("feature map"), command)

    def start(self, request, onStage, onEnd):
        """Start a run; raises as BundleRunner.startRun does."""
        self.startRun(request, _bundleFromRequest, onStage, onEnd)

    def addResult(self, request, bundleFolder):
        """Add the map to the scene and show it over the image; the table of features that came with it is left out."""
        from oncologyai.bundle import read_bundle
        from oncologyai.scene import scene_from_bundle

        volume, segmentation = request.inputVolume, request.segmentation
        requireInScene(inputVolume=volume, segmentation=segmentation)
        bundle = dataclasses.replace(
            read_bundle(bundleFolder),
            tables=(),
            provenance=None,
            masks=(),
            method=request.prediction.GetAttribute("OncologyAI.Model"),
        )
        nodes = scene_from_bundle(bundle, input_node=volume, segmentation_node=segmentation)
        nodes.maps[0].SetAttribute(SEGMENT, request.prediction.GetAttribute(SEGMENT))
        return nodes.maps[0]


def _bundleFromRequest(request):
    if request.problem() or not isInScene(request.prediction):
        raise InputError("RadiomicsOutcome", expected="a feature that has a map", got="none", remedy=request.problem())
    from oncologyai.scene import bundle_from_nodes, mask_from_segment

    _image, family, name = request.column().rsplit("_", 2)
    wanted = {**request.card()["image"]["settings"], "featureClass": {family: [name]}}  # the table is not needed
    settings = {"settings": wanted, "maps": [request.column()]}
    bundle = bundle_from_nodes(request.inputVolume, pipeline="features", method="map", settings=settings)
    mask = mask_from_segment(request.segmentation, request.prediction.GetAttribute(SEGMENT), request.inputVolume)
    return dataclasses.replace(bundle, masks=(mask,))
