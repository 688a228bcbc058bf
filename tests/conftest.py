"""What tests of every package share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No test is timed, and a build that was green is green again: the same examples each time.
settings.register_profile(
    "fieldgate",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("fieldgate")


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of public artifacts and cases, named by the environment."""
    where = os.environ.get("FIELDGATE_CORPORA", "")
    if not where:
        pytest.skip("FIELDGATE_CORPORA names no folder of public artifacts")
    return Path(where)
