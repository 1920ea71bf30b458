"""From probabilities to lesions: connected components, the largest of which is GTV-1."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from oncologyai._checks import check_choice, check_range
from oncologyai.errors import InputError
from oncologyai.types import Mask, Terminology, Volume

__all__ = ["postprocess"]

_NEIGHBOURS = {6: 1, 18: 2, 26: 3}


def postprocess(
    probability: Volume,
    *,
    threshold: float = 0.5,
    keep: str = "largest",
    minimum_ml: float = 0.0,
    minimum_probability: float = 0.0,
    neighbours: int = 26,
    label: str = "GTV-1",
    code: Terminology | None = None,
) -> tuple[Mask, ...]:
    """Make lesions of probabilities: voxels above the threshold, gathered in connected components.

    Parameters
    ----------
    probability : Volume
        Values in 0-1.
    threshold : float
        A voxel above it is lesion; 0.99 with the published weights.
    keep : {'largest', 'all'}
        Only the component of most voxels, which is the primary tumour [1], or all, the largest first.
    minimum_ml : float
        Smaller components are dropped.
    minimum_probability : float
        Components whose mean probability is lower are dropped: a network that is not sure has found nothing.
    neighbours : {6, 18, 26}
        Voxels that touch by a face, an edge, or a corner are connected; [1] does not say.
    label : str
        Name of the largest; a number at its end counts on: GTV-1, GTV-2 ...
    code : Terminology, optional
        Of every lesion.

    Returns
    -------
    tuple of Mask
        On the same grid; empty where nothing is found. Of components of one size the one of the lowest voxel is first.

    Raises
    ------
    InputError
        If an argument is outside its range.

    References
    ----------
    .. [1] Primakov et al., Nat Commun 13, 3423 (2022): post-processing.
    """
    check_range(threshold, 0.0, 1.0, "threshold")
    check_choice(keep, {"largest", "all"}, "keep")
    check_range(minimum_ml, 0.0, 1e6, "minimum_ml")
    check_range(minimum_probability, 0.0, 1.0, "minimum_probability")
    if neighbours not in _NEIGHBOURS:
        raise InputError("neighbours", expected="6, 18 or 26", got=str(neighbours))
    above = probability.array > threshold
    structure = ndimage.generate_binary_structure(3, _NEIGHBOURS[neighbours])
    parts, count = ndimage.label(above, structure)
    if not count:
        return ()
    sizes = np.bincount(parts.ravel())[1:]
    means = ndimage.mean(probability.array, parts, np.arange(1, count + 1))
    kept = (sizes * probability.voxel_ml >= minimum_ml) & (np.atleast_1d(means) >= minimum_probability)
    order = [int(n) for n in np.argsort(-sizes, kind="stable") if kept[n]]
    chosen = order[:1] if keep == "largest" else order
    return tuple(
        Mask.on(probability, parts == number + 1, _counted(label, place), code=code)
        for place, number in enumerate(chosen)
    )


def _counted(label: str, place: int) -> str:
    """Count on from the number at the label's end; a label without one gets it from the second on."""
    stem = label.rstrip("0123456789")
    if stem != label:
        return f"{stem}{int(label[len(stem) :]) + place}"
    return label if place == 0 else f"{label}-{place + 1}"
