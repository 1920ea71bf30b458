"""The lists of packages that the module installs are SegmentationAI's: all modules are installed into one folder."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-models.txt"])
def test_requirements_are_those_of_the_other_module_with_models(name):
    here, there = (ROOT / module / "Resources" / name for module in ("BoneScanClassifier", "SegmentationAI"))
    assert here.read_text(encoding="utf-8") == there.read_text(encoding="utf-8")
