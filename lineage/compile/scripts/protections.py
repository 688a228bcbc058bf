"""What statements take away of that which protects data in a warehouse, and what they put on it.

Masks, policies about rows, tags and classifications are put on with words of their own, and
taken away with others. Taken away is a remark, `removed.<what>`; what a text puts back, in the
same statement or behind it, is not taken away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from lineage.compile.scripts.remark_parts import At
from lineage.compile.scripts.remarks import actions, altered, column_of
from lineage.compile.scripts.tokens import (
    after_brackets,
    after_words,
    find_word,
    says,
    split_at,
    unbracketed,
    word,
    words_of,
)
from lineage.compile.unparsed import end_of_name, name_at
from lineage.objects import POLICY, TAG, Remark, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.dialects import Naming

    Reader = Callable[[Sequence[Token], Naming], Iterator[Remark]]

REMOVED: Final = "removed."
_ADDED: Final = "added."
_MASK, _ROWS, _SWITCH = "mask", "row_policy", "row_security"
# Words that a text has somewhere which takes protection away: one of the first, and one of the
# second; all other texts are left alone. The rarer stand first.
_TAKES: Final = (
    (("unset", "drop", "detach"), ("polic", "mask", "tag", "filter", "sensitivity")),
    (("security",), ("disable", "force", "off")),
    (("policy_tags", "label"), ("null", "[")),
    (("policy",), ("alter", "create")),
)
# What stands before POLICY where it protects data, and what it is then.
_KINDS: Final = {
    "": _ROWS,
    "MASKING": _MASK,
    "ACCESS": _ROWS,
    "ROW": _ROWS,
    "RLS": _ROWS,
    "SECURITY": _ROWS,
    "AGGREGATION": "aggregation_policy",
    "JOIN": "join_policy",
    "PRIVACY": "privacy_policy",
    "PROJECTION": "projection_policy",
}
# Remarks that say of themselves that something was put on.
_PUT: Final = {
    "masking_policy": _MASK,
    "policy_tag": "policy_tag",
    "security_label": "security_label",
    "sensitivity": "classification",
    "tag": "tag",
}
# What a policy shows to whom, where another body takes its place.
_BODIES: Final = {kind: f"{kind}_body" for kind in (_MASK, _ROWS)}
# All that may be taken away.
REMOVABLE: Final = frozenset(
    {*_KINDS.values(), *_PUT.values(), *_BODIES.values(), _SWITCH, f"{_SWITCH}_of_owner"}
)
_RELATIONS: Final = frozenset({"TABLE", "VIEW", "COLUMN"})
_NO_RELATIONS: Final = frozenset({"CATALOG", "SCHEMA"})


def may_unprotect(low: str) -> bool:
    """False for a text, in small letters, that surely takes no protection away."""
    return any(
        any(map(low.__contains__, first)) and any(map(low.__contains__, second))
        for first, second in _TAKES
    )


def protections_in(tokens: Sequence[Token], naming: Naming) -> tuple[Remark, ...]:
    """What a statement takes away and puts on, in the order in which it is written."""
    reader = _READERS.get(word(tokens, 0))
    return tuple(reader(tokens, naming)) if reader is not None else ()


def without_put_back(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The statements of a text, with what they take away and it does not put back."""
    found: list[Statement] = []
    put: set[tuple[str, str, str]] = set()
    for statement in reversed(statements):
        put.update(filter(None, map(_put_on, statement.remarks)))
        left = tuple(r for r in statement.remarks if _is_left(r, put))
        found.append(statement if left == statement.remarks else replace(statement, remarks=left))
    return tuple(reversed(found))


def _put_on(remark: Remark) -> tuple[str, str, str] | None:
    """What a remark says to be put on, and where; of tags each is one by itself."""
    kind, _, rest = remark.key.partition(".")
    what = rest if f"{kind}." == _ADDED else _PUT.get(kind)
    if what is None:
        return None
    return remark.relation, remark.column, f"tag {rest}" if kind == "tag" else what


def _is_left(remark: Remark, put: set[tuple[str, str, str]]) -> bool:
    if remark.key.startswith(_ADDED):
        return False
    what = remark.key.removeprefix(REMOVED)
    what = f"tag {remark.value}" if what == "tag" else what
    removed = remark.key.startswith(REMOVED)
    return not removed or (remark.relation, remark.column, what) not in put


