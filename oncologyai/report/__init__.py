"""What people look at: pictures without OpenGL, and reports as one self-contained HTML file."""

from oncologyai.report.bonescan import answer_sentence, write_bonescan_report
from oncologyai.report.bonescan_page import ScanOnPage, write_bonescan_page
from oncologyai.report.bonescan_pictures import bonescan_picture, bonescan_thumbnail, overlaid_view
from oncologyai.report.cohort import write_cohort_report
from oncologyai.report.comparison import comparison_picture
from oncologyai.report.contact_sheet import contact_sheet
from oncologyai.report.dataset import Sheet, write_dataset_page
from oncologyai.report.diagnosis_plot import areas_plot, curves_plot, seconds_plot
from oncologyai.report.distributions import draw_distribution
from oncologyai.report.explore import require_plotly, write_explore_page
from oncologyai.report.explore_charts import correlation_volume, explore_charts
from oncologyai.report.explore_figures import draw_explore_figures
from oncologyai.report.html import Picture, write_report
from oncologyai.report.nomogram_plot import draw_nomogram
from oncologyai.report.outcome import write_outcome_report
from oncologyai.report.pictures import disagreement_picture, slice_pictures
from oncologyai.report.planes import display_range
from oncologyai.report.preference_plot import preference_plot
from oncologyai.report.reading_picture import reading_picture
from oncologyai.report.robustness import write_phantom_report, write_repeat_report
from oncologyai.report.study_report import write_study_report
from oncologyai.report.times_plot import times_plot

__all__ = [
    "Picture",
    "ScanOnPage",
    "Sheet",
    "answer_sentence",
    "bonescan_picture",
    "bonescan_thumbnail",
    "areas_plot",
    "comparison_picture",
    "curves_plot",
    "seconds_plot",
    "correlation_volume",
    "contact_sheet",
    "disagreement_picture",
    "display_range",
    "draw_distribution",
    "draw_explore_figures",
    "explore_charts",
    "overlaid_view",
    "preference_plot",
    "reading_picture",
    "require_plotly",
    "slice_pictures",
    "times_plot",
    "write_bonescan_page",
    "write_bonescan_report",
    "write_cohort_report",
    "write_dataset_page",
    "write_explore_page",
    "write_outcome_report",
    "write_phantom_report",
    "write_repeat_report",
    "write_report",
    "write_study_report",
    "draw_nomogram",
]
