"""The module loaded in the host, a scene to itself, and children that misbehave on purpose."""

import sys
from pathlib import Path

import pytest

from oncologyai.host import clear, load_module

MODULE = Path(__file__).resolve().parents[3] / "SegmentationAI" / "SegmentationAI.py"


@pytest.fixture
def a_module():
    """SegmentationAI in the host; its panels are closed and the scene is empty afterwards."""
    module = load_module(MODULE)
    clear()
    yield module
    module.closePanels()
    clear()


@pytest.fixture
def a_child(tmp_path):
    """Give a function that makes the command of a child from the body of its program."""

    def make(body: str) -> list[str]:
        path = tmp_path / "child.py"
        path.write_text(f"import json, os, sys, time\n{body}\n", encoding="utf-8")
        return [sys.executable, str(path)]

    return make
