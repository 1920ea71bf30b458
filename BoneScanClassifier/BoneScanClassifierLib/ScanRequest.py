"""The border between the panel (camelCase, nodes) and the library (snake_case, plain values)."""

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from slicer.i18n import tr as _

from oncologyai.errors import InputError

from .ParameterNode import MapMethod
from .ScanLoading import notesOf, viewsOf

OWN_RULE = "own"


@dataclass(frozen=True)
class ScanRequest:
    """One classification: views and settings, taken when Run was pressed.

    ``rule`` is a threshold's name on the model's card, ``own`` for ``ownThreshold``, empty for the card's first.
    ``output`` is the folder for the results, empty for a temporary one.
    """

    views: dict[str, Any] = field(default_factory=dict)
    model: str = ""
    method: MapMethod = MapMethod.GRAD_CAM
    fast: bool = False
    rule: str = ""
    ownThreshold: float = 0.5
    output: str = ""

    def problem(self):
        """Give what is missing as one sentence for the user, "" if nothing is."""
        if not self.views:
            return _("Load a bone scan first.")
        return "" if self.model else _("Choose a model.")

    def settings(self):
        """Give the settings in the library's words, those of a BoneScanConfig."""
        threshold = f"{self.ownThreshold:.6g}" if self.rule == OWN_RULE else self.rule
        return {"model": self.model, "method": self.method.value, "threshold": threshold, "fast": bool(self.fast)}


def requestFromParameters(parameters):
    """Take a request from the parameter node."""
    return ScanRequest(
        views=viewsOf(parameters),
        model=parameters.model,
        method=parameters.method,
        fast=parameters.fast,
        rule=parameters.rule,
        ownThreshold=parameters.ownThreshold,
        output=parameters.resultsFolder,
    )


def bundleFromRequest(request):
    """Give the request that the child process works on.

    Raises
    ------
    InputError
        If there is no view or no model.
    """
    if request.problem():
        raise InputError("BoneScanClassifier", expected="a scan and a model", got="less", remedy=request.problem())
    from oncologyai.scene import bonescan_from_nodes

    bundle = bonescan_from_nodes(request.views, settings=request.settings())
    return dataclasses.replace(bundle, notes=notesOf(request.views))
