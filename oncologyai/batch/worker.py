"""The child process of a batch without Dask: tasks come as JSON lines on standard input, outcomes go out alike.

It ends with its input, that is with its parent, also in the midst of a task.
"""

from __future__ import annotations

import faulthandler
import json
import os
import queue
import signal
import sys
import threading
from typing import TextIO

from oncologyai.batch.execute import execute_task
from oncologyai.batch.task import Task

__all__ = ["main"]


def main() -> None:
    """Work until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all processes of a terminal; the parent decides
    faulthandler.enable()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever else is printed is no answer
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin, lines), daemon=True).start()
    while True:
        outcome = execute_task(Task.from_json(json.loads(lines.get())))
        answers.write(json.dumps(outcome.to_json()) + "\n")
        answers.flush()


def _listen(stream: TextIO, lines: queue.SimpleQueue[str]) -> None:
    for line in stream:
        lines.put(line)
    os._exit(0)


if __name__ == "__main__":
    main()
