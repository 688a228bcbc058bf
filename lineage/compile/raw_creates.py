"""CREATE in forms that the parser keeps as text: read by what stands around the name."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.alters import carry_over
from lineage.compile.located import WRITES_OUTSIDE
from lineage.compile.parsing import parsed
from lineage.compile.queries import compile_query, top_frame
from lineage.compile.raw_models import KINDS as MADE_OF
from lineage.compile.raw_models import add_made_of
from lineage.compile.scripts.tokens import (
    STRINGS,
    after_brackets,
    after_words,
    find_word,
    listed,
    says,
    split_at,
    word,
    words_of,
)
from lineage.compile.transfers import program_name
from lineage.compile.unparsed import column_of, end_of_name, made_from, name_at, names_in
from lineage.dialects import join_name, last_part
from lineage.objects import Declaration, Hole, Permission, Write
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.parts import Parts

_KINDS = MADE_OF | {"TABLE", "VIEW", "STREAM", "REPLICA", "PUBLICATION", "SYNONYM", "ALIAS"}
_ORIGINS = frozenset({"CLONE", "COPY", "LIKE"})
_NO_COLUMNS = frozenset(
    "PRIMARY FOREIGN UNIQUE CONSTRAINT CHECK INDEX KEY LIKE EXCLUDE PERIOD FULLTEXT".split()
)
_MAY_BE_COLUMNS = frozenset({"KEY", "INDEX", "PERIOD"})
_SETS = frozenset({"BACKUP", "SNAPSHOT"})
_STAGE = re.compile(r"@[^\s(),;]+")
_WATCHES = frozenset({"TABLE", "VIEW", "STAGE", "EXTERNAL", "DYNAMIC", "ICEBERG", "EVENT"})


def add_raw_create(node: exp.Expr, parts: Parts, tokens: Sequence[Token]) -> bool:
    """Read a CREATE of something that holds columns; false where this is no such thing."""
    if _SETS.intersection(word(tokens, n) for n in range(1, 5)) and _add_set(node, parts, tokens):
        return True
    kind = next((n for n in range(1, min(len(tokens), 9)) if word(tokens, n) in _KINDS), 0)
    start = kind + 1
    if word(tokens, start) == "LOG" and word(tokens, start + 1) == "ON":
        return _add_log(tokens, start + 2, parts)
    start = after_words(tokens, start)
    name = name_at(tokens, start, parts.naming) if kind else ""
    if not name or word(tokens, kind - 1) == "RECURSIVE":
        return False
    after = end_of_name(tokens, start)
    if word(tokens, kind) in MADE_OF:
        return add_made_of(node, parts, (word(tokens, kind), name), tokens[after:])
    at = tokens[0].start
    special = _SPECIAL.get(word(tokens, kind))
    if special is not None:
        return special(name, tokens[after:], parts, at)
    columns = _declare(name, tokens, after, parts)
    filled = _fill(name, tokens[after:], parts, columns)
    if word(tokens, kind) == "VIEW" and not parts.writes:
        filled = False  # of a kind that nobody has taught us
    if not filled:
        parts.hole(
            GapReason.UNSUPPORTED,
            "what it is created from is not analysed",
            node,
            (name, *names_in(tokens[after:], parts.naming)),
        )
    return True


def _add_set(node: exp.Expr, parts: Parts, tokens: Sequence[Token]) -> bool:
    """Snowflake's BACKUP SET s FOR TABLE t keeps what t has; false where it is not made here."""
    at, given = find_word(tokens, {"SET"}), find_word(tokens, {"FOR"})
    if at < 0 or given < at or word(tokens, at - 1) not in _SETS:
        return False
    name, kind = name_at(tokens, after_words(tokens, at + 1), parts.naming), given + 1
    kind += word(tokens, kind) in {"DYNAMIC", "ICEBERG"}
    old = name_at(tokens, kind + 1, parts.naming)
    if word(tokens, kind) == "TABLE":
        carry_over(old, name, parts, parts.offset)
    else:
        held = word(tokens, kind).lower()
        message = f"which relations the {held} holds that is cloned is not known"
        parts.hole(GapReason.UNSUPPORTED, message, node, (name, old))
    return True


