"""A synthetic whole-body bone scan of known truth: both views of one patient, with or without metastases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from oncologyai._checks import check_positive, check_range
from oncologyai.errors import InputError
from oncologyai.imaging import VIEWS, View, planar_ijk_to_ras
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.resources import terminology
from oncologyai.samples.bone_foci import Focus, draw_benign, draw_metastases, plant_metastases, uptake_of
from oncologyai.samples.clouds import Cloud
from oncologyai.samples.gamma_camera import CAMERAS, Camera, Surface, project, scattered, surface_of
from oncologyai.samples.patient_body import draw_pose, make_body
from oncologyai.types import Mask, Volume

__all__ = ["BoneScan", "BoneScanSpec", "PlacedFocus", "make_bonescan"]

_MASK_SHARE = 0.3  # of a focus' largest count: what is above belongs to it
_ORGAN_SHARE = 0.1
_SEEN_CONTRAST = 0.08  # of what lies there without it


@dataclass(frozen=True)
class BoneScanSpec:
    """What a synthetic bone scan holds.

    Parameters
    ----------
    camera : Camera
        One of ``CAMERAS`` or another.
    metastases : int, 0 to 60
        How many.
    worn_joints : float, >= 0
        How many on average; fractures and Paget's disease come by chance when above 0.
    soft_uptake : float, > 0
        Uptake of soft tissue against that of an average patient: high in poor kidneys and early pictures.
    """

    camera: Camera = field(default_factory=lambda: CAMERAS["alpha"])
    metastases: int = 6
    worn_joints: float = 4.0
    soft_uptake: float = 1.0

    def __post_init__(self) -> None:
        check_range(self.metastases, 0, 60, "metastases")
        check_range(self.worn_joints, 0.0, 100.0, "worn_joints")
        check_positive(self.soft_uptake, "soft_uptake")
        if self.metastases != int(self.metastases):
            raise InputError("metastases", expected="a whole number", got=str(self.metastases))


@dataclass(frozen=True)
class PlacedFocus:
    """A focus and how far each view shows it: counts added at its brightest over what lies there without it."""

    focus: Focus
    label: str
    contrast: dict[View, float]


@dataclass(frozen=True, eq=False)
class BoneScan:
    """A synthetic scan and the truth about it.

    ``views`` are one-slice volumes of counts; ``masks`` hold, by view, what each metastasis that the view shows covers
    (contrast 0.08 or more), and ``organs`` what kidneys, bladder, injection site and urine cover; ``foci`` are all,
    benign ones too, the metastases labelled ``Metastasis 1`` and so on.
    """

    views: dict[View, Volume]
    masks: dict[View, tuple[Mask, ...]]
    foci: tuple[PlacedFocus, ...]
    organs: dict[View, tuple[Mask, ...]]

    @property
    def has_metastases(self) -> bool:
        """Whether there is any, seen or not."""
        return any(placed.focus.kind == "metastasis" for placed in self.foci)


def make_bonescan(
    spec: BoneScanSpec,
    rng: np.random.Generator,
    *,
    planted: Sequence[str] = (),
    planted_radius_mm: float = 14.0,
    planted_factor: float = 8.0,
    progress: Progress | None = None,
) -> BoneScan:
    """Make both views of a patient; the same spec and generator state give the same counts.

    Activity is points in three dimensions; each head sees them attenuated by the tissue before them, blurred by their
    distance, with scatter, and counts by Poisson's law.

    Parameters
    ----------
    spec : BoneScanSpec
        What to make.
    rng : Generator
        Source of all randomness: the patient, what is hot and where, the noise.
    planted : sequence of str
        Bones that have a metastasis in their middle beside those drawn, such as 'T9' or 'rib 6 L': for trials of what
        is found where. The same generator state gives the same patient with or without.
    planted_radius_mm, planted_factor : float, > 0
        Their size and added uptake, see ``Focus``.
    progress : Progress, optional
        Told the stages.

    Raises
    ------
    InputError
        If a bone is not known, or a number not above 0.
    CancelledError
        If ``progress`` says so.
    """
    check_positive(planted_radius_mm, "planted_radius_mm", "mm")
    check_positive(planted_factor, "planted_factor")
    watcher = progress or Silent()
    watcher.stage("patient", 0.0)
    body = make_body(draw_pose(rng), rng, soft_uptake=spec.soft_uptake)
    shift = float(rng.normal(0.0, 8.0))
    benign = draw_benign(body, rng, joints=spec.worn_joints) if spec.worn_joints > 0 else []
    chosen = plant_metastases(body, planted, radius_mm=planted_radius_mm, factor=planted_factor)
    foci = [*draw_metastases(body, rng, spec.metastases), *chosen, *benign]
    check_cancelled(watcher)
    watcher.stage("camera", 0.3)
    surface = surface_of(body.soft)
    top = float(body.soft.points[:, 2].max()) + float(rng.uniform(40.0, 150.0))
    heads = _Heads(spec.camera, surface, top, shift)
    plain = {view: heads.seen([body.soft, *body.bones, *body.organs], view) for view in VIEWS}
    check_cancelled(watcher)
    added = [{view: heads.seen([uptake_of(focus, body)], view) for view in VIEWS} for focus in foci]
    check_cancelled(watcher)
    watcher.stage("counts", 0.8)
    views = _count(plain, added, spec.camera, rng)
    labels = _labels(foci)
    contrast = [{view: _contrast(one[view], plain[view]) for view in VIEWS} for one in added]
    placed = tuple(PlacedFocus(_moved(f, heads), n, c) for f, n, c in zip(foci, labels, contrast, strict=True))
    masks = {view: _masks(views[view], placed, [one[view] for one in added], view) for view in VIEWS}
    check_cancelled(watcher)
    organs = {view: _organ_masks(views[view], body.organs, heads, view) for view in VIEWS}
    return BoneScan(views, masks, placed, organs)


@dataclass(frozen=True)
class _Heads:
    """Both heads over a patient, who lies ``shift_mm`` to the right of the couch's middle."""

    camera: Camera
    surface: Surface
    top_mm: float
    shift_mm: float

    def seen(self, clouds: list[Cloud], view: View) -> np.ndarray:
        """Give the mean counts of a view, not yet scaled."""
        return project(
            clouds, self.camera, self.surface, top_mm=self.top_mm, anterior=view == "anterior", shift_mm=self.shift_mm
        )


