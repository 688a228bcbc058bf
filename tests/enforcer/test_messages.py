"""What Fieldgate says: catalogues that are whole, and code that asks for what they have."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from enforcer.check.values import KINDS
from enforcer.messages import FAMILIES, catalogue, words_in
from enforcer.protection.states import FLOWS
from enforcer.words import ENGLISH, Lang, Protection, say, verbatim
from lineage import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LANGS: tuple[Lang, ...] = get_args(Lang)
SOURCES = sorted((Path(__file__).parents[2] / "enforcer").rglob("*.py"))
# Keys that are put together: how they begin, and how they may end.
PUT_TOGETHER: dict[str, Iterable[str]] = {"flow-": FLOWS, "value-": KINDS}
# What is said without a key of its own: the members of families.
SAID = {f"{prefix}{member.value}" for kind, prefix in FAMILIES.items() for member in kind}


def calls() -> Iterator[tuple[str, ast.expr, set[str | None]]]:
    """Every `say(…)` in the code: where, its key, and the names of its values."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "say":
                names = {keyword.arg for keyword in node.keywords}
                yield f"{path.name}:{node.lineno}", node.args[0], names


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
    said = catalogue(lang)
    wrong = [
        (where, key)
        for where, expression, names in calls()
        for key in sorted(keys_of(expression))
        if said.holes(key) is None or (None not in names and said.holes(key) != names)
    ]
    assert wrong == []
    assert {*said.keys()} >= SAID


@pytest.mark.parametrize("lang", LANGS)
def test_every_message_of_a_catalogue_is_used(lang: Lang) -> None:
    """What nothing says any more leaves the catalogues."""
    asked = SAID.union(*(keys_of(expression) for _, expression, _ in calls()))
    assert set(catalogue(lang).keys()) - asked == set()


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
    message = say("literal", where="s", count=count, kind=say("value-email"), first="a…m")
    assert words_in("en")(message) == f"s holds {said} an e-mail address, the first is a…m"
