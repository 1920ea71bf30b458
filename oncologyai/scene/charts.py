"""Charts as plot charts, plot series and their table nodes, and the one that is shown first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oncologyai import __version__
from oncologyai.bundle import Chart, ChartSeries
from oncologyai.scene._slicer import all_or_nothing, current_scene, only_node, slicer
from oncologyai.scene.hierarchy import FOLDER, item_of
from oncologyai.scene.tables import node_from_table

__all__ = ["nodes_from_charts", "show_chart"]

_MARKER_SIZE, _LINE_WIDTH = 6, 2
_VIEW = "PlotView1"  # the layout name that Slicer's own layouts give their first plot view


def nodes_from_charts(
    charts: Sequence[Chart], *, pipeline: str, name: str, others: Sequence[Any] = (), parent: int = 0
) -> dict[str, Any]:
    """Add charts to the scene, all or none, in a folder of their own under ``OncologyAI``; show the first.

    Parameters
    ----------
    charts : sequence of Chart
    pipeline : str
        What made them; every node says so.
    name : str
        Of the folder.
    others : sequence of vtkMRMLNode
        Nodes of the same result that go into the folder and say so too.
    parent : int
        Item of the subject hierarchy that holds the folder; 0 is the folder ``OncologyAI`` of the scene.

    Returns
    -------
    dict of str to vtkMRMLPlotChartNode
        By the chart's name.

    Raises
    ------
    InstallationError
        If no scene is there.
    """
    scene = current_scene()
    with all_or_nothing(scene):
        made = list(others)
        sources: dict[str, Any] = {}
        found = {}
        for chart in charts:
            node = scene.AddNewNodeByClass("vtkMRMLPlotChartNode", chart.name)
            node.SetTitle(chart.title)
            node.SetXAxisTitle(chart.x_title)
            node.SetYAxisTitle(chart.y_title)
            node.SetLegendVisibility(len(chart.series) > 1)
            for series in chart.series:
                if series.table.name not in sources:
                    sources[series.table.name] = node_from_table(series.table)
                plotted = _series(series, sources[series.table.name])
                node.AddAndObservePlotSeriesNodeID(plotted.GetID())
                made.append(plotted)
            found[chart.name] = node
        made += [*sources.values(), *found.values()]
        _file(made, name, pipeline, parent)
        if charts:
            show_chart(found[charts[0].name])
    return found


def show_chart(node: Any) -> None:
    """Show a chart in the plot view, which is added where the scene has none, beside the slice and 3D views."""
    scene = current_scene()
    selection = only_node("vtkMRMLSelectionNode", "Singleton")
    selection.SetActivePlotChartID(node.GetID())
    view = scene.GetFirstNodeByClass("vtkMRMLPlotViewNode")
    if view is None:
        view = scene.AddNewNodeByClass("vtkMRMLPlotViewNode", _VIEW)
        view.SetSingletonTag(_VIEW)
        view.SetLayoutName(_VIEW)
    view.SetPlotChartNodeID(node.GetID())
    layout = only_node("vtkMRMLLayoutNode", "vtkMRMLLayoutNode")
    layout.SetViewArrangement(slicer.vtkMRMLLayoutNode.SlicerLayoutConventionalPlotView)


def _series(series: ChartSeries, table: Any) -> Any:
    kinds = slicer.vtkMRMLPlotSeriesNode
    node = current_scene().AddNewNodeByClass("vtkMRMLPlotSeriesNode", series.name)
    node.SetAndObserveTableNodeID(table.GetID())
    if series.x:
        node.SetXColumnName(series.x)
    node.SetYColumnName(series.y)
    if series.labels:
        node.SetLabelColumnName(series.labels)
    # a scatter with a line is what Slicer draws a line over uneven x as; PlotTypeLine takes x as 0, 1, 2, ...
    node.SetPlotType(kinds.PlotTypeBar if series.kind == "bar" else kinds.PlotTypeScatter)
    is_line = series.kind == "line"
    dash = kinds.LineStyleDash if series.dashed else kinds.LineStyleSolid
    node.SetLineStyle(dash if is_line else kinds.LineStyleNone)
    node.SetMarkerStyle(kinds.MarkerStyleNone if is_line else kinds.MarkerStyleCircle)
    node.SetMarkerSize(_MARKER_SIZE)
    node.SetLineWidth(_LINE_WIDTH)
    node.SetColor(*series.rgb)
    return node


def _file(made: Sequence[Any], name: str, pipeline: str, parent: int) -> None:
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(current_scene())
    top = parent or hierarchy.GetItemChildWithName(hierarchy.GetSceneItemID(), FOLDER)
    top = top or hierarchy.CreateFolderItem(hierarchy.GetSceneItemID(), FOLDER)
    folder = hierarchy.CreateFolderItem(top, name)
    for node in made:
        node.SetAttribute("OncologyAI.Pipeline", pipeline)
        node.SetAttribute("OncologyAI.Version", __version__)
        node.SetAttribute("OncologyAI.Provenance", "provenance.json")
        hierarchy.SetItemParent(item_of(hierarchy, node, folder), folder)