def _add_log(tokens: Sequence[Token], start: int, parts: Parts) -> bool:
    """Oracle's MATERIALIZED VIEW LOG ON t: what changes in t is kept in `MLOG$_t`."""
    table = name_at(tokens, start, parts.naming)
    last = last_part(table)
    if table:
        log = f"{table[: -len(last)]}MLOG$_{last}"
        carry_over(table, log, parts, parts.offset, "insert")
    return bool(table)


def _declare(name: str, tokens: Sequence[Token], after: int, parts: Parts) -> tuple[str, ...]:
    """The columns in the brackets after a name."""
    end = after_brackets(tokens, after)
    items = [i for i in split_at(tokens[after + 1 : end - 1], ",") if i] if end > after else []
    items = [i for i in items if not _is_constraint(i)]
    found, parts_of_name = _in_names_of_files(tokens, end)
    items += parts_of_name
    columns = tuple(column_of(i[0], parts.naming) for i in items)
    typed = tuple((c, i[1].text.lower()) for c, i in zip(columns, items, strict=True) if len(i) > 1)
    if typed and len(typed) == len(columns):
        kind = "add" if found and not parts_of_name else "table"
        parts.declarations.append(Declaration(name, typed, kind, offset=tokens[0].start))
    for item in items:
        if "AS" in {word(item, n) for n in range(len(item))}:
            message = f"how the columns of {name} are computed is not analysed"
            parts.draft.holes.append(_hole(message, (name,), item[0].start))
    return columns


def _in_names_of_files(tokens: Sequence[Token], start: int) -> tuple[bool, list[Sequence[Token]]]:
    """BigQuery's WITH PARTITION COLUMNS [(…)]: whether it stands there, and what it lists."""
    at = find_word(tokens, {"COLUMNS"}, start)
    if at < 0 or word(tokens, at - 1) != "PARTITION":
        return False, []
    listed = tokens[at + 2 : after_brackets(tokens, at + 1) - 1]
    return True, [item for item in split_at(listed, ",") if item]


def _is_constraint(item: Sequence[Token]) -> bool:
    """`KEY name (a)` is one, `key string` and `key varchar(9)` are columns."""
    if word(item, 0) not in _NO_COLUMNS:
        return False
    bracket = next((n for n in range(len(item)) if word(item, n) == "("), 0)
    sized = bracket and item[bracket + 1 : bracket + 2] and item[bracket + 1].text.isdigit()
    return word(item, 0) not in _MAY_BE_COLUMNS or (bool(bracket) and not sized)


def _hole(message: str, relations: tuple[str, ...], at: int) -> Hole:
    return Hole(GapReason.UNSUPPORTED, message, relations, at)


def _fill(name: str, tokens: Sequence[Token], parts: Parts, columns: tuple[str, ...]) -> bool:
    """AS a query, CLONE, COPY or LIKE of another, or LOCATION of files; or nothing at all."""
    at = parts.offset
    given = _query_after(tokens)
    if given >= 0:
        to = find_word(tokens[:given], {"TO"})
        other = name_at(tokens, to + 1, parts.naming) if to >= 0 else ""  # ClickHouse
        others = [(other, "insert")] if other else []
        kept = _kept_in(tokens[:given], parts)
        others += [(place, "external") for place in kept]
        filled = _fill_from_query((name, others), tokens[given + 1 :], parts, columns)
        for place in kept if parts.naming.dialect != "oracle" else ():  # what is put in later
            carry_over(name, place, parts, at, "external")
        return filled
    server = _foreign(tokens)
    if server:
        carry_over(server, name, parts, at, "insert")
        carry_over(name, server, parts, at, "external")
        return True
    origin = _origin(tokens)
    places = [t.text for t in tokens if t.token_type in STRINGS and _is_place(t.text)]
    located = next((n for n in range(len(tokens)) if word(tokens, n) == "LOCATION"), -1)
    if located >= 0 and not places:
        places = _stages(tokens, parts.text) or _kept_in(tokens, parts)
    if origin >= 0:
        old = name_at(tokens, origin, parts.naming)
        if not old:
            return False
        carry_over(old, name, parts, at)
        for place in places:
            carry_over(old, place, parts, at, "external")
        return True
    _be_in(places, name, tokens, parts)
    for part in _united(tokens, parts):
        carry_over(part, name, parts, at, "insert")
        carry_over(name, part, parts, at, "insert")
    return find_word(tokens, {"SELECT"}) < 0 and not made_from(tokens, parts.naming)