# -- a statement a kind -------------------------------------------------------------------------


def _alter(tokens: Sequence[Token], naming: Naming) -> Iterator[Remark]:
    """ALTER of a relation, of SQL Server's security policy, or of a tag that masks."""
    kind = word(tokens, 1)
    if kind == "SECURITY" and word(tokens, 2) == "POLICY":
        yield from _security_policy(tokens, naming)
        return
    position = _policy_at(tokens)
    if position and _KINDS.keys() >= {word(tokens, n) for n in range(1, position)}:
        yield from _other_body(tokens, position, naming)
        return
    if kind == "TAG":
        at = At(tokens, 2, naming, column=False, relation=f"{TAG}{_name(tokens, 2, naming)}")
        yield from _of_action(tokens[end_of_name(tokens, 2) :], at)
        return
    start, after = altered(tokens)
    relation = At(tokens, start, naming, column=False)
    at, tag = relation, False
    for item in actions(tokens[after:]) if after else ():
        column = column_of(item)
        if tag and end_of_name(item, 0) == len(item):  # UNSET TAG a, b
            yield at.remark(f"{REMOVED}tag", _name(item, 0, naming))
            continue
        at = relation.on(item[column]) if column else relation
        rest = item[column + 1 if column else 0 :]
        tag = says(rest, 0, "UNSET", "TAG")
        yield from _of_action(rest, at)


def _other_body(tokens: Sequence[Token], position: int, naming: Naming) -> Iterator[Remark]:
    """`ALTER MASKING POLICY p SET BODY -> …`, `ALTER POLICY p ON t TO r USING (…)`."""
    kind = _KINDS.get(word(tokens, position - 1), _ROWS)
    said = words_of(tokens[position:])
    if not {"BODY", "TO", "USING"}.isdisjoint(said) and "RENAME" not in said:
        yield from _of_policy(tokens, position + 1, REMOVED + _BODIES.get(kind, kind), naming)


def _of_action(item: Sequence[Token], at: At) -> Iterator[Remark]:
    """What an action behind the name of its column, or of its relation, takes away or puts on."""
    said = words_of(item)
    verb, rest = said[0] if said else "", said[1:]
    if verb == "UNSET" and rest[:1] in (["TAG"], ["TAGS"]):
        names = item[3:-1] if rest[1:2] == ["("] else item[2:]
        for name in split_at(names, ","):
            yield at.remark(f"{REMOVED}tag", "".join(token.text for token in name).lower())
    elif rest[-3:] == ["ROW", "LEVEL", "SECURITY"] or said[:3] == ["ROW", "LEVEL", "SECURITY"]:
        owner = "_of_owner" if "FORCE" in said else ""
        away = verb in {"DISABLE", "NO"} or said[-1] == "OFF"
        yield at.remark(f"{REMOVED if away else _ADDED}{_SWITCH}{owner}", "")
    elif "MASKED" in said or rest[:1] == ["MASK"]:
        yield at.remark(f"{REMOVED if verb == 'DROP' else _ADDED}{_MASK}", "")
    elif rest[:2] == ["ROW", "FILTER"]:
        yield at.remark(f"{REMOVED if verb == 'DROP' else _ADDED}{_ROWS}", "")
    elif rest == ["ALL", "ROW", "ACCESS", "POLICIES"]:
        yield at.remark(f"{REMOVED}{_ROWS}", "")
    elif rest[:1] == ["OPTIONS"] and _without_policy_tags(said):
        yield at.remark(f"{REMOVED}policy_tag", "")
    elif "POLICY" in rest[:3] and verb in {"UNSET", "DROP", "SET", "ADD"}:
        named = said.index("POLICY") + 1
        kind = _KINDS.get(said[named - 2])
        if kind is not None:
            away = verb in {"UNSET", "DROP"}
            yield at.remark(f"{REMOVED if away else _ADDED}{kind}", _name(item, named, at.naming))


