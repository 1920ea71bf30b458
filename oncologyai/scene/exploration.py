"""An exploration's folder as nodes: its tables, plots, correlations and provenance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from oncologyai.bundle import read_charts, read_provenance, read_table
from oncologyai.imaging import read_volume
from oncologyai.scene._slicer import all_or_nothing, current_scene
from oncologyai.scene.charts import nodes_from_charts
from oncologyai.scene.provenance import node_from_provenance
from oncologyai.scene.tables import node_from_table
from oncologyai.scene.volumes import node_from_volume
from oncologyai.types import Volume

__all__ = ["scene_from_exploration"]

_TABLES = ("classes", "features", "volume")


def scene_from_exploration(folder: Path, *, name: str = "") -> dict[str, Any]:
    """Add what ``oncology-ai explore`` wrote to the scene, all of it or, where something fails, nothing.

    Parameters
    ----------
    folder : Path
        What ``--out`` named.
    name : str
        Of the table that was explored; the folder's if empty.

    Returns
    -------
    dict of str to vtkMRMLPlotChartNode
        Charts by name; the first is shown. Beside them lie the tables ``Exploration classes``, ``Exploration features``
        and ``Exploration volume``, the volume ``Correlation`` and the provenance, in the subject hierarchy's folder
        ``OncologyAI``, ``Exploration NAME``.

    Raises
    ------
    MissingFileError, UnreadableFileError
        If the folder is none of an exploration, or damaged.
    InstallationError
        If no scene is there.
    """
    charts, provenance = read_charts(folder / "charts"), read_provenance(folder / "provenance.json")
    paths = [path for table in _TABLES if (path := folder / f"{table}.csv").is_file()]
    tables = [read_table(path, f"Exploration {path.stem}") for path in paths]
    correlation = read_volume(folder / "charts" / "correlation.nrrd")
    with all_or_nothing(current_scene()):
        others = [node_from_table(table) for table in tables]
        others += [_correlation(correlation), node_from_provenance(provenance)]
        return nodes_from_charts(charts, pipeline="explore", name=f"Exploration {name or folder.name}", others=others)


def _correlation(volume: Volume) -> Any:
    """Add the matrix in rainbow colours from 0 to 1."""
    node = node_from_volume(volume, "Correlation")
    display = node.GetDisplayNode()
    display.SetAutoWindowLevel(False)
    display.SetWindowLevel(1.0, 0.5)
    display.SetAndObserveColorNodeID("vtkMRMLColorTableNodeRainbow")
    return node
