"""Writing a synthetic study as DICOM, with the truth about it beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from scipy import ndimage

from oncologyai._atomic import atomic_folder
from oncologyai._checks import check_choice
from oncologyai.errors import InputError
from oncologyai.imaging import write_dicom_series, write_rtstruct
from oncologyai.imaging.rtstruct_write import uid_from_content
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.samples.petct import PATIENT_KG, PetCtSpec, make_petct, pet_attributes
from oncologyai.samples.thorax import ThoraxSpec, make_thorax
from oncologyai.types import Mask, Volume

__all__ = ["SAMPLES", "Sample", "SampleDraft", "SampleTruth", "deepest_point", "write_sample"]

_NOTICE = "Synthetic image made by OncologyAI: no patient, not for clinical use"
_WRITTEN_AT = datetime(2024, 2, 29, 10, 0, 0)


@dataclass(frozen=True, eq=False)
class SampleDraft:
    """A synthetic study before it is written.

    ``images`` by folder name (CT, PET); ``masks`` on the grid of ``images[drawn_on]``; ``volumes_ml`` and ``suv`` the
    true values by label; ``attributes`` DICOM attributes by folder name.
    """

    images: Mapping[str, Volume]
    drawn_on: str
    masks: tuple[Mask, ...]
    volumes_ml: Mapping[str, float]
    attributes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    suv: Mapping[str, float] = field(default_factory=dict)
    pet_masks: tuple[Mask, ...] = ()


@dataclass(frozen=True, eq=False)
class SampleTruth:
    """A written synthetic study and what is true of it.

    Parameters
    ----------
    name : str
        Which sample.
    folder : Path
        Holds the DICOM study in folders by modality, and ``truth.json``.
    modality : str
        DICOM modality of the image that shows the lesion best.
    label : str
        The lesion's label, GTV-1.
    seeds_ras : tuple of (x, y, z)
        The lesion's deepest point in RAS mm, on the grid of that image.
    volumes_ml : mapping
        Volume of each lesion from its formula, by label.
    suv : mapping
        Body-weight SUV of each lesion by label, the same in all its PET voxels; empty without PET.
    masks : tuple of Mask
        Truth on the CT's grid, the lesion first.
    pet_masks : tuple of Mask
        Truth on the PET's grid, the lesion first; empty without PET.
    images : mapping
        What was written, by folder name.
    """

    name: str
    folder: Path
    modality: str
    label: str
    seeds_ras: tuple[tuple[float, float, float], ...]
    volumes_ml: Mapping[str, float]
    suv: Mapping[str, float]
    masks: tuple[Mask, ...]
    pet_masks: tuple[Mask, ...]
    images: Mapping[str, Volume]


@dataclass(frozen=True)
class Sample:
    """A synthetic study that can be written: what it is, its spec's class, and how it is made."""

    title: str
    spec: type
    modality: str
    make: Callable[[Any, np.random.Generator, Progress], SampleDraft]


def _make_ct(spec: ThoraxSpec, rng: np.random.Generator, progress: Progress) -> SampleDraft:
    thorax = make_thorax(spec, rng, progress=progress)
    volumes = {f"GTV-{n}": lesion.volume_ml for n, lesion in enumerate(thorax.lesions, start=1)}
    return SampleDraft({"CT": thorax.volume}, "CT", thorax.masks, volumes)


def _make_petct(spec: PetCtSpec, rng: np.random.Generator, progress: Progress) -> SampleDraft:
    trunk = make_petct(spec, rng, progress=progress)
    volumes = {f"GTV-{n}": lesion.volume_ml for n, lesion in enumerate(trunk.lesions, start=1)}
    return SampleDraft(
        {"CT": trunk.ct, "PET": trunk.pet},
        "CT",
        trunk.masks,
        volumes,
        {"CT": {"BodyPartExamined": "CHESTABDPELVIS"}, "PET": pet_attributes(spec)},
        trunk.suv,
        trunk.pet_masks,
    )


SAMPLES: dict[str, Sample] = {
    "ct": Sample("synthetic chest CT with a lung tumour of known shape", ThoraxSpec, "CT", _make_ct),
    "petct": Sample("synthetic PET/CT of a trunk with a lesion of known uptake", PetCtSpec, "PT", _make_petct),
}


