"""Studies with readers: what is shown to whom, answers that survive a kill, their analysis; and a contour timer.

``preference_*`` is the blinded choice between two contours. What every kind of study shares (readers, items, session,
journal, order of showing) knows nothing of contours.
"""

from oncologyai.studies.journal import Journal, JournalRows, create_journal, read_journal
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
from oncologyai.studies.schedule import Showing, preference_schedule, presentation_order
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
    "NO_PREFERENCE",
    "Answer",
    "AnswerColumns",
    "ContourTimer",
    "Item",
    "Journal",
    "JournalRows",
    "KeyCase",
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
    "add_reader",
    "analyse_preference",
    "analyse_times",
    "answers_from_study",
    "answers_from_table",
    "cell_number",
    "create_journal",
    "create_preference_study",
    "preference_schedule",
    "presentation_order",
    "read_answers",
    "read_items",
    "read_journal",
    "read_key",
    "read_preference_item",
    "read_sessions",
    "read_study",
    "table_cells",
    "times_from_sessions",
    "times_from_tables",
    "write_key",
    "write_study",
]
