"""Pipe syntax: operators that the parser does not know, said in those that it does.

`|> SET a = x` is `|> AGGREGATE * REPLACE (x AS a)`, `|> AS y` puts all before it into brackets, and
so does the first pipe behind SELECT. What AGGREGATE puts out without groups is what SELECT puts
out, for which the parser would copy all that stands before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.pipe_aliases import STEP
from lineage.compile.scripts.tokens import (
    QUERIES,
    UNITES,
    find_word,
    in_brackets,
    made_word,
    made_words,
    says,
    split_at,
    with_commas,
    word,
)
from lineage.compile.unparsed import end_of_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlglot.tokenizer_core import Token

_BEGINS = frozenset({"FROM", "SELECT", "WITH", "VALUES"})
_ENDS_IN_STATEMENT = frozenset({"CREATE", "INSERT", "EXPORT"})
_PUTS_OUT = frozenset({"SELECT", "AGGREGATE", "AS", "PIVOT", "UNPIVOT", *_ENDS_IN_STATEMENT})
_BEHIND_BRACKETS = frozenset({"AS", "MATCH_RECOGNIZE"})
_SETS = frozenset({"ROLLUP", "CUBE", "GROUPING SETS"})  # of keys


def without_pipes_unknown(tokens: Sequence[Token]) -> list[Token]:
    """The tokens of a statement whose pipes have only operators that the parser knows."""
    said: list[Token] = []
    starts = [-1]  # of the query in each bracket that is open, among those that are said
    position = 0
    while position < len(tokens):
        token, here = tokens[position], word(tokens, position)
        if here == "TABLE" and _is_piped(tokens, position + 1):
            token, here = made_word(TokenType.FROM, "from", token), "FROM"
        if here == "(":
            if starts[-1] < 0 and said and said[-1].text.upper() == "AS":
                starts[-1] = len(said)
            starts.append(-1)
        elif here == ")":
            starts = starts[:-1] or [-1]
        elif here in _BEGINS and starts[-1] < 0:
            starts[-1] = len(said)
        if token.token_type is TokenType.PIPE_GT:
            start, end = max(starts[-1], 0), _end_of_operator(tokens, position + 1)
            if word(said, start) == "VALUES":
                said[start:start] = made_words("from", token)
            of_structs = _enclose(said, start)
            _add_operator(said, tokens[position:end], start)
            if of_structs and word(tokens, position + 1) not in _PUTS_OUT:
                _make_structs(said, start, token)
            position = end
        else:
            said.append(token)
            position += 1
    return said


def _enclose(said: list[Token], start: int) -> bool:
    """Put SELECT before a pipe into brackets: the parser takes what follows for clauses of it.

    Returns whether its rows are structs.
    """
    body = find_word(said, {"SELECT", "FROM"}, start)
    if body < 0 or word(said, body) == "FROM":
        return False
    of_structs = says(said, body + 1, "AS", "STRUCT")
    said[body:body] = made_words("from (", said[body])
    said += made_words(")", said[-1])
    return of_structs


def _make_structs(said: list[Token], start: int, near: Token) -> None:
    said[start:start] = made_words("select as struct * from (", near)
    said += made_words(")", near)


def _is_piped(tokens: Sequence[Token], start: int) -> bool:
    """Whether a pipe follows the name that starts here."""
    end = end_of_name(tokens, start)
    return end < len(tokens) and tokens[end].token_type is TokenType.PIPE_GT


def _end_of_operator(tokens: Sequence[Token], start: int) -> int:
    depth = 0
    for position in range(start, len(tokens)):
        here = word(tokens, position)
        if not depth and (here == ")" or tokens[position].token_type is TokenType.PIPE_GT):
            return position
        depth += {"(": 1, ")": -1}.get(here, 0)
    return len(tokens)


def _add_operator(said: list[Token], operator: Sequence[Token], start: int) -> None:
    """Add an operator, which begins with its pipe, to what was said so far."""
    name = word(operator, 1)
    if name in _BEHIND_BRACKETS:
        said[start:start] = made_words("from (", operator[0])
        said += [*made_words(")", operator[0]), *operator[1:]]
        return
    if name == "WITH" and _is_new(operator, said[start:]):
        said[start:start] = operator[1:]
        return
    if name in _ENDS_IN_STATEMENT:
        between = made_words("as", operator[0]) if name != "INSERT" else []
        said[start:start] = [*operator[1:], *between]
        return
    group = find_word(operator, {"GROUP"}, 2) if name == "SELECT" else -1
    if group > 0:  # Spark's; behind AGGREGATE the keys would be put out as well
        said[start:start] = [*operator[1:group], *made_words("from (", operator[0])]
        said += [*made_words(f") as {STEP}", operator[0]), *operator[group:]]
        return
    if says(operator, 1, "SELECT", "AS", "STRUCT"):
        said += [*operator[:2], *without_pipes_unknown(operator[4:])]
        _make_structs(said, start, operator[0])
        return
    inside = without_pipes_unknown(operator[2:])
    if name in UNITES:
        inside = _in_brackets(inside, operator[0])
    rewrite = _OPERATORS.get(name)
    if rewrite is None:
        said += [*operator[:2], *inside]
        return
    found = rewrite(inside, operator[0])
    said += [operator[0], *found] if found else []


def _is_new(operator: Sequence[Token], before: Sequence[Token]) -> bool:
    """Whether WITH can stand first: there is none yet, and nothing before has such a name."""
    names = {part[0].text.upper() for part in split_at(operator[2:], ",") if part}
    read = {token.text.upper() for token in before}
    return names.isdisjoint(read | {"RECURSIVE"}) and word(before, 0) != "WITH"


def _in_brackets(items: list[Token], near: Token) -> list[Token]:
    """UNION ALL SELECT …, as Spark has it, is UNION ALL (SELECT …)."""
    start = find_word(items, {"(", *QUERIES})
    if start < 0 or word(items, start) == "(":
        return items
    return [*items[:start], *in_brackets(items[start:], near)]


def _set(items: Sequence[Token], near: Token) -> list[Token]:
    """SET a = x, b = y."""
    named: list[Sequence[Token]] = []
    for item in split_at(items, ","):
        equals = find_word(item, {"="})
        named.append([*item[equals + 1 :], *made_words("as", near), *item[:equals]])
    return [*made_words("aggregate * replace", near), *in_brackets(with_commas(named), near)]


def with_single_sets(tokens: Sequence[Token]) -> list[Token]:
    """`|> SET a = x, b = y` as `|> SET a = x |> SET b = y`.

    In Spark `y` sees what `a` has been set to, in BigQuery what it was.
    """
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.token_type is TokenType.PIPE_GT and word(tokens, position + 1) == "SET":
            end = _end_of_operator(tokens, position + 1)
            for item in split_at(tokens[position + 2 : end], ","):
                said += [token, tokens[position + 1], *with_single_sets(item)]
            position = end
        else:
            said.append(token)
            position += 1
    return said


def _aggregate(items: Sequence[Token], near: Token) -> list[Token]:
    """`… GROUP BY 1`: the first column of what is grouped, and not the number."""
    start = find_word(items, {"GROUP"}) + 1 or len(items)
    keys = _plain_keys(items[start:])
    said = [*made_words("aggregate", near), *items[: start if keys else start - 1]]
    for number, key in enumerate(keys):
        numbered = bool(key) and key[0].token_type is TokenType.NUMBER
        first = list(key[:1])
        if numbered and word(key, 1) in {"", "AS", "ASC", "DESC"}:
            first = [made_word(TokenType.VAR, f"${key[0].text}", key[0])]
        said += [*(made_words(",", near) if number else []), *first, *key[1:]]
    return said


def _plain_keys(keys: Sequence[Token]) -> list[Sequence[Token]]:
    """`BY a, ROLLUP (b, c)` as `BY a, b, c`: whichever sets they make, each is put out once."""
    listed = list(split_at(keys, ","))
    first = next(iter(listed), ())
    begin = find_word(first, {"BY"}) + 1
    listed[:1] = [first[begin:]]
    if not any(word(key, 0) in _SETS for key in listed):
        return [[*first[:begin], *listed[0]], *listed[1:]]
    plain: dict[tuple[str, ...], Sequence[Token]] = {}
    while listed:
        key = listed.pop(0)
        if word(key, 0) in _SETS:
            inside = split_at(key[2:-1], ",")
            listed[:0] = [part[1:-1] if word(part, 0) == "(" else part for part in inside]
        elif key:
            for part in split_at(key, ","):
                plain.setdefault(tuple(token.text.upper() for token in part), part)
    found = list(plain.values())
    return [[*first[:begin], *found[0]], *found[1:]] if found else []


def _drop(items: Sequence[Token], near: Token) -> list[Token]:
    return [*made_words("aggregate * except", near), *in_brackets(items, near)]


def _rename(items: Sequence[Token], near: Token) -> list[Token]:
    """RENAME a AS b, c d."""
    named = [[item[0], *made_words("as", near), item[-1]] for item in split_at(items, ",")]
    return [*made_words("aggregate * rename", near), *in_brackets(with_commas(named), near)]


def _distinct(_items: Sequence[Token], near: Token) -> list[Token]:
    """All rows but once; what follows is asked of these, and not of the same query."""
    return [*made_words("distinct", near), near, *made_words("aggregate *", near)]


def _select(items: Sequence[Token], near: Token) -> list[Token]:
    """SELECT [ALL | DISTINCT] a, b: the parser would forget the word DISTINCT."""
    quantified = word(items, 0) in {"ALL", "DISTINCT"}
    listed = _with_windows(items[1:] if quantified else items)
    said = [*made_words("select" if word(listed, 0) == "AS" else "aggregate", near), *listed]
    return [*said, near, *_distinct((), near)] if word(items, 0) == "DISTINCT" else said


def _with_windows(items: Sequence[Token]) -> Sequence[Token]:
    """`sum(a) OVER w WINDOW w AS (…)` as `sum(a) OVER (…)`: the parser would forget the rest."""
    start = find_word(items, {"WINDOW"})
    while start >= 0 and word(items, start + 2) != "AS":
        start = find_word(items, {"WINDOW"}, start + 1)  # a column of that name
    if start < 0:
        return items
    windows: dict[str, Sequence[Token]] = {}
    over = made_word(TokenType.OVER, "over", items[start])
    for item in split_at(items[start + 1 :], ","):
        if item:
            windows[item[0].text.upper()] = _spelt_out([over, *item[2:]], windows)[1:]
    return _spelt_out(items[:start], windows)


def _spelt_out(items: Sequence[Token], windows: Mapping[str, Sequence[Token]]) -> list[Token]:
    """`OVER w` and `OVER (w …)` with what a window is in place of its name."""
    said: list[Token] = []
    for token in items:
        meant = windows.get(token.text.upper(), ())
        before = word(said, len(said) - 1) if said and meant else ""
        if before == "OVER":
            said += meant
        elif before == "(" and len(said) > 1 and word(said, len(said) - 2) == "OVER":
            said += meant[1:-1]
        else:
            said.append(token)
    return said


def _extend(items: Sequence[Token], near: Token) -> list[Token]:
    return [*made_words("extend", near), *_with_windows(items)]


def _nothing(_items: Sequence[Token], _near: Token) -> list[Token]:
    return []


_OPERATORS: dict[str, Callable[[Sequence[Token], Token], list[Token]]] = {
    "AGGREGATE": _aggregate,
    "SET": _set,
    "DROP": _drop,
    "RENAME": _rename,
    "SELECT": _select,
    "DISTINCT": _distinct,
    "EXTEND": _extend,
    "WINDOW": _extend,
    "ASSERT": _nothing,
}