def _be_in(places: Sequence[str], name: str, tokens: Sequence[Token], parts: Parts) -> None:
    """A table's rows are in these places; where it can be written to they go there."""
    written = "STORAGE_URI" in words_of(tokens)
    for place in places:
        carry_over(place, name, parts, parts.offset, "insert")
        if written or parts.naming.dialect in WRITES_OUTSIDE:
            carry_over(name, place, parts, parts.offset, "external")


def _kept_in(tokens: Sequence[Token], parts: Parts) -> list[str]:
    """Where a table keeps its rows: behind LOCATION, and in BigQuery's option.

    Oracle's files are in a directory that has a name.
    """
    words = words_of(tokens)
    if "STORAGE_URI" in words:
        at = words.index("STORAGE_URI")
        return [t.text for t in tokens[at : at + 3] if t.token_type in STRINGS]
    start = words.index("LOCATION") if "LOCATION" in words else len(words)
    files = [n for n in range(start, len(tokens)) if tokens[n].token_type in STRINGS]
    if parts.naming.dialect != "oracle":
        return [tokens[n].text for n in files]
    usual = words.index("DIRECTORY") + 1 if "DIRECTORY" in words else -1
    found = [(n - 2 if tokens[n - 1].text == ":" else usual, tokens[n].text) for n in files]
    return [f"{name_at(tokens, at, parts.naming)}/{file}" if at > 0 else file for at, file in found]


def _origin(tokens: Sequence[Token]) -> int:
    """Where the name stands behind CLONE, LIKE, COPY OF and FROM BACKUP SET; or -1."""
    kept = find_word(tokens, {"SET"})
    if kept > 0 and word(tokens, kept - 1) in _SETS:
        return kept + 1
    origin = find_word(tokens, _ORIGINS)
    return origin + 1 + (word(tokens, origin + 1) == "OF") if origin >= 0 else -1


def _united(tokens: Sequence[Token], parts: Parts) -> Iterator[str]:
    """The tables of MySQL's `ENGINE = MERGE UNION = (a, b)`, whose rows it shares."""
    union = find_word(tokens, {"UNION"})
    if union > 0 and [word(tokens, union + n) for n in (1, 2)] == ["=", "("]:
        for item in listed(tokens, union + 2):
            yield name_at(item, 0, parts.naming)


def _query_after(tokens: Sequence[Token]) -> int:
    """The AS before a query, and not that of STORED AS or of FOR SYSTEM_TIME AS OF; or -1."""
    given = find_word(tokens, {"AS"})
    while given >= 0 and (
        word(tokens, given - 1) == "STORED" or word(tokens, given + 1) in {"OF", "CLONE"}
    ):
        given = find_word(tokens, {"AS"}, given + 1)
    return given


def _stages(tokens: Sequence[Token], text: str) -> list[str]:
    """The stages that a table's LOCATION names."""
    marks = (t for t, before in zip(tokens[1:], tokens, strict=False) if before.text == "=")
    found = (_STAGE.match(text, t.start) for t in marks if t.text.startswith("@"))
    return [stage[0] for stage in found if stage is not None]


