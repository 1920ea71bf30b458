"""BoneScanClassifier: whole-body bone scans, their chance of metastases and what speaks for it."""

import sys
from pathlib import Path

import slicer
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import *
from slicer.util import VTKObservationMixin

_HERE = Path(__file__).resolve().parent
for _folder in (_HERE, _HERE.parent):  # installed, the library lies beside this file; in a checkout, one up
    if (_folder / "oncologyai" / "__init__.py").is_file() and str(_folder) not in sys.path:
        sys.path.append(str(_folder))

from BoneScanClassifierLib import (  # noqa: E402 - the library's folder has to be on the path before
    BoneScanClassifierParameterNode,
    BoneScanPanel,
    ScanRequest,
    ScanRun,
    StudyPanel,
    listModels,
    loadSyntheticScan,
)

from oncologyai.panels import ensureRequirements  # noqa: E402


class BoneScanClassifier(ScriptedLoadableModule):
    """What the application says of the module."""

    def __init__(self, parent):
        super().__init__(parent)
        parent.title = _("BoneScanClassifier")
        parent.categories = [translate("qSlicerAbstractCoreModule", "Quantification")]
        parent.dependencies = ["Volumes", "Markups", "Tables"]
        parent.contributors = ["OncologyAI developers"]
        parent.helpText = _(
            "Shows both views of a whole-body bone scan side by side, tells the probability of metastatic bone disease "
            "by a trained model, shows what speaks for it over the views, and lists the foci; of one scan, or of a "
            "folder of them. The model that ships is a demonstration, trained on synthetic scans. "
            "Research software, not for clinical use."
        )
        parent.acknowledgementText = _("Part of the extension OncologyAI (Apache-2.0).")


class BoneScanClassifierWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
    """The panel; what it does is in BoneScanClassifierLib.Panel."""

    def __init__(self, parent=None):
        ScriptedLoadableModuleWidget.__init__(self, parent)
        VTKObservationMixin.__init__(self)
        self.logic = None
        self.panel = None
        self.studyPanel = None

    def setup(self):
        ScriptedLoadableModuleWidget.setup(self)
        uiWidget = slicer.util.loadUI(self.resourcePath("UI/BoneScanClassifier.ui"))
        self.layout.addWidget(uiWidget)
        self.ui = slicer.util.childWidgetVariables(uiWidget)
        uiWidget.setMRMLScene(slicer.mrmlScene)
        self.logic = BoneScanClassifierLogic()
        self.studyPanel = StudyPanel(self.ui.studyButton)
        self.panel = BoneScanPanel(self.ui, self.logic, self.prepare, [self.studyPanel])
        scene = slicer.mrmlScene
        self.addObserver(scene, scene.StartCloseEvent, self.onSceneStartClose)
        self.addObserver(scene, scene.EndCloseEvent, self.onSceneEndClose)
        self.addObserver(scene, scene.EndImportEvent, self.onSceneEndClose)
        self.addObserver(scene, scene.NodeRemovedEvent, self.onNodeRemoved)
        self.enter()

    def prepare(self, withModel):
        """See to it that the packages of a run are there; False if the user does not want them installed."""
        names = ["requirements.txt", *(["requirements-models.txt"] if withModel else [])]
        return all(ensureRequirements(self.resourcePath(name)) for name in names)

    def cleanup(self):
        self.logic.cancel()
        self.logic.clean()
        self.panel.clear()
        self.exit()
        self.removeObservers()

    def enter(self):
        self.panel.setParameters(self.logic.getParameterNode())

    def exit(self):
        self.panel.setParameters(None)

    def onSceneStartClose(self, caller, event):
        self.logic.cancel()
        self.panel.setParameters(None)
        self.panel.clear()

    def onSceneEndClose(self, caller, event):
        self.enter()

    def onNodeRemoved(self, caller, event):
        if not (caller.IsClosing() or caller.IsImporting() or caller.IsBatchProcessing()):
            self.panel.show()


class BoneScanClassifierLogic(ScanRun, ScriptedLoadableModuleLogic):
    """Starts, ends and waits for runs (BoneScanClassifierLib.ScanRun); usable without the panel."""

    def __init__(self, command=None):
        ScriptedLoadableModuleLogic.__init__(self)
        ScanRun.__init__(self, command)

    def getParameterNode(self):
        return BoneScanClassifierParameterNode(super().getParameterNode())


class BoneScanClassifierTest(ScriptedLoadableModuleTest):
    """Self-test: runs inside Slicer and in oncologyai.host."""

    def setUp(self):
        slicer.mrmlScene.Clear()
        slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)  # made when first asked for

    def runTest(self):
        tests = [self.test_shows_a_synthetic_scan_side_by_side, self.test_says_what_is_missing]
        if listModels().cards:
            tests += [self.test_classifies_and_explains_a_scan, self.test_cancel_leaves_the_scene_as_it_was]
        else:
            self.delayDisplay("No model of bone scans is at hand: nothing is classified.")
        for test in tests:
            self.setUp()
            self.delayDisplay(test.__name__)
            test()

    def test_shows_a_synthetic_scan_side_by_side(self):
        nodes = loadSyntheticScan().nodes
        self.assertEqual(list(nodes), ["anterior", "posterior"])
        layouts = {"Red": nodes["anterior"], "Yellow": nodes["posterior"]}
        for composite in slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode"):
            if composite.GetLayoutName() in layouts:
                self.assertEqual(composite.GetBackgroundVolumeID(), layouts[composite.GetLayoutName()].GetID())

    def test_classifies_and_explains_a_scan(self):
        nodes = BoneScanClassifierLogic().process(self.aRequest())
        probability = nodes.prediction.GetTable().GetColumnByName("probability").GetValue(0)
        self.assertTrue(0.0 <= probability <= 1.0)
        self.assertEqual(list(nodes.maps), ["anterior", "posterior"])

    def test_cancel_leaves_the_scene_as_it_was(self):
        request = self.aRequest()
        before = slicer.mrmlScene.GetNumberOfNodes()
        outcomes = []
        logic = BoneScanClassifierLogic()
        logic.start(request, lambda name, share: None, outcomes.append)
        self.assertTrue(logic.isRunning())
        logic.cancel()
        self.assertFalse(logic.isRunning())
        self.assertEqual([outcome.status for outcome in outcomes], ["cancelled"])
        self.assertEqual(slicer.mrmlScene.GetNumberOfNodes(), before)

    def test_says_what_is_missing(self):
        with self.assertRaisesRegex(ValueError, "Load a bone scan first"):
            BoneScanClassifierLogic().process(ScanRequest())

    def aRequest(self):
        """Give the request for a synthetic scan and the first model at hand."""
        return ScanRequest(loadSyntheticScan().nodes, next(iter(listModels().cards)))
