"""Distances between the surfaces of two masks, in both conventions in use.

*Voxel surfaces*: the points are the centres of the mask's voxels that share a face with the background (beyond
the image is background); each counts once. *Surfels*: the points are the corners between voxels that the surface
passes, each weighted by the area of the marching-cubes surface in its cell, as in the surface-distance package.

Two empty masks agree: distances 0, surface Dice 1. One empty mask: distances infinite, surface Dice 0.
Voxel axes are taken as orthogonal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import binary_erosion
from scipy.spatial import cKDTree

from oncologyai._checks import check_range
from oncologyai.metrics.crop import crop_pair
from oncologyai.metrics.marching_cubes import cell_codes, surfel_areas
from oncologyai.types import Mask

__all__ = [
    "SurfaceDistances",
    "hausdorff_mm",
    "hd_max_mm",
    "hd_mean_mm",
    "mean_surface_distance_mm",
    "surface_dice",
    "surfel_average_distances_mm",
    "surfel_distances",
    "surfel_hausdorff_mm",
    "voxel_surface_distances",
]

Sampling = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class SurfaceDistances:
    """Distances from each surface point of one mask to the nearest surface point of the other.

    Parameters
    ----------
    from_reference, from_predicted : ndarray, shape (n,) and (m,), mm
        One value a point of the mask named; infinite where the other mask is empty.
    reference_weights, predicted_weights : ndarray, same shapes
        Areas in mm2 for surfels, ones for voxel surfaces.
    """

    from_reference: np.ndarray
    from_predicted: np.ndarray
    reference_weights: np.ndarray
    predicted_weights: np.ndarray

    @property
    def both_empty(self) -> bool:
        """Whether neither mask has a surface."""
        return self.from_reference.size == 0 and self.from_predicted.size == 0

    @property
    def one_empty(self) -> bool:
        """Whether exactly one mask has a surface."""
        return (self.from_reference.size == 0) != (self.from_predicted.size == 0)


def voxel_surface_distances(reference: Mask, predicted: Mask) -> SurfaceDistances:
    """Measure between voxel surfaces.

    Raises
    ------
    GeometryMismatchError
        If the masks are not on one grid.
    """
    reference.require_same_grid(predicted, "predicted")
    first, second = (_voxel_surface(a) for a in crop_pair(reference.array, predicted.array))
    there, back = _distances(first, second, reference.sampling_mm)
    return SurfaceDistances(there, back, np.ones(there.size), np.ones(back.size))


def surfel_distances(reference: Mask, predicted: Mask) -> SurfaceDistances:
    """Measure between surfels; equals ``compute_surface_distances`` of the surface-distance package, unsorted.

    Raises
    ------
    GeometryMismatchError
        If the masks are not on one grid.
    """
    reference.require_same_grid(predicted, "predicted")
    areas = surfel_areas(reference.sampling_mm)
    first, second = (cell_codes(a) for a in crop_pair(reference.array, predicted.array))
    on_first, on_second = ((codes != 0) & (codes != 255) for codes in (first, second))
    there, back = _distances(on_first, on_second, reference.sampling_mm)
    return SurfaceDistances(there, back, areas[first[on_first]], areas[second[on_second]])


def hausdorff_mm(distances: SurfaceDistances) -> float:
    """Give the Hausdorff distance: the largest of all distances (ch. 6 eq. 5)."""
    return hd_max_mm(distances, percent=100.0)


def hd_max_mm(distances: SurfaceDistances, *, percent: float = 95.0) -> float:
    """Give the larger of the two directed percentiles, each point counting once, interpolated linearly.

    Raises
    ------
    InputError
        If ``percent`` is not within 0 to 100.
    """
    return max(_directed_percentiles(distances, percent))


def hd_mean_mm(distances: SurfaceDistances, *, percent: float = 95.0) -> float:
    """Give the mean of the two directed percentiles (DenseHighRes3DNet eq. 8-9).

    Raises
    ------
    InputError
        If ``percent`` is not within 0 to 100.
    """
    return sum(_directed_percentiles(distances, percent)) / 2.0


def mean_surface_distance_mm(distances: SurfaceDistances) -> float:
    """Give the mean of the two directed mean distances, each point counting once (DenseHighRes3DNet eq. 6-7)."""
    if distances.both_empty:
        return 0.0
    if distances.one_empty:
        return float("inf")
    return (float(distances.from_reference.mean()) + float(distances.from_predicted.mean())) / 2.0


def surface_dice(distances: SurfaceDistances, *, tolerance_mm: float) -> float:
    """Give the share of both surfaces, by area, that lies within the tolerance of the other (ch. 6 eq. 6).

    Parameters
    ----------
    distances : SurfaceDistances
        Of ``surfel_distances``.
    tolerance_mm : float, >= 0
        1.18 mm is the variability of five experts in lung tumours (ch. 6, results of dataset 8).

    Raises
    ------
    InputError
        If ``tolerance_mm`` is negative or not finite.
    """
    check_range(tolerance_mm, 0.0, float("inf"), "tolerance_mm")
    if distances.both_empty:
        return 1.0
    near = distances.reference_weights[distances.from_reference <= tolerance_mm].sum()
    near += distances.predicted_weights[distances.from_predicted <= tolerance_mm].sum()
    return float(near / (distances.reference_weights.sum() + distances.predicted_weights.sum()))


def surfel_hausdorff_mm(distances: SurfaceDistances, *, percent: float = 95.0) -> float:
    """Give the larger of the two directed percentiles by area, not interpolated (surface-distance package).

    Raises
    ------
    InputError
        If ``percent`` is not within 0 to 100.
    """
    check_range(percent, 0.0, 100.0, "percent")
    if distances.both_empty:
        return 0.0
    if distances.one_empty:
        return float("inf")
    return max(
        _weighted_percentile(distances.from_reference, distances.reference_weights, percent),
        _weighted_percentile(distances.from_predicted, distances.predicted_weights, percent),
    )


def surfel_average_distances_mm(distances: SurfaceDistances) -> tuple[float, float]:
    """Give the mean distance by area from the reference and from the predicted (surface-distance package)."""
    if distances.both_empty:
        return 0.0, 0.0
    if distances.one_empty:
        return float("inf"), float("inf")
    return (
        float(np.average(distances.from_reference, weights=distances.reference_weights)),
        float(np.average(distances.from_predicted, weights=distances.predicted_weights)),
    )


def _voxel_surface(padded: np.ndarray) -> np.ndarray:
    return padded & ~binary_erosion(padded)


def _directed_percentiles(distances: SurfaceDistances, percent: float) -> tuple[float, float]:
    check_range(percent, 0.0, 100.0, "percent")
    if distances.both_empty:
        return 0.0, 0.0
    if distances.one_empty:
        return float("inf"), float("inf")
    return (
        float(np.percentile(distances.from_reference, percent)),
        float(np.percentile(distances.from_predicted, percent)),
    )


def _weighted_percentile(values: np.ndarray, weights: np.ndarray, percent: float) -> float:
    order = np.lexsort((weights, values))
    share = np.cumsum(weights[order]) / weights.sum()
    at = min(int(np.searchsorted(share, percent / 100.0)), values.size - 1)
    return float(values[order][at])


def _distances(first: np.ndarray, second: np.ndarray, sampling_mm: Sampling) -> tuple[np.ndarray, np.ndarray]:
    return _directed(first, second, sampling_mm), _directed(second, first, sampling_mm)


def _directed(start: np.ndarray, target: np.ndarray, sampling_mm: Sampling) -> np.ndarray:
    """Give the distance from each set point of ``start``, in array order, to the nearest of ``target``."""
    points = np.argwhere(start)
    goals = np.argwhere(target)
    if goals.size == 0 or points.size == 0:
        return np.full(len(points), np.inf)
    sampling = np.asarray(sampling_mm, dtype=np.float64)
    distances = np.zeros(len(points))
    away = ~target[start]
    if away.any():
        tree = cKDTree(goals * sampling, balanced_tree=False)
        _, nearest = tree.query(points[away] * sampling, workers=-1)
        # from whole steps, as a distance transform computes it: a distance equal to the tolerance stays equal
        steps = (points[away] - goals[nearest]) * sampling
        distances[away] = np.sqrt((steps * steps).sum(axis=1))
    return distances
