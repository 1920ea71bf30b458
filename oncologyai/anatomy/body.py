"""The patient's body, and the couch apart from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from oncologyai.anatomy._morphology import close_discs, dilate_discs, fill_slices, label_slices, open_discs

__all__ = ["Body", "find_body"]

_TISSUE_HU = -300.0  # between fat (-100) and foam or cloth (below -500)
_SHEET_MM = 4.0  # half the thickness of the thickest sheet that is torn off: couch shells, blankets, cables
_SEAL_MM = 4.0  # half the width of the gaps that are closed
_WALL_MM = 6.0  # a chest wall so thin that it went with the sheets
_AERATED_HU = -930.0  # a lung that the image's border cuts is denser than the air around the patient
_ENCLOSED_SHARE = 0.75  # a cavity with this share of its border on the body is the body's; couch and gaps have less


@dataclass(frozen=True, eq=False)
class Body:
    """What :func:`find_body` found, as bool arrays (S, A, R) of the shape given to it.

    ``inside`` is the body with its cavities filled; ``couch`` is everything else that is not air.
    """

    inside: np.ndarray
    couch: np.ndarray


def find_body(hu: np.ndarray, sampling_mm: tuple[float, float, float]) -> Body:
    """Find the body: the largest thing that is thicker than a sheet.

    Parameters
    ----------
    hu : ndarray, shape (S, A, R)
        Hounsfield units along the patient's axes.
    sampling_mm : tuple of float
        Voxel edges along (S, A, R).

    Returns
    -------
    Body
        Both masks are empty where there is only air.
    """
    tissue = hu > _TISSUE_HU
    core = _largest_part(open_discs(tissue, _SHEET_MM, sampling_mm))
    if not core.any():
        return Body(core, tissue)
    regrown = tissue & dilate_discs(core, _SHEET_MM, sampling_mm)
    cavities = _cavities(hu, tissue, regrown)
    walls = tissue & dilate_discs(cavities, _WALL_MM, sampling_mm)
    inside = fill_slices(close_discs(regrown | cavities | walls, _SEAL_MM, sampling_mm))
    couch = tissue & ~dilate_discs(inside, _SHEET_MM, sampling_mm)
    return Body(inside, couch)


def _cavities(hu: np.ndarray, tissue: np.ndarray, body: np.ndarray) -> np.ndarray:
    """Mark what tissue encloses in a slice, or the image's border cuts, where the body is most of the enclosure."""
    labels, count = label_slices(~tissue)
    size = np.maximum(np.bincount(labels.ravel(), minlength=count + 1), 1)
    aerated = np.bincount(labels.ravel(), weights=hu.ravel(), minlength=count + 1) / size > _AERATED_HU
    enclosed = np.ones(count + 1, dtype=bool)
    for side in (labels[:, 0], labels[:, -1], labels[:, :, 0], labels[:, :, -1]):
        enclosed[np.unique(side)] = False
    border, own = np.zeros(count + 1), np.zeros(count + 1)
    for axis in (1, 2):
        here = [slice(None)] * 3
        there = [slice(None)] * 3
        here[axis], there[axis] = slice(None, -1), slice(1, None)
        for a, b in ((tuple(here), tuple(there)), (tuple(there), tuple(here))):
            edge = (labels[a] > 0) & tissue[b]
            border += np.bincount(labels[a][edge], minlength=count + 1)
            own += np.bincount(labels[a][edge & body[b]], minlength=count + 1)
    kept = (own >= _ENCLOSED_SHARE * np.maximum(border, 1)) & (enclosed | aerated)
    kept[0] = False
    return kept[labels]


def _largest_part(mask: np.ndarray) -> np.ndarray:
    labels, count = ndimage.label(mask)
    if count == 0:
        return mask
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return labels == int(sizes.argmax())
