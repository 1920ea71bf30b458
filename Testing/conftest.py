"""Fixtures that every test may use."""

from pathlib import Path

import pytest

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the checkout; tests that need it skip when it is absent."""
    if not _SHARED.is_dir():
        pytest.skip(f"real data absent: {_SHARED} does not exist")
    return _SHARED
