"""RadiomicsOutcome: features of lesions, as a table and as maps, and outcomes. The work runs in a child process."""

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

from RadiomicsOutcomeLib import (  # noqa: E402 - the library's folder has to be on the path before
    FeaturesLogic,
    FeaturesPanel,
    FeaturesRequest,
    OutcomeSide,
    PredictionLogic,
    RadiomicsOutcomeParameterNode,
    SyntheticLesions,
)

from oncologyai.panels import ensureRequirements  # noqa: E402


class RadiomicsOutcome(ScriptedLoadableModule):
    """What the application says of the module."""

    def __init__(self, parent):
        super().__init__(parent)
        parent.title = _("RadiomicsOutcome")
        parent.categories = [translate("qSlicerAbstractCoreModule", "Quantification")]
        parent.dependencies = ["Segmentations", "Tables", "Volumes"]
        parent.contributors = ["OncologyAI developers"]
        parent.helpText = _(
            "Extracts radiomic features of segmented lesions, as a table and as maps over the image, with what is "
            "known of their stability; of one patient, or of a whole cohort. Applies signatures of outcome to the "
            "patient of the scene, and trains models on a cohort. "
            "Research software, not for clinical use."
        )
        parent.acknowledgementText = _("Part of the extension OncologyAI (Apache-2.0).")


class RadiomicsOutcomeWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
    """The panel; what it does is in RadiomicsOutcomeLib.Panel."""

    def __init__(self, parent=None):
        ScriptedLoadableModuleWidget.__init__(self, parent)
        VTKObservationMixin.__init__(self)
        self.logic = None
        self.outcome = None
        self.panel = None

    def setup(self):
        ScriptedLoadableModuleWidget.setup(self)
        uiWidget = slicer.util.loadUI(self.resourcePath("UI/RadiomicsOutcome.ui"))
        self.layout.addWidget(uiWidget)
        outcomeWidget = slicer.util.loadUI(self.resourcePath("UI/Outcome.ui"))
        uiWidget.layout().insertWidget(uiWidget.layout().count() - 2, outcomeWidget)  # before the notice
        self.ui = slicer.util.childWidgetVariables(uiWidget)
        for widget in (uiWidget, outcomeWidget):
            widget.setMRMLScene(slicer.mrmlScene)
        self.logic = RadiomicsOutcomeLogic()
        self.outcome = OutcomeSide(self.ui, self.prepare)
        self.panel = FeaturesPanel(self.ui, self.logic, self.prepare, self.outcome.parts)
        scene = slicer.mrmlScene
        self.addObserver(scene, scene.StartCloseEvent, self.onSceneStartClose)
        self.addObserver(scene, scene.EndCloseEvent, self.onSceneEndClose)
        self.addObserver(scene, scene.EndImportEvent, self.onSceneEndClose)
        self.addObserver(scene, scene.NodeAddedEvent, self.onNodesChanged)
        self.addObserver(scene, scene.NodeRemovedEvent, self.onNodesChanged)
        self.enter()

    def prepare(self, withOutcome=False):
        """See to it that the packages of a run are there; False if the user does not want them installed."""
        names = ["requirements.txt", *(["requirements-outcome.txt"] if withOutcome else [])]
        return all(ensureRequirements(self.resourcePath(name)) for name in names)

    def cleanup(self):
        self.logic.cancel()
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

    def onNodesChanged(self, caller, event):
        if not (caller.IsClosing() or caller.IsImporting() or caller.IsBatchProcessing()):
            self.panel.show()


class RadiomicsOutcomeLogic(FeaturesLogic, ScriptedLoadableModuleLogic):
    """Starts, ends and waits for extractions (RadiomicsOutcomeLib.FeaturesLogic); usable without the panel."""

    def __init__(self, command=None):
        ScriptedLoadableModuleLogic.__init__(self)
        FeaturesLogic.__init__(self, command)

    def getParameterNode(self):
        return RadiomicsOutcomeParameterNode(super().getParameterNode())


class RadiomicsOutcomeTest(ScriptedLoadableModuleTest):
    """Self-test: runs inside Slicer and in oncologyai.host."""

    def setUp(self):
        slicer.mrmlScene.Clear()
        slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)  # made when first asked for

    def runTest(self):
        for test in (
            self.test_extracts_features_of_two_balls,
            self.test_maps_a_feature_over_the_image,
            self.test_cancel_leaves_the_scene_as_it_was,
            self.test_says_which_input_is_missing,
            self.test_applies_a_signature_to_values_alone,
        ):
            self.setUp()
            self.delayDisplay(test.__name__)
            test()

    def test_extracts_features_of_two_balls(self):
        sample = SyntheticLesions()
        table = RadiomicsOutcomeLogic().process(sample.volumeNode, sample.segmentationNode).table.GetTable()
        means = table.GetColumnByName("original_firstorder_Mean")
        for row, name in enumerate(("GTV-1", "GTV-2")):
            self.assertEqual(table.GetColumnByName("segment").GetValue(row), name)
            self.assertAlmostEqual(means.GetValue(row), sample.mean(name), places=3)

    def test_maps_a_feature_over_the_image(self):
        sample = SyntheticLesions()
        feature = "original_firstorder_Mean"
        nodes = RadiomicsOutcomeLogic().process(sample.volumeNode, sample.segmentationNode, maps=(feature,))
        self.assertEqual([node.GetName() for node in nodes.maps], [feature])
        composite = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLSliceCompositeNode")
        self.assertEqual(composite.GetForegroundVolumeID(), nodes.maps[0].GetID())

    def test_cancel_leaves_the_scene_as_it_was(self):
        sample = SyntheticLesions()
        before = slicer.mrmlScene.GetNumberOfNodes()
        outcomes = []
        logic = RadiomicsOutcomeLogic()
        request = FeaturesRequest(sample.volumeNode, sample.segmentationNode)
        logic.start(request, lambda name, share: None, outcomes.append)
        self.assertTrue(logic.isRunning())
        logic.cancel()
        self.assertFalse(logic.isRunning())
        self.assertEqual([outcome.status for outcome in outcomes], ["cancelled"])
        self.assertEqual(slicer.mrmlScene.GetNumberOfNodes(), before)

    def test_says_which_input_is_missing(self):
        sample = SyntheticLesions()
        sample.segmentationNode.GetSegmentation().RemoveAllSegments()
        with self.assertRaisesRegex(ValueError, "holds no segment"):
            RadiomicsOutcomeLogic().process(sample.volumeNode, sample.segmentationNode)

    def test_applies_a_signature_to_values_alone(self):
        values = {"age": 65, "T": 3, "N": 2, "TNM": 4, "HPV": 0}
        nodes = PredictionLogic().process("hn-death-clinical", values)
        chance = nodes.table.GetTable().GetColumnByName("value").GetValue(0)
        self.assertTrue(0.0 < chance < 1.0)
        self.assertEqual(list(nodes.charts), ["Survival", "Contributions"])
        self.assertEqual(nodes.contributions.GetTable().GetNumberOfRows(), len(values))
