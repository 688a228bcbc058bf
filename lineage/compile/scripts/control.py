"""Blocks: BEGIN, IF, CASE, loops and handlers around the statements that run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import (
    after_brackets,
    find_word,
    made_word,
    starts_of_statements,
    word,
)
from lineage.compile.scripts.variables import all_of, assign, declare_rows
from lineage.objects import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script

_AFTER_BEGIN = frozenset({"ATOMIC", "NOT", "TRY", "CATCH"})
_VERBS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "CREATE", "COPY", "WITH"})
_RUNS = frozenset("BEGIN SET INSERT UPDATE DELETE SELECT CALL ROLLBACK CLOSE LEAVE".split())


def read_begin(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """BEGIN opens a block, or a transaction."""
    script.declaring = False
    start = 1
    while word(tokens, start) in _AFTER_BEGIN:
        start += 1
    if word(tokens, start) in {"TRAN", "TRANSACTION", "WORK", "DISTRIBUTED"}:
        return
    _open(script)
    yield from _rest(script, tokens, start)


def _open(script: Script, conditions: Sequence[str] = ()) -> None:
    pending, script.pending = script.pending or [], None
    script.context.conditions.append([*pending, *conditions])


def _rest(script: Script, tokens: Sequence[Token], start: int) -> Iterator[Statement]:
    if start < len(tokens):
        yield from script.statements(tokens[start:])


def read_end(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """END closes the innermost block, whatever it is."""
    if script.context.conditions:
        script.last = script.context.conditions.pop()
    while script.loops and script.loops[-1][0] > len(script.context.conditions):
        script.loops.pop()
    if not script.context.conditions and script.in_body and not _ends_part(tokens):
        script.leave_routine()
    verb = find_word(tokens, _VERBS, 1)
    if verb > 0:
        yield from script.statements(tokens[verb:])


def _ends_part(tokens: Sequence[Token]) -> bool:
    return word(tokens, 1) in {"IF", "LOOP", "WHILE", "FOR", "CASE", "REPEAT", "TRY", "CATCH"}


def read_if(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """IF … THEN opens a block; T-SQL's IF governs the statement that follows it."""
    then = find_word(tokens, {"THEN"})
    if then < 0:
        starts = [*starts_of_statements(tokens), len(tokens)]
        names, worked_out = script.condition(tokens[1 : starts[1]])
        yield from worked_out
        script.pending = [*(script.pending or ()), *names]
        yield from _rest(script, tokens, starts[1])
        return
    names, worked_out = script.condition(tokens[1:then])
    yield from worked_out
    _open(script, names)
    yield from _rest(script, tokens, then + 1)


