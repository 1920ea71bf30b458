"""Charts as plot nodes: columns, colours and styles, filed, saved and read again."""

import pytest

from oncologyai.bundle import Chart, ChartSeries
from oncologyai.scene import load_mrb, node_from_table, nodes_from_charts, save_mrb, show_chart
from oncologyai.types import Table

TABLE = Table("plot_values", ("name", "x", "y"), (("a", 1.5, 2.0), ("b", None, 3.0)))
LINE = ChartSeries("a line", TABLE, "x", "y", "line", (1.0, 0.5, 0.0), dashed=True)
POINTS = ChartSeries("points", TABLE, "x", "y", "scatter", labels="name")
BARS = ChartSeries("bars", TABLE, "", "y", "bar", labels="name")
CHARTS = (Chart("One", "First", "x title", "y title", (LINE, POINTS)), Chart("Two", "Second", "", "", (BARS,)))


def names(slicer, kind: str) -> list[str]:
    scene = slicer.mrmlScene
    count = scene.GetNumberOfNodesByClass(f"vtkMRML{kind}Node")
    return [scene.GetNthNodeByClass(n, f"vtkMRML{kind}Node").GetName() for n in range(count)]


def test_series_name_their_columns_and_look_as_they_should(slicer) -> None:
    others = [node_from_table(Table("Features", ("f",), ((1.0,),)))]
    charts = nodes_from_charts(CHARTS, pipeline="explore", name="Exploration x", others=others)
    one = charts["One"]
    assert (one.GetTitle(), one.GetXAxisTitle(), one.GetYAxisTitle()) == ("First", "x title", "y title")
    assert one.GetLegendVisibility() and not charts["Two"].GetLegendVisibility()
    line, points, bars = one.GetNthPlotSeriesNode(0), one.GetNthPlotSeriesNode(1), charts["Two"].GetNthPlotSeriesNode(0)
    assert line.GetXColumnName() == "x" and line.GetYColumnName() == "y" and line.GetColor() == (1.0, 0.5, 0.0)
    assert line.GetTableNode() is points.GetTableNode() is bars.GetTableNode()
    assert (line.GetLineStyle(), points.GetLineStyle()) == (line.LineStyleDash, line.LineStyleNone)
    assert (line.GetMarkerStyle(), points.GetMarkerStyle()) == (line.MarkerStyleNone, line.MarkerStyleCircle)
    assert line.GetPlotType() == line.PlotTypeScatter and bars.GetPlotType() == line.PlotTypeBar
    assert points.GetLabelColumnName() == "name" and line.GetTableNode().GetTable().GetValue(0, 1).ToDouble() == 1.5
    assert names(slicer, "Table") == ["Features", "plot_values"]
    assert one.GetAttribute("OncologyAI.Pipeline") == "explore"


def test_nodes_lie_in_a_folder_and_the_first_chart_is_shown(slicer) -> None:
    charts = nodes_from_charts(CHARTS, pipeline="explore", name="Exploration x")
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    top = hierarchy.GetItemChildWithName(hierarchy.GetSceneItemID(), "OncologyAI")
    folder = hierarchy.GetItemChildWithName(top, "Exploration x")
    assert hierarchy.GetItemParent(hierarchy.GetItemByDataNode(charts["Two"])) == folder
    view = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLPlotViewNode")
    assert view.GetPlotChartNodeID() == charts["One"].GetID()
    show_chart(charts["Two"])
    assert view.GetPlotChartNodeID() == charts["Two"].GetID() and names(slicer, "PlotView") == ["PlotView1"]


def test_a_saved_scene_has_them_all(slicer, tmp_path) -> None:
    nodes_from_charts(CHARTS, pipeline="explore", name="Exploration x")
    save_mrb(tmp_path / "s.mrb")
    load_mrb(tmp_path / "s.mrb")
    assert sorted(names(slicer, "PlotSeries")) == ["a line", "bars", "points"]
    scene = slicer.mrmlScene
    line = scene.GetFirstNodeByName("a line")
    assert line.GetTableNode().GetTable().GetValueByName(1, "y").ToDouble() == 3.0
    assert scene.GetFirstNodeByClass("vtkMRMLPlotViewNode").GetPlotChartNode().GetName() == "One"
    assert scene.GetFirstNodeByClass("vtkMRMLLayoutNode").GetViewArrangement() == line_layout(slicer)


def line_layout(slicer) -> int:
    return int(slicer.vtkMRMLLayoutNode.SlicerLayoutConventionalPlotView)


def test_what_fails_leaves_the_scene_as_it_was(slicer) -> None:
    before = slicer.mrmlScene.GetNumberOfNodes()
    with pytest.raises(AttributeError):
        nodes_from_charts((CHARTS[0], "no chart"), pipeline="explore", name="x")
    assert slicer.mrmlScene.GetNumberOfNodes() == before
