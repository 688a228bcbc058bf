"""Names in a project's own rules: a slip is an error, and never a rule that judges nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.run import Request, run_check
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from pathlib import Path

SQL = "create table ads.people as select email from crm.people"
TAIL = f"why: w\nfix: f\navoid: {SQL}\nprefer: select 2\n"
PLACES = "{ads: {match: {relations: 'ads.*'}, partner: {name: AdCo}}}"


def check(root: Path, condition: str) -> None:
    (root / "rules").mkdir()
    rule = f"id: ours\ntitle: Ours\nphase: use\n{condition}\n{TAIL}"
    (root / "rules/ours.yml").write_text(rule, "utf-8")
    config = f"version: 1\ndialect: duckdb\npacks: []\npolicies: [rules]\nplaces: {PLACES}\n"
    (root / "fieldgate.yml").write_text(config, "utf-8")
    (root / "build.sql").write_text(SQL)
    run_check(Request(path=root))


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (
            "deny: {data: user, into: {name: ads.peple}}",
            "rules/ours.yml:4:33: no relation is called `ads.peple`; did you mean `ads.people`?",
        ),
        (
            "deny: {data: user, into: {name: [people, peoples]}}",
            "rules/ours.yml:4:42: no relation is called `peoples`; did you mean `people`?",
        ),
        (
            "deny: {data: user, from: {name: {any: raw.*}}, into: {}}",
            "rules/ours.yml:4:39: no relation is called `raw.*`; mend the pattern",
        ),
        (
            "deny: {data: user, into: {name: {not: crm.peple}}}",
            "rules/ours.yml:4:39: no relation is called `crm.peple`; did you mean `crm.people`?",
        ),
        (
            "deny: {data: user, into: {}}\nunless: [{guard: {absent_from: opted_out}}]",
            "rules/ours.yml:5:32: no relation is called `opted_out`",
        ),
        (
            "deny: {data: user, into: {recipient: AdC}}",
            "rules/ours.yml:4:38: no partner is called `AdC`; did you mean `AdCo`?",
        ),
        (
            "deny: {data: user, into: {recipient: adco}}",
            "rules/ours.yml:4:38: no partner is called `adco`; did you mean `AdCo`?",
        ),
        (
            "deny: {data: user, into: {place: adds}}",
            "rules/ours.yml:4:34: no place is called `adds`; did you mean `ads`?",
        ),
    ],
)
def test_a_name_of_what_is_not_there_is_an_error(
    tmp_path: Path, condition: str, message: str
) -> None:
    """Relations, partners and places that a project has not: file, line, and what was meant."""
    with pytest.raises(PolicyError) as caught:
        check(tmp_path, condition)
    assert str(caught.value).startswith(message)


def test_names_of_what_is_there_are_welcome(tmp_path: Path) -> None:
    """A name in any letter case, the end of one, a pattern; and a pattern to be left out."""
    into = "{name: {any: [PEOPLE, ads.*], not: tmp_*}, recipient: AdCo, place: ads}"
    check(tmp_path, f"deny: {{data: user, into: {into}}}")