def read_else(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """ELSE is governed by the conditions before it."""
    if find_word(tokens, {"THEN"}) < 0 and not _in_branches(script):
        script.pending = list(script.last)
    yield from _rest(script, tokens, 1)


def _in_branches(script: Script) -> bool:
    return script.dialect not in {"tsql", "fabric"}


def read_elseif(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """ELSEIF and WHEN: one more condition for what is left of the block."""
    then = find_word(tokens, {"THEN"})
    end = then if then > 0 else len(tokens)
    names, worked_out = script.condition(tokens[1:end])
    yield from worked_out
    if script.context.conditions:
        script.context.conditions[-1].extend(names)
    yield from _rest(script, tokens, end + 1)


def read_case(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """CASE x WHEN … THEN, as a statement."""
    when = next((n for n in range(1, len(tokens)) if word(tokens, n) == "WHEN"), len(tokens))
    names, worked_out = script.condition(tokens[1:when])
    yield from worked_out
    _open(script, names)
    if when < len(tokens):
        yield from read_elseif(script, tokens[when:])


def read_exception(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """EXCEPTION and what it handles."""
    yield from _rest(script, tokens, 1)


def read_loop(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """LOOP and REPEAT open a block."""
    _open(script)
    script.loops.append((len(script.context.conditions), []))
    yield from _rest(script, tokens, 1)


def read_while(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """WHILE … DO or LOOP; T-SQL's governs the statement that follows it."""
    do = find_word(tokens, {"DO", "LOOP"}, 1)
    if do < 0:
        yield from read_if(script, tokens)
        script.loops.append((len(script.context.conditions) + 1, []))
        return
    names, worked_out = script.condition(tokens[1:do])
    yield from worked_out
    _open(script, names)
    script.loops.append((len(script.context.conditions), []))
    yield from _rest(script, tokens, do + 1)


def read_until(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """UNTIL … END REPEAT: what ends a loop decides about what it did."""
    end = find_word(tokens, {"END"})
    names, worked_out = script.condition(tokens[1 : end if end > 0 else len(tokens)])
    yield from worked_out
    script.context.lasting += names
    yield from script.repeated(tokens)
    if end > 0:
        yield from read_end(script, tokens[end:])


def read_for(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """FOR … IN a query or cursor: a variable for the row, and a block under its rows."""
    do = find_word(tokens, {"DO", "LOOP"}, 1)
    among = find_word(tokens, {"IN", "AS"}, 1)
    if do < 0 or not 0 < among < do:
        yield from _rest(script, tokens, do + 1 if do > 0 else 1)
        return
    of = next((n for n in range(among, do) if word(tokens, n) == "FOR"), among)
    query = tokens[of + 1 : do]
    if word(query, 0) in {"REVERSE", "ARRAY"}:
        query = query[1:]
    names: list[str] = []
    if word(query, 0) == "EXECUTE":
        yield from declare_rows(script, tokens[1], query)
    elif query and script.moves(query):
        if tokens[of].text.upper() != "FOR" and "SELECT" not in {t.text.upper() for t in query}:
            yield from declare_rows(script, tokens[1], query)
        else:
            inner = _unbracketed(query)
            yield from assign(script, [tokens[1]], inner, rows=True)
            names, worked_out = script.condition(_exists(inner))
            yield from worked_out
    _open(script, names)
    script.loops.append((len(script.context.conditions), []))
    yield from _rest(script, tokens, do + 1)


def _unbracketed(tokens: Sequence[Token]) -> Sequence[Token]:
    while word(tokens, 0) == "(" and after_brackets(tokens, 0) == len(tokens):
        tokens = tokens[1:-1]
    return tokens


def _exists(query: Sequence[Token]) -> Sequence[Token]:
    near = query[0]
    return [
        made_word(TokenType.EXISTS, "exists", near),
        made_word(TokenType.L_PAREN, "(", near),
        *query,
        made_word(TokenType.R_PAREN, ")", near),
    ]


def read_handler(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """DECLARE … HANDLER FOR … statement."""
    start = find_word(tokens, _RUNS, 2)
    yield from _rest(script, tokens, start if start > 0 else len(tokens))


def read_leave(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """RETURN, LEAVE, RAISE and the like: here the script may end."""
    when = find_word(tokens, {"WHEN"})
    if when > 0:
        names, worked_out = script.condition(tokens[when + 1 :])
        yield from worked_out
        script.context.lasting += names
    elif len(tokens) > 1 and script.moves(tokens[1:]):
        yield from _returned(script, tokens)
    script.context.leave()
    if word(tokens, 0) in {"LEAVE", "BREAK", "EXIT", "CONTINUE", "ITERATE"}:
        yield from script.repeated(tokens)
    if script.pending is not None:
        script.context.lasting += script.pending
        script.last, script.pending = script.pending, None


def read_print(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """PRINT shows a value to whoever runs the script."""
    if len(tokens) > 1 and script.moves(tokens[1:]):
        yield script.value(tokens[1:])
    script.pending = None


def _returned(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """RETURN value, RETURN QUERY select, RETURN TABLE(select), RAISE … with values."""
    start = 1
    while word(tokens, start) in {"QUERY", "NEXT", "TABLE", "NOTICE", "EXCEPTION"}:
        start += 1
    if word(tokens, start) == "EXECUTE":
        yield from script.statements(tokens[start:])
        return
    value = _unbracketed(tokens[start:])
    held = script.context.variables.get(script.context.name(value[-1])) if value else None
    if held is not None and held.rows and len(value) <= 2:  # noqa: PLR2004 - a mark, a name
        yield script.put_out(all_of(held, value[-1].start))
    elif value:
        yield script.put_out(script.value(value))


def read_label(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """`label:` and `<<label>>` before a block."""
    start = 2
    if tokens[0].text == "<<":
        start = next((n + 1 for n, t in enumerate(tokens) if t.text == ">>"), len(tokens))
    yield from _rest(script, tokens, start)


def read_nothing(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """A mark between batches; a statement may follow it with nothing between."""
    script.pending = None
    if word(tokens, 0) in {"GO", "/"}:
        script.leave_routine()
    start = 1
    while start < len(tokens) and tokens[start].text in {"/", "//", "$", "$$", ";;"}:
        start += 1
    yield from _rest(script, tokens, start)


def read_inert(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """What moves nothing, unless it holds a query."""
    if script.moves(tokens[1:]) and "SELECT" in {word(tokens, n) for n in range(len(tokens))}:
        yield script.plain(tokens)
    else:
        yield Statement(tokens[0].start)


def read_perform(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """PERFORM is SELECT for its effects."""
    yield script.plain([made_word(TokenType.SELECT, "select", tokens[0]), *tokens[1:]])
