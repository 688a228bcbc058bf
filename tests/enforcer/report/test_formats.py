"""The choice of a notation."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from enforcer.report import FORMATS, Options, render

if TYPE_CHECKING:
    from collections.abc import Callable

    from enforcer.words import Report


@pytest.mark.parametrize("notation", FORMATS)
def test_every_notation_tells_every_finding(shop: Report, notation: str) -> None:
    """Whatever notation is chosen, each finding can be found in it, and it ends a line."""
    text = render(shop, notation, options=Options())
    assert text.endswith("\n")
    assert all(finding.fingerprint in text for finding in shop.findings)


@pytest.mark.parametrize("notation", FORMATS)
def test_the_same_report_has_the_same_bytes(shop: Report, notation: str) -> None:
    """Nothing of the machine or the moment is in a report."""
    assert render(shop, notation) == render(shop, notation)


@pytest.mark.parametrize("notation", FORMATS)
def test_options_are_optional(shop: Report, notation: str) -> None:
    """Who asks for nothing gets 80 columns without colour."""
    assert render(shop, notation) == render(shop, notation, options=Options())


@pytest.mark.parametrize("notation", FORMATS)
def test_known_attacks_are_inert(
    filled: Callable[[str], Report], payloads: tuple[str, ...], notation: str
) -> None:
    """No known attack leaves a control, a text turned round, or a build command anywhere."""
    options = Options(include_accepted=True)
    live = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
    own = r"(?:error|warning|notice) title=" if notation == "github" else r"(?!)"
    command = re.compile(rf"^\s*::(?!{own})|##\w*\[", re.MULTILINE)
    reports = {payload: render(filled(payload), notation, options=options) for payload in payloads}
    assert [it for it, text in reports.items() if live.search(text) or command.search(text)] == []


def test_an_unknown_notation_is_refused(shop: Report) -> None:
    """A misspelt format is an error that names the ones there are."""
    with pytest.raises(ValueError, match="no report format 'xml'; there are text, json"):
        render(shop, "xml")


def test_choosing_a_notation_loads_no_library() -> None:
    """The command line can list the formats without waiting for a renderer."""
    script = (
        "import sys, enforcer.report;"
        "print([name for name in ('rich', 'jinja2') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, encoding="utf-8"
    )
    assert done.stdout == "[]\n"
