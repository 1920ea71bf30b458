"""SegmentationAI: one lesion, from seeds to a measured segmentation. The work runs in a child process."""

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

from SegmentationAILib import (  # noqa: E402 - the library's folder has to be on the path before
    Modality,
    RunLogic,
    SegmentationAIParameterNode,
    SegmentationPanel,
    SegmentationRequest,
    SyntheticLesion,
)

from oncologyai.panels import ensureRequirements  # noqa: E402


class SegmentationAI(ScriptedLoadableModule):
    """What the application says of the module."""

    def __init__(self, parent):
        super().__init__(parent)
        parent.title = _("SegmentationAI")
        parent.categories = [translate("qSlicerAbstractCoreModule", "Segmentation")]
        parent.dependencies = ["Segmentations", "Markups", "Tables"]
        parent.contributors = ["OncologyAI developers"]
        parent.helpText = _(
            "Segments lesions from one or a few seeds or with a trained model, measures them, extracts their features, "
            "and corrects the result by clicks. "
            "Research software, not for clinical use."
        )
        parent.acknowledgementText = _("Part of the extension OncologyAI (Apache-2.0).")


class SegmentationAIWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
    """The panel; what it does is in SegmentationAILib.Panel."""

    def __init__(self, parent=None):
        ScriptedLoadableModuleWidget.__init__(self, parent)
        VTKObservationMixin.__init__(self)
        self.logic = None
        self.panel = None

    def setup(self):
        ScriptedLoadableModuleWidget.setup(self)
        uiWidget = slicer.util.loadUI(self.resourcePath("UI/SegmentationAI.ui"))
        self.layout.addWidget(uiWidget)
        self.ui = slicer.util.childWidgetVariables(uiWidget)
        uiWidget.setMRMLScene(slicer.mrmlScene)
        self.logic = SegmentationAILogic()
        self.panel = SegmentationPanel(self.ui, self.logic, self.prepare)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.StartCloseEvent, self.onSceneStartClose)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndCloseEvent, self.onSceneEndClose)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndImportEvent, self.onSceneEndClose)
        self.enter()

    def prepare(self, withModel):
        """See to it that the packages of a run are there; False if the user does not want them installed."""
        names = ["requirements.txt", *(["requirements-models.txt"] if withModel else [])]
        return all(ensureRequirements(self.resourcePath(name)) for name in names)

    def cleanup(self):
        self.logic.cancel()
        self.exit()
        self.removeObservers()

    def enter(self):
        self.panel.setParameters(self.logic.getParameterNode())

    def exit(self):
        self.panel.setParameters(None)

    def onSceneStartClose(self, caller, event):
        self.logic.cancel()
        self.panel.setParameters(None)
        self.panel.clearResults()

    def onSceneEndClose(self, caller, event):
        self.enter()


class SegmentationAILogic(RunLogic, ScriptedLoadableModuleLogic):
    """Starts, ends and waits for runs, and corrects results (SegmentationAILib.RunLogic); usable without the panel."""

    def __init__(self, command=None):
        ScriptedLoadableModuleLogic.__init__(self)
        RunLogic.__init__(self, command)

    def getParameterNode(self):
        return SegmentationAIParameterNode(super().getParameterNode())


class SegmentationAITest(ScriptedLoadableModuleTest):
    """Self-test: runs inside Slicer and in oncologyai.host."""

    def setUp(self):
        slicer.mrmlScene.Clear()
        slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)  # made when first asked for

    def runTest(self):
        for test in (
            self.test_segments_and_measures_a_ball,
            self.test_cancel_leaves_the_scene_as_it_was,
            self.test_says_which_input_is_missing,
            self.test_one_outside_click_takes_a_leak_away,
        ):
            self.setUp()
            self.delayDisplay(test.__name__)
            test()

    def test_segments_and_measures_a_ball(self):
        sample = SyntheticLesion()
        settings = {"modality": Modality.CT, "maxDistanceMm": 40.0}
        nodes = SegmentationAILogic().process(sample.volumeNode, sample.insideSeeds, **settings)
        name = nodes.segmentation.GetSegmentation().GetSegmentIDs()[0]
        mask = slicer.util.arrayFromSegmentBinaryLabelmap(nodes.segmentation, name, sample.volumeNode)
        volumeMl = float(mask.sum()) * 8.0 / 1000.0
        self.assertAlmostEqual(volumeMl, sample.volumeMl, delta=0.15 * sample.volumeMl)
        self.assertEqual([t.GetName() for t in nodes.tables][:1], ["Measurements"])

    def test_cancel_leaves_the_scene_as_it_was(self):
        sample = SyntheticLesion()
        before = slicer.mrmlScene.GetNumberOfNodes()
        outcomes = []
        logic = SegmentationAILogic()
        request = SegmentationRequest(sample.volumeNode, sample.insideSeeds)
        logic.start(request, lambda name, share: None, outcomes.append)
        self.assertTrue(logic.isRunning())
        logic.cancel()
        self.assertFalse(logic.isRunning())
        self.assertEqual([outcome.status for outcome in outcomes], ["cancelled"])
        self.assertEqual(slicer.mrmlScene.GetNumberOfNodes(), before)

    def test_says_which_input_is_missing(self):
        sample = SyntheticLesion()
        sample.insideSeeds.RemoveAllControlPoints()
        with self.assertRaisesRegex(ValueError, "at least one seed"):
            SegmentationAILogic().process(sample.volumeNode, sample.insideSeeds)

    def test_one_outside_click_takes_a_leak_away(self):
        sample = SyntheticLesion()
        session = sample.correctionSession(shiftMm=10.0)
        before = sample.agreement(session.segmentationNode, "Lesion")
        outcomes = []
        logic = SegmentationAILogic()
        logic.correct(session, [sample.leakClick()], lambda name, share: None, outcomes.append)
        self.assertEqual([outcome.status for outcome in outcomes], ["done"])
        self.assertGreater(sample.agreement(session.segmentationNode, "Lesion edited"), before + 0.1)
        session.undo()
        self.assertEqual(sample.agreement(session.segmentationNode, "Lesion edited"), before)