def _without_policy_tags(said: Sequence[str]) -> bool:
    """`OPTIONS (policy_tags = [])`, or NULL for the list."""
    for n, one in enumerate(said):
        if one == "POLICY_TAGS":
            return said[n + 2 : n + 4] == ["[", "]"] or said[n + 2 : n + 3] == ["NULL"]
    return False


def _security_policy(tokens: Sequence[Token], naming: Naming) -> Iterator[Remark]:
    """`ALTER SECURITY POLICY p WITH (STATE = OFF)`, `… DROP FILTER PREDICATE ON t`."""
    name, after = _name(tokens, 3, naming), end_of_name(tokens, 3)
    yield from _state(tokens, after, At(tokens, 3, naming, column=False, relation=POLICY + name))
    for item in split_at(tokens[after:], ","):
        on = find_word(item, {"ON"})
        if on > 0 and word(item, 1) == "FILTER":
            away = word(item, 0) == "DROP"
            at = At(item, on + 1, naming, column=False)
            yield at.remark(f"{REMOVED if away else _ADDED}{_ROWS}", name)


def _state(tokens: Sequence[Token], start: int, at: At) -> Iterator[Remark]:
    said = [word(tokens, n) for n in range(start, len(tokens))]
    for n, one in enumerate(said):
        if one == "STATE":
            yield at.remark(f"{REMOVED if 'OFF' in said[n : n + 3] else _ADDED}{_ROWS}", "")


def _create(tokens: Sequence[Token], naming: Naming) -> Iterator[Remark]:
    """A policy that is made protects what it names, and what one of its name was on."""
    position = _policy_at(tokens)
    kind = _KINDS.get(word(tokens, position - 1)) if position else None
    kind = _ROWS if position and kind is None and word(tokens, position - 1) in _MADE else kind
    is_off = find_word(tokens, {"WITH"}) > 0 and "OFF" in {word(tokens, n) for n in _last(tokens)}
    if kind is not None and not is_off:
        open_to_all = kind in _BODIES and _shows_all(tokens, position + 1, naming.dialect)
        key = REMOVED + _BODIES[kind] if open_to_all else _ADDED + kind
        yield from _of_policy(tokens, position + 1, key, naming)


def _shows_all(tokens: Sequence[Token], start: int, dialect: str) -> bool:
    """Whether a new policy lets everybody see all: by TRUE, or a mask by the value itself.

    Some engines name for each policy who it is for; one that shows all to some is usual there.
    """
    to = find_word(tokens, {"TO"}, start)
    if dialect in _FOR_SOME or (to > 0 and word(tokens, to + 1) not in {"ALL", "PUBLIC"}):
        return False
    arrow = find_word(tokens, {"->"}, start)
    begin = (arrow if arrow > 0 else find_word(tokens, {"USING"}, start)) + 1
    ends = {"TO", "AS", "WITH", "COMMENT", "EXEMPT_OTHER_POLICIES"}
    end = find_word(tokens, ends, begin) if begin else 0
    body = unbracketed(tokens[begin : end if end > 0 else len(tokens)]) if begin else ()
    texts = [token.text.upper() for token in body]
    first = find_word(tokens, {"("}, start) + 1
    value = [token.text.upper() for token in tokens[first : first + 1]]
    return texts in (["TRUE"], ["1"], ["1", "=", "1"]) or (arrow > 0 and texts == value != [])


def _drop(tokens: Sequence[Token], naming: Naming) -> Iterator[Remark]:
    """DROP of a policy, a tag, all policies of a table, or a classification."""
    second = word(tokens, 1)
    if second == "TAG":
        start = after_words(tokens, 2)
        tag = f"{TAG}{_name(tokens, start, naming)}"
        yield At(tokens, start, naming, column=False, relation=tag).remark(f"{REMOVED}tag", "")
    elif second == "SENSITIVITY":
        for item in split_at(tokens[find_word(tokens, {"FROM"}) + 1 :], ","):
            if item:
                yield At(item, 0, naming, column=True).remark(f"{REMOVED}classification", "")
    elif second == "ALL" and word(tokens, 4) == "POLICIES" and word(tokens, 5) == "ON":
        yield At(tokens, 6, naming, column=False).remark(f"{REMOVED}{_ROWS}", "")
    else:
        position = _policy_at(tokens)
        kind = _KINDS.get(word(tokens, position - 1) if position > 1 else "")
        if position and kind is not None:
            yield from _of_policy(tokens, position + 1, REMOVED + kind, naming)


