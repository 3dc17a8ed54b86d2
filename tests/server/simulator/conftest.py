from pathlib import Path

import pytest


@pytest.fixture
def state_file(tmp_path: Path) -> Path:
    """Where a simulator may remember itself."""
    return tmp_path / "zoom.json"
