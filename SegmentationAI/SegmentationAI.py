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
    SegmentationAIParameterNode,
    SegmentationPanel,
    SegmentationRequest,
    SegmentationRun,
    SyntheticLesion,
    addResult,
    ensureRequirements,
)


class SegmentationAI(ScriptedLoadableModule):
    """What the application says of the module."""

    def __init__(self, parent):
        super().__init__(parent)
        parent.title = _("SegmentationAI")
        parent.categories = [translate("qSlicerAbstractCoreModule", "Segmentation")]
        parent.dependencies = ["Segmentations", "Markups", "Tables"]
        parent.contributors = ["OncologyAI developers"]
        parent.helpText = _(
            "Segments a lesion from one or a few seeds, measures it and extracts its features. "
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
        requirements = self.resourcePath("requirements.txt")
        self.panel = SegmentationPanel(self.ui, self.logic, lambda: ensureRequirements(requirements))
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.StartCloseEvent, self.onSceneStartClose)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndCloseEvent, self.onSceneEndClose)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndImportEvent, self.onSceneEndClose)
        self.enter()

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


class SegmentationAILogic(ScriptedLoadableModuleLogic):
    """Starts, ends and waits for runs; usable without the panel."""

    def __init__(self, command=None):
        ScriptedLoadableModuleLogic.__init__(self)
        self._command = command
        self._run = None

    def getParameterNode(self):
        return SegmentationAIParameterNode(super().getParameterNode())

    def isRunning(self):
        """Tell whether a run goes on."""
        return self._run is not None and self._run.isRunning()

    def processId(self):
        """Give the number of the child process, 0 if none runs."""
        return self._run.processId() if self.isRunning() else 0

    def start(self, request, onStage, onEnd):
        """Start a run; raises as SegmentationRun.start does, RuntimeError if one goes on."""
        if self.isRunning():
            raise RuntimeError("A segmentation is running; cancel it or wait for its end.")

        def onRunEnd(outcome):
            try:
                onEnd(outcome)
            finally:
                run.clean()

        run = SegmentationRun(request, onStage, onRunEnd, self._command)
        run.start()
        self._run = run
        return run

    def cancel(self):
        """End the run that goes on, if any; the scene stays as it was."""
        if self.isRunning():
            self._run.cancel()

    def addResult(self, request, bundleFolder):
        """Turn a run's bundle into nodes."""
        return addResult(request, bundleFolder)

    def process(self, inputVolume, insideSeeds, outsideSeeds=None, *, timeoutS=600, **settings):
        """Segment and wait, for scripts; ``settings`` are the other members of SegmentationRequest.

        Returns the nodes (oncologyai.scene.SceneNodes). Raises RuntimeError with the child's reason if it failed.
        """
        request = SegmentationRequest(inputVolume, insideSeeds, outsideSeeds, **settings)
        run = SegmentationRun(request, lambda name, share: None, lambda outcome: None, self._command)
        try:
            run.start()
            run.wait(int(1000 * timeoutS))
            if run.outcome.status != "done":
                raise RuntimeError(run.outcome.message)
            return self.addResult(request, run.outcome.bundle)
        finally:
            run.clean()


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
