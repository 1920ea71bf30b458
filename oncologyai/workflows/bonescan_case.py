"""One bone scan of many: what a batch keeps of it, which is little unless a report is asked for."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from oncologyai.bundle import BoneScanBundle, write_points, write_table
from oncologyai.imaging import write_volume
from oncologyai.progress import Progress, Stages
from oncologyai.report import bonescan_thumbnail
from oncologyai.types import Table
from oncologyai.workflows.bonescan import run_bonescan
from oncologyai.workflows.bonescan_bundle import ScanForm, bundle_of_study

__all__ = ["bonescan_case_files"]

_THREADS = "OMP_NUM_THREADS"  # what workers that share the cores are told


def bonescan_case_files(
    study: Sequence[str | os.PathLike[str]],
    folder: Path,
    *,
    form: ScanForm | None = None,
    report: bool = False,
    progress: Progress | None = None,
) -> Table:
    """Read and classify a scan; write maps, foci, tables and a thumbnail, or all that ``run_bonescan`` does.

    Parameters
    ----------
    study : sequence of one or two paths
        As for ``read_whole_body``.
    folder : Path
        Of the case alone. It gets ``map_<view>.nrrd``, ``foci.mrk.json`` where there are foci, the tables,
        ``thumbnail.png`` and ``bonescan.provenance.json``.
    form : ScanForm, optional
    report : bool
        Also write report, pictures, bundle and, where the form says so, the scene.
    progress : Progress, optional

    Returns
    -------
    Table
        ``Prediction`` with a column of notes.

    Raises
    ------
    InputError, OutputError, CancelledError
        As ``run_bonescan`` raises.
    """
    form = form or ScanForm(scene=False)
    if report:
        bundle = run_bonescan(study, folder, form=form, progress=progress).bundle
    else:
        threads = int(os.environ.get(_THREADS) or 0)
        bundle = bundle_of_study(study, form, stages=Stages(progress), share=0.95, threads=threads)
        _write_light(bundle, folder)
    bonescan_thumbnail(bundle, folder / "thumbnail.png")
    if bundle.provenance is not None:
        text = json.dumps(bundle.provenance.to_dict(), indent=2, ensure_ascii=False)
        (folder / "bonescan.provenance.json").write_text(text + "\n", encoding="utf-8")
    return _row(bundle)


def _write_light(bundle: BoneScanBundle, folder: Path) -> None:
    for view, volume in bundle.maps.items():
        write_volume(volume, folder / f"map_{view}.nrrd")
    if bundle.foci:
        write_points(bundle.foci, folder / "foci.mrk.json")
    for table in bundle.tables:
        write_table(table, folder / f"{table.name.lower()}.csv")


def _row(bundle: BoneScanBundle) -> Table:
    table = bundle.table("Prediction")
    columns, row = (table.columns, table.rows[0]) if table is not None else ((), ())
    return Table("Prediction", (*columns, "notes"), ((*row, "; ".join(bundle.notes) or None),))
