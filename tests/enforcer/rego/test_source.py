"""A rule in Rego as a text: what it must look like, and where it says what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from enforcer.documents import parse_document
from enforcer.documents.nodes import Foreign
from enforcer.rego import RegoRule, parse_rego_rule
from enforcer.words import Phase, PolicyError, Severity

TEXT = """\
# METADATA
# title: Mail stays in the house
# description: Nothing more.
# custom:
#   id: mail-stays
#   phase: use
#   severity: warning
#   parameters: {limit: 3, names: [a, "1"], strict: true}
#   law: [GDPR Art. 5]
#   why: because
#   fix: so
#   zh: {title: 邮箱不外流, why: 因为, fix: 如此}
#   avoid: |
#     create table mart.people as
#       select email from crm.people
#   prefer:
#     sql: select 1
#     labels: {crm.people: {email: user.contact.email}}
package fieldgate.rules.mail_stays

import rego.v1

deny contains {"relation": r.name} if some r in input.relations
"""


def parse(text: str, given: dict[str, Any] | None = None) -> RegoRule:
    return parse_rego_rule(text, "rules/mail-stays.rego", "mail-stays", given or {})[0]


def test_a_rule_says_of_itself_what_one_in_yaml_says() -> None:
    """Title, phase, severity, law, reasons, samples and languages are in the annotations."""
    rule = parse(TEXT)
    assert (rule.id, rule.title) == ("mail-stays", "Mail stays in the house")
    assert (rule.phase, rule.severity) == (Phase.USE, Severity.WARNING)
    assert rule.law == ("GDPR Art. 5",)
    assert rule.avoid.sql == "create table mart.people as\n  select email from crm.people\n"
    assert rule.prefer.labels == {"crm.people": {"email": "user.contact.email"}}
    assert rule.card("own").wording("zh").title == "邮箱不外流"
    assert (rule.deny, rule.require, rule.allow) == (None, None, None)


def test_parameters_are_what_they_look_like() -> None:
    """A number is a number and a truth a truth, unless it is written in quotes."""
    assert parse(TEXT).parameters == {"limit": 3, "names": ["a", "1"], "strict": True}


def other(text: str) -> dict[str, Foreign]:
    nodes = parse_document(text, "fieldgate.yml", dict[str, Any]).root
    return {
        key.text: Foreign(value.line, value.column, "fieldgate.yml", value)
        for key, value in nodes.entries  # type: ignore[attr-defined] # a mapping
    }


def test_a_pack_or_project_gives_other_values() -> None:
    """What is given takes the place of the rule's own; what is not its parameter is not."""
    given = other("limit: 5\nelse: 1\n")
    assert parse(TEXT, given).parameters == {"limit": 5, "names": ["a", "1"], "strict": True}


def test_a_value_of_another_kind_is_refused_where_it_is_written() -> None:
    """A text instead of a number would make comparisons mean something else."""
    with pytest.raises(PolicyError, match=r"^fieldgate\.yml:1:8: parameter `limit` is a text"):
        parse(TEXT, other("limit: many\n"))


WRONG = {
    ("# METADATA", "# METADAT"): "19:1: no annotations stand right above `package`",
    ("rules.mail_stays", "rules.mail"): "19:1: the package is `fieldgate.rules.mail`",
    ("package fieldgate", "import x\npackage fieldgate"): "1:1: no `package` clause comes first",
    ("deny contains", "denied contains"): "19:1: the rule has no `deny`",
    ("  id: mail-stays", "  id: mail"): "5:9: the id `mail` is not the file's name",
    ("  phase: use", "  phase: usage"): "6:12: unknown word `usage`",
    ("  why: because", "  wy: because"): "10:5: unknown key `wy`; did you mean `why`?",
    ("# title: Mail stays in the house\n", ""): "2:3: `title` is missing",
    ("#   fix: so\n", ""): "5:5: `fix` is missing",
    ("# description: Nothing more.", "# entrypiont: true"): "3:3: unknown key `entrypiont`",
    ("import rego.v1", "import data.lib"): "21:1: an import",
    ("import rego.v1", "import input.flows as f"): "21:1: an import",
    ("input.relations\n", "data.relations\n"): "23:49: `data` is read",
    ("input.relations\n", "input.relations with input as {}\n"): "23:65: `with` replaces",
    ("some r in", "{some r in"): "",
    ("if some r", "{some r"): "23:36: a body without `if`, as before Rego 1.0",
    ("if some r in input.relations", "if true\n\nx[1] { true }"): "25:6: a body without `if`",
    ("r.name}", "fieldgate_answer}"): "23:28: the name `fieldgate_answer` is reserved",
    ("r.name}", '$"{r.name}"}'): "23:28: `$` before a text",
    ("r.name}", "`a\nb`}"): "23:28: a text of several lines",
    (
        "if some r in input.relations",
        "if {\n\tr := 1\n\t(r)\n}",
    ): "25:2: a line that begins with `(`",
    (
        "if some r in input.relations",
        "if {\n\tr := 1\n\t[r]\n}",
    ): "25:2: a line that begins with `[`",
    ("if some r in input.relations", "if {\n\tr := 1\n\t- 1 == r\n}"): "25:2: a line that begins",
    ("r.name}", "r.name\u202e}"): "23:34: character U+202E, which controls or hides text",
}


@pytest.mark.threat(33)
@pytest.mark.parametrize(("old", "new"), WRONG)
def test_a_mistake_is_named_at_its_place(old: str, new: str) -> None:
    """The annotations are a comment and the code is no YAML, and positions are right in both."""
    expected = WRONG[old, new]
    text = TEXT.replace(old, new)
    assert text != TEXT
    if not expected:
        parse(text)  # this is for the engine to find
        return
    with pytest.raises(PolicyError) as caught:
        parse(text)
    assert str(caught.value).startswith(f"rules/mail-stays.rego:{expected}")
    assert caught.value.next_step


@pytest.mark.parametrize(
    "code",
    [
        "# data and with and http in a comment\n",
        'x := "data.foo with input as $"\n',
        "x := `deny { data }`\n",
        'y := {"data": 1, "with": 2}\n\nz := y.data\n',
        "default x := {1}\n\ny := [1,\n\t2,\n\t3]\n",
        'f(x) := {\n\t"a": x,\n} if true\n',
    ],
)
def test_texts_and_comments_are_no_code(code: str) -> None:
    """Words that are refused in code may stand in texts, comments and behind a dot."""
    parse(TEXT + "\n" + code)


def test_what_runs_has_a_package_and_an_answer_of_its_own() -> None:
    """The text that an engine gets is the author's, under another name, with one rule more."""
    program = parse(TEXT).program
    run = program.to_run("fieldgate_x", "abc").split("\n")
    lines = TEXT.split("\n")
    assert run[18] == "package fieldgate_x.mail_stays"
    assert [line for n, line in enumerate(run[: len(lines)]) if n != 18] == [
        line for n, line in enumerate(lines) if n != 18
    ]
    assert run[len(lines) :] == ["", 'fieldgate_answer := {"nonce": "abc", "deny": deny}', ""]


def test_windows_line_ends_are_fine() -> None:
    """A checkout may have them."""
    assert parse(TEXT.replace("\n", "\r\n")).title == "Mail stays in the house"
