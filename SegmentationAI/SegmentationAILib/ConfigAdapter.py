"""The border between the panel (camelCase, nodes) and the library (snake_case, plain values)."""

from dataclasses import dataclass, field
from typing import Any

from oncologyai.errors import InputError

from .ParameterNode import Device, Method, Modality


@dataclass(frozen=True)
class SegmentationRequest:
    """One run: nodes and settings, taken when Apply was pressed.

    With a ``model`` (its id) seeds may be absent; ``channels`` are volume nodes by the model's channel, and
    ``missingChannels`` names the required ones that have none.
    """

    inputVolume: Any
    insideSeeds: Any = None
    outsideSeeds: Any = None
    modality: Modality = Modality.AUTO
    method: Method = Method.WALKER
    maxDistanceMm: float = 80.0
    outputSegmentation: Any = None
    model: str = ""
    channels: dict[str, Any] = field(default_factory=dict)
    missingChannels: tuple[str, ...] = ()
    device: Device = Device.AUTO
    allLesions: bool = False

    def problem(self):
        """Give what is missing as one sentence for the user, "" if nothing is."""
        if self.inputVolume is None:
            return "Choose an input volume."
        if self.inputVolume.GetImageData() is None:
            return f"The volume '{self.inputVolume.GetName()}' holds no image; choose another."
        if self.missingChannels:
            return f"Choose a volume for the model's channel {self.missingChannels[0].upper()}."
        hasSeed = self.insideSeeds is not None and self.insideSeeds.GetNumberOfDefinedControlPoints()
        return "" if self.model or hasSeed else "Place at least one seed inside the lesion."

    def settings(self):
        """Give the settings in the library's words: those of a ModelConfig, or of a SeedConfig."""
        if not self.model:
            return {"method": self.method.value, "max_distance_mm": float(self.maxDistanceMm)}
        return {
            "model": self.model,
            "max_distance_mm": float(self.maxDistanceMm),
            "device": self.device.value,
            "all_lesions": bool(self.allLesions),
        }


def requestFromParameters(parameters, channels=None, missingChannels=()):
    """Take a request from the parameter node; the volumes of the model's further channels come beside it."""
    return SegmentationRequest(
        inputVolume=parameters.inputVolume,
        insideSeeds=parameters.insideSeeds,
        outsideSeeds=parameters.outsideSeeds,
        modality=parameters.modality,
        method=parameters.method,
        maxDistanceMm=parameters.maxDistanceMm,
        outputSegmentation=parameters.outputSegmentation,
        model=parameters.model,
        channels=dict(channels or {}),
        missingChannels=tuple(missingChannels),
        device=parameters.device,
        allLesions=parameters.allLesions,
    )


def modalityOf(parameters):
    """Give the DICOM modality of the input volume as chosen, or as the scene knows it; "" if nobody does."""
    from oncologyai.scene import volume_from_node

    volume = parameters.inputVolume
    if volume is None or volume.GetImageData() is None:
        return parameters.modality.value
    return volume_from_node(volume, modality=parameters.modality.value or None, copy=False).modality


def bundleFromRequest(request):
    """Give the bundle that the child process works on.

    Raises
    ------
    InputError
        If the volume, the seeds or a channel are missing.
    """
    if request.problem():
        raise InputError("SegmentationAI", expected="a volume and a seed", got="less", remedy=request.problem())
    from oncologyai.scene import bundle_from_nodes

    return bundle_from_nodes(
        request.inputVolume,
        request.insideSeeds,
        request.outsideSeeds,
        pipeline="segment",
        method=request.model or request.method.value,
        settings=request.settings(),
        modality=request.modality.value or None,
        channels=request.channels,
    )
