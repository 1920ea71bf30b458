"""The host with its widgets, and children that misbehave on purpose."""

import sys

import pytest

from oncologyai.host import clear, start


@pytest.fixture
def a_host():
    """Slicer's names without the application; the scene is empty before and afterwards."""
    slicer = start(qt=True)
    clear()
    yield slicer
    clear()


@pytest.fixture
def a_child(tmp_path):
    """Give a function that makes the command of a child from the body of its program."""

    def make(body: str) -> list[str]:
        path = tmp_path / "child.py"
        path.write_text(f"import json, os, sys, time\n{body}\n", encoding="utf-8")
        return [sys.executable, str(path)]

    return make
