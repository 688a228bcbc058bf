"""What counts as a finding, and that nothing else is taken for one or for none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from enforcer.engines.answers import Answers
from enforcer.engines.engine import Answer, UnjudgedError
from enforcer.engines.flows import Flows
from enforcer.messages import words_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from enforcer.check import Outcome
    from enforcer.estate import Estate
    from enforcer.rego import RegoRule

    MakeRule = Callable[[str], RegoRule]
    Take = Callable[..., Outcome]

MAIL = {"relation": "crm.people", "column": "email"}


@pytest.fixture
def take(rule: MakeRule, estate: Estate) -> Take:
    """The outcome of an answer about the small world."""

    def outcome(deny: object, judged: object = None, *, counts: bool = False) -> Outcome:
        made = rule("deny := []\n" + "judged := 1\n" * counts)
        answers = Answers(made.program, made.card("own"), estate, Flows(estate, guards=False))
        return answers.outcome(Answer(deny=deny, nonce="", judged=judged), 5)

    return outcome


def test_a_flow_has_its_path(take: Take) -> None:
    """A finding about a flow is what a rule in YAML makes of it: field, sink, path and sentence."""
    (found,) = take([{**MAIL, "sink": "s3://out/people.csv"}]).findings
    assert (found.category, found.sink, found.flow) == (
        "user.contact.email",
        "s3://out/people.csv",
        "direct",
    )
    assert [str(hop.column) for hop in found.path] == [
        "crm.people.email",
        "stg.people.email",
        "mart.people.mail_hash",
        "s3://out/people.csv.mail_hash",
    ]
    assert "crm.people.email (user.contact.email) reaches" in words_in()(found.message)


def test_an_indirect_flow_is_one_too(take: Take) -> None:
    """The kind of flow is the one that the rule names."""
    said = {"relation": "crm.people", "column": "phone", "sink": "mart.people", "flow": "window"}
    (found,) = take([said]).findings
    assert (found.flow, found.path[-1].column.column) == ("window", "alike")


def test_a_finding_is_about_a_relation_or_a_column(take: Take) -> None:
    """Without a sink it stands where the relation, or the column's label, is written."""
    relation, column = take([{"relation": "mart.people"}, MAIL]).findings[::-1]
    assert (relation.field.column, relation.path, relation.category) == ("", (), "")
    assert (column.field.column, column.category) == ("email", "user.contact.email")
    assert words_in()(column.message) == (
        "crm.people.email (user.contact.email): Something is wrong"
    )


def test_who_may_read_is_a_sink(take: Take) -> None:
    """A sink may be somebody, where somebody may read."""
    (found,) = take([{"relation": "mart.people", "sink": "analyst"}]).findings
    assert (found.sink, found.flow) == ("analyst", "")


def test_a_message_is_filled_in(take: Take) -> None:
    """Values and the finding's own keys stand in the sentence, in each language as it joins."""
    said = {
        **MAIL,
        "message": "{field} of {who}: {n}, {yes} {{x}} ({category})",
        "zh": "{who} 的 {column}",
        "values": {"who": ["ann", "bob"], "n": 3, "yes": True},
    }
    (found,) = take([said]).findings
    assert words_in("en")(found.message) == (
        "crm.people.email of ann, bob: 3, true {x} (user.contact.email)"
    )
    assert words_in("zh")(found.message) == "ann、bob 的 email"


def test_values_are_no_templates(take: Take) -> None:
    """A name that looks like a placeholder is a name."""
    said = {**MAIL, "message": "{a}", "values": {"a": "{b} {0} {a}"}}
    (found,) = take([said]).findings
    assert words_in()(found.message) == "{b} {0} {a}"


def test_the_same_finding_twice_is_one(take: Take) -> None:
    """A set or a list, in any order."""
    first, second = MAIL, {"relation": "crm.people", "column": "phone"}
    assert take([first, second, first]) == take([second, first])


UNFIT: list[tuple[Any, str]] = [
    (None, "`deny` is `null`, no set or list of findings"),
    (True, "`deny` is `true`"),
    ({}, "`deny` is `{}`"),
    ({"relation": "crm.people"}, "no set or list"),
    ("crm.people", "no set or list"),
    (["crm.people"], "a finding is not one"),
    ([[]], "a finding is not one"),
    ([{}], "missing required field `relation`"),
    ([{"relation": 1}], "a finding is not one"),
    ([{"relation": "crm.people", "colum": "email"}], "unknown field `colum`"),
    ([{"relation": "crm.person"}], "names the relation `crm.person`, which the input lacks"),
    ([{"relation": ""}], "names the relation"),
    ([{**MAIL, "column": "emial"}], "names the column `emial`"),
    ([{**MAIL, "sink": "s3://elsewhere"}], "names the sink `s3://elsewhere`"),
    ([{**MAIL, "flow": "direct"}], "has a flow, and no relation as its sink"),
    ([{**MAIL, "sink": "analyst", "flow": "direct"}], "has a flow"),
    ([{**MAIL, "sink": "mart.people", "flow": "sideways"}], "a finding is not one"),
    ([{**MAIL, "sink": "mart.people", "flow": "join"}], "reaches mart.people by join flow"),
    ([{**MAIL, "sink": "mart.people", "protection": "clear"}], "by direct flow, clear"),
    ([{**MAIL, "sink": "crm.erasures"}], "no data of crm.people.email reaches crm.erasures"),
    (
        [{"relation": "stg.people", "column": "email", "sink": "mart.people"}],
        "stg.people.email is none of the input's sources",
    ),
    ([{"relation": "crm.people", "sink": "mart.people"}], "none of the input's sources"),
    ([{**MAIL, "sink": "mart.people", "category": "user.name"}], "none of the input's sources"),
    ([{**MAIL, "category": "user.contct"}], "names the category `user.contct`"),
    ([{**MAIL, "message": "{nobody}"}], "nothing fills 'nobody' in a message"),
    ([{**MAIL, "message": "x" * 2000}], "longer than 1000 characters"),
    ([{**MAIL, "message": "{a}", "values": {"a": {"b": 1}}}], "a finding is not one"),
    ([MAIL] * 100_001, "more than 100000 findings"),
]


@pytest.mark.parametrize(("deny", "what"), UNFIT, ids=[what for _, what in UNFIT])
def test_what_is_no_finding_is_no_pass(deny: object, what: str, take: Take) -> None:
    """An answer of another form, or about what is not there, is an error with the rule's name."""
    with pytest.raises(UnjudgedError, match=r"^some-rule\.rego:1:1: rule some-rule: ") as caught:
        take(deny)
    assert what in str(caught.value)


def test_a_rule_says_how_much_it_judged(take: Take) -> None:
    """What `judged` counts, else how much there is of what the rule reads."""
    assert take([], 3, counts=True).judged == 3
    assert take([], 0, counts=True).judged == 0
    assert take([]).judged == 5


@pytest.mark.parametrize("judged", [None, -1, 1.5, True, "3", [3]])
def test_what_is_no_count_is_no_pass(judged: object, take: Take) -> None:
    """A rule that does not know what it judged has not judged."""
    with pytest.raises(UnjudgedError, match="no count"):
        take([], judged, counts=True)


def test_who_judged_nothing_finds_nothing(take: Take) -> None:
    """Findings of a rule that judged nothing contradict themselves."""
    with pytest.raises(UnjudgedError, match="has 1 findings, and judged nothing"):
        take([MAIL], 0, counts=True)