def _foreign(tokens: Sequence[Token]) -> str:
    """What a foreign table is a table of, `server/schema.table`; empty for any other table."""
    at = find_word(tokens, {"SERVER"})
    if at < 0 or at + 1 >= len(tokens):
        return ""
    said = {a.text.lower(): b.text for a, b in pairwise(tokens) if b.token_type in STRINGS}
    keys = ("schema_name", "table_name", "table", "filename", "object")
    names = [said[key].lstrip("/") for key in keys if key in said]
    names += [program_name(said["program"])] if "program" in said else []
    return f"{join_name((tokens[at + 1].text,))}/{'.'.join(names)}"


def _is_place(text: str) -> bool:
    return "://" in text or text.startswith(("/", "@"))


def _fill_from_query(
    names: tuple[str, list[tuple[str, str]]],
    tokens: Sequence[Token],
    parts: Parts,
    columns: tuple[str, ...],
) -> bool:
    name, others = names
    if says(tokens, 0, "REPLICATE", "FROM"):
        old = name_at(tokens, 2, parts.naming)
        carry_over(old, name, parts, parts.offset)
        return bool(old)
    for end in _ends(tokens):
        tree = parsed(tokens[:end], parts.text, parts.naming.dialect)
        if isinstance(tree, (exp.Query, exp.Subquery, exp.Pivot, exp.Values)):
            scope = compile_query(tree, top_frame(parts.draft))
            at = tokens[0].start
            parts.writes.append(Write(name, scope, "table", columns, offset=at))
            parts.writes += [Write(o, scope, k, by_name=True, offset=at) for o, k in others]
            return True
    return False


def _ends(tokens: Sequence[Token]) -> Iterator[int]:
    """Where the query may end: at WITH NO DATA and its like, or with the statement."""
    last = find_word(tokens, {"WITH"}, 1)
    while last > 0:
        if word(tokens, last + 1) in {"NO", "DATA", "CHECK", "CASCADED", "LOCAL", "READ"}:
            yield last
        last = find_word(tokens, {"WITH"}, last + 1)
    yield len(tokens)


def _add_stream(name: str, tokens: Sequence[Token], parts: Parts, at: int) -> bool:
    """Snowflake's stream holds the changed rows of a table, view or stage."""
    on = find_word(tokens, {"ON"}) + 1
    while on and word(tokens, on) in _WATCHES:
        on += 1
    old = name_at(tokens, on, parts.naming) if on else ""
    if on and tokens[on : on + 1] and tokens[on].text.startswith("@"):
        old = tokens[on].text
    elif on and word(tokens, on) == "@":
        old = f"@{tokens[on + 1].text}"
    if old:
        carry_over(old, name, parts, at)
    return bool(old)


def _add_synonym(name: str, tokens: Sequence[Token], parts: Parts, at: int) -> bool:
    """Another name for a relation: what is in one is in the other."""
    given = find_word(tokens, {"FOR"})
    old = name_at(tokens, given + 1, parts.naming) if given >= 0 else ""
    if old:
        carry_over(old, name, parts, at)
        carry_over(name, old, parts, at, "insert")
    return bool(old)


def _add_publication(name: str, tokens: Sequence[Token], parts: Parts, at: int) -> bool:
    """Postgres sends the rows of these tables to whoever subscribes."""
    listed = find_word(tokens, {"TABLE", "TABLES"})
    if listed < 0:
        return False
    if word(tokens, listed) == "TABLES" and word(tokens, listed + 1) == "IN":
        schema = name_at(tokens, listed + 3, parts.naming)
        if schema:
            parts.permissions.append(Permission(f"{schema}.*", name, "share", ("select",), at))
        return bool(schema)
    for item in split_at(tokens[listed + 1 :], ","):
        start = 1 if word(item, 0) in {"TABLE", "ONLY"} else 0
        table = name_at(item, start, parts.naming)
        if not table or word(item, start) == "IN":
            return False
        parts.permissions.append(Permission(table, name, "share", ("select",), at))
    return True


_SPECIAL = {
    "STREAM": _add_stream,
    "SYNONYM": _add_synonym,
    "ALIAS": _add_synonym,
    "PUBLICATION": _add_publication,
}
