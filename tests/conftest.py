"""What tests of every package share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of public artifacts and cases, named by the environment."""
    where = os.environ.get("FIELDGATE_CORPORA", "")
    if not where:
        pytest.skip("FIELDGATE_CORPORA names no folder of public artifacts")
    return Path(where)
