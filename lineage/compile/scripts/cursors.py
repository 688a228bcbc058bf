"""Cursors with parameters: `CURSOR c (p NUMBER) IS query`, which is opened as `c(3)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.tokens import after_brackets, find_word, listed, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.context import Variable
    from lineage.compile.scripts.script import Script
    from lineage.objects import Statement


def declare_parameters_of(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """The parameters of the cursor `name CURSOR (p type) …` are variables."""
    found = script.context.parameters[_key(script, tokens[0])] = []
    for item in listed(tokens, 2):
        if item:
            name = script.context.name(item[0])
            yield script.context.declare(name, item[0].start)
            found.append((name, script.context.variables[name]))


def without_parameters(tokens: Sequence[Token]) -> Sequence[Token]:
    """The declaration of a cursor without its parameters and the type of its rows."""
    closed = after_brackets(tokens, 2)
    query = find_word(tokens, {"IS", "FOR"}, closed)
    typed = word(tokens, closed) == "RETURN" and query > 0
    return [*tokens[:2], *tokens[query if typed else closed :]]


def takes_values(script: Script, cursor: Token) -> bool:
    """Whether a cursor of that name has parameters."""
    return bool(script.context.parameters.get(_key(script, cursor)))


def opened_with(
    script: Script, tokens: Sequence[Token]
) -> Iterator[tuple[Sequence[Token], tuple[str, Variable]]]:
    """Each value of `c(value, …)` that may hold data, with the parameter that it goes into."""
    parameters = script.context.parameters.get(_key(script, tokens[0]), ())
    for position, item in enumerate(listed(tokens, 1)):
        at = find_word(item, {"=>", ":="})
        name = script.context.name(item[at - 1]) if at > 0 else ""
        value = item[at + 1 :]
        for number, parameter in enumerate(parameters):
            meant = parameter[0] == name if name else number == position
            if meant and value and script.moves(value):
                yield value, parameter


def _key(script: Script, cursor: Token) -> str:
    return f"{script.context.name(cursor)} cursor"
