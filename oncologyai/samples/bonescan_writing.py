"""Writing synthetic bone scans as DICOM NM, with the truth beside them: one sample, or the cohort of a centre."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from oncologyai._atomic import atomic_file, atomic_folder
from oncologyai.errors import InputError
from oncologyai.imaging import View, write_nm_whole_body, write_seg_nrrd
from oncologyai.imaging.rtstruct_write import uid_from_content
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.samples.bonescan import BoneScan, BoneScanSpec, make_bonescan
from oncologyai.samples.bonescan_cohort import CohortCase, make_cohort_case
from oncologyai.samples.gamma_camera import Camera

__all__ = ["WrittenBoneScan", "write_bonescan_cohort", "write_bonescan_sample"]

_NOTICE = "Synthetic image made by OncologyAI: no patient, not for clinical use"
_COLUMNS = ("case", "centre", "metastases", "scan", "camera", "count", "seed")


@dataclass(frozen=True, eq=False)
class WrittenBoneScan:
    """A written scan: its folder, the one or two DICOM files in it, and what is true of it."""

    folder: Path
    files: tuple[Path, ...]
    scan: BoneScan


def write_bonescan_sample(
    folder: str | os.PathLike[str],
    *,
    seed: int = 20240229,
    spec: BoneScanSpec | None = None,
    progress: Progress | None = None,
) -> WrittenBoneScan:
    """Write a synthetic bone scan; the same seed and spec give the same bytes.

    Parameters
    ----------
    folder : path
        Gets ``NM/`` with one DICOM file, or one a view as the camera does it, ``truth_anterior.seg.nrrd`` and
        ``truth_posterior.seg.nrrd`` where that view shows metastases, and ``truth.json``; all or nothing.
    seed : int, >= 0
        Start of all randomness.
    spec : BoneScanSpec, optional
        What to make; six metastases when omitted.
    progress : Progress, optional
        Told the stages.

    Raises
    ------
    InputError
        If the seed is negative.
    OutputError
        If the folder cannot be written.
    CancelledError
        If ``progress`` says so; nothing is left then.
    """
    if seed < 0:
        raise InputError("seed", expected="a whole number from 0", got=str(seed))
    wanted, watcher = spec or BoneScanSpec(), progress or Silent()
    scan = make_bonescan(wanted, np.random.default_rng(seed), progress=watcher)
    check_cancelled(watcher)
    watcher.stage("writing DICOM", 0.95)
    return _write(scan, Path(folder), f"SYNTHETIC-BONESCAN-{seed}", wanted, {"seed": seed})


def write_bonescan_cohort(
    cases: tuple[CohortCase, ...], folder: str | os.PathLike[str], *, progress: Progress | None = None
) -> Path:
    """Write the scans of a cohort, each into a folder of its own, and their table.

    What is there already is not made again, so that a call that was cut off goes on.

    Parameters
    ----------
    cases : tuple of CohortCase
        As ``draw_cohort`` gives them.
    folder : path
    progress : Progress, optional
        Told the share of the cases made; asked for cancellation before each.

    Returns
    -------
    Path
        ``cases.csv`` with the columns case, centre, metastases (1 or 0), scan (the folder of its DICOM, relative),
        camera, count (of metastases) and seed.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    CancelledError
        If ``progress`` says so; whole cases stay.
    """
    watcher, target = progress or Silent(), Path(folder)
    rows = []
    for number, case in enumerate(cases):
        check_cancelled(watcher)
        watcher.stage("scans", number / len(cases))
        if not (target / case.name / "truth.json").is_file():
            extra = {"seed": list(case.seed), "centre": case.centre}
            _write(make_cohort_case(case), target / case.name, f"SYNTHETIC-{case.name}", case.spec, extra)
        ill = int(case.has_metastases)
        seeds = "/".join(map(str, case.seed))
        rows.append(
            (case.name, case.centre, ill, f"{case.name}/NM", case.spec.camera.name, case.spec.metastases, seeds)
        )
    table = target / "cases.csv"
    with atomic_file(table) as draft, draft.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(_COLUMNS)
        writer.writerows(rows)
    return table


def _write(scan: BoneScan, folder: Path, patient: str, spec: BoneScanSpec, extra: Mapping[str, Any]) -> WrittenBoneScan:
    camera = spec.camera
    order: tuple[View, ...] = ("posterior", "anterior") if camera.posterior_first else ("anterior", "posterior")
    groups = [order] if camera.one_file else [(view,) for view in order]
    names = ["WB.dcm"] if camera.one_file else [f"WB_{view.upper()}.dcm" for view in order]
    with atomic_folder(folder) as draft:
        (draft / "NM").mkdir()
        for number, (name, group) in enumerate(zip(names, groups, strict=True), start=1):
            told = _attributes(patient, spec, camera, number)
            write_nm_whole_body([scan.views[view] for view in group], draft / "NM" / name, attributes=told)
        for view, masks in scan.masks.items():
            if masks:
                write_seg_nrrd(masks, draft / f"truth_{view}.seg.nrrd")
        truth = json.dumps(_truth(scan, spec, extra), indent=2, sort_keys=True)
        (draft / "truth.json").write_text(truth + "\n", encoding="utf-8")
    return WrittenBoneScan(folder, tuple(folder / "NM" / name for name in names), scan)


def _attributes(patient: str, spec: BoneScanSpec, camera: Camera, number: int) -> dict[str, Any]:
    told = (patient, repr(spec))
    return {
        "PatientName": "SYNTHETIC^BONESCAN",
        "PatientID": patient,
        "PatientBirthDate": "19500101",
        "PatientSex": "O",
        "PatientAge": "074Y",
        "StudyDate": "20240229",
        "StudyTime": "130000",
        "StudyID": "1",
        "AccessionNumber": "SYNTHETIC",
        "StudyDescription": "synthetic whole-body bone scan",
        "SeriesDescription": "synthetic bone scan",
        "SeriesNumber": number,
        "SeriesDate": "20240229",
        "SeriesTime": "130000",
        "AcquisitionDate": "20240229",
        "AcquisitionTime": "130000",
        "StudyInstanceUID": uid_from_content("study", *told),
        "SeriesInstanceUID": uid_from_content("series", str(number), *told),
        "FrameOfReferenceUID": uid_from_content("frame of reference", *told),
        "SOPInstanceUID": uid_from_content("instance", str(number), *told),
        "Manufacturer": "OncologyAI synthetic",
        "ManufacturerModelName": f"synthetic camera {camera.name}",
        "InstitutionName": "SYNTHETIC",
        "ImageComments": _NOTICE,
        "ActualFrameDuration": round(camera.duration_s * 1000.0),
        "ScanVelocity": f"{camera.rows * camera.pixel_mm / camera.duration_s:.4g}",
        "CollimatorGridName": camera.collimator,
        "Radiopharmaceutical": "Tc-99m MDP",
        "RadiopharmaceuticalRoute": "Intravenous",
        "RadiopharmaceuticalStartTime": "100000",
        "RadionuclideTotalDose": "600",
    }


def _truth(scan: BoneScan, spec: BoneScanSpec, extra: Mapping[str, Any]) -> dict[str, Any]:
    """What ``truth.json`` says."""
    return {
        "notice": _NOTICE,
        "metastases": scan.has_metastases,
        "spec": asdict(spec),
        "foci": [
            {
                "label": placed.label,
                **asdict(placed.focus),
                "centre_ras": [round(v, 2) for v in placed.focus.centre_ras],
                "contrast": {view: round(value, 4) for view, value in placed.contrast.items()},
            }
            for placed in scan.foci
        ],
        **extra,
    }
