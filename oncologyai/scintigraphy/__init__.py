"""Whole-body bone scans: their views, and what a network takes of them and says of them."""

from oncologyai.scintigraphy.bone_regions import (
    BONE_REGIONS,
    MIDLINE_REGIONS,
    Side,
    bone_regions_at,
    region_areas_mm2,
    side_at,
)
from oncologyai.scintigraphy.bone_scan_index import BONE_MASSES, BoneScanIndex, estimate_bone_scan_index
from oncologyai.scintigraphy.calibrated import calibrated_probability
from oncologyai.scintigraphy.classifier import BoneScanClassifier, ClassifiedScan, load_bonescan_model, load_classifier
from oncologyai.scintigraphy.figure import BodyFigure, figure_of
from oncologyai.scintigraphy.grey_scale import GREY_REFERENCES, GreyReference, grey_picture, upper_level
from oncologyai.scintigraphy.lesions import BoneFocus, LesionList, list_hot_spots, list_lesions
from oncologyai.scintigraphy.map_display import MAP_COLOURS, MAP_FLOOR, map_colours
from oncologyai.scintigraphy.organs import find_organs, without_organs
from oncologyai.scintigraphy.outline import Outline, outline_body
from oncologyai.scintigraphy.preparation import (
    Preparation,
    PreparedScan,
    Scale,
    flip_views,
    maps_on_views,
    prepare_scan,
)
from oncologyai.scintigraphy.reading import ScanReading, read_whole_body
from oncologyai.scintigraphy.resizing import resize_picture
from oncologyai.scintigraphy.sanity import SanityCheck, SanityStage, check_sanity
from oncologyai.scintigraphy.scan import WholeBodyScan
from oncologyai.scintigraphy.uptake import ComparedWith, Uptake, uptake_of_view

__all__ = [
    "BONE_MASSES",
    "BONE_REGIONS",
    "GREY_REFERENCES",
    "MAP_COLOURS",
    "MAP_FLOOR",
    "MIDLINE_REGIONS",
    "BodyFigure",
    "BoneFocus",
    "BoneScanClassifier",
    "BoneScanIndex",
    "ClassifiedScan",
    "ComparedWith",
    "GreyReference",
    "LesionList",
    "Outline",
    "Preparation",
    "PreparedScan",
    "SanityCheck",
    "SanityStage",
    "Scale",
    "ScanReading",
    "Side",
    "Uptake",
    "WholeBodyScan",
    "bone_regions_at",
    "calibrated_probability",
    "check_sanity",
    "estimate_bone_scan_index",
    "figure_of",
    "find_organs",
    "flip_views",
    "grey_picture",
    "list_hot_spots",
    "list_lesions",
    "load_bonescan_model",
    "load_classifier",
    "map_colours",
    "maps_on_views",
    "outline_body",
    "prepare_scan",
    "read_whole_body",
    "region_areas_mm2",
    "resize_picture",
    "side_at",
    "upper_level",
    "uptake_of_view",
    "without_organs",
]
