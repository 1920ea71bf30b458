"""The part of the panel that loads a scan and shows it: paths, views, grey scale."""

from pathlib import Path

import ctk
import slicer
from slicer.i18n import tr as _

from oncologyai.errors import OncologyAIError

from .ScanLoading import VIEWS, loadRequestFromParameters, loadScan, loadSyntheticScan, notesOf, viewsOf

_ERROR_STYLE = "color: #b00020; font-weight: bold"


class ScanPanel:
    """Drives the widgets of the sections Bone scan and Display.

    Parameters
    ----------
    ui : object
        The widgets by name.
    prepare : callable
        Called before a scan is read; False means that the user does not go on.
    """

    def __init__(self, ui, prepare):
        self._ui, self._prepare = ui, prepare
        self._parameters = None
        self._shown = None  # views and grey scale as they are on the screen
        self._holdsViews = False
        self._failed = ""
        self._failedOf = None
        self._busy = False
        self._samples = 0
        for view in VIEWS:
            self._selector(view).addAttribute("vtkMRMLScalarVolumeNode", "OncologyAI.View", view)
        self._paths = ((ui.studyEdit, "study"), (ui.fileEdit, "study"), (ui.secondFileEdit, "secondFile"))
        for widget, parameter in self._paths:
            widget.connect("currentPathChanged(QString)", self._takesPath(parameter))
        ui.studyEdit.filters = ctk.ctkPathLineEdit.Dirs
        ui.loadButton.connect("clicked(bool)", self.onLoad)
        ui.sampleButton.connect("clicked(bool)", self.onSample)
        ui.wholeBodyButton.connect("clicked(bool)", self.onWholeBody)

    def setParameters(self, parameters):
        """Show and edit this parameter node (None: no scene)."""
        self._parameters = parameters
        self._shown = None

    def clear(self):
        """Give the slice views back: the scene closes."""
        from oncologyai.scene import hide_views

        if self._holdsViews:
            hide_views()
        self._shown, self._holdsViews, self._failed = None, False, ""

    def show(self):
        """Show what the parameters say."""
        if self._parameters is None:
            return
        self._showPaths()
        request = loadRequestFromParameters(self._parameters)
        problem = request.problem()
        self._ui.loadButton.enabled = not problem
        self._ui.loadButton.toolTip = problem or _("Read the scan and show both views; no model runs")
        views = viewsOf(self._parameters)
        self._ui.wholeBodyButton.enabled = bool(views)
        self._showViews(views)
        if self._failed and request == self._failedOf:
            self._say(self._failed, isError=True)
        else:
            self._say("" if views else problem)
        self._ui.notesLabel.text = "\n".join(f"• {note}" for note in notesOf(views))
        self._ui.notesLabel.setVisible(bool(views and notesOf(views)))

    def onLoad(self, _checked=False):
        """Read the scan that the paths name."""
        request = loadRequestFromParameters(self._parameters)
        if not request.problem():
            self._load(lambda: loadScan(request), request)

    def onSample(self, _checked=False):
        """Make a synthetic scan and show it: another one at each click."""
        self._samples += 1
        self._load(lambda: loadSyntheticScan(seed=self._samples), None)

    def onWholeBody(self, _checked=False):
        """Show both views whole again, also where other modules or a reader study have taken the slice views."""
        self._shown = None
        self._parameters.Modified()

    def _load(self, load, request):
        self._failed, self._failedOf = "", request
        with slicer.util.tryWithErrorDisplay(_("The scan could not be loaded."), waitCursor=False):
            try:
                if not self._prepare():
                    return
                loaded = load()
            except OncologyAIError as error:
                self._failed = str(error)
                self._say(self._failed, isError=True)
                return
            modified = self._parameters.StartModify()
            for view in VIEWS:
                setattr(self._parameters, view, loaded.nodes.get(view))
            self._parameters.EndModify(modified)
        self.show()

    def _showPaths(self):
        self._busy = True
        study = self._parameters.study
        isFile = bool(study) and Path(study).is_file()
        for widget, path in (
            (self._ui.studyEdit, "" if isFile else study),
            (self._ui.fileEdit, study if isFile else ""),
            (self._ui.secondFileEdit, self._parameters.secondFile),
        ):
            if widget.currentPath != path:
                widget.currentPath = path
        self._ui.secondFileEdit.enabled = isFile
        self._busy = False

    def _showViews(self, views):
        """Bring the chosen views to the screen, and their grey scale, where either has changed."""
        from oncologyai.scene import set_grey_scale, show_views

        grey = self._parameters.grey.value, self._parameters.upperPercent
        wanted = {view: node.GetID() for view, node in views.items()}
        before = self._shown
        self._shown = (wanted, grey) if wanted else None
        if wanted and (before is None or before[0] != wanted):
            show_views(views)
            self._holdsViews = True
        if wanted and before != self._shown:
            set_grey_scale(views, *grey)

    def _takesPath(self, parameter):
        def take(path):
            if not self._busy and self._parameters is not None:
                setattr(self._parameters, parameter, path)

        return take

    def _selector(self, view):
        return getattr(self._ui, f"{view}Selector")

    def _say(self, text, isError=False):
        self._ui.scanLabel.text = text
        self._ui.scanLabel.setVisible(bool(text))
        self._ui.scanLabel.styleSheet = _ERROR_STYLE if isError else ""
