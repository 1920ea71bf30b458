"""A synthetic FDG PET/CT of a trunk with a lesion of known uptake."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import ndimage

from oncologyai._checks import check_positive, check_range
from oncologyai.errors import InputError
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.resources import terminology
from oncologyai.samples.cage import Cage
from oncologyai.samples.canvas import Canvas, GridSpec
from oncologyai.samples.lesion import Lesion, LesionSpec
from oncologyai.samples.thorax import ThoraxSpec, make_thorax
from oncologyai.types import Mask, Volume

__all__ = ["PATIENT_KG", "PetCt", "PetCtSpec", "make_petct", "pet_attributes"]

PATIENT_KG = 70.0

_F18_HALF_LIFE_S = 6586.2
_F18_POSITRON_FRACTION = 0.967
_SIGMA_PER_FWHM = 1.0 / 2.3548200450309493

# PET columns and rows hold this many of the CT's; slices are the same.
_BINNING = 2


@dataclass(frozen=True)
class _Organ:
    """An ellipsoid with its density and its uptake; ``hu`` None where the chest is painted already."""

    centre: tuple[float, float, float]
    axes: tuple[float, float, float]
    suv: float
    hu: float | None = None
    turn_deg: float = 0.0


# Uptake as seen an hour after injection of FDG; blood pool and liver are the usual points of comparison.
_BODY_SUV, _LUNG_SUV, _MARROW_SUV, _CORD_SUV, _BLADDER_SUV = 0.55, 0.42, 1.3, 1.2, 16.0
_ORGANS = (
    _Organ((62.0, 6.0, -110.0), (80.0, 82.0, 66.0), 2.2),
    _Organ((-18.0, 46.0, -104.0), (54.0, 34.0, 32.0), 2.2),
    _Organ((-92.0, -34.0, -116.0), (31.0, 41.0, 43.0), 1.9),
    _Organ((-62.0, 24.0, -116.0), (41.0, 39.0, 39.0), 1.3),
    _Organ((20.0, 26.0, -36.0), (30.0, 34.0, 40.0), 1.8),
    _Organ((-26.0, 32.0, -42.0), (45.0, 41.0, 45.0), 4.2, None, -25.0),
    _Organ((-28.0, 32.0, -42.0), (31.0, 27.0, 31.0), 1.8, None, -25.0),
    _Organ((62.0, -40.0, -196.0), (27.0, 25.0, 54.0), 2.6, 34.0, 25.0),
    _Organ((-62.0, -40.0, -186.0), (27.0, 25.0, 54.0), 2.6, 34.0, -25.0),
    _Organ((54.0, -36.0, -196.0), (11.0, 10.0, 24.0), 9.0, 10.0, 25.0),
    _Organ((-54.0, -36.0, -186.0), (11.0, 10.0, 24.0), 9.0, 10.0, -25.0),
    _Organ((36.0, -50.0, -260.0), (19.0, 19.0, 90.0), 0.6, 54.0),
    _Organ((-36.0, -50.0, -260.0), (19.0, 19.0, 90.0), 0.6, 54.0),
    _Organ((0.0, 30.0, -312.0), (40.0, 34.0, 28.0), _BLADDER_SUV, 6.0),
)
_BOWEL_SUV, _BOWEL_HU = 1.1, 28.0
_BONE_HU, _PELVIS_SUV = 420.0, 0.9


@dataclass(frozen=True)
class PetCtSpec:
    """What a synthetic PET/CT holds.

    Parameters
    ----------
    ct_grid : GridSpec
        Voxels of the CT; columns and rows must be even. The PET has half as many, twice as wide, and the same slices.
    lesion : LesionSpec
        The hot lesion, labelled GTV-1.
    lesion_suv : float, > 0
        Its body-weight SUV, the same throughout.
    blur_mm : float, >= 0
        Full width at half maximum of the scanner's point spread.
    noise : float, 0 to 1
        Standard deviation of the noise, relative to the local uptake.
    lesion_degraded : bool
        Whether blur and noise reach the lesion too. By default it is set in afterwards, whole voxels at a time, so
        that each of its voxels measures ``lesion_suv`` to the rounding of DICOM's 16 bits.
    dose_bq : float, > 0
        Activity injected.
    uptake_s : float, >= 0
        Seconds from injection to the start of the series, to which the activity is decay corrected.
    """

    ct_grid: GridSpec = field(default_factory=lambda: GridSpec((192, 192, 120), (2.0, 2.0, 4.0), (0.0, 0.0, -97.0)))
    lesion: LesionSpec = field(default_factory=lambda: LesionSpec((70.0, 12.0, 40.0), (16.0, 14.0, 17.0)))
    lesion_suv: float = 8.0
    blur_mm: float = 6.0
    noise: float = 0.06
    lesion_degraded: bool = False
    dose_bq: float = 350e6
    uptake_s: float = 3600.0

    def __post_init__(self) -> None:
        columns, rows, _ = self.ct_grid.size
        if columns % _BINNING or rows % _BINNING:
            raise InputError("ct_grid", expected="even numbers of columns and rows", got=f"{columns}x{rows}")
        check_positive(self.lesion_suv, "lesion_suv")
        check_range(self.blur_mm, 0.0, 100.0, "blur_mm")
        check_range(self.noise, 0.0, 1.0, "noise")
        check_positive(self.dose_bq, "dose_bq", "Bq")
        check_range(self.uptake_s, 0.0, 86000.0, "uptake_s")

    @property
    def pet_grid(self) -> GridSpec:
        """Voxels of the PET."""
        (i, j, k), (across_i, across_j, across_k) = self.ct_grid.size, self.ct_grid.spacing_mm
        spacing = (across_i * _BINNING, across_j * _BINNING, across_k)
        return GridSpec((i // _BINNING, j // _BINNING, k), spacing, self.ct_grid.centre_ras)

    @property
    def bq_ml_per_suv(self) -> float:
        """Activity concentration at the start of the series for SUV 1: remaining dose over body mass in g."""
        return self.dose_bq * 2.0 ** (-self.uptake_s / _F18_HALF_LIFE_S) / (PATIENT_KG * 1000.0)


@dataclass(frozen=True, eq=False)
class PetCt:
    """A synthetic PET/CT and the truth about it: masks on each grid, the lesion first, and its SUV by label."""

    ct: Volume
    pet: Volume
    masks: tuple[Mask, ...]
    pet_masks: tuple[Mask, ...]
    lesions: tuple[Lesion, ...]
    suv: dict[str, float]


def make_petct(spec: PetCtSpec, rng: np.random.Generator, *, progress: Progress | None = None) -> PetCt:
    """Make CT and PET of one trunk; the same spec and generator state give the same voxels.

    Parameters
    ----------
    spec : PetCtSpec
        What to make.
    rng : Generator
        Source of all randomness.
    progress : Progress, optional
        Told the stages.

    Returns
    -------
    PetCt
        The CT in HU and the PET in Bq/ml, decay corrected to the start of the series.

    Raises
    ------
    CancelledError
        If ``progress`` says so.
    """
    watcher = progress or Silent()
    chest = ThoraxSpec(grid=spec.ct_grid, lesion=spec.lesion, noise_hu=16.0)
    thorax = make_thorax(chest, rng, progress=watcher, below=_paint_lower_trunk)
    watcher.stage("uptake", 0.85)
    lungs = [mask.array for mask in thorax.masks if mask.label.startswith("Lung")]
    suv = _binned(_uptake(spec.ct_grid, lungs[0] | lungs[1]))
    check_cancelled(watcher)
    lesion = thorax.lesions[0]
    inside = lesion.voxels(Canvas(spec.pet_grid, 0.0))
    if spec.lesion_degraded:
        suv[inside] = spec.lesion_suv
    suv = _degraded(suv, spec, rng)
    if not spec.lesion_degraded:
        suv[inside] = spec.lesion_suv
    matrix = spec.pet_grid.ijk_to_ras
    activity = (suv.astype(np.float64) * spec.bq_ml_per_suv).astype(np.float32)
    pet = Volume(activity, matrix, "PT", "BQML", {"description": "synthetic PET of a trunk"})
    truth = Mask(inside, matrix, "GTV-1", terminology("tumour"), "lesion")
    ct = Volume(thorax.volume.array, thorax.volume.ijk_to_ras, "CT", "HU", {"description": "synthetic CT of a trunk"})
    return PetCt(ct, pet, thorax.masks, (truth,), thorax.lesions, {"GTV-1": spec.lesion_suv})


def pet_attributes(spec: PetCtSpec) -> dict[str, Any]:
    """Give the DICOM attributes of the PET: what SUV needs, by keyword."""
    scanned_s = 10 * 3600
    injected_s = scanned_s - spec.uptake_s
    day, injected_s = ("20240229", injected_s) if injected_s >= 0.0 else ("20240228", injected_s + 86400.0)
    hours, rest = divmod(injected_s, 3600.0)
    clock = f"{int(hours):02d}{int(rest // 60):02d}{rest % 60:09.6f}"
    return {
        "BodyPartExamined": "CHESTABDPELVIS",
        "Radiopharmaceutical": "Fluorodeoxyglucose",
        "RadiopharmaceuticalRoute": "Intravenous",
        "RadiopharmaceuticalStartTime": clock,
        "RadiopharmaceuticalStartDateTime": day + clock,
        "RadionuclideTotalDose": f"{spec.dose_bq:.10g}",
        "RadionuclideHalfLife": f"{_F18_HALF_LIFE_S:g}",
        "RadionuclidePositronFraction": f"{_F18_POSITRON_FRACTION:g}",
        "RadionuclideCodeSequence": [_code("77004003", "^18^Fluorine")],
        "RadiopharmaceuticalCodeSequence": [_code("35321007", "Fluorodeoxyglucose F^18^")],
        "SeriesDate": "20240229",
        "SeriesTime": "100000",
        "AcquisitionDate": "20240229",
        "AcquisitionTime": "100000",
        "DecayCorrection": "START",
        "Units": "BQML",
        "CorrectedImage": ["DECY", "ATTN", "SCAT", "DTIM", "NORM"],
        "ActualFrameDuration": "180000",
        "FrameReferenceTime": "0",
        "AttenuationCorrectionMethod": "SYNTHETIC",
        "ScatterCorrectionMethod": "SYNTHETIC",
        "ReconstructionMethod": "SYNTHETIC",
    }


def _code(value: str, meaning: str) -> Any:
    from pydicom import Dataset

    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "SCT", meaning
    return item


def _bowel() -> np.ndarray:
    """The course of the bowel, RAS mm (n, 3)."""
    turn = np.linspace(0.0, 14.0 * np.pi, 90)
    return np.stack([58.0 * np.sin(turn), 38.0 + 22.0 * np.cos(0.6 * turn), -196.0 - 5.2 * turn * 0.42], axis=-1)


def _paint_lower_trunk(canvas: Canvas) -> None:
    """Paint the organs below the chest, in HU."""
    canvas.tube(_bowel(), 11.0, _BOWEL_HU)
    for organ in _ORGANS:
        if organ.hu is not None:
            canvas.ellipsoid(organ.centre, organ.axes, organ.hu, turn_deg=organ.turn_deg)
    _paint_pelvis(canvas, _BONE_HU, 220.0)


def _paint_pelvis(canvas: Canvas, shell: float, core: float) -> None:
    for side in (1.0, -1.0):
        for thinner, value in ((0.0, shell), (2.2, core)):
            axes = (46.0 - thinner, 9.0 - thinner, 58.0 - thinner)
            canvas.ellipsoid((82.0 * side, -28.0, -292.0), axes, value, turn_deg=48.0 * side)


def _uptake(grid: GridSpec, lungs: np.ndarray) -> np.ndarray:
    """Uptake as SUV on the CT's grid, without the lesion."""
    canvas, cage = Canvas(grid, 0.0), Cage()
    x, y, z = canvas.coordinates()
    canvas.array += canvas.soft(cage.skin_distance(x, y, z)) * np.float32(_BODY_SUV)
    canvas.array[lungs] = _LUNG_SUV
    low, high = float(z.min()), float(z.max())
    canvas.tube(np.array([[0.0, -50.0, low], [0.0, -50.0, high]]), 14.0, _MARROW_SUV)
    canvas.tube(np.array([[0.0, -73.0, low], [0.0, -73.0, high]]), 6.0, _CORD_SUV)
    canvas.tube(_bowel(), 11.0, _BOWEL_SUV)
    _paint_pelvis(canvas, _PELVIS_SUV, _MARROW_SUV)
    aorta = np.array([[8.0, 36.0, 12.0], [-1.0, 26.0, 49.0], [-22.0, -14.0, 50.0], [-27.0, -40.0, 5.0]])
    canvas.tube(aorta, 12.0, 1.7)
    canvas.tube(np.array([[-27.0, -40.0, 5.0], [-14.0, -34.0, -100.0], [-6.0, -28.0, -250.0]]), 10.0, 1.7)
    breathing = np.ones(grid.shape, dtype=np.float32)
    breathing[lungs] = 0.0
    for organ in _ORGANS:
        canvas.ellipsoid(organ.centre, organ.axes, organ.suv, breathing, turn_deg=organ.turn_deg)
    return canvas.array


def _binned(array: np.ndarray) -> np.ndarray:
    """Mean of the CT voxels that each PET voxel holds."""
    k, j, i = array.shape
    return array.reshape(k, j // _BINNING, _BINNING, i // _BINNING, _BINNING).mean(axis=(2, 4), dtype=np.float32)


def _degraded(suv: np.ndarray, spec: PetCtSpec, rng: np.random.Generator) -> np.ndarray:
    """Blur with the point spread and add noise that grows with uptake."""
    across_i, across_j, across_k = spec.pet_grid.spacing_mm
    sigma = [spec.blur_mm * _SIGMA_PER_FWHM / edge for edge in (across_k, across_j, across_i)]
    blurred = ndimage.gaussian_filter(suv, sigma, mode="nearest") if spec.blur_mm > 0.0 else suv.copy()
    if spec.noise > 0.0:
        grain = ndimage.gaussian_filter(rng.standard_normal(suv.shape, dtype=np.float32), 0.6, mode="wrap")
        blurred *= 1.0 + np.float32(spec.noise / float(grain.std())) * grain
    return np.maximum(blurred, 0.0)
