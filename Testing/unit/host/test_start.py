"""The host's start, its end, and what a machine without slicer-core is told."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from oncologyai.errors import MissingDependencyError

pytest.importorskip("slicer", reason="slicer-core is not installed")

from oncologyai import host

ROOT = Path(__file__).parents[3]


def in_a_fresh_process(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_second_start_gives_the_same_scene():
    first = host.start().mrmlScene
    assert host.start().mrmlScene is first
    assert host.is_started()


def test_terminologies_and_colours_are_there():
    import vtk

    slicer = host.start()
    names = vtk.vtkStringArray()
    slicer.modules.terminologies.logic().GetLoadedTerminologyNames(names)
    loaded = {names.GetValue(n) for n in range(names.GetNumberOfValues())}
    assert "Segmentation category and type - DICOM master list" in loaded
    assert slicer.mrmlScene.GetNodeByID("vtkMRMLColorTableNodeInvertedGrey") is not None
    assert slicer.app.applicationLogic().GetModuleLogic("Colors") is slicer.modules.colors.logic()


def test_lengths_are_shown_in_mm():
    slicer = host.start()
    host.clear()
    line = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsLineNode")
    line.AddControlPoint(0, 0, 0)
    line.AddControlPoint(0, 0, 25)
    assert line.GetPropertiesLabelText().strip().replace(" ", "") == "25.00mm"
    host.clear()


def test_clear_empties_scene_and_hierarchy_and_keeps_colours():
    slicer = host.start()
    volume = slicer.util.addVolumeFromArray(np.zeros((2, 2, 2), np.int16), name="v")
    held = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    held.CreateItem(held.GetSceneItemID(), volume)
    host.clear()
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    assert hierarchy.GetScene() is slicer.mrmlScene
    assert hierarchy.GetNumberOfItemChildren(hierarchy.GetSceneItemID()) == 0
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode") == 0
    assert slicer.mrmlScene.GetNodeByID("vtkMRMLColorTableNodeGrey") is not None


def test_a_stopped_host_can_be_started_again_and_leaves_no_folder():
    code = (
        "import os\nfrom oncologyai import host\n"
        "slicer = host.start(); folder = slicer.app.temporaryPath; assert os.path.isdir(folder)\n"
        "host.stop(); assert not os.path.exists(folder); assert not hasattr(slicer, 'mrmlScene')\n"
        "assert not host.is_started(); assert host.start().mrmlScene.GetNumberOfNodes() > 10\n"
        "print(slicer.app.temporaryPath)"
    )
    done = in_a_fresh_process(code)
    assert (done.returncode, done.stderr) == (0, "")
    assert not Path(done.stdout.strip()).exists()


def test_without_qt_none_is_imported():
    done = in_a_fresh_process(
        "import sys\nfrom oncologyai import host\nhost.start(qt=False)\n"
        "print(any(name.startswith('PySide6') for name in sys.modules))"
    )
    assert (done.stdout.strip(), done.stderr) == ("False", "")


def test_vtk_does_not_write_on_the_terminal():
    done = in_a_fresh_process(
        "from oncologyai import host\nhost.start()\nimport vtk\n"
        "reader = vtk.vtkPNGReader(); reader.SetFileName('/none.png'); reader.Update()"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_vtks_messages_are_in_the_log():
    done = in_a_fresh_process(
        "import logging; logging.basicConfig(level=logging.INFO)\n"
        "from oncologyai import host\nhost.start()\nimport vtk\n"
        "reader = vtk.vtkPNGReader(); reader.SetFileName('/none.png'); reader.Update()"
    )
    assert "Unable to open file /none.png" in done.stderr


def test_without_slicer_core_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "slicer", None)
    with pytest.raises(MissingDependencyError, match=r"slicer: expected .* run: pip install 'oncologyai\[scene\]'"):
        host.start()


def test_without_the_terminologies_the_error_says_what_to_install():
    code = (
        "import sys; sys.modules['trame_slicer'] = None\n"
        "from oncologyai import host\nfrom oncologyai.errors import MissingDependencyError\n"
        "try:\n    host.start()\nexcept MissingDependencyError as error:\n    print(error)\n"
    )
    assert "run: pip install 'oncologyai[scene]'" in in_a_fresh_process(code).stdout


def test_no_folder_of_ours_is_called_slicer():
    names = {Path(folder).name for folder, _, _ in os.walk(ROOT / "oncologyai")}
    assert "slicer" not in names
