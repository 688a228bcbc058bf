"""ALTER of what holds code, and ClickHouse's ALTER that is an UPDATE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.checks import read_caller, run_for_rows
from lineage.compile.scripts.elsewhere import places_made
from lineage.compile.scripts.headers import new_routine
from lineage.compile.scripts.partitions import rows_of_partitions
from lineage.compile.scripts.policies import attached, hidden
from lineage.compile.scripts.results import redirected
from lineage.compile.scripts.routines import ROUTINES, read_create
from lineage.compile.scripts.stages import read_stage
from lineage.compile.scripts.standing import stands_for
from lineage.compile.scripts.tokens import (
    after_brackets,
    find_word,
    made_words,
    says,
    split_at,
    word,
)
from lineage.compile.unparsed import end_of_name, name_at
from lineage.objects import Statement
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.script import Script

_CHANGES = frozenset({"UPDATE", "DELETE"})
_COMMANDS = _CHANGES | frozenset(
    """
    ADD APPLY ATTACH CLEAR COMMENT DETACH DROP FETCH FREEZE MATERIALIZE MODIFY MOVE REMOVE RENAME
    REPLACE RESET
    """.split()
)


def read_alter(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """ALTER TASK … MODIFY AS statement, or a routine's new body; any other ALTER is plain."""
    kinds = {word(tokens, n) for n in range(1, 3)}
    policy = attached(tokens)
    if policy is not None:
        yield hidden(script, policy[1], policy[0])
        return
    if script.dialect == "clickhouse":
        yield from _alter_of_clickhouse(script, tokens)
        return
    if says(tokens, 1, "DEFAULT", "PRIVILEGES"):
        yield from _default_privileges(script, tokens)
        return
    yield from places_made(script, tokens)
    standing = list(stands_for(script, tokens))
    if standing:
        yield from standing
        return
    if word(tokens, 1) == "STAGE":
        yield from read_stage(script, tokens, 1)
        return
    modified = find_word(tokens, {"AS"}, 2) if "TASK" in kinds else -1
    if modified > 0 and word(tokens, modified - 1) == "MODIFY":
        new_routine(script)
        yield from script.all_of(tokens[modified + 1 :])
    elif kinds & (ROUTINES | {"TRIGGER"}) and find_word(tokens, {"AS", "BEGIN"}, 2) > 0:
        yield from read_create(script, tokens)
    elif "DOMAIN" in kinds:
        yield from read_caller(script, tokens)
    else:
        yield script.plain(tokens)
        yield from run_for_rows(script, tokens)
        yield from rows_of_partitions(script, tokens)


def _default_privileges(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """`ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT …`: a GRANT on all that will be in there."""
    given = find_word(tokens, {"GRANT"}, 3)
    on = find_word(tokens, {"ON"}, given)
    if given < 0 or word(tokens, on + 1) != "TABLES":
        yield Statement(tokens[0].start)  # of a REVOKE, or of what holds no columns
        return
    schemas = find_word(tokens[:given], {"SCHEMA"}, 3)
    if schemas < 0:
        everything = made_words("*", tokens[on])
        yield from script.statements([*tokens[given : on + 1], *everything, *tokens[on + 2 :]])
        return
    inside = [*made_words("all tables in schema", tokens[0]), *tokens[schemas + 1 : given]]
    yield from script.statements([*tokens[given : on + 1], *inside, *tokens[on + 2 :]])


def _on_one_server(tokens: Sequence[Token]) -> Sequence[Token]:
    """Without `ON CLUSTER c`, and without the partition that an UPDATE is about."""
    for mark, behind in (("ON", "CLUSTER"), ("IN", "PARTITION")):
        at = find_word(tokens, {mark}, 3)
        if at > 0 and word(tokens, at + 1) == behind:
            tokens = [*tokens[:at], *tokens[at + 3 :]]
    return tokens


def _commands(tokens: Sequence[Token], start: int) -> list[list[Token]]:
    """The commands of an ALTER, also those in brackets; others go on with the one before."""
    found: list[list[Token]] = []
    for item in split_at(tokens[start:], ","):
        in_brackets = word(item, 0) == "(" and after_brackets(item, 0) == len(item)
        command = list(item[1:-1] if in_brackets else item)
        if found and (word(command, 0) not in _COMMANDS or word(command, 1) in {"=", "."}):
            found[-1] += [*made_words(",", item[0]), *item]
        else:
            found.append(command)
    return found


def _alter_of_clickhouse(script: Script, tokens: Sequence[Token]) -> Iterator[Statement]:
    """ALTER TABLE … UPDATE is an UPDATE; MODIFY QUERY gives a view another query."""
    if word(tokens, 1) == "NAMED":  # what names of places stand for
        message = "the parser does not know this form of ALTER"
        yield script.hole(GapReason.UNSUPPORTED, message, tokens)
        return
    tokens = _on_one_server(tokens)
    end = end_of_name(tokens, 2)
    commands = _commands(tokens, end)
    if len(commands) > 1 and any(word(command, 0) in _CHANGES for command in commands):
        for command in commands:
            yield from _alter_of_clickhouse(script, [*tokens[:end], *command])
        return
    update = find_word(tokens, {"UPDATE"}, 3)
    query = find_word(tokens, {"QUERY"}, 3)
    if update > 0:
        change, assigned = made_words("update set", tokens[0])
        yield script.plain([change, *tokens[2:update], assigned, *tokens[update + 1 :]])
    elif query > 0 and word(tokens, query - 1) == "MODIFY":
        name = name_at(tokens, 2, script.context.naming)
        yield redirected(script.value(tokens[query + 1 :]), name, "view")
    else:
        yield script.plain(tokens)
