"""Mutants of a rule: the rule with one condition changed, and where that stands in its file."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import inspect

from enforcer.documents import Document, parse_document
from enforcer.documents.nodes import Mapping, Node, Scalar, Sequence
from enforcer.policytest.anew import is_rule
from enforcer.policytest.changes import Part, changes_to
from enforcer.policytest.sameness import why_same
from enforcer.rules import Rule
from enforcer.words import Message
from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enforcer.packs import LoadedRule
    from enforcer.policytest.changes import Change, Path
    from enforcer.taxonomy import Taxonomy

# The keys of a rule that decide what it finds.
_SIDES: Final = ("deny", "require", "allow")
_CONDITIONS: Final = (*_SIDES, "unless", "except")
_PARAMETER: Final = re.compile(r"\$[a-z][a-z0-9_]*", re.ASCII)


class Mutant(msgspec.Struct, frozen=True):
    """A rule with one condition changed.

    `change` is what changed, in the words of YAML, and `origin` where that is written;
    `parameters` are the names that stand there, and `depth` says how far down that is. `takes`
    is what was taken away. `same` says why no world can tell the mutant from the rule, if
    that can be shown.
    """

    rule: Rule
    change: str
    origin: Origin
    takes: Part
    depth: int
    parameters: frozenset[str]
    same: Message | None = None


def mutants_of(loaded: LoadedRule, taxonomy: Taxonomy) -> Iterator[Mutant]:
    """All rules that differ from a rule in one condition and that somebody could have written.

    None of a rule in Rego, whose conditions are its program. Of one to which a pack gives
    values of its law, those that concern these values; all else is tested with the rule itself.
    """
    if not any(getattr(loaded.rule, key) for key in _SIDES):
        return
    document = parse_document(loaded.source, loaded.file, Rule, {})
    seen: set[tuple[str, bytes]] = set()
    for field in _fields():
        there = getattr(loaded.rule, field.name)
        if field.encode_name not in _CONDITIONS or not there:
            continue
        for change in changes_to(there, field.type, (field.encode_name,)):
            rule = msgspec.structs.replace(loaded.rule, **{field.name: change.value})
            identity = (field.name, msgspec.json.encode(change.value))
            if identity not in seen and is_rule(rule, taxonomy):
                seen.add(identity)
                mutant = _mutant(loaded.rule, rule, change, document, taxonomy)
                if not loaded.values or mutant.parameters & loaded.values:
                    yield mutant


@cache
def _fields() -> tuple[inspect.Field, ...]:
    wanted = inspect.type_info(Rule)
    assert isinstance(wanted, inspect.StructType)
    return wanted.fields


def _mutant(
    before: Rule, rule: Rule, change: Change, document: Document[Rule], taxonomy: Taxonomy
) -> Mutant:
    path = _written(document, change.path)
    return Mutant(
        rule=rule,
        change=f"{_in_words(document, change.path)}: {change.words}",
        origin=document.origin(*path),
        takes=change.takes,
        depth=len(path),
        parameters=frozenset(_parameters_at(document, path)),
        same=why_same(before, rule, taxonomy),
    )


def _parameters_at(document: Document[Rule], path: Path) -> Iterator[str]:
    """The names of parameters that a part of a document is made of; none where it is unwritten."""
    node = document.node(*path)
    left_out = isinstance(path[-1], str) and path[-1] not in document.keys(*path[:-1])
    if not (left_out and isinstance(node, Mapping)):
        yield from _parameters(node)


def _parameters(node: Node) -> Iterator[str]:
    """The names of parameters that are written in a part of a document."""
    if isinstance(node, Mapping):
        for _, value in node.entries:
            yield from _parameters(value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _parameters(item)
    elif isinstance(node, Scalar) and node.plain and _PARAMETER.fullmatch(node.text):
        yield node.text[1:]


def _written(document: Document[Rule], path: Path) -> Path:
    """A path as the file has it: keys that a short form leaves out are left out."""
    written: Path = ()
    for number, part in enumerate(path):
        left_out = isinstance(part, str) and part not in document.keys(*written)
        if not left_out or number == len(path) - 1:
            written = (*written, part)
    return written


def _in_words(document: Document[Rule], path: Path) -> str:
    """A path as people say it: `deny.data`, `unless[2].guard.column`.

    Words in a list go by their own name, so their number is left out.
    """
    said = str(path[0])
    for number in range(1, len(path)):
        part, before = path[number], _written(document, path[:number])
        node = document.node(*before)
        if isinstance(part, str):
            shown = part in document.keys(*before) or number == len(path) - 1
            said += f".{part}" if shown else ""
        elif isinstance(node, Sequence) and not isinstance(node.items[0], Scalar):
            said += f"[{part}]"
    return said
