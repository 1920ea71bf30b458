"""Whole-body bone scans: their views."""

from oncologyai.scintigraphy.outline import Outline, outline_body
from oncologyai.scintigraphy.reading import ScanReading, read_whole_body
from oncologyai.scintigraphy.scan import WholeBodyScan

__all__ = ["Outline", "ScanReading", "WholeBodyScan", "outline_body", "read_whole_body"]
