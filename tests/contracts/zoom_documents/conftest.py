"""Tests against Zoom's own OpenAPI documents, which are not ours to copy.

`ZOOM_OPENAPI_DIR` names the folder that holds them. Where it is unset nothing in here is collected; where it is set
and wrong, that is an error, lest the tests vanish unseen.
"""

import os
from pathlib import Path

import pytest

_folder = os.environ.get("ZOOM_OPENAPI_DIR", "")
collect_ignore_glob = [] if _folder else ["test_*"]
if _folder and not Path(_folder).is_dir():
    raise pytest.UsageError(f"ZOOM_OPENAPI_DIR should name the folder of Zoom's OpenAPI documents, not {_folder!r}")


@pytest.fixture(scope="session")
def zoom_documents() -> Path:
    """The folder with Zoom's OpenAPI documents."""
    return Path(_folder)
