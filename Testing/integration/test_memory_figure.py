"""The peak of memory that a test is told is the command's own, not that of the process which started it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def test_what_the_parent_holds_is_not_counted(oncology_ai: Callable[..., Any]) -> None:
    held = np.ones(125_000_000)
    result = oncology_ai("--version")
    assert held.nbytes == 1_000_000_000
    assert result.code == 0, result.err
    assert 5 < result.peak_mb < 600
