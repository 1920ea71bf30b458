"""How well a mask agrees with a reference, and the statistics of many: overlap, surfaces, detection, tests."""

from __future__ import annotations

from oncologyai.metrics.agreement import BlandAltman, bland_altman
from oncologyai.metrics.column_tests import ColumnTest, compare_classes
from oncologyai.metrics.compare import METRIC_DEFINITIONS, NSCLC_TOLERANCE_MM, compare_masks
from oncologyai.metrics.crop import bounding_box
from oncologyai.metrics.detection import Detection, count_detections, lung_labels, lung_scores, roc_auc
from oncologyai.metrics.diameter import farthest_pair
from oncologyai.metrics.intervals import DetectionIntervals, Interval, bootstrap_detection, proportion_interval
from oncologyai.metrics.kappa import cohen_kappa, fleiss_kappa
from oncologyai.metrics.localisation import (
    LocalisationSummary,
    MapLocalisation,
    localise_map,
    summarise_localisation,
)
from oncologyai.metrics.marching_cubes import cell_codes, mesh_area_and_volume, surfel_areas
from oncologyai.metrics.multireader import (
    AucEstimates,
    AucTest,
    MultireaderTests,
    compare_modalities,
    compare_standalone,
    estimate_aucs,
)
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
from oncologyai.metrics.precision_recall import PrecisionRecall, precision_recall
from oncologyai.metrics.prediction import PredictionAccuracy, assess_predictions
from oncologyai.metrics.rank_correlation import ColumnGroups, group_columns, spearman_matrix, spearman_with
from oncologyai.metrics.roc import AucDifference, RocPoints, auc_interval, compare_auc, roc_points
from oncologyai.metrics.sign_flip import sign_flip_test
from oncologyai.metrics.significance import PairTest, compare_groups, compare_paired, significance_stars
from oncologyai.metrics.summary import Summary, summarise
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
    "AucDifference",
    "AucEstimates",
    "AucTest",
    "BlandAltman",
    "ColumnGroups",
    "ColumnTest",
    "Confusion",
    "Detection",
    "DetectionIntervals",
    "Dice2D",
    "Interval",
    "LocalisationSummary",
    "MapLocalisation",
    "MultireaderTests",
    "PairTest",
    "PrecisionRecall",
    "PredictionAccuracy",
    "RocPoints",
    "Summary",
    "SurfaceDistances",
    "added_path_length_contour_mm",
    "added_path_length_eq7",
    "assess_predictions",
    "auc_interval",
    "bland_altman",
    "bootstrap_detection",
    "bounding_box",
    "cell_codes",
    "cohen_kappa",
    "compare_auc",
    "compare_classes",
    "compare_groups",
    "compare_masks",
    "compare_modalities",
    "compare_paired",
    "compare_standalone",
    "confusion",
    "count_detections",
    "dice",
    "dice_2d",
    "dice_by_slice",
    "estimate_aucs",
    "farthest_pair",
    "fleiss_kappa",
    "group_columns",
    "hausdorff_mm",
    "hd_max_mm",
    "hd_mean_mm",
    "jaccard",
    "localise_map",
    "lung_labels",
    "lung_scores",
    "mean_surface_distance_mm",
    "mesh_area_and_volume",
    "precision_recall",
    "proportion_interval",
    "roc_auc",
    "roc_points",
    "sign_flip_test",
    "significance_stars",
    "spearman_matrix",
    "spearman_with",
    "summarise",
    "summarise_localisation",
    "surface_dice",
    "surfel_areas",
    "surfel_average_distances_mm",
    "surfel_distances",
    "surfel_hausdorff_mm",
    "true_positive_slices",
    "voxel_surface_distances",
]
