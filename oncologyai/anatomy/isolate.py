"""Lung isolation: the region that a lung tumour can lie in, whatever it has done to its lung."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oncologyai._checks import check_positive, check_range
from oncologyai.anatomy._grid import PatientAxes, WorkingGrid
from oncologyai.anatomy._morphology import bounding_box, dilate_discs, erode_discs
from oncologyai.anatomy.airways import find_airways
from oncologyai.anatomy.body import find_body
from oncologyai.anatomy.lungs import AirFilled, find_air_filled_lungs, split_sides
from oncologyai.anatomy.mirror import fill_pockets, unite_with_mirror
from oncologyai.anatomy.spine import find_spine_axis
from oncologyai.errors import EmptyMaskError, InputError, ModalityError, UnitsError
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.types import Code, Mask, MaskKind, Terminology, Volume

__all__ = ["LungConfig", "LungIsolation", "apply_region", "isolate_lungs"]

_OPAQUE_SHARE = 0.4  # a lung with less than this share of the other's air is worth a note
_REFINE_MM = 2.5  # the band on both sides of a working voxel's edge in which the image's own voxels decide

_ANATOMY = Code("123037004", "SCT", "Anatomical Structure")
_LUNG = Code("39607008", "SCT", "Lung")
_LUNGS = Terminology(_ANATOMY, _LUNG, None, (197, 165, 145))
_LEFT_LUNG = Terminology(_ANATOMY, _LUNG, Code("7771000", "SCT", "Left"), (172, 138, 115))
_RIGHT_LUNG = Terminology(_ANATOMY, _LUNG, Code("24028007", "SCT", "Right"), (202, 164, 140))
_THORAX = Terminology(_ANATOMY, Code("43799004", "SCT", "Thoracic cavity"), None, (120, 170, 220))


@dataclass(frozen=True)
class LungConfig:
    """How the lungs are isolated; the defaults marked [1] are as published.

    Parameters
    ----------
    air_hu : float
        What is below counts as air.
    closing_mm : float
        Radius of the disc that takes vessels and walls into the lung mask.
    margin_mm : float
        Radius of the disc that widens the final region; 5 pixels of 1 mm in [1].
    mirror : bool
        Whether the lungs are mirrored about the spine and united [1].
    pocket_mm : float
        Radius of the disc that closes the pockets of each half's region at the hilum and the heart; 0 leaves them
        open, as in [1].
    moving_average, start_slices, alpha : int, int, float
        Filter of the coronal profile (7), slices that start the axis (5) and weight of the exponential smoothing
        (0.3) [1].
    smallest_lungs_ml : float
        With less aerated lung than this there are no lungs in the image.
    working_mm : float
        Edge of the voxels that the search runs on.

    Raises
    ------
    InputError
        If a value is outside its range.

    References
    ----------
    .. [1] Primakov et al., Nat Commun 13, 3423 (2022): Lung region isolation.
    """

    air_hu: float = -400.0
    closing_mm: float = 10.0
    margin_mm: float = 5.0  # ch. 6, Lung region isolation: circle of r = 5 on the 1 mm grid
    mirror: bool = True
    pocket_mm: float = 20.0  # not published: keeps central tumours, see docstring
    moving_average: int = 7  # ch. 6, Lung region isolation
    start_slices: int = 5  # ch. 6, eq. 1
    alpha: float = 0.3  # ch. 6, eq. 2
    smallest_lungs_ml: float = 150.0
    working_mm: float = 2.0

    def __post_init__(self) -> None:
        check_range(self.air_hu, -900.0, -200.0, "air_hu")
        check_range(self.closing_mm, 0.0, 50.0, "closing_mm")
        check_range(self.margin_mm, 0.0, 50.0, "margin_mm")
        check_range(self.pocket_mm, 0.0, 60.0, "pocket_mm")
        check_range(self.moving_average, 1, 51, "moving_average")
        check_range(self.start_slices, 1, 100, "start_slices")
        check_range(self.alpha, 0.0, 1.0, "alpha")
        check_positive(self.smallest_lungs_ml, "smallest_lungs_ml", "ml")
        check_range(self.working_mm, 0.5, 4.0, "working_mm")


@dataclass(frozen=True, eq=False)
class LungIsolation:
    """What lung isolation found, every mask on the grid of the image.

    Attributes
    ----------
    body : Mask
        The patient without couch, cavities filled.
    lungs, left, right : Mask
        The aerated lungs with their vessels, and the patient's own left and right of them. A lung without air is
        empty here, and yet within ``region``.
    region : Mask
        The lungs united with their mirror image and widened by the margin.
    spine_ras : ndarray, shape (n, 3), float64
        Centre of the spine in RAS mm on each slice that holds lung, from the feet upwards.
    airways, couch : Mask
        Trachea and main bronchi; what is neither air nor patient.
    notes : tuple of str
        What was unusual.
    """

    body: Mask
    lungs: Mask
    left: Mask
    right: Mask
    region: Mask
    spine_ras: np.ndarray
    airways: Mask
    couch: Mask
    notes: tuple[str, ...]

    def is_right(self, ras: np.ndarray) -> np.ndarray:
        """Tell for points (..., 3) in RAS mm whether they lie to the patient's right of the spine's axis.

        This is the side of a finding for lung-wise detection, also where that lung holds no air.
        """
        points = np.asarray(ras, dtype=np.float64)
        return points[..., 0] > np.interp(points[..., 2], self.spine_ras[:, 2], self.spine_ras[:, 0])


def isolate_lungs(
    volume: Volume, config: LungConfig | None = None, *, progress: Progress | None = None
) -> LungIsolation:
    """Isolate the lung region of a CT, with what a tumour, collapse or consolidation has made opaque.

    Parameters
    ----------
    volume : Volume
        CT in HU, any orientation, with or without abdomen, neck and couch.
    config : LungConfig, optional
        Defaults as published.
    progress : Progress, optional
        Asked for cancellation between the steps.

    Returns
    -------
    LungIsolation
        Masks on the grid of ``volume``.

    Raises
    ------
    ModalityError
        If the image is not a CT.
    UnitsError
        If its unit is not HU.
    EmptyMaskError
        If it shows no lungs. Also an InputError.

    References
    ----------
    .. [1] Primakov et al., Nat Commun 13, 3423 (2022): Lung region isolation, eq. 1 and 2.
    """
    config = config or LungConfig()
    _check_ct(volume)
    return _Isolation(volume, config, progress or Silent()).run()


def apply_region(volume: Volume, region: Mask, *, air: float = -1000.0) -> Volume:
    """Set everything outside the region to air.

    Parameters
    ----------
    volume : Volume
        HU or harmonised values.
    region : Mask
        On the same grid.
    air : float
        What air is in ``volume``: -1000 in HU, 0 in the preset ``lung-ct``.

    Returns
    -------
    Volume
        A copy, of the same type.

    Raises
    ------
    GeometryMismatchError
        If the grids differ.
    InputError
        If ``air`` does not fit the image's type.
    """
    volume.require_same_grid(region, "region")
    if np.issubdtype(volume.array.dtype, np.integer):
        limits = np.iinfo(volume.array.dtype)
        if not (limits.min <= air <= limits.max and float(air).is_integer()):
            raise InputError("air", expected=f"a value of {volume.array.dtype}", got=f"{air:g}")
    return volume.with_array(np.where(region.array, volume.array, volume.array.dtype.type(air)))


def _check_ct(volume: Volume) -> None:
    if volume.modality != "CT":
        raise ModalityError(
            "volume", expected="a CT image", got=f"modality {volume.modality}", remedy="choose the CT of the study"
        )
    if volume.unit != "HU":
        raise UnitsError("volume", expected="Hounsfield units", got=f"unit {volume.unit}")


class _Isolation:
    """One run: the image along the patient's axes, the working grid, and what is found step by step."""

    def __init__(self, volume: Volume, config: LungConfig, progress: Progress) -> None:
        self.volume, self.config, self.progress = volume, config, progress
        self.axes = PatientAxes.of(volume.shape, volume.ijk_to_ras)
        self.fine = self.axes.turn(volume.array)
        s, a, r = self.fine.shape
        self.grid = WorkingGrid.of((s, a, r), self.axes.sampling_mm, config.working_mm)
        self.notes: list[str] = []

    def run(self) -> LungIsolation:
        sampling = self.grid.sampling_mm
        hu = self.grid.shrink(self.fine)
        check_cancelled(self.progress)
        body = find_body(hu, sampling)
        check_cancelled(self.progress)
        airways = find_airways(hu, body.inside, sampling)
        check_cancelled(self.progress)
        air = find_air_filled_lungs(hu, body.inside, airways, sampling, air_hu=self.config.air_hu)
        self._require_lungs(air)
        check_cancelled(self.progress)
        spine = self._spine(hu, body.inside, air)
        sides, parted = split_sides(hu, air, spine[:, 1], sampling, closing_mm=self.config.closing_mm)
        self._note_sides(sides, parted)
        check_cancelled(self.progress)
        box = self._box(sides.both, spine[:, 1])
        left = self._refine(sides.left & ~airways, airways, box)
        right = self._refine(sides.right & ~airways, airways, box) & ~left
        check_cancelled(self.progress)
        region = self._region(left | right, sides.both & ~airways, spine[:, 1], box)
        levels = np.flatnonzero(air.any(axis=(1, 2)))
        return LungIsolation(
            body=self._coarse_mask(body.inside, "Body"),
            lungs=self._fine_mask(left | right, box, "Lungs", _LUNGS),
            left=self._fine_mask(left, box, "Left lung", _LEFT_LUNG),
            right=self._fine_mask(right, box, "Right lung", _RIGHT_LUNG),
            region=self._fine_mask(region, box, "Lung region", _THORAX, "region"),
            spine_ras=self._spine_ras(spine, levels),
            airways=self._coarse_mask(airways, "Airways"),
            couch=self._coarse_mask(body.couch, "Couch"),
            notes=tuple(self.notes),
        )

    def _require_lungs(self, air: np.ndarray) -> None:
        found_ml = np.count_nonzero(air) * self.grid.voxel_ml
        if found_ml < self.config.smallest_lungs_ml:
            raise EmptyMaskError(
                "volume",
                expected=f"lungs: at least {self.config.smallest_lungs_ml:g} ml of aerated lung within the body",
                got=f"{found_ml:.0f} ml",
                remedy="give a CT of the chest, or segment without lung isolation",
            )

    def _spine(self, hu: np.ndarray, body: np.ndarray, air: np.ndarray) -> np.ndarray:
        """Give row and column of the spine for every slice; beyond the lungs the nearest slice's."""
        levels = np.flatnonzero(air.any(axis=(1, 2)))
        inner = slice(int(levels[0]), int(levels[-1]) + 1)
        found = find_spine_axis(
            hu[inner],
            body[inner],
            self.grid.sampling_mm,
            moving_average=self.config.moving_average,
            start_slices=self.config.start_slices,
            alpha=self.config.alpha,
        )
        if not np.isfinite(found).all():
            self.notes.append("no spine seen: the lungs were mirrored about the middle of the body")
            columns = np.flatnonzero(body.any(axis=(0, 1)))
            rows = np.flatnonzero(body.any(axis=(0, 2)))
            found = np.full((len(found), 2), [(rows[0] + rows[-1]) / 2, (columns[0] + columns[-1]) / 2])
        return np.pad(found, ((inner.start, hu.shape[0] - inner.stop), (0, 0)), mode="edge")

    def _note_sides(self, sides: AirFilled, parted: bool) -> None:
        if not parted:
            self.notes.append("the lungs touch: left and right were cut at the spine's axis")
        lungs = sides.both
        if any(side.any() for side in (lungs[:, 0], lungs[:, -1], lungs[:, :, 0], lungs[:, :, -1])):
            self.notes.append("the image's border cuts the lungs: they may be incomplete")
        left, right = (np.count_nonzero(side) * self.grid.voxel_ml for side in (sides.left, sides.right))
        name, small, large = ("left", left, right) if left < right else ("right", right, left)
        if small < _OPAQUE_SHARE * large:
            self.notes.append(
                f"the {name} lung holds little air ({small:.0f} ml, the other {large:.0f} ml): "
                "its place was taken from the other's mirror image"
            )

    def _box(self, lungs: np.ndarray, columns: np.ndarray) -> tuple[slice, slice, slice]:
        """Give the blocks that can hold the region: the lungs, their mirror image and the margin."""
        _, row_mm, column_mm = self.grid.sampling_mm
        margin = max(self.config.margin_mm, self.config.closing_mm) + _REFINE_MM
        s, a, r = bounding_box(lungs, (0, int(margin / row_mm) + 2, int(margin / column_mm) + 2))
        mirrored = np.concatenate([2 * columns[s] - r.start, 2 * columns[s] - r.stop])
        low = max(0, min(r.start, int(mirrored.min()) - 1))
        high = min(lungs.shape[2], max(r.stop, int(mirrored.max()) + 2))
        return s, a, slice(low, high)

    def _refine(self, side: np.ndarray, airways: np.ndarray, box: tuple[slice, slice, slice]) -> np.ndarray:
        """Bring a coarse lung to the image's own voxels: its border follows the air, its inside is kept."""
        side, airways = side[box], airways[box]
        around = dilate_discs(side, _REFINE_MM, self.grid.sampling_mm) & ~airways
        inside = erode_discs(side, _REFINE_MM, self.grid.sampling_mm)
        air = self.fine[self.grid.fine_box(box)] < self.config.air_hu
        return (self.grid.expand(around, box) & air) | self.grid.expand(inside, box)

    def _region(
        self, lungs: np.ndarray, coarse: np.ndarray, columns: np.ndarray, box: tuple[slice, slice, slice]
    ) -> np.ndarray:
        """Unite the lungs with their mirror image and widen them, within the box of fine voxels."""
        if self.config.mirror:
            fine_box = self.grid.fine_box(box)
            lungs = unite_with_mirror(lungs, self._fine_column(columns)[fine_box[0]] - fine_box[2].start)
        if self.config.pocket_mm > 0:
            inner = columns[box[0]] - box[2].start
            united = unite_with_mirror(coarse[box], inner) if self.config.mirror else coarse[box]
            pockets = fill_pockets(united, inner, self.grid.sampling_mm, radius_mm=self.config.pocket_mm)
            lungs = lungs | self.grid.expand(pockets, box)
        return dilate_discs(lungs, self.config.margin_mm, self.axes.sampling_mm)

    def _fine_column(self, columns: np.ndarray) -> np.ndarray:
        """Give the spine's column in fine voxels for each fine slice, linear between the working slices."""
        f_s, _, f_r = self.grid.factors
        centres = (np.arange(len(columns)) + 0.5) * f_s - 0.5
        return np.interp(np.arange(self.fine.shape[0]), centres, (columns + 0.5) * f_r - 0.5)

    def _spine_ras(self, spine: np.ndarray, levels: np.ndarray) -> np.ndarray:
        factors = np.array(self.grid.factors)
        coarse = np.column_stack([levels, spine[levels]])
        return self.axes.ras((coarse + 0.5) * factors - 0.5)

    def _mask(self, array: np.ndarray, label: str, code: Terminology | None, kind: MaskKind) -> Mask:
        return Mask(self.axes.turn_back(array), self.volume.ijk_to_ras, label, code, kind)

    def _coarse_mask(self, coarse: np.ndarray, label: str) -> Mask:
        return self._mask(self.grid.expand(coarse), label, None, "organ")

    def _fine_mask(
        self, part: np.ndarray, box: tuple[slice, slice, slice], label: str, code: Terminology, kind: MaskKind = "organ"
    ) -> Mask:
        whole = np.zeros(self.fine.shape, dtype=bool)
        whole[self.grid.fine_box(box)] = part
        return self._mask(whole, label, code, kind)
