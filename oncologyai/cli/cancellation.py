"""Ctrl-C and SIGTERM: how a command is cancelled.

A signal raises CancelledError in whatever runs, and the command undoes its work as it unwinds. Where that could crash
(``has_native_code``), or when a second signal comes, the process ends in the handler itself: it takes away what is
unfinished and says the last words. Either way the exit code is 130 and nothing unfinished stays.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import select
import signal
import sys
from types import FrameType
from typing import Any, NoReturn

from oncologyai._atomic import remove_all_unfinished
from oncologyai._interrupts import expect_end, has_native_code, is_held
from oncologyai.cli.reporting import forget_signals, note_signal, unsaid_events
from oncologyai.errors import CancelledError

__all__ = ["Cancellation"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_MESSAGE = "cancelled: nothing was changed"
_MESSAGE_AT_ONCE = "cancelled at once: nothing unfinished was left"
_CLEAN_LINE = "\r\x1b[2K\x1b[?25h"  # ANSI: wipe the line that a bar stands in, show the cursor that it hid
_PATIENCE_S = 0.2  # with a reader that reads no more


class Cancellation:
    """The handler of a command's signals.

    Parameters
    ----------
    whole_process : bool
        Whether the process ends with the command. If not, a signal never ends it, but always raises.
    """

    def __init__(self, *, whole_process: bool) -> None:
        self._whole, self._process = whole_process, os.getpid()
        self._former: dict[int, Any] = {}
        self._came = False
        self._ending = False
        self._code: int | None = None

    def start(self) -> None:
        """Handle the signals from now on."""
        forget_signals()
        if self._whole:
            atexit.register(self._end)  # registered first, it is called after all others
            expect_end()
        for number in _SIGNALS:
            self._former[number] = signal.signal(number, self._handle)

    def finish(self, code: int) -> None:
        """The command is over, its code is known: a signal that comes now has nothing left to cancel."""
        self._code = code
        if self._whole and self._came:
            remove_all_unfinished()  # what the exception came too early, or too late, to undo
        elif not self._whole:
            for number, former in self._former.items():
                signal.signal(number, former)
            forget_signals()

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self._ending or is_held(number):
            return
        if self._process != os.getpid():  # a forked worker: what is unfinished, and what to say, is its parent's
            os._exit(CancelledError.exit_code)
        if self._whole and self._code is not None:
            self._leave(self._code)
        if self._whole and (self._came or has_native_code()):
            message = _MESSAGE_AT_ONCE if self._came else _MESSAGE
            self._leave(CancelledError.exit_code, unsaid_events(), f"oncology-ai: {message}\n")
        self._came = True
        note_signal()
        raise CancelledError(_MESSAGE)

    def _end(self) -> None:
        """End a cancelled process: taking the libraries apart would last a second or two more."""
        if self._came and self._code is not None:
            self._leave(self._code)

    def _leave(self, code: int, event: str = "", message: str = "") -> NoReturn:
        """End the process here and now; further signals find it ending."""
        self._ending = True
        remove_all_unfinished()
        _write(sys.__stdout__, event)
        _write(sys.__stderr__, message)
        os._exit(code)


def _write(stream: Any, text: str) -> None:
    """Write past the stream's own buffer, in the midst of whose work the signal may have come, and wait for nobody."""
    with contextlib.suppress(OSError, ValueError, AttributeError):  # broken, closed or absent
        number = stream.fileno()
        if os.name == "posix" and not select.select([], [number], [], _PATIENCE_S)[1]:
            return
        with contextlib.suppress(RuntimeError):  # it is being flushed just now
            stream.flush()
        if stream is sys.__stderr__ and text and os.isatty(number):
            text = _CLEAN_LINE + text
        os.write(number, text.encode())
