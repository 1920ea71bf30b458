"""How well a mask agrees with a reference: overlap, surface distances, added path length, detection by lung."""

from __future__ import annotations

from oncologyai.metrics.compare import METRIC_DEFINITIONS, NSCLC_TOLERANCE_MM, compare_masks
from oncologyai.metrics.crop import bounding_box
from oncologyai.metrics.detection import Detection, count_detections, lung_labels, lung_scores, roc_auc
from oncologyai.metrics.diameter import farthest_pair
from oncologyai.metrics.marching_cubes import cell_codes, mesh_area_and_volume, surfel_areas
from oncologyai.metrics.overlap import (
    Confusion,
    Dice2D,
    confusion,
    dice,
    dice_2d,
    dice_by_slice,
    jaccard,
    true_positive_slices,
)
from oncologyai.metrics.path_length import added_path_length_contour_mm, added_path_length_eq7
from oncologyai.metrics.surface import (
    SurfaceDistances,
    hausdorff_mm,
    hd_max_mm,
    hd_mean_mm,
    mean_surface_distance_mm,
    surface_dice,
    surfel_average_distances_mm,
    surfel_distances,
    surfel_hausdorff_mm,
    voxel_surface_distances,
)

__all__ = [
    "METRIC_DEFINITIONS",
    "NSCLC_TOLERANCE_MM",
    "Confusion",
    "Detection",
    "Dice2D",
    "SurfaceDistances",
    "added_path_length_contour_mm",
    "added_path_length_eq7",
    "bounding_box",
    "cell_codes",
    "compare_masks",
    "confusion",
    "count_detections",
    "dice",
    "dice_2d",
    "dice_by_slice",
    "farthest_pair",
    "hausdorff_mm",
    "hd_max_mm",
    "hd_mean_mm",
    "jaccard",
    "lung_labels",
    "lung_scores",
    "mean_surface_distance_mm",
    "mesh_area_and_volume",
    "roc_auc",
    "surface_dice",
    "surfel_areas",
    "surfel_average_distances_mm",
    "surfel_distances",
    "surfel_hausdorff_mm",
    "true_positive_slices",
    "voxel_surface_distances",
]
