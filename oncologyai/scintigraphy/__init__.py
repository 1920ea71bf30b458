"""Whole-body bone scans: their views, and what a network takes of them and says of them."""

from oncologyai.scintigraphy.calibrated import calibrated_probability
from oncologyai.scintigraphy.classifier import (
    BoneScanClassifier,
    ClassifiedScan,
    load_bonescan_model,
    load_classifier,
)
from oncologyai.scintigraphy.grey_scale import GREY_REFERENCES, GreyReference, grey_picture, upper_level
from oncologyai.scintigraphy.map_display import MAP_COLOURS, MAP_FLOOR, map_colours
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
from oncologyai.scintigraphy.scan import WholeBodyScan

__all__ = [
    "GREY_REFERENCES",
    "MAP_COLOURS",
    "MAP_FLOOR",
    "BoneScanClassifier",
    "ClassifiedScan",
    "GreyReference",
    "Outline",
    "Preparation",
    "PreparedScan",
    "Scale",
    "ScanReading",
    "WholeBodyScan",
    "calibrated_probability",
    "flip_views",
    "grey_picture",
    "load_bonescan_model",
    "load_classifier",
    "map_colours",
    "maps_on_views",
    "outline_body",
    "prepare_scan",
    "read_whole_body",
    "resize_picture",
    "upper_level",
]
