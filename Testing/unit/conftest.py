"""Fixtures of tests in several packages."""

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def kit():
    """The patients, chains and texts of outcome/signature_patients.py."""
    path = Path(__file__).parent / "outcome" / "signature_patients.py"
    spec = importlib.util.spec_from_file_location("signature_patients", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
