"""A folder of an exploration becomes nodes, whole or not at all."""

import json

import numpy as np
import pytest

from oncologyai.bundle import Chart, ChartSeries, write_charts, write_table
from oncologyai.errors import MissingFileError
from oncologyai.imaging import write_volume
from oncologyai.progress import Provenance
from oncologyai.scene import scene_from_exploration
from oncologyai.types import Table, Volume


@pytest.fixture
def a_folder(tmp_path):
    """Two charts of one table, a matrix whose first pixel is told, and two of the tables."""
    folder = tmp_path / "results"
    table = Table("plot_roc_1", ("x", "y"), ((0.0, 0.0), (1.0, 1.0)))
    line = ChartSeries("curve", table, "x", "y")
    write_charts((Chart("ROC", "Curves", "x", "y", (line,)),), folder / "charts")
    matrix = np.array([[[0.25, 1.0, 0.5], [1.0, 0.5, -1.0]]], dtype=np.float32)
    write_volume(Volume(matrix, np.diag([-1.0, -1.0, 1.0, 1.0])), folder / "charts" / "correlation.nrrd")
    write_table(Table("classes", ("class", "rows"), (("a", 3),)), folder / "classes.csv")
    write_table(Table("features", ("feature", "p"), (("f", 0.5),)), folder / "features.csv")
    (folder / "provenance.json").write_text(json.dumps(Provenance("explore", settings={"alpha": 0.05}).to_dict()))
    return folder


def test_tables_plots_correlations_and_provenance_are_added(slicer, a_folder) -> None:
    charts = scene_from_exploration(a_folder, name="lung")
    scene = slicer.mrmlScene
    assert list(charts) == ["ROC"] and scene.GetFirstNodeByName("Exploration features") is not None
    volume = scene.GetFirstNodeByName("Correlation")
    array = slicer.util.arrayFromVolume(volume)
    assert array[0].tolist() == [[0.25, 1.0, 0.5], [1.0, 0.5, -1.0]]
    matrix = slicer.util.arrayFromVTKMatrix(_ijk_to_ras(slicer, volume))
    assert matrix[0, 0] == -1.0 and matrix[1, 1] == -1.0  # the first pixel at the right and front: upper left
    assert (volume.GetDisplayNode().GetWindow(), volume.GetDisplayNode().GetLevel()) == (1.0, 0.5)
    assert '"alpha": 0.05' in scene.GetFirstNodeByName("Provenance").GetText()
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
    top = hierarchy.GetItemChildWithName(hierarchy.GetSceneItemID(), "OncologyAI")
    folder = hierarchy.GetItemChildWithName(top, "Exploration lung")
    for name in ("Correlation", "Provenance", "Exploration classes", "curve", "ROC", "plot_roc_1"):
        node = scene.GetFirstNodeByName(name)
        assert hierarchy.GetItemParent(hierarchy.GetItemByDataNode(node)) == folder, name
        assert node.GetAttribute("OncologyAI.Pipeline") == "explore"


def _ijk_to_ras(slicer, node):
    import vtk

    matrix = vtk.vtkMatrix4x4()
    node.GetIJKToRASMatrix(matrix)
    return matrix


@pytest.mark.parametrize("gone", ["provenance.json", "charts/charts.json", "charts/correlation.nrrd"])
def test_a_folder_that_is_not_whole_leaves_the_scene_as_it_was(slicer, a_folder, gone) -> None:
    (a_folder / gone).unlink()
    before = slicer.mrmlScene.GetNumberOfNodes()
    with pytest.raises(MissingFileError):
        scene_from_exploration(a_folder)
    assert slicer.mrmlScene.GetNumberOfNodes() == before
