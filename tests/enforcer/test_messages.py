"""What Fieldgate says: catalogues that are whole, and code that asks for what they have."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import msgspec
import pytest
from jinja2 import Environment, nodes

from enforcer.check import NOT_ANALYSED
from enforcer.classify.proposal import Confidence
from enforcer.documents import parse_document
from enforcer.messages import FAMILIES, words_in
from enforcer.messages.catalogue import Catalogue, check_alike, forms_of
from enforcer.policy import load_shipped_rules
from enforcer.policytest import Kind
from enforcer.protection.states import FLOWS
from enforcer.protection.variants import VARIANTS
from enforcer.value_kinds import ValueKind
from enforcer.words import (
    ENGLISH,
    ExitCode,
    Lang,
    PolicyError,
    Protection,
    Saying,
    Severity,
    Wording,
    say,
    verbatim,
)
from lineage import Column, GapReason
from lineage.compile.scripts.protections import REMOVABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enforcer.messages.catalogue import Form

HAN = re.compile("[\u4e00-\u9fff]")
LANGS: tuple[Lang, ...] = get_args(Lang)
ENFORCER = Path(__file__).parents[2] / "enforcer"
SOURCES = sorted(ENFORCER.rglob("*.py"))
PAGE = ENFORCER / "report/page.html.j2"
# Keys that are put together: how they begin, and how they may end.
PUT_TOGETHER: dict[str, Iterable[str]] = {
    "confidence-": list(Confidence),
    "count-": list(Severity),
    "detail-": {variant.detail for variant in VARIANTS if variant.detail},
    "exit-": [str(code.value) for code in ExitCode],
    "flow-": FLOWS,
    "next-step-": list(GapReason),
    "saying-": list(Saying),
    "removed-": REMOVABLE,
    "part-": [kind.value for kind in Kind],
    "value-": list(ValueKind),
}
# What is said without a key of its own: the members of families.
SAID = {f"{prefix}{member.value}" for kind, prefix in FAMILIES.items() for member in kind}


def calls() -> Iterator[tuple[str, ast.expr, set[str | None]]]:
    """Every `say(…)` in the code and in the page: where, its key, and the names of its values."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "say":
                names = {keyword.arg for keyword in node.keywords}
                yield f"{path.name}:{node.lineno}", node.args[0], names
    for call in Environment(autoescape=True).parse(PAGE.read_text("utf-8")).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "say":
            key = ast.Constant(call.args[0].as_const())
            yield f"{PAGE.name}:{call.lineno}", key, {keyword.key for keyword in call.kwargs}


def keys_of(key: ast.expr) -> set[str]:
    """The keys that an expression may come to: a text, or a prefix with an end."""
    if isinstance(key, ast.Constant):
        return {str(key.value)}
    assert isinstance(key, ast.JoinedStr), ast.unparse(key)
    prefix = key.values[0]
    assert isinstance(prefix, ast.Constant), ast.unparse(key)
    return {f"{prefix.value}{end}" for end in PUT_TOGETHER[str(prefix.value)]}


@pytest.mark.parametrize("lang", LANGS)
def test_every_message_that_is_asked_for_is_in_each_catalogue(lang: Lang) -> None:
    """A check cannot say what a language has no words for, nor leave a placeholder open."""
    said = words_in(lang).forms
    wrong = [
        (where, key)
        for where, expression, names in calls()
        for key in sorted(keys_of(expression))
        if key not in said or (None not in names and said[key].holes != names)
    ]
    assert wrong == []
    assert {*said} >= SAID


@pytest.mark.parametrize("lang", LANGS)
def test_every_message_of_a_catalogue_is_used(lang: Lang) -> None:
    """What nothing says any more leaves the catalogues."""
    asked = SAID.union(*(keys_of(expression) for _, expression, _ in calls()))
    assert set(words_in(lang).forms) - asked == set()


# What a Chinese phrase may be made of without a Chinese word: names, numbers and marks.
WORDLESS = re.compile(r"[\W\d_]*")


def test_every_chinese_message_is_in_chinese() -> None:
    """Nothing was left in English where English has words."""
    english, chinese = words_in("en").forms, words_in("zh").forms
    left = [
        key
        for key, form in chinese.items()
        if not WORDLESS.fullmatch(_fixed(english[key])) and not HAN.search(_fixed(form))
    ]
    assert left == []


def _fixed(form: Form) -> str:
    return "".join(part for part in form.other if isinstance(part, str))


def test_every_shipped_rule_speaks_chinese() -> None:
    """Title, why and fix of each are Chinese, without blanks between the characters."""
    cards = [NOT_ANALYSED, *(rule.card for rule in load_shipped_rules())]
    said = {
        f"{card.id}.{name}": getattr(card.wording("zh"), name)
        for card in cards
        for name in Wording.__struct_fields__
    }
    assert [key for key, text in said.items() if not HAN.search(text)] == []
    assert [
        key for key, text in said.items() if re.search(rf"{HAN.pattern}\s+{HAN.pattern}", text)
    ] == []


def test_a_rule_without_chinese_words_keeps_its_own() -> None:
    """A project that writes its rules in one language reads them in that one."""
    card = msgspec.structs.replace(NOT_ANALYSED, title="Hausregel", zh=None)
    assert card.wording("zh").title == "Hausregel"


def test_values_are_no_templates() -> None:
    """Braces in what a stranger wrote stay braces."""
    hostile = "{field} {0} {{x}} {"
    assert words_in(ENGLISH)(verbatim(hostile)) == hostile


def test_a_message_says_lists_and_words_as_its_language_does() -> None:
    """One message is told in every language, down to its lists and its protections."""
    message = say(
        "stands-in",
        field=Column("a.b", "c"),
        category="user",
        relation="a.b",
        protections=(Protection.HASHED, Protection.KEYED),
    )
    assert words_in("en")(message) == "a.b.c (user) stands in a.b hashed or keyed"
    assert words_in("zh")(message) == "a.b.c（user）以哈希或带密钥哈希形式存放于 a.b"


@pytest.mark.parametrize(("count", "said"), [(1, "a value of"), (2, "2 values of")])
def test_one_is_said_otherwise_than_many(count: int, said: str) -> None:
    """A message that counts has a form for one."""
    message = say("literal", where="s", count=count, kind=say("value-email"))
    assert words_in("en")(message).startswith(f"s holds {said} an e-mail address")


ENGLISH_ONE = """
joins: {list: ", "}
messages: {a: "{x} and {y}"}
"""


@pytest.mark.parametrize(
    ("messages", "complaint"),
    [
        ("{}", "message `a` is missing"),
        ('{a: "{y} {x}", b: c}', "message `b` is not in English"),
        ('{a: "{x}"}', "message `a` has other placeholders than in English"),
        ('{a: "{x} {y:or}"}', "message `a`: nothing fills `y`"),
        ('{a: "{x.y} {y}"}', "message `a`: nothing fills `x.y`"),
        ('{a: "{x} {y"}', "message `a`: expected '}' before end of string"),
    ],
)
def test_a_catalogue_that_is_not_as_the_english_one_is_an_error(
    messages: str, complaint: str
) -> None:
    """Each language has every message, with the same placeholders."""
    model = forms_of(parse_document(ENGLISH_ONE, "en.yml", Catalogue))
    text = f"joins: {{list: x}}\nmessages: {messages}\n"
    document = parse_document(text, "zh.yml", Catalogue)
    with pytest.raises(PolicyError) as error:
        check_alike(document, forms_of(document), model)
    assert error.value.message == complaint
    assert (error.value.origin.file, error.value.origin.line) == ("zh.yml", 2)
