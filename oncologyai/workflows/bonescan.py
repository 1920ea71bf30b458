"""From a bone scan's files, or the request of a panel, to a classified, explained, reported scene."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from oncologyai._atomic import atomic_folder
from oncologyai.bundle import BoneScanBundle, write_bonescan, write_table
from oncologyai.progress import Part, Progress, Silent, Stages
from oncologyai.report import Picture, bonescan_picture, write_bonescan_report
from oncologyai.samples import write_bonescan_sample
from oncologyai.workflows.bonescan_bundle import BoneScanOrigin, ScanForm, answer_request, bundle_of_study
from oncologyai.workflows.output_folder import remove_stale, require_replaceable
from oncologyai.workflows.pictures import require_scene

__all__ = ["BoneScanReport", "run_bonescan", "run_bonescan_request", "run_bonescan_sample"]

_MARKS = {"bundle": "bundle/bonescan.json", "pictures": "provenance.json", "study": "study/truth.json"}
_OUTPUTS = (
    "report.html", "scene.mrb", "prediction.csv", "lesions.csv", "bonescanindex.csv", "sanity.csv", "provenance.json",
    "pictures", "bundle", "study",
)  # fmt: skip


@dataclass(frozen=True)
class BoneScanReport:
    """The folder, the files in it that a user opens, and what was found."""

    folder: Path
    outputs: tuple[Path, ...]
    bundle: BoneScanBundle


def run_bonescan(
    study: Sequence[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    *,
    form: ScanForm | None = None,
    progress: Progress | None = None,
) -> BoneScanReport:
    """Read a bone scan, classify it, and write bundle, pictures, tables, scene and report.

    Parameters
    ----------
    study : sequence of one or two paths
        As for ``read_whole_body``.
    out : path
        Folder for the results; its files appear, or are replaced, only when all is done. Files of an earlier run
        that this one does not make are taken away.
    form : ScanForm, optional
    progress : Progress, optional

    Raises
    ------
    OutputError
        If ``out`` cannot be written, or holds folders of ours by name that no run has made.
    InstallationError
        If the scene is wanted and slicer-core is absent.
    CancelledError
        If ``progress`` says so; the folder is as it was.
    InputError
        Else as ``bundle_of_study`` raises.
    """
    form, stages = form or ScanForm(), Stages(progress)
    _require(Path(out), ("bundle", "pictures"), form)
    with atomic_folder(out) as draft:
        bundle = bundle_of_study(study, form, stages=stages, share=0.6)
        found = _write_all(bundle, draft, Path(out), form, stages)
    remove_stale(found.folder, _OUTPUTS, found.outputs)
    return found


def run_bonescan_sample(
    out: str | os.PathLike[str],
    *,
    random_seed: int = 1,
    form: ScanForm | None = None,
    progress: Progress | None = None,
) -> BoneScanReport:
    """Make a synthetic scan in ``out/study`` and run on it; raises as ``run_bonescan``."""
    form, watch = form or ScanForm(), progress or Silent()
    _require(Path(out), tuple(_MARKS), form)
    with atomic_folder(out) as draft:
        written = write_bonescan_sample(draft / "study", seed=random_seed, progress=Part(watch, 0.0, 0.15))
        stages = Stages(Part(watch, 0.15, 1.0))
        bundle = bundle_of_study(
            written.files, form, stages=stages, share=0.6, origin=BoneScanOrigin.of_sample(random_seed)
        )
        found = _write_all(bundle, draft, Path(out), form, stages)
    remove_stale(found.folder, _OUTPUTS, found.outputs)
    return found


def run_bonescan_request(
    request: Path, out: str | os.PathLike[str], *, scene: bool = True, progress: Progress | None = None
) -> BoneScanReport:
    """Classify the views in the folder of a request and write all that ``run_bonescan`` does; raises as it."""
    form, stages = ScanForm(scene=scene), Stages(progress)
    _require(Path(out), ("bundle", "pictures"), form)
    with atomic_folder(out) as draft:
        bundle = answer_request(request, stages=stages, share=0.6)
        found = _write_all(bundle, draft, Path(out), form, stages)
    remove_stale(found.folder, _OUTPUTS, found.outputs)
    return found


def _require(out: Path, folders: Sequence[str], form: ScanForm) -> None:
    require_replaceable(out, {name: _MARKS[name] for name in folders})
    if form.scene:
        require_scene()


def _write_all(bundle: BoneScanBundle, draft: Path, out: Path, form: ScanForm, stages: Stages) -> BoneScanReport:
    with stages("pictures", share=0.6):
        (draft / "pictures").mkdir()
        pictures = [Picture(bonescan_picture(bundle, draft / "pictures" / "views.png"), _caption(bundle))]
    if form.scene:
        with stages("scene", share=0.7):
            _write_scene(bundle, draft / "scene.mrb")
    with stages("report", share=0.95):
        if bundle.provenance is not None:
            seconds = {name: round(value, 3) for name, value in stages.seconds.items()}
            provenance = replace(bundle.provenance, seconds={**bundle.provenance.seconds, **seconds})
            bundle = replace(bundle, provenance=provenance)
            text = json.dumps(provenance.to_dict(), indent=2, ensure_ascii=False)
            (draft / "provenance.json").write_text(text + "\n", encoding="utf-8")
        write_bonescan(bundle, draft / "bundle")
        for table in bundle.tables:
            write_table(table, draft / f"{table.name.lower()}.csv")
        write_bonescan_report(bundle, pictures, draft / "report.html")
    outputs = tuple(out / name for name in _OUTPUTS if (draft / name).exists())
    return BoneScanReport(out, outputs, bundle)


def _write_scene(bundle: BoneScanBundle, path: Path) -> None:
    from oncologyai import host, scene

    host.start()
    scene.scene_from_bonescan(bundle)
    scene.save_mrb(path)


def _caption(bundle: BoneScanBundle) -> str:
    views = " and ".join(bundle.views)
    return f"{views} in grey, then with the map ({bundle.value('map')}) of the class '{bundle.value('explained')}'"
