"""The border between the panel (camelCase, nodes) and the library (snake_case, plain values)."""

import dataclasses
from collections import Counter
from pathlib import Path
from typing import Any

from slicer.i18n import tr as _

from oncologyai.errors import InputError

from .ParameterNode import Engine
from .SettingsChoice import SettingsChoice, chooseSettings


@dataclasses.dataclass(frozen=True)
class FeaturesRequest:
    """One extraction: nodes and settings, taken when Apply was pressed.

    ``segmentIds`` are those included; None means all of the segmentation. ``maps`` are names of features to map over
    the first volume. ``outputTable`` is a table that the new one takes the place of.
    """

    inputVolume: Any
    segmentation: Any = None
    segmentIds: tuple[str, ...] | None = None
    furtherVolumes: tuple[Any, ...] = ()
    settings: SettingsChoice = dataclasses.field(default_factory=lambda: chooseSettings("default", ""))
    engine: Engine = Engine.OWN
    maps: tuple[str, ...] = ()
    stabilityFile: str = ""
    outputTable: Any = None

    def included(self):
        """Give the IDs of the segments to take, in the segmentation's order."""
        ids = self.segmentation.GetSegmentation().GetSegmentIDs()
        return tuple(ids) if self.segmentIds is None else tuple(name for name in ids if name in self.segmentIds)

    def problem(self):
        """Give what is missing as one sentence for the user, "" if nothing is."""
        return self._problemOfImages() or self._problemOfSegments() or self.settings.problem or self._problemOfFiles()

    def _problemOfImages(self):
        if self.inputVolume is None:
            return _("Choose a volume.")
        for volume in (self.inputVolume, *self.furtherVolumes):
            if volume.GetImageData() is None:
                return _("The volume '{name}' holds no image; choose another.").format(name=volume.GetName())
        return ""

    def _problemOfSegments(self):
        if self.segmentation is None:
            return _("Choose a segmentation, such as a result of SegmentationAI.")
        segmentation = self.segmentation.GetSegmentation()
        if segmentation.GetNumberOfSegments() == 0:
            return _("The segmentation '{name}' holds no segment.").format(name=self.segmentation.GetName())
        names = Counter(segmentation.GetSegment(segmentId).GetName() for segmentId in self.included())
        if not names:
            return _("Choose at least one segment.")
        name, count = names.most_common(1)[0]
        return _("Two segments are called '{name}'; give one another name.").format(name=name) if count > 1 else ""

    def _problemOfFiles(self):
        if self.stabilityFile and not Path(self.stabilityFile).is_file():
            return _("The file of verdicts on stability is not there: {path}").format(path=self.stabilityFile)
        return ""


def requestFromParameters(parameters):
    """Take a request from the parameter node."""
    settings = chooseSettings(parameters.preset, parameters.settingsFile)
    excluded = set(parameters.excludedSegments)
    segmentation, volume = parameters.segmentation, parameters.inputVolume
    ids = segmentation.GetSegmentation().GetSegmentIDs() if segmentation is not None else ()
    known = settings.mapNames
    return FeaturesRequest(
        inputVolume=volume,
        segmentation=segmentation,
        segmentIds=tuple(segmentId for segmentId in ids if segmentId not in excluded),
        furtherVolumes=tuple(node for node in parameters.furtherVolumes if node is not None and node is not volume),
        settings=settings,
        engine=parameters.engine,
        maps=tuple(name for name in parameters.mapNames if not known or name in known),
        stabilityFile=parameters.stabilityFile,
        outputTable=parameters.resultTable,
    )


def bundleFromRequest(request):
    """Give the bundle that the child process works on: volumes, segments on the first one's grid, settings.

    Raises
    ------
    InputError
        If something is missing.
    """
    if request.problem():
        raise InputError("RadiomicsOutcome", expected="a volume and its segments", got="less", remedy=request.problem())
    from oncologyai.scene import bundle_from_nodes, mask_from_segment

    bundle = bundle_from_nodes(
        request.inputVolume,
        pipeline="features",
        method=request.settings.name,
        settings={
            "settings": request.settings.given,
            "engine": request.engine.value,
            "maps": list(request.maps),
            "stability": str(Path(request.stabilityFile).resolve()) if request.stabilityFile else "",
        },
        channels=_named(request.furtherVolumes, {request.inputVolume.GetName()}),
    )
    masks = (mask_from_segment(request.segmentation, name, request.inputVolume) for name in request.included())
    return dataclasses.replace(bundle, masks=tuple(masks))


def _named(volumes, taken):
    """Give the volumes by their names, with a number after one that is taken."""
    named = {}
    for volume in volumes:
        name, number = volume.GetName(), 2
        while name in taken:
            name, number = f"{volume.GetName()} {number}", number + 1
        taken.add(name)
        named[name] = volume
    return named
