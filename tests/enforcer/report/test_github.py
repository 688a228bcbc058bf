"""The report as annotations of a pull request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from enforcer.messages import words_in
from enforcer.report.github import render_github
from enforcer.report.naming import ended
from enforcer.words import Severity
from lineage import Gap, GapReason, Origin
from lineage.shown import brief, inert, relative_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from enforcer.words import Finding, Report


class Command(NamedTuple):
    """A command as GitHub's runner reads it (actions/runner, ActionCommand.cs)."""

    name: str
    properties: dict[str, str]
    data: str


def commands(log: str) -> list[Command]:
    """The commands in a log, by the rules of the runner."""
    return [command_of(line) for line in log.split("\n") if line.strip().startswith("::")]


def command_of(line: str) -> Command:
    info, _, data = line.strip()[2:].partition("::")
    name, _, rest = info.partition(" ")
    pairs = (pair.partition("=") for pair in rest.split(",") if pair)
    return Command(name, {key: _decoded(value) for key, _, value in pairs}, _decoded(data))


def _decoded(text: str) -> str:
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def many(report: Report, number: int, severity: Severity) -> tuple[Finding, ...]:
    model = report.findings[0]
    card = msgspec.structs.replace(model.rule, severity=severity, id=f"r-{severity}")
    return tuple(
        msgspec.structs.replace(model, rule=card, sink=f"t{index:03}") for index in range(number)
    )


def test_the_whole_report(shop: Report, matches_golden: Callable[[str, str], None]) -> None:
    """The report of the shop reads as it is kept beside this test."""
    matches_golden(render_github(shop), "shop.github.txt")


def test_an_annotation_marks_its_line(shop: Report) -> None:
    """GitHub finds file, line and column of a finding, and its title and message decoded."""
    first = commands(render_github(shop))[0]
    assert first.name == "error"
    assert first.properties == {
        "title": "raw-contact-outside-crm: Contact data in the clear leaves the CRM zone",
        "file": "models/marts/marketing/ad_audience.sql",
        "line": "9",
        "col": "3",
    }
    assert first.data.startswith("raw.customers.email (user.contact.email) reaches ads.ad_audience")
    assert first.data.splitlines()[1].startswith("path: raw.customers.email -> ")


def test_ten_of_a_kind_are_all_shown(shop: Report) -> None:
    """At GitHub's limit nothing is left out."""
    report = msgspec.structs.replace(shop, findings=many(shop, 10, Severity.ERROR), gaps=())
    assert "more of this kind" not in render_github(report)


def test_of_more_than_ten_the_tenth_counts_the_others(shop: Report) -> None:
    """A step never has more than ten of a kind, and none is left out in silence."""
    findings = (*many(shop, 30, Severity.ERROR), *many(shop, 11, Severity.NOTE))
    gaps = tuple(
        Gap(GapReason.PARSE_ERROR, "cannot be parsed", (), Origin("a.sql", n, 1)) for n in range(14)
    )
    found = commands(render_github(msgspec.structs.replace(shop, findings=findings, gaps=gaps)))
    by_kind = {kind: [it for it in found if it.name == kind] for kind in ("error", "warning")}
    assert {kind: len(those) for kind, those in by_kind.items()} == {"error": 10, "warning": 10}
    assert by_kind["error"][-1].data.startswith("21 more of this kind are not shown")
    assert by_kind["warning"][-1].data.startswith("5 more of this kind are not shown")


@given(data=st.data())
def test_hostile_text_makes_no_command(
    filled: Callable[[str], Report], hostile: st.SearchStrategy[str], data: st.DataObject
) -> None:
    """Whatever a project calls its things, the runner reads our commands and sees our text."""
    text = f"x{data.draw(hostile)}"
    log = render_github(filled(text))
    found = commands(log)
    assert [it.name for it in found] == ["error", "warning"]
    assert all(set(it.properties) <= {"title", "file", "line", "col"} for it in found)
    assert found[0].properties["file"] == brief(relative_path(text))
    assert found[0].data.splitlines()[0] == brief(ended(text, words_in()))
    assert not re.search(r"##\w*\[", log)
    assert inert(log, annotations=True) == log


def test_a_finding_in_shadow_is_a_notice(shop: Report) -> None:
    """What fails nothing is marked as what fails nothing."""
    card = msgspec.structs.replace(shop.findings[0].rule, shadow=True)
    finding = msgspec.structs.replace(shop.findings[0], rule=card)
    report = msgspec.structs.replace(shop, findings=(finding,), gaps=())
    assert [it.name for it in commands(render_github(report))] == ["notice"]