def _count(
    plain: dict[View, np.ndarray], added: list[dict[View, np.ndarray]], camera: Camera, rng: np.random.Generator
) -> dict[View, Volume]:
    sums = {view: np.sum([plain[view], *(one[view] for one in added)], axis=0) for view in VIEWS}
    means = {view: scattered(total, camera) for view, total in sums.items()}
    means["anterior"] = means["anterior"] * float(np.exp(rng.normal(0.0, 0.03)))
    low, high = np.log(camera.counts)
    scale = float(np.exp(rng.uniform(low, high))) / max(float(sum(m.sum() for m in means.values())), 1e-9)
    spacing = (camera.pixel_mm, camera.pixel_mm)
    views: dict[View, Volume] = {}
    for view, mean in means.items():
        counts = np.minimum(rng.poisson(np.maximum(mean.astype(np.float64), 0.0) * scale), 65535).astype(np.float32)
        matrix = planar_ijk_to_ras(view, (camera.rows, camera.columns), spacing)
        meta = {"view": view, "description": f"synthetic bone scan {view}"}
        views[view] = Volume(counts[None], matrix, "NM", "counts", meta)
    return views


def _labels(foci: list[Focus]) -> list[str]:
    numbers: dict[str, int] = {}
    labels = []
    for focus in foci:
        numbers[focus.kind] = numbers.get(focus.kind, 0) + 1
        labels.append(f"{focus.kind[0].upper()}{focus.kind[1:]} {numbers[focus.kind]}")
    return labels


def _contrast(added: np.ndarray, plain: np.ndarray) -> float:
    place = np.unravel_index(int(np.argmax(added)), added.shape)
    return float(added[place] / max(float(plain[place]), 1e-9)) if added[place] > 0 else 0.0


def _masks(view: Volume, placed: tuple[PlacedFocus, ...], added: list[np.ndarray], name: View) -> tuple[Mask, ...]:
    found = []
    for one, counts in zip(placed, added, strict=True):
        if one.focus.kind == "metastasis" and one.contrast[name] >= _SEEN_CONTRAST:
            inside = counts >= _MASK_SHARE * counts.max()
            found.append(Mask.on(view, inside[None], one.label, code=terminology("metastasis"), kind="lesion"))
    return tuple(found)


def _organ_masks(volume: Volume, organs: tuple[Cloud, ...], heads: _Heads, view: View) -> tuple[Mask, ...]:
    found = []
    for organ in organs:
        counts = heads.seen([organ], view)
        if counts.max() > 0:
            found.append(Mask.on(volume, (counts >= _ORGAN_SHARE * counts.max())[None], organ.name, kind="organ"))
    return tuple(found)


def _moved(focus: Focus, heads: _Heads) -> Focus:
    """Bring a focus from the patient's place to that in the views."""
    x, y, z = focus.centre_ras
    height = (heads.camera.rows - 1) / 2.0 * heads.camera.pixel_mm
    return Focus(
        focus.kind, focus.site, (x + heads.shift_mm, y, z - heads.top_mm + height), focus.radius_mm, focus.factor
    )
