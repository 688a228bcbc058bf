"""CALL of a procedure that another text may make: values go into its parameters and out of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.compile.scripts.results import whole
from lineage.compile.scripts.tokens import (
    STRINGS,
    after_brackets,
    find_word,
    split_at,
    without,
    word,
)
from lineage.compile.scripts.variables import (
    come_to_be,
    into_variables,
    remember,
    rows_given,
)
from lineage.dialects import LIKE_TSQL, join_name
from lineage.objects import ARGUMENT, CALL, CALLED, SURE, Dep, Output, Scope, Statement, Write
from lineage.words import GapReason, TransformSubtype

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script
    from lineage.objects import Hole

_SAYS_OUT = LIKE_TSQL
_OUT = frozenset({"OUTPUT", "OUT"})
_WORD = re.compile(r"[^\W\d]")
_DOTTED = re.compile(r"\w{1,99}(?:\.\w{1,99}){1,3}")


def unless_made(statement: Statement, name: str) -> Statement:
    """The statement, whose holes are none where some text makes the routine."""
    holes = tuple(replace(hole, unless=f"{CALL}{name}") for hole in statement.holes)
    return replace(statement, holes=holes, calls=(name,))


def told_texts(
    script: Script, tokens: Sequence[Token], name: str, arguments: Sequence[Token]
) -> tuple[Hole, ...]:
    """A procedure that runs texts may run what it is told: a query, or the name of a table."""
    held = [*arguments, *script.context.made_of(arguments)]
    said = [t for t in held if t.token_type in STRINGS and _WORD.search(t.text)]
    if not name or not said or name in script.context.prepared:
        return ()
    message = f"what {word(tokens, 0)} {name} runs is not known"
    names = named_in_texts(script, said)
    statement = script.hole(GapReason.OPAQUE_CODE, message, tokens, said, names)
    return tuple(replace(h, unless=f"{SURE}{CALL}{name}") for h in statement.holes)


def named_in_texts(script: Script, tokens: Sequence[Token]) -> list[str]:
    """What texts of the form `a.b` among tokens may name."""
    part = script.context.naming.relation_part
    texts = (token.text for token in tokens if token.token_type in STRINGS)
    return [join_name(map(part, text.split("."))) for text in texts if _DOTTED.fullmatch(text)]


def fired(name: str, table: str, at: int) -> Statement:
    """A trigger on a table runs a function that another text may make."""
    name = name.lower()
    return replace(whole(table, at), writes=(), calls=(name,), fires=((name, 0),))


def given_elsewhere(script: Script, name: str, arguments: Sequence[Token]) -> Iterator[Statement]:
    """What goes into the parameters of a procedure, and what comes out into variables."""
    if word(arguments, 0) == "(":
        arguments = arguments[1 : after_brackets(arguments, 0) - 1]
    items = [item for item in split_at(arguments, ",") if item]
    for position, item in enumerate(items):
        at = find_word(item, {"=", "=>"})
        value = without(item[at + 1 :], _OUT)
        yield from come_to_be(script, value)
        yield from rows_given(script, value, None)
        if not value or not script.moves(value):
            continue
        called = script.context.name(item[at - 1]).lower() if at > 0 else str(position)
        place = f"{name}{ARGUMENT}{called}/{len(items)}"
        yield _given(script.value(value), place, name)
        held = script.context.held(value[-1])
        out = script.dialect not in _SAYS_OUT or len(value) < len(item[at + 1 :])
        if out and held is not None and len(value) <= 2:  # noqa: PLR2004 - a mark and a name
            remember(script, [script.context.name(value[-1])], ())
            target = (script.context.name(value[-1]), held)
            yield replace(into_variables(_taken(place, value[0].start), [target]), calls=(name,))


def _given(statement: Statement, place: str, name: str) -> Statement:
    """A query whose result goes into a parameter, wherever that is."""
    results = {write.scope for write in statement.writes if write.kind == "result"}
    scopes = tuple(
        replace(scope, outputs=tuple(_marked(o, place) for o in scope.outputs))
        if number in results
        else scope
        for number, scope in enumerate(statement.scopes)
    )
    others = tuple(write for write in statement.writes if write.kind != "result")
    return replace(statement, scopes=scopes, writes=others, calls=(*statement.calls, name))


def _marked(output: Output, place: str) -> Output:
    deps = tuple(replace(dep, functions=(*dep.functions, place)) for dep in output.deps)
    return replace(output, deps=deps)


def _taken(place: str, at: int) -> Statement:
    """What a parameter holds when the procedure has run, as the result of a query."""
    dep = Dep(0, CALLED, place, TransformSubtype.IDENTITY, (), at)
    scope = Scope("", -1, (), (Output("", (dep,), at),), offset=at)
    return Statement(at, (scope,), (0,), (Write("", 0, "result", offset=at),))
