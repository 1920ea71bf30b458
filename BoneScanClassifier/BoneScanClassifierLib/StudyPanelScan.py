"""The scan of a reader study in the slice views: under a name that says nothing, gone when it is not to be seen."""

import slicer
from slicer.i18n import tr as _


class StudyPanelScan:
    """Nodes of the scan that is being read; neither listed in the application nor saved with the scene."""

    def __init__(self):
        self._nodes = {}
        self._number = 0  # of the scan the nodes are of
        self._last = 0  # of the scan shown before a pause

    def readersOf(self, folder):
        """Give the names of a study's readers; raises as ``ReadingDesk`` where the folder holds none of bone scans."""
        from oncologyai.pipelines import readers_of

        return readers_of(folder)

    def isOf(self, desk):
        """Tell whether this scan was the last one shown, perhaps before a pause."""
        return self._last == desk.done + 1

    def show(self, desk):
        """Show the desk's scan, unless it is shown already."""
        from oncologyai.scene import nodes_from_views, show_views

        number = desk.done + 1
        if self._nodes and self._number == number:
            return
        self.hide()
        self._nodes = nodes_from_views(desk.views, _("Scan {number}").format(number=number))
        for node in self._nodes.values():
            node.SetHideFromEditors(True)
            node.SetSaveWithScene(False)
            node.GetDisplayNode().SetSaveWithScene(False)
        self._number = self._last = number
        show_views(self._nodes)

    def setGrey(self, desk):
        """Show the grey scale of the desk."""
        from oncologyai.scene import set_grey_scale

        set_grey_scale(self._nodes, desk.reference, desk.percent)

    def hide(self):
        """Take the scan from the scene and give the slice views back."""
        from oncologyai.scene import hide_views

        nodes, self._nodes, self._number = self._nodes, {}, 0
        if nodes:
            for node in nodes.values():
                if slicer.mrmlScene.GetNodeByID(node.GetID() or "") is node:
                    slicer.mrmlScene.RemoveNode(node)
            hide_views()
