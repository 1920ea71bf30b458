"""Bone scans from files to volume nodes, and back to what a node is a view of."""

import dataclasses
import json
import tempfile
from pathlib import Path
from typing import Any

import slicer
from slicer.i18n import tr as _

NOTES = "OncologyAI.Notes"
VIEWS = ("anterior", "posterior")


@dataclasses.dataclass(frozen=True)
class LoadRequest:
    """What to read and how; ``secondFile`` is the other view's, where it has a file of its own."""

    study: str
    secondFile: str = ""
    turnDeg: int = 0
    view: str = ""

    def problem(self):
        """Give what is missing as one sentence for the user, "" if nothing is."""
        if not self.study:
            return _("Choose a folder with one study, or a file.")
        for path in self.paths():
            if not Path(path).exists():
                return _("There is nothing at {path}").format(path=path)
        return ""

    def paths(self):
        """Give the one or two paths."""
        return [self.study, *([self.secondFile] if self.secondFile else [])]


def loadRequestFromParameters(parameters):
    """Take a request from the parameter node."""
    return LoadRequest(parameters.study, parameters.secondFile, parameters.turn.value, parameters.singleView.value)


@dataclasses.dataclass(frozen=True)
class LoadedScan:
    """The nodes by view, and what reading had to say."""

    nodes: dict[str, Any]
    notes: tuple[str, ...]


def loadScan(request):
    """Read a scan and add its views to the scene; no model runs.

    Raises
    ------
    OncologyAIError
        As ``scintigraphy.read_whole_body`` raises; the scene is as it was then.
    """
    return _addViews(_read(request))


def loadSyntheticScan(seed=1):
    """Make a synthetic scan, write it as DICOM into a temporary folder, and load it as any other.

    Seed 1 is the scan of ``oncology-ai bonescan --sample bonescan``.
    """
    from oncologyai.samples import write_bonescan_sample

    with tempfile.TemporaryDirectory(prefix="OncologyAI-", dir=slicer.app.temporaryPath) as folder:
        written = write_bonescan_sample(Path(folder) / "sample", seed=seed)
        bundle = _read(LoadRequest(str(written.folder / "NM")))
    note = _("synthetic sample: not a patient")
    return _addViews(
        dataclasses.replace(bundle, name=_("Synthetic bone scan {seed}").format(seed=seed), notes=(note, *bundle.notes))
    )


def _read(request):
    from oncologyai.scintigraphy import ScanReading
    from oncologyai.workflows import request_of_study

    return request_of_study(request.paths(), how=ScanReading(turn_deg=request.turnDeg, view=request.view))


def _addViews(bundle):
    from oncologyai.scene import scene_from_bonescan

    nodes = scene_from_bonescan(bundle).views
    for node in nodes.values():
        node.SetAttribute(NOTES, json.dumps(list(bundle.notes), ensure_ascii=False))
    return LoadedScan(dict(nodes), bundle.notes)


def notesOf(nodes):
    """Give what reading had to say of views that are in the scene."""
    found = [json.loads(node.GetAttribute(NOTES) or "[]") for node in nodes.values()]
    return tuple(dict.fromkeys(note for notes in found for note in notes))


def viewsOf(parameters):
    """Give the chosen volume nodes by view, those that hold an image."""
    chosen = {view: getattr(parameters, view) for view in VIEWS}
    return {view: node for view, node in chosen.items() if node is not None and node.GetImageData() is not None}
