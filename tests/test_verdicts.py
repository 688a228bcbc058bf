"""The corpus of verdicts: no update changes what is decided without being seen to."""

from __future__ import annotations

import pytest

from .verdicts import FOLDER, verdicts


@pytest.mark.threat(76)
def test_every_verdict_is_what_it_was() -> None:
    """Findings, gaps and counts of each project are those of tests/golden/verdicts."""
    found = dict(verdicts())
    kept = {path.stem: path.read_text("utf-8") for path in FOLDER.glob("*.txt")}

    assert found.keys() == kept.keys()
    for name, text in found.items():
        assert text.splitlines() == kept[name].splitlines(), name
