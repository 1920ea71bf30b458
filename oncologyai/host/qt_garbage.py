"""Python's garbage is collected in Qt's own thread only.

Python collects in whatever thread happens to allocate. Qt objects in reference cycles would then be destroyed beside
the event loop that still watches them, and the next event ends the process with a segmentation fault.
"""

from __future__ import annotations

import gc

from PySide6 import QtCore

__all__ = ["collect_due", "collect_in_this_thread"]

_EVERY_MS = 1000


def collect_in_this_thread(application: QtCore.QCoreApplication) -> None:
    """Turn Python's own collection off and let a timer of the application collect instead.

    Parameters
    ----------
    application : QCoreApplication
        Its thread collects, and its timer lives as long as it does.
    """
    gc.disable()
    timer = QtCore.QTimer(application)
    timer.timeout.connect(collect_due)
    timer.start(_EVERY_MS)


def collect_due() -> None:
    """Collect the oldest generation whose threshold is passed, as Python would; for programs without an event loop."""
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            return
