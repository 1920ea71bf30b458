"""Studies with readers: what is shown to whom, answers that survive a kill, their analysis; and a contour timer.

``preference_*`` is the blinded choice between two contours, ``diagnosis_*`` the question whether a disease is there.
What every kind of study shares (readers, items, session, journal, order of showing) knows nothing of either.
"""

from oncologyai.studies.diagnosis_accuracy import Judge
from oncologyai.studies.diagnosis_analysis import DiagnosisResult, analyse_diagnosis
from oncologyai.studies.diagnosis_answers import (
    DiagnosisAnswers,
    DiagnosisColumns,
    diagnosis_from_study,
    diagnosis_from_table,
    truth_of_text,
)
from oncologyai.studies.diagnosis_key import (
    DiagnosisKey,
    DiagnosisKeyCase,
    read_diagnosis_key,
    write_diagnosis_key,
)
from oncologyai.studies.diagnosis_study import (
    CONFIDENCES,
    DIAGNOSIS,
    DiagnosisCase,
    DiagnosisConfig,
    add_diagnosis_reader,
    create_diagnosis_study,
    read_diagnosis_item,
)
from oncologyai.studies.journal import Journal, JournalRows, create_journal, read_journal
from oncologyai.studies.model_scores import ModelColumns, ModelScores, model_scores_from_table
from oncologyai.studies.preference_analysis import PreferenceResult, analyse_preference
from oncologyai.studies.preference_answers import (
    AnswerColumns,
    PreferenceAnswers,
    answers_from_study,
    answers_from_table,
)
from oncologyai.studies.preference_key import KeyCase, PreferenceKey, read_key, write_key
from oncologyai.studies.preference_study import (
    NO_PREFERENCE,
    PreferenceCase,
    PreferenceConfig,
    add_reader,
    create_preference_study,
    read_preference_item,
)
from oncologyai.studies.reader_study import Item, Reader, ReaderStudy, read_items, read_study, write_study
from oncologyai.studies.resampling import Resampling
from oncologyai.studies.schedule import (
    Showing,
    balanced_sample,
    preference_schedule,
    presentation_order,
    reading_schedule,
)
from oncologyai.studies.session import Answer, Session, read_answers
from oncologyai.studies.stopwatch import Stopwatch
from oncologyai.studies.tables import cell_number, table_cells
from oncologyai.studies.timer import ContourTimer, TimedSession, read_sessions
from oncologyai.studies.timing import (
    TimeColumns,
    TimesResult,
    analyse_times,
    times_from_sessions,
    times_from_tables,
)

__all__ = [
    "CONFIDENCES",
    "DIAGNOSIS",
    "NO_PREFERENCE",
    "Answer",
    "AnswerColumns",
    "ContourTimer",
    "DiagnosisAnswers",
    "DiagnosisCase",
    "DiagnosisColumns",
    "DiagnosisConfig",
    "DiagnosisKey",
    "DiagnosisKeyCase",
    "DiagnosisResult",
    "Item",
    "Journal",
    "JournalRows",
    "Judge",
    "KeyCase",
    "ModelColumns",
    "ModelScores",
    "PreferenceAnswers",
    "PreferenceCase",
    "PreferenceConfig",
    "PreferenceKey",
    "PreferenceResult",
    "Reader",
    "ReaderStudy",
    "Resampling",
    "Session",
    "Showing",
    "Stopwatch",
    "TimeColumns",
    "TimedSession",
    "TimesResult",
    "add_diagnosis_reader",
    "add_reader",
    "analyse_diagnosis",
    "analyse_preference",
    "analyse_times",
    "answers_from_study",
    "answers_from_table",
    "balanced_sample",
    "cell_number",
    "create_diagnosis_study",
    "create_journal",
    "create_preference_study",
    "diagnosis_from_study",
    "diagnosis_from_table",
    "model_scores_from_table",
    "preference_schedule",
    "presentation_order",
    "read_answers",
    "read_diagnosis_item",
    "read_diagnosis_key",
    "read_items",
    "read_journal",
    "read_key",
    "read_preference_item",
    "read_sessions",
    "read_study",
    "reading_schedule",
    "table_cells",
    "times_from_sessions",
    "times_from_tables",
    "truth_of_text",
    "write_diagnosis_key",
    "write_key",
    "write_study",
]
