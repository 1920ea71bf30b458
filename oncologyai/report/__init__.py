"""What people look at: pictures without OpenGL, and the report as one self-contained HTML file."""

from oncologyai.report.cohort import write_cohort_report
from oncologyai.report.html import Picture, write_report
from oncologyai.report.pictures import disagreement_picture, slice_pictures

__all__ = ["Picture", "disagreement_picture", "slice_pictures", "write_cohort_report", "write_report"]
