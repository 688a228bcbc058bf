"""Code that is run from a text: EXECUTE IMMEDIATE, EXEC, PREPARE and DO."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.calls import (
    given_elsewhere,
    named_in_texts,
    told_texts,
    unless_made,
)
from lineage.compile.scripts.folding import as_literal, folded
from lineage.compile.scripts.insert_sources import put_out_by
from lineage.compile.scripts.leaving import read_perform
from lineage.compile.scripts.renames import read_rename, renames
from lineage.compile.scripts.results import touching, values_of, whole
from lineage.compile.scripts.texts import code_in
from lineage.compile.scripts.tokens import (
    STRINGS,
    after_brackets,
    after_words,
    find_end,
    find_word,
    made_word,
    spelt,
    split_at,
    without,
    word,
    words_of,
)
from lineage.compile.scripts.variables import (
    assign,
    come_to_be,
    into_variables,
    names_of,
    remember,
    rows_given,
)
from lineage.compile.unparsed import end_of_name, name_at
from lineage.dialects import LIKE_MYSQL, LIKE_POSTGRES, LIKE_TSQL, last_part
from lineage.objects import Statement
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script

_WHO = frozenset({"USER", "LOGIN", "CALLER", "SELF", "OWNER"})  # EXECUTE AS
# Procedures of SQL Server itself that neither move data nor run what they are given.
_INERT_PROCEDURES = frozenset(
    """
    sp_addextendedproperty sp_updateextendedproperty sp_dropextendedproperty sp_help sp_helptext
    sp_helpindex sp_who sp_who2 sp_lock sp_configure sp_recompile sp_refreshview sp_refreshsqlmodule
    sp_settriggerorder sp_droprolemember sp_dropuser sp_tableoption
    sp_updatestats sp_autostats sp_spaceused sp_depends sp_columns sp_tables sp_set_session_context
    """.split()
)
# For whoever asks for it, in the session or in the catalog.
_KEEPS = frozenset(
    {"sp_set_session_context", "sp_addextendedproperty", "sp_updateextendedproperty"}
)
_RUNS_TEXTS = frozenset({"postgres", "redshift"})  # by EXECUTE in the body of a routine
_RETURNED = 4  # words before what is called, in `EXEC @r = p`
_ENDS_TEXT = frozenset({"INTO", "USING", "AS", ",", ")", "WITH", "LOOP"})


def read_execute(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """EXECUTE IMMEDIATE 'text' and its kin; of a name, what was prepared or made under it."""
    start = 1
    tokens = tokens[: find_end(tokens, {"WITH"}, start)]  # T-SQL's WITH RESULT SETS, WITH RECOMPILE
    if renames(tokens, start):
        yield from read_rename(script, tokens)
        return
    if word(tokens, 1) == "AS" and word(tokens, 2) in _WHO:
        return
    if [word(tokens, n) for n in (1, 3)] == ["@", "="] and len(tokens) > _RETURNED:
        yield from _with_returned(script, tokens)
        return
    if word(tokens, start) == "IMMEDIATE":
        start += 1
    elif word(tokens, start) in {"TASK", "FUNCTION", "PROCEDURE"}:
        yield from _called(script, tokens, start + 1)
        return
    start = _where_text_begins(tokens, start)
    codes = _codes(script, tokens, start)
    if codes is None:
        yield from _unknown(script, tokens, start)
        return
    using = find_word(tokens, {"USING"}, start) if script.dialect in _NUMBERS_VALUES else -1
    before = dict(script.context.variables)
    yield from _numbered(script, tokens, using) if using > 0 else _bound(script, tokens, start)
    numbers = {n: v for n, v in script.context.variables.items() if v is not before.get(n)}
    for code in codes:
        yield from _run(script, tokens, code)
    script.context.forget(numbers, before)
    if "SP_EXECUTESQL" in {spelt(tokens, n) for n in range(start + 1)}:
        yield from _put_back(script, tokens[start:])


def _where_text_begins(tokens: Sequence[Token], start: int) -> int:
    """Past `sys.sp_executesql`, or a bracket."""
    if [spelt(tokens, start + n) for n in range(2)] == ["SYS", "."]:
        start += 2
    return start + (spelt(tokens, start) in {"SP_EXECUTESQL", "("})


def _with_returned(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """`EXEC @r = p`: what RETURN gives is among what the procedure puts out."""
    called = [tokens[0], *tokens[_RETURNED:]]
    yield from come_to_be(script, tokens[1:3])
    held = script.context.variables[script.context.name(tokens[2])].relation
    for statement in script.statements(called):
        yield touching(statement, held)
    name = called[1 : end_of_name(called, 1)]
    if name and spelt(name, len(name) - 1).lower() not in _INERT_PROCEDURES:
        for statement in assign(script, [tokens[2]], put_out_by(name)):
            yield replace(statement, holes=())  # which the call has left as well


def _put_back(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """`sp_executesql …, @inside = @outside OUTPUT`: what the text has put into its parameter."""
    for item in split_at(tokens, ","):
        words = words_of(item)
        if words[2:4] == ["=", "@"] and words[-1] in {"OUTPUT", "OUT"}:
            yield from assign(script, [item[4]], item[:2])


def _codes(script: Script, tokens: Sequence[Token], start: int) -> list[Token] | None:
    """The literals that are run: the one that stands there, or those a variable may hold."""
    if start >= len(tokens):
        return None
    written = tokens[start : find_end(tokens, _ENDS_TEXT, start)]
    whole_text = folded(script, written)
    if whole_text is not None:
        alone = len(written) == 1 and written[0].token_type in STRINGS
        return [written[0] if alone else as_literal(whole_text, written)]
    first = tokens[start]
    if first.text in {":", "@", "$"} and start + 1 < len(tokens):
        start, first = start + 1, tokens[start + 1]
    following = word(tokens, start + 1)
    if following and following not in _ENDS_TEXT:
        return None
    if first.token_type in STRINGS:
        return [first]
    made = script.context.texts.get(script.context.name(first))
    script.context.ran.add(script.context.name(first))
    literal = [v[0] for v in made or () if len(v) == 1 and v[0].token_type in STRINGS]
    return literal if made and len(literal) == len(made) else None


def _run(script: Script, tokens: Sequence[Token], code: Token) -> Iterator[Statement]:
    inner = code_in(code, script.text, script.dialect)
    if not inner:
        yield script.hole(GapReason.DYNAMIC_SQL, "the text that is run cannot be read", tokens)
        return
    into = find_word(tokens, {"INTO"}, 1)
    if into > 0:
        names = names_of(script, tokens[into + 1 : find_end(tokens, {"USING"}, into)])
        yield from assign(script, names, inner)
    else:
        yield from script.all_of(inner)


def _numbered(script: Script, tokens: Sequence[Token], using: int) -> Iterator[Statement]:
    """The n-th value behind USING is `$n` in the text that is run."""
    values = tokens[using + 1 : find_end(tokens, {"INTO"}, using)]
    for number, value in enumerate(split_at(values, ","), 1):
        if value:
            name = f"using_{number}"
            yield script.context.declare(name, value[0].start)
            yield from assign(script, [made_word(TokenType.VAR, name, value[0])], value)
            held = script.context.variables.pop(name)
            script.context.variables[str(number)] = held._replace(numbered=True)


def _bound(script: Script, tokens: Sequence[Token], start: int) -> Iterator[Statement]:
    """Values that are bound to the parameters of a text are not followed into it."""
    into = find_word(tokens, {"INTO"}, start)
    rest = [t for n, t in enumerate(tokens) if n > start + 1]
    using = find_word(tokens, {"USING", ","}, start)
    if 0 < into < using or using < 0:
        rest = list(tokens[using:]) if using > 0 else []
    if rest and script.moves(rest):
        message = "the values bound to a text that is run are not followed"
        code = [t for t in tokens if t.token_type in STRINGS]
        yield script.hole(GapReason.DYNAMIC_SQL, message, tokens, code)


def _unknown(script: Script, tokens: Sequence[Token], start: int) -> Iterator[Statement]:
    name = name_at(tokens, start, script.context.naming)
    prepared = last_part(name).lower() if name else ""
    always_text = script.in_body and script.dialect in _RUNS_TEXTS
    if name and not always_text and word(tokens, 1) not in {"IMMEDIATE", "("}:
        yield from _called(script, tokens, start)
        return
    made = script.context.made_of(tokens)
    held = script.context.held_in([*tokens, *made])
    what = " ".join(t.text for t in tokens[:2] if word([t], 0) in {"EXECUTE", "EXEC", "IMMEDIATE"})
    message = f"what {what.upper() or 'EXECUTE'} {prepared} runs is computed".replace("  ", " ")
    yield script.hole(GapReason.DYNAMIC_SQL, message, tokens, made, held)


# Where `$1` in a text that is run is the first value behind USING.
_NUMBERS_VALUES = LIKE_POSTGRES
# Where CALL outside of a block shows what the procedure puts out.
_SHOWS_PUT_OUT = frozenset({"postgres", "redshift"})


def read_call(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """CALL of a procedure: nothing new where its body was read and it is given no data."""
    yield from _called(script, tokens, 1)


def _called(script: Script, tokens: Sequence[Token], start: int) -> Iterator[Statement]:
    name = name_at(tokens, start, script.context.naming)
    own = script.context.naming.column(last_part(name).lower()) if name else ""
    arguments = tokens[max(end_of_name(tokens, start), start + 1) :]
    if script.dialect in LIKE_TSQL and own in _INERT_PROCEDURES:
        if own in _KEEPS and script.moves(arguments):
            message = f"what `{own}` does outside of the query is not followed"
            held = script.context.held_in(arguments)
            yield script.hole(GapReason.OPAQUE_CODE, message, tokens, names=held)
        return
    told = told_texts(script, tokens, name.lower(), arguments)
    if script.context.knows_routine(own, name):
        if script.routine or told:
            yield Statement(tokens[0].start, holes=told, calls=(name.lower(),))
        yield from _passed(script, own, arguments)
        shown = script.context.put_out.get(own, ())
        if shown and script.dialect in _SHOWS_PUT_OUT and not script.context.conditions:
            yield values_of(shown, tokens[0].start)
        return
    message = f"what {word(tokens, 0)} {name} runs is not known".replace("  ", " ")
    touched = [*script.context.held_in(arguments), name, *named_in_texts(script, arguments)]
    hole = script.hole(GapReason.OPAQUE_CODE, message, tokens, names=touched)
    if not name:
        yield hole
        return
    made = unless_made(hole, name.lower())
    yield replace(made, holes=(*made.holes, *told))
    yield from given_elsewhere(script, name.lower(), arguments)


def _passed(script: Script, routine: str, arguments: Sequence[Token]) -> Iterator[Statement]:
    """Values go into the parameters, and out of them into variables that stand as arguments."""
    parameters = script.context.parameters.get(routine, ())
    if word(arguments, 0) == "(":
        arguments = arguments[1 : after_brackets(arguments, 0) - 1]
    for position, item in enumerate(split_at(arguments, ",")):
        at = find_word(item, {"=", "=>"})
        named = script.context.name(item[at - 1]) if at > 0 else ""
        fitting = [p for n, p in enumerate(parameters) if p[0] == named or n == position]
        value = without(item[at + 1 :], {"OUTPUT", "OUT"})
        yield from come_to_be(script, value)
        if not value or not script.moves(value):
            continue
        if not fitting:
            message = "the values bound to a text that is run are not followed"
            into = script.context.prepared.get(routine, ())
            names = script.context.held_in(value)
            yield script.hole(GapReason.DYNAMIC_SQL, message, value, into, names)
            continue
        parameter = next((p for p in fitting if p[0] == named), fitting[0])
        yield from rows_given(script, value, parameter)
        yield into_variables(script.value(value), [parameter])
        held = script.context.held(value[-1])
        if held is not None and len(value) <= 2:  # noqa: PLR2004 - a mark and a name
            name = script.context.name(value[-1])
            out = whole(parameter[1].relation, value[0].start)
            remember(script, [name], ())
            yield into_variables(out, [(name, held)])


def read_prepare(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """PREPARE name AS statement, or FROM a text: read as if it ran."""
    at = find_word(tokens, {"AS", "FROM"}, 1)
    if at < 0 or at + 1 >= len(tokens):
        yield script.plain(tokens)
        return
    script.context.routines.add(script.context.name(tokens[1]))
    script.context.prepared[script.context.name(tokens[1])] = tokens
    text = tokens[at + 1].token_type in STRINGS or tokens[at + 1].text in {"@", ":"}
    if word(tokens, at) == "AS" or not text:
        yield from script.statements(tokens[at + 1 :])
        return
    codes = _codes(script, tokens, at + 1)
    if codes is None:
        yield from _unknown(script, [*tokens[:1], *tokens[at + 1 :]], len(tokens))
        return
    for code in codes:
        yield from _run(script, tokens[:1], code)


def read_do(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """DO $$ … $$: a block that is run at once. MySQL's DO is SELECT for its effects."""
    if script.dialect in LIKE_MYSQL:
        yield from read_perform(script, tokens)
        return
    language = next(
        (
            tokens[n + 1].text.upper()
            for n in range(len(tokens) - 1)
            if word(tokens, n) == "LANGUAGE"
        ),
        "PLPGSQL",
    )
    code = next((t for t in tokens if t.token_type in STRINGS), None)
    if code is None or language not in {"PLPGSQL", "SQL"}:
        yield script.hole(GapReason.OPAQUE_CODE, "what DO runs is not known", tokens)
        return
    outside, script.in_body = script.in_body, True
    yield from _run(script, tokens[:1], code)
    script.in_body = outside


def read_explain(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """EXPLAIN ANALYZE runs its statement; EXPLAIN alone does not."""
    words = [word(tokens, n) for n in range(min(len(tokens), 12))]
    if "ANALYZE" not in words:
        return
    start = words.index("ANALYZE") + 1
    bracket = find_word(tokens, {")"}, 1)
    if word(tokens, 1) == "(":
        start = after_brackets(tokens, 1)
    start = start if bracket < 0 or start > 1 else bracket + 1
    start = after_words(tokens, start, {"VERBOSE", "DISTRIBUTED"})
    if start < len(tokens):
        yield from script.statements(tokens[start:])
