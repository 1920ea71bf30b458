"""Draw the outcome side of RadiomicsOutcome: a synthetic PET, a signature that ships, its prediction.

python Testing/screenshots/outcome_panel.py Resources/Screenshots/RadiomicsOutcome-outcome.png [PLOTS.png]

The second picture is the scene's plot nodes, drawn by matplotlib: columns, colours and styles are theirs.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[2]
SIZE = (480, 1620)
CLOSED = ("settings", "results", "cohort", "dataset")

from oncologyai import host  # noqa: E402  the platform is chosen before Qt is loaded


def main(picture: str, plots: str = "") -> None:
    slicer = host.start(qt=True)
    from oncologyai.bundle import Bundle
    from oncologyai.imaging import read_masks, read_volume
    from oncologyai.samples import write_sample
    from oncologyai.scene import scene_from_bundle

    with tempfile.TemporaryDirectory() as folder:
        write_sample("petct", Path(folder) / "study", seed=1)
        pet = read_volume(Path(folder) / "study", modality="PT")
        masks = tuple(m for m in read_masks(Path(folder) / "study", grid=pet) if m.kind == "lesion")
    module = host.load_module(ROOT / "RadiomicsOutcome" / "RadiomicsOutcome.py")
    scene_from_bundle(Bundle("Synthetic PET", "segment", "truth", pet, masks=masks))
    widget = module.createNewWidgetRepresentation()
    ui = widget.ui
    for name in CLOSED:
        getattr(ui, f"{name}Button").setProperty("collapsed", True)
    ui.predictionButton.setProperty("collapsed", False)
    widget.parent.resize(*SIZE)
    widget.parent.show()
    predict(slicer, widget, "sts-lung-metastases", {})
    if plots:
        predict(slicer, widget, "hn-death-clinical", {"age": "65", "T": "3", "N": "2", "TNM": "4", "HPV": "0"})
        draw(slicer, plots)
    for _ in range(20):
        slicer.app.processEvents()
    sys.stdout.write(f"{ui.predictLabel.text()}\n{ui.headlineLabel.text()}\n")
    widget.parent.grab().save(picture)


def predict(slicer, widget, signature: str, values: dict[str, str]) -> None:
    """Choose a signature, fill in its form and apply it; a prediction that is there stays."""
    ui = widget.ui
    box = ui.signatureComboBox
    box.setCurrentIndex(box.findText(signature))
    for column, text in values.items():
        edit = widget.outcome.signature._form.edit(column)
        if hasattr(edit, "setText"):
            edit.setText(text)
        else:
            edit.setCurrentIndex(next(n for n in range(edit.count()) if edit.itemText(n).partition(":")[0] == text))
    ui.predictionSelector.setCurrentNode(None)
    ui.predictButton.click()
    while widget.outcome.prediction.isRunning():
        slicer.app.processEvents()


def draw(slicer, path: str) -> None:
    """Draw every plot chart node of the scene."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    charts = slicer.util.getNodesByClass("vtkMRMLPlotChartNode")
    figure, axes = pyplot.subplots(1, len(charts), figsize=(6 * len(charts), 4.5), squeeze=False)
    for axis, chart in zip(axes[0], charts, strict=True):
        for number in range(chart.GetNumberOfPlotSeriesNodes()):
            draw_series(axis, chart.GetNthPlotSeriesNode(number))
        axis.set(title=chart.GetTitle(), xlabel=chart.GetXAxisTitle(), ylabel=chart.GetYAxisTitle())
        if chart.GetLegendVisibility():
            axis.legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path)


def draw_series(axis, series) -> None:
    """Draw one plot series node."""
    table = series.GetTableNode().GetTable()

    def column(name):
        return [table.GetColumnByName(name).GetValue(row) for row in range(table.GetNumberOfRows())]

    values = column(series.GetYColumnName())
    if series.GetPlotType() == series.PlotTypeBar:
        axis.bar(range(len(values)), values, color=series.GetColor())
        axis.set_xticks(range(len(values)), column(series.GetLabelColumnName()), rotation=60, fontsize=6, ha="right")
        return
    style = {series.LineStyleNone: "none", series.LineStyleSolid: "-"}.get(series.GetLineStyle(), "--")
    marker = None if series.GetMarkerStyle() == series.MarkerStyleNone else "o"
    x = column(series.GetXColumnName())
    axis.plot(x, values, linestyle=style, marker=marker, color=series.GetColor(), label=series.GetName())


if __name__ == "__main__":
    main(*sys.argv[1:])
