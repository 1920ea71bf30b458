"""SegmentationAI's panel, driven under PySide6 on real MRML: from a file to the result, and all that can go wrong."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from oncologyai.host import clear

ROOT = Path(__file__).resolve().parents[2]
SAY = "import json, os, sys, time\ndef say(**e): print(json.dumps(e), flush=True)\n"
WAITS = SAY + "say(event='stage', name='walking', share=0.4)\ntime.sleep(120)"
CRASHES = SAY + "say(event='stage', name='walking', share=0.4)\nsys.stderr.write('Segmentation fault')\nos.abort()"


def voxels(slicer, segmentation, volume):
    (name,) = segmentation.GetSegmentation().GetSegmentIDs()
    return slicer.util.arrayFromSegmentBinaryLabelmap(segmentation, name, volume).astype(bool)


@pytest.mark.slow
def test_from_file_to_result_with_the_same_voxels_as_the_command_line(a_panel, tmp_path):
    slicer = a_panel.slicer
    path = tmp_path / "Thorax größe 1.nrrd"
    assert slicer.util.saveNode(a_panel.sample.volumeNode, str(path))
    volume = slicer.util.loadVolume(str(path))
    a_panel.ui.inputSelector.setCurrentNode(volume)
    a_panel.apply()
    assert a_panel.ui.applyButton.text() == "Cancel"
    a_panel.until_end()
    assert a_panel.status().startswith("Done: "), a_panel.status()
    assert a_panel.is_ready()

    segmentation = a_panel.ui.outputSelector.currentNode()
    here = voxels(slicer, segmentation, volume)
    assert here.sum() * 8e-3 == pytest.approx(a_panel.sample.volumeMl, rel=0.15)
    mask = tmp_path / "command.nrrd"
    words = [path, "--seed", "0,0,0", "--max-distance-mm", "40", "--modality", "CT", "--out", mask]
    command = [sys.executable, "-m", "oncologyai", "segment", *map(str, words)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True)
    there = slicer.util.arrayFromVolume(slicer.util.loadVolume(str(mask), {"labelmap": True})).astype(bool)
    np.testing.assert_array_equal(here, there)

    table = a_panel.ui.resultsTable.mrmlTableNode()
    assert table.GetNodeReference("OncologyAI.Segmentation") is segmentation
    assert a_panel.ui.resultsTable.rowCount() >= 3
    lines = slicer.util.getNodesByClass("vtkMRMLMarkupsLineNode")
    assert sorted(line.GetName() for line in lines) == ["GTV-1 long axis", "GTV-1 short axis"]
    picture = a_panel.widget.parent.grab().toImage()
    assert len({picture.pixel(x, y) for x in range(0, 460, 3) for y in range(0, 740, 3)}) > 50


@pytest.mark.slow
def test_a_second_apply_replaces_what_the_first_made(a_panel):
    slicer = a_panel.slicer
    for _ in range(2):
        a_panel.apply()
        a_panel.until_end()
        assert a_panel.status().startswith("Done: ")
    names = sorted(a_panel.nodes().values())
    assert names.count("Measurements") == 1
    assert names.count("GTV-1 long axis") == 1
    assert len(slicer.util.getNodesByClass("vtkMRMLSegmentationNode")) == 1
    (segmentation,) = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    assert a_panel.ui.resultsTable.mrmlTableNode().GetNodeReference("OncologyAI.Segmentation") is segmentation
    assert voxels(slicer, segmentation, a_panel.sample.volumeNode).any()


@pytest.mark.slow
def test_parameters_and_result_survive_save_and_reopen(a_panel, tmp_path):
    from SegmentationAILib import Method

    slicer = a_panel.slicer
    a_panel.ui.methodComboBox.setCurrentIndex(list(Method).index(Method.GROWING))
    a_panel.apply()
    a_panel.until_end()
    before = voxels(slicer, a_panel.ui.outputSelector.currentNode(), a_panel.sample.volumeNode)
    path = str(tmp_path / "result scene.mrb")
    assert slicer.util.saveScene(path)
    clear()
    assert a_panel.ui.inputSelector.currentNode() is None
    assert a_panel.ui.resultsTable.mrmlTableNode() is None
    slicer.util.loadScene(path)
    parameters = a_panel.logic.getParameterNode()
    assert (parameters.method, parameters.maxDistanceMm) == (Method.GROWING, 40.0)
    assert parameters.inputVolume.GetName() == "Synthetic lesion"
    assert a_panel.ui.inputSelector.currentNode() is parameters.inputVolume
    assert a_panel.ui.insideSelector.currentNode().GetNumberOfControlPoints() == 1
    np.testing.assert_array_equal(voxels(slicer, parameters.outputSegmentation, parameters.inputVolume), before)
    assert a_panel.is_ready()


@pytest.mark.slow
def test_a_seed_outside_the_image_is_named_and_nothing_changes(a_panel):
    a_panel.sample.insideSeeds.SetNthControlPointPosition(0, 500.0, 0.0, 0.0)
    before = a_panel.nodes()
    a_panel.apply()
    a_panel.until_end()
    assert "500" in a_panel.status()
    assert a_panel.nodes() == before
    assert a_panel.is_ready()


@pytest.mark.slow
def test_the_self_test_passes(a_module, monkeypatch):
    test, told = getattr(a_module.python(), f"{a_module.name}Test"), []
    monkeypatch.setattr(test, "delayDisplay", lambda self, name, **_: told.append(name))
    a_module.self().runTest(msec=0)  # raises at the first assertion of the module's own Test class that fails
    assert set(told) == {name for name in dir(test) if name.startswith("test_")}


def test_cancel_in_mid_run_ends_the_child_and_leaves_the_scene_as_it_was(a_panel, tmp_path):
    a_panel.use_child(tmp_path / "child.py", WAITS)
    before = a_panel.nodes()
    a_panel.apply()
    a_panel.until_stage()
    assert (a_panel.status(), a_panel.ui.progressBar.value()) == ("Running: walking", 40)
    number = a_panel.logic.processId()
    a_panel.apply()  # the button is Cancel now; the child gets a second at most
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert a_panel.status() == "Cancelled; the scene is as it was."
    assert a_panel.nodes() == before
    assert a_panel.is_ready()
    assert not list(Path(a_panel.slicer.app.temporaryPath).glob("OncologyAI-*"))


@pytest.mark.slow
def test_cancel_ends_the_real_child_too(a_panel):
    a_panel.apply()
    a_panel.until_stage()
    number = a_panel.logic.processId()
    a_panel.apply()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert a_panel.is_ready()


def test_a_crash_is_told_with_its_reason_and_the_panel_can_be_used_again(a_panel, tmp_path):
    a_panel.use_child(tmp_path / "child.py", CRASHES)
    before = a_panel.nodes()
    for _ in range(2):
        a_panel.apply()
        a_panel.until_end()
        assert a_panel.status() == "The segmentation process crashed: Segmentation fault"
        assert a_panel.nodes() == before
        assert a_panel.is_ready()


def test_a_damaged_result_is_told_and_nothing_is_added(a_panel, tmp_path):
    a_panel.use_child(tmp_path / "child.py", SAY + "say(event='done', bundle='/no/such/folder')")
    before = a_panel.nodes()
    a_panel.apply()
    a_panel.until_end()
    assert "expected a bundle" in a_panel.status()
    assert a_panel.nodes() == before
    assert a_panel.is_ready()


def test_without_volume_or_seed_the_panel_says_what_to_do(a_panel):
    a_panel.sample.insideSeeds.RemoveAllControlPoints()
    assert not a_panel.ui.applyButton.isEnabled()
    assert a_panel.status() == "Place at least one seed inside the lesion."
    a_panel.sample.insideSeeds.AddControlPoint(0, 0, 0)
    assert a_panel.is_ready()
    a_panel.ui.inputSelector.setCurrentNode(None)
    assert a_panel.status() == "Choose an input volume."
    assert a_panel.ui.applyButton.toolTip() == "Choose an input volume."


def test_closing_the_scene_during_a_run_ends_it(a_panel, tmp_path):
    a_panel.use_child(tmp_path / "child.py", WAITS)
    a_panel.apply()
    a_panel.until_stage()
    number = a_panel.logic.processId()
    clear()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    assert not a_panel.logic.isRunning()
    assert a_panel.status() == "Choose an input volume."
    assert a_panel.slicer.util.getNodesByClass("vtkMRMLSegmentationNode") == []


def test_deleting_the_input_volume_during_a_run_is_told(a_panel, tmp_path):
    ends = SAY + f"say(event='stage', name='a', share=0.4)\nwhile not os.path.exists({str(tmp_path / 'go')!r}):\n"
    a_panel.use_child(tmp_path / "child.py", ends + "    time.sleep(0.01)\nsay(event='done', bundle='x')")
    a_panel.apply()
    a_panel.until_stage()
    a_panel.slicer.mrmlScene.RemoveNode(a_panel.sample.volumeNode)
    before = a_panel.nodes()
    (tmp_path / "go").touch()
    a_panel.until_end()
    assert "input volume: expected the volume that the run was given" in a_panel.status()
    assert a_panel.nodes() == before


def test_closing_the_panel_ends_the_run(a_module, a_panel, tmp_path):
    a_panel.use_child(tmp_path / "child.py", WAITS)
    a_panel.apply()
    a_panel.until_stage()
    number = a_panel.logic.processId()
    a_module.closePanels()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


@pytest.mark.slow
def test_leaving_the_module_during_a_run_does_not_lose_the_result(a_panel):
    a_panel.apply()
    a_panel.widget.exit()
    a_panel.until_end()
    a_panel.widget.enter()
    segmentation = a_panel.ui.outputSelector.currentNode()
    assert voxels(a_panel.slicer, segmentation, a_panel.sample.volumeNode).any()
    assert a_panel.is_ready()


def test_a_second_start_while_one_runs_is_refused(a_panel, tmp_path):
    from SegmentationAILib import requestFromParameters

    a_panel.use_child(tmp_path / "child.py", WAITS)
    a_panel.apply()
    with pytest.raises(RuntimeError, match="is running"):
        a_panel.logic.start(requestFromParameters(a_panel.logic.getParameterNode()), print, print)
    a_panel.apply()


def test_logic_without_a_panel_raises_the_childs_reason(a_module, tmp_path):
    from SegmentationAILib import SyntheticLesion

    (tmp_path / "child.py").write_text(CRASHES, encoding="utf-8")
    sample = SyntheticLesion()
    logic = a_module.python().SegmentationAILogic([sys.executable, str(tmp_path / "child.py")])
    with pytest.raises(RuntimeError, match="Segmentation fault"):
        logic.process(sample.volumeNode, sample.insideSeeds)