def write_sample(
    name: str,
    folder: str | os.PathLike[str],
    *,
    seed: int = 20240229,
    spec: Any = None,
    progress: Progress | None = None,
) -> SampleTruth:
    """Write a synthetic study as DICOM; the same name, seed and spec give the same bytes.

    Parameters
    ----------
    name : str
        One of ``SAMPLES``.
    folder : path
        Gets ``CT/`` (and ``PET/``), ``RTSTRUCT/`` and ``truth.json``, all or nothing.
    seed : int, >= 0
        Start of all randomness.
    spec : optional
        What to make, of the sample's own spec class; its defaults when omitted.
    progress : Progress, optional
        Told the stages.

    Returns
    -------
    SampleTruth
        What was written and what is true of it.

    Raises
    ------
    InputError
        If the name is unknown, the seed negative or the spec of another sample.
    OutputError
        If the folder cannot be written.
    CancelledError
        If ``progress`` says so; nothing is left then.
    """
    check_choice(name, SAMPLES, "sample")
    sample, watcher = SAMPLES[name], progress or Silent()
    if seed < 0:
        raise InputError("seed", expected="a whole number from 0", got=str(seed))
    wanted = sample.spec() if spec is None else spec
    if not isinstance(wanted, sample.spec):
        raise InputError("spec", expected=f"a {sample.spec.__name__}", got=type(wanted).__name__)
    draft = sample.make(wanted, np.random.default_rng(seed), watcher)
    target = Path(folder)
    with atomic_folder(target) as place:
        check_cancelled(watcher)
        watcher.stage("writing DICOM", 0.9)
        images = _write_images(draft, place, target, _identity(name, seed, wanted))
        check_cancelled(watcher)
        write_rtstruct(draft.masks, images[draft.drawn_on], place / "RTSTRUCT" / "RTSTRUCT.dcm", written_at=_WRITTEN_AT)
        check_cancelled(watcher)
        truth = _truth(name, sample, target, draft, images)
        told = _told(truth, seed, wanted)
        (place / "truth.json").write_text(json.dumps(told, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return truth


def deepest_point(mask: Mask) -> tuple[float, float, float]:
    """Give the RAS point of the voxel that is farthest, in mm, from the mask's outside."""
    box = ndimage.find_objects(mask.array.astype(np.uint8))[0]
    depth = ndimage.distance_transform_edt(np.pad(mask.array[box], 1), sampling=mask.sampling_mm)
    inside = np.array(np.unravel_index(int(np.argmax(depth)), depth.shape)) - 1
    k, j, i = (int(n) + part.start for n, part in zip(inside, box, strict=True))
    x, y, z = mask.ras_from_ijk((i, j, k))
    return round(float(x), 3), round(float(y), 3), round(float(z), 3)


def _identity(name: str, seed: int, spec: Any) -> dict[str, Any]:
    """Attributes that all series of the study share: plainly synthetic."""
    told = (name, str(seed), repr(spec))
    return {
        "PatientName": f"SYNTHETIC^{SAMPLES[name].spec.__name__.removesuffix('Spec').upper()}",
        "PatientID": f"SYNTHETIC-{name.upper()}-{seed}",
        "PatientBirthDate": "19600101",
        "PatientSex": "F",
        "PatientAge": "064Y",
        "PatientWeight": f"{PATIENT_KG:g}",
        "PatientSize": "1.7",
        "StudyDate": "20240229",
        "StudyTime": "100000",
        "StudyID": "1",
        "AccessionNumber": "SYNTHETIC",
        "StudyDescription": SAMPLES[name].title,
        "StudyInstanceUID": uid_from_content("study", *told),
        "FrameOfReferenceUID": uid_from_content("frame of reference", *told),
        "Manufacturer": "OncologyAI synthetic",
        "ManufacturerModelName": "OncologyAI samples",
        "InstitutionName": "SYNTHETIC",
        "BodyPartExamined": "CHEST",
        "ImageComments": _NOTICE,
    }


def _write_images(draft: SampleDraft, place: Path, target: Path, identity: Mapping[str, Any]) -> dict[str, Volume]:
    """Write each image into its folder; their sources name the files where they will be."""
    written = {}
    for number, (name, volume) in enumerate(draft.images.items(), start=1):
        series = {
            "SeriesNumber": number,
            "SeriesDescription": str(volume.meta.get("description", "synthetic")),
            "SeriesInstanceUID": uid_from_content("series", name, str(identity["StudyInstanceUID"])),
        }
        attributes = {**identity, **series, **_scanner(volume), **draft.attributes.get(name, {})}
        done = write_dicom_series(volume, place / name, attributes=attributes)
        if done.dicom is not None:
            files = tuple(str(target / name / Path(file).name) for file in done.dicom.files)
            done = replace(done, dicom=replace(done.dicom, files=files))
        written[name] = done
    return written


def _scanner(volume: Volume) -> dict[str, Any]:
    if volume.modality != "CT":
        return {}
    return {
        "KVP": "120",
        "XRayTubeCurrent": "200",
        "ConvolutionKernel": "SYNTHETIC",
        "AcquisitionDate": "20240229",
        "AcquisitionTime": "100000",
    }


def _truth(name: str, sample: Sample, target: Path, draft: SampleDraft, images: Mapping[str, Volume]) -> SampleTruth:
    shown = draft.pet_masks if sample.modality == "PT" else draft.masks
    return SampleTruth(
        name=name,
        folder=target,
        modality=sample.modality,
        label=shown[0].label,
        seeds_ras=(deepest_point(shown[0]),),
        volumes_ml=dict(draft.volumes_ml),
        suv=dict(draft.suv),
        masks=draft.masks,
        pet_masks=draft.pet_masks,
        images=images,
    )


def _told(truth: SampleTruth, seed: int, spec: Any) -> dict[str, Any]:
    """What ``truth.json`` says."""
    return {
        "notice": _NOTICE,
        "sample": truth.name,
        "seed": seed,
        "modality": truth.modality,
        "lesion": truth.label,
        "seeds_ras_mm": [list(point) for point in truth.seeds_ras],
        "volumes_ml": {label: round(ml, 4) for label, ml in truth.volumes_ml.items()},
        "voxel_volumes_ml": {mask.label: round(mask.volume_ml, 4) for mask in truth.masks},
        "suv_bw": dict(truth.suv),
        "spec": asdict(spec),
    }
