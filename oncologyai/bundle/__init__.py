"""A result, or a request, as a folder of neutral files that any program can open; and back.

``bundle.json`` names the files: the image (.nrrd), the segmentation (.seg.nrrd), seeds and lines (Slicer's markups
.mrk.json), tables (.csv) and the provenance (.json). Nothing in it names the patient: pseudonym only.
"""

from oncologyai.bundle.bonescan import BoneScanBundle, read_bonescan, write_bonescan
from oncologyai.bundle.bundle import Bundle, read_bundle, read_provenance, write_bundle
from oncologyai.bundle.charts import Chart, ChartKind, ChartSeries, read_charts, write_charts
from oncologyai.bundle.correction import CORRECT, CorrectionRequest, answer_to_correction, corrections_from_answer
from oncologyai.bundle.markups import read_line, read_points, write_line, write_points
from oncologyai.bundle.prediction import (
    PatientAsked,
    PatientPrediction,
    read_patient,
    read_prediction,
    write_patient,
    write_prediction,
)
from oncologyai.bundle.spreadsheets import is_workbook, read_text_table, write_workbook
from oncologyai.bundle.study_files import STUDY_FILE, STUDY_TABLE, write_study_files
from oncologyai.bundle.table_files import TABLE_ENDINGS, check_table_ending, write_table_file
from oncologyai.bundle.tables import read_table, write_table

__all__ = [
    "CORRECT",
    "STUDY_FILE",
    "STUDY_TABLE",
    "TABLE_ENDINGS",
    "BoneScanBundle",
    "Bundle",
    "Chart",
    "ChartKind",
    "ChartSeries",
    "CorrectionRequest",
    "PatientAsked",
    "PatientPrediction",
    "answer_to_correction",
    "check_table_ending",
    "corrections_from_answer",
    "is_workbook",
    "read_bonescan",
    "read_bundle",
    "read_charts",
    "read_line",
    "read_patient",
    "read_points",
    "read_prediction",
    "read_provenance",
    "read_table",
    "read_text_table",
    "write_bonescan",
    "write_bundle",
    "write_charts",
    "write_line",
    "write_patient",
    "write_points",
    "write_prediction",
    "write_study_files",
    "write_table",
    "write_table_file",
    "write_workbook",
]