def _of_policy(tokens: Sequence[Token], start: int, key: str, naming: Naming) -> Iterator[Remark]:
    """What is said of a policy, or of the relation that it is on where one is named."""
    start = after_words(tokens, start)
    name, on = _name(tokens, start, naming), end_of_name(tokens, start)
    if word(tokens, on) == "ON" and word(tokens, on + 1) not in _NO_RELATIONS:
        table = on + 1 + (word(tokens, on + 1) in _RELATIONS)
        yield At(tokens, table, naming, column=False).remark(key, name)
    elif name:
        yield At(tokens, start, naming, column=False, relation=POLICY + name).remark(key, "")


def _detach(tokens: Sequence[Token], naming: Naming) -> Iterator[Remark]:
    """Redshift: `DETACH MASKING POLICY p ON t (a) FROM …`, `DETACH RLS POLICY p ON t, u FROM …`."""
    prefix = REMOVED if word(tokens, 0) == "DETACH" else _ADDED
    kind, on = _KINDS.get(word(tokens, 1)), find_word(tokens, {"ON"}, 3)
    if word(tokens, 2) != "POLICY" or kind is None or on < 0:
        return
    start = on + 1 + (word(tokens, on + 1) == "TABLE")
    name, end = _name(tokens, 3, naming), end_of_name(tokens, start)
    at = At(tokens, start, naming, column=False)
    columns = split_at(tokens[end + 1 : max(end, after_brackets(tokens, end) - 1)], ",")
    for item in columns if kind == _MASK else ():
        if item:
            yield at.on(item[0]).remark(prefix + kind, name)
    last = find_word(tokens, {"FROM", "TO"}, start)
    for table in split_at(tokens[start : last if last > 0 else None], ","):
        if table and kind != _MASK:
            yield At(table, 0, naming, column=False).remark(prefix + kind, name)


def _unset(tokens: Sequence[Token], naming: Naming) -> Iterator[Remark]:
    """Databricks: `UNSET TAG ON COLUMN t.c key`."""
    if says(tokens, 1, "TAG", "ON") and word(tokens, 3) in _RELATIONS:
        at = At(tokens, 4, naming, column=word(tokens, 3) == "COLUMN")
        for key in split_at(tokens[end_of_name(tokens, 4) :], ","):
            yield at.remark(f"{REMOVED}tag", "".join(token.text for token in key).lower())


def _security_label(tokens: Sequence[Token], naming: Naming) -> Iterator[Remark]:
    """Postgres: `SECURITY LABEL FOR provider ON COLUMN t.c IS NULL`."""
    on, given = find_word(tokens, {"ON"}), find_word(tokens, {"IS"})
    kind = word(tokens, on + 1)
    if word(tokens, 1) == "LABEL" and on > 0 and given > on and kind in _RELATIONS:
        away = word(tokens, given + 1) == "NULL"
        at = At(tokens, on + 2, naming, column=kind == "COLUMN")
        yield at.remark(f"{REMOVED if away else _ADDED}security_label", "")


def _policy_at(tokens: Sequence[Token]) -> int:
    """Where POLICY stands in CREATE OR REPLACE ROW ACCESS POLICY and shorter forms, else 0."""
    return next((n for n in range(1, 7) if word(tokens, n) == "POLICY"), 0)


def _last(tokens: Sequence[Token]) -> range:
    return range(max(0, len(tokens) - 5), len(tokens))


def _name(tokens: Sequence[Token], start: int, naming: Naming) -> str:
    return name_at(tokens, start, naming).lower()


_MADE: Final = frozenset({"CREATE", "REPLACE"})
_FOR_SOME: Final = frozenset({"bigquery", "redshift"})
_READERS: Final[dict[str, Reader]] = {
    "ALTER": _alter,
    "ATTACH": _detach,
    "CREATE": _create,
    "DETACH": _detach,
    "DROP": _drop,
    "SECURITY": _security_label,
    "UNSET": _unset,
}
