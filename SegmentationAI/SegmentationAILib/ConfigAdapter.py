"""The border between the panel (camelCase, nodes) and the library (snake_case, plain values)."""

from dataclasses import dataclass
from typing import Any

from oncologyai.errors import InputError

from .ParameterNode import Method, Modality


@dataclass(frozen=True)
class SegmentationRequest:
    """One run: nodes and settings, taken when Apply was pressed."""

    inputVolume: Any
    insideSeeds: Any
    outsideSeeds: Any = None
    modality: Modality = Modality.AUTO
    method: Method = Method.WALKER
    maxDistanceMm: float = 80.0
    outputSegmentation: Any = None

    def problem(self):
        """Give what is missing as one sentence for the user, "" if nothing is."""
        if self.inputVolume is None:
            return "Choose an input volume."
        if self.inputVolume.GetImageData() is None:
            return f"The volume '{self.inputVolume.GetName()}' holds no image; choose another."
        if self.insideSeeds is None or not self.insideSeeds.GetNumberOfDefinedControlPoints():
            return "Place at least one seed inside the lesion."
        return ""


def requestFromParameters(parameters):
    """Take a request from the parameter node."""
    return SegmentationRequest(
        inputVolume=parameters.inputVolume,
        insideSeeds=parameters.insideSeeds,
        outsideSeeds=parameters.outsideSeeds,
        modality=parameters.modality,
        method=parameters.method,
        maxDistanceMm=parameters.maxDistanceMm,
        outputSegmentation=parameters.outputSegmentation,
    )


def bundleFromRequest(request):
    """Give the bundle that the child process works on.

    Raises
    ------
    InputError
        If the volume or the seeds are missing.
    """
    if request.problem():
        raise InputError("SegmentationAI", expected="a volume and a seed", got="less", remedy=request.problem())
    from oncologyai.scene import bundle_from_nodes

    return bundle_from_nodes(
        request.inputVolume,
        request.insideSeeds,
        request.outsideSeeds,
        pipeline="segment",
        method=request.method.value,
        settings={"method": request.method.value, "max_distance_mm": float(request.maxDistanceMm)},
        modality=request.modality.value or None,
    )
