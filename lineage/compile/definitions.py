"""CREATE and ALTER: relations come to be, from a query, from another relation or empty."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.alters import (
    add_computed,
    carry_over,
    is_aside,
    is_generated,
    places_of,
)
from lineage.compile.engines import add_dictionary, add_engine
from lineage.compile.foreign_keys import add_references
from lineage.compile.kept_rows import add_ageing, add_expiry, add_keys
from lineage.compile.leftovers import note_leftovers
from lineage.compile.located import WRITES_OUTSIDE, places_said
from lineage.compile.names import (
    column_name,
    is_for_session,
    name_like_word,
    offset_of,
    relation_name,
)
from lineage.compile.node_kinds import function_name
from lineage.compile.queries import add_ctes, compile_query, top_frame
from lineage.compile.sinks import add_sink
from lineage.compile.transfers import OVER_ROWS, place_of
from lineage.dialects import HIVE_AND_SPARK, LIKE_TSQL
from lineage.objects import UNQUALIFIED, Declaration, Dep, Output, Source, Star, Write
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lineage.compile.parts import Parts

_HOLDS_COLUMNS = frozenset(
    {"TABLE", "VIEW", "MATERIALIZED VIEW", "DYNAMIC TABLE", "STREAM", "MODEL"}
)
_HOLDS_NOTHING = frozenset(
    """
    SCHEMA DATABASE INDEX SEQUENCE TYPE DOMAIN ROLE USER WAREHOUSE EXTENSION CATALOG TAG STAGE
    INTEGRATION FORMAT
    """.split()
)


_HAVE_COLUMNS = (exp.FileFormatProperty, exp.UsingTemplateProperty)
# Formats of which each partition is a folder; Spark has such a table where nothing is said.
_FOLDERS = frozenset("parquet orc csv json text avro xml hive binaryfile".split())
_KNOWS_NO_TYPES = frozenset({"sqlite"})  # where `CREATE TABLE t (a, b)` has these columns
_HAS_GRAPHS = LIKE_TSQL


def add_create(node: exp.Expr, parts: Parts) -> None:
    """CREATE of a relation; code is a gap where it may touch data."""
    kind = str(node.args.get("kind") or "").upper()
    target: exp.Expr = node.this
    columns: tuple[exp.Expr, ...] = ()
    if isinstance(target, exp.Schema):
        columns = tuple(filter(None, map(_column, target.expressions)))
        target = target.this
    if kind.split(" ")[-1] in _HOLDS_NOTHING and node.find(exp.Query) is None:
        if node.args.get("clone") is not None:
            message = f"which relations the {kind.lower()} holds that is cloned is not known"
            both = (node.args["clone"].this, node.this)
            names = tuple(relation_name(t, parts.naming) for t in both if isinstance(t, exp.Table))
            parts.hole(GapReason.UNSUPPORTED, message, node, names)
        return
    if kind == "DICTIONARY":
        add_dictionary(node, parts)
        return
    if kind == "SINK":
        add_sink(node, parts, parts.tokens)
        return
    if not isinstance(target, exp.Table) or (kind and kind not in _HOLDS_COLUMNS):
        parts.hole(GapReason.UNSUPPORTED, f"CREATE {kind} is not analysed", node)
        return
    if not relation_name(target, parts.naming):
        parts.hole(GapReason.DYNAMIC_SQL, "the name of what is created is computed", node)
        return
    if parts.naming.dialect in _HAS_GRAPHS and isinstance(node.args.get("expression"), exp.Table):
        node.set("expression", None)  # AS NODE and AS EDGE
    _add_relation(node, parts, target, columns)
    note_leftovers(node, parts)


def _column(node: exp.Expr) -> exp.Expr | None:
    """A column of a table, None for a constraint; SQLite takes `'a'` and `true` for names there."""
    if isinstance(node, (exp.Literal, exp.Boolean)):
        return exp.to_identifier(
            str(node.this).lower() if isinstance(node, exp.Boolean) else node.name
        )
    word = name_like_word(node)
    if word:
        return exp.to_identifier(word)
    return node if isinstance(node, (exp.ColumnDef, exp.Identifier)) else None


def _add_relation(
    node: exp.Expr, parts: Parts, target: exp.Table, columns: tuple[exp.Expr, ...]
) -> None:
    name, at = relation_name(target, parts.naming), parts.at(node)
    is_view = "VIEW" in str(node.args.get("kind")).upper()
    kind = "view" if is_view and not _holds_rows(node) else "table"
    temporary = (
        _is_temporary(node) or isinstance(node, exp.Cache) or is_for_session(name, parts.naming)
    )
    filled = [c for c in columns if not is_aside(c, parts.naming.dialect)]
    names = tuple(column_name(c, parts.naming) for c in filled)
    _declare(node, parts, (name, kind, temporary), columns)
    scope = _content(node, parts)
    _take_over(node, name, parts)
    if scope is None and not columns and node.find(*_HAVE_COLUMNS) is not None:
        # what holds its rows, or will, knows which columns it has
        parts.declarations.append(Declaration(name, (), "add", temporary, at))
    if isinstance(node.this, exp.Schema):
        add_references(name, node.this.expressions, parts)
    if scope is None or _has_likes(node) or _is_body(node.args.get("expression")):
        add_computed(name, [c for c in columns if isinstance(c, exp.ColumnDef)], parts)
    if scope is not None:
        by_name = _by_name(is_view, columns, parts)
        named = () if by_name or not _is_body(node.args.get("expression")) else names
        parts.writes.append(Write(name, scope, kind, named, temporary=temporary, offset=at))
        if by_name and _is_populated(parts):
            parts.writes.append(Write(name, scope, "insert", names, offset=at))
        for place, place_kind in _other_places(node, parts):
            parts.writes.append(Write(place, scope, place_kind, by_name=True, offset=at))
            if is_view and place_kind == "insert":
                _show(place, name, scope, parts, at)
    if kind != "view":
        _fill_places(node, name, parts)


def _fill_places(node: exp.Expr, name: str, parts: Parts) -> None:
    """What is put into a table, also later on, is in the places that its rows are in."""
    at, body = parts.at(node), node.args.get("expression")
    called = body.this if isinstance(body, exp.Table) and isinstance(body.this, exp.Func) else None
    if parts.naming.dialect == "clickhouse" and called is not None:
        place, named = place_of(called, parts) if function_name(called) in OVER_ROWS else ("", "")
        is_here = bool(named) and "/" not in named
        if place:
            carry_over(name, place, parts, at, "insert" if is_here else "external")
    if parts.naming.dialect in WRITES_OUTSIDE:
        for place in places_said(node.args.get("properties") or node):
            carry_over(name, place, parts, at, "external")


def _holds_rows(node: exp.Expr) -> bool:
    """Whether a view has an engine of ClickHouse, and with it rows of its own."""
    properties = node.args.get("properties")
    return properties is not None and properties.find(exp.EngineProperty) is not None


def _by_name(is_view: bool, columns: tuple[exp.Expr, ...], parts: Parts) -> bool:  # noqa: FBT001
    """Whether what a query puts out keeps its names: MySQL, and typed views of ClickHouse."""
    if parts.naming.dialect == "clickhouse":
        return is_view and any(c.args.get("kind") for c in columns)
    return not is_view and parts.naming.dialect == "mysql"


def _is_populated(parts: Parts) -> bool:
    """Whether a materialised view also takes what is there, which goes by position."""
    return any(token.text.upper() == "POPULATE" for token in parts.tokens)


def _take_over(node: exp.Expr, name: str, parts: Parts) -> None:
    """Rows that are elsewhere and count as its own, or that it has without being told so."""
    at = parts.at(node)
    add_engine(node, name, parts)
    _add_kept(node, name, parts)
    for parent in _likes(node, exp.PartitionedOfProperty, exp.InheritsProperty):
        above = [parent.this] if isinstance(parent.this, exp.Table) else parent.expressions
        for table in above:  # its rows are rows of what it is a part of
            carry_over(name, relation_name(table, parts.naming), parts, at, "insert")
    versions = next(_likes(node, exp.WithSystemVersioningProperty), None)
    if versions is not None and isinstance(versions.this, exp.Table):  # takes rows that were
        carry_over(name, relation_name(versions.this, parts.naming), parts, at, "insert")


def _add_kept(node: exp.Expr, name: str, parts: Parts) -> None:
    """What decides which of its rows, and which values of them, ClickHouse's table keeps."""
    properties = node.args.get("properties")
    if properties is None or parts.naming.dialect != "clickhouse":
        return
    for rule in properties.expressions:
        if isinstance(rule, exp.MergeTreeTTL):
            add_expiry(name, rule, parts)
    columns = node.this.expressions if isinstance(node.this, exp.Schema) else ()
    columns = [c for c in columns if isinstance(c, exp.ColumnDef)]
    add_keys(name, properties, columns, parts)
    add_ageing(name, columns, parts)


def add_drop(node: exp.Expr, parts: Parts) -> None:
    """DROP of relations moves nothing, but what is created next is another one."""
    kind = str(node.args.get("kind") or "").upper()
    for table in node.args.get("tables") or () if kind in _HOLDS_COLUMNS else ():
        name = relation_name(table, parts.naming) if isinstance(table, exp.Table) else ""
        if name:
            parts.declarations.append(Declaration(name, (), "gone", offset=parts.at(node)))


def _declare(
    node: exp.Expr, parts: Parts, relation: tuple[str, str, bool], columns: tuple[exp.Expr, ...]
) -> None:
    """The columns that are written down: not all there are, where it is like another."""
    name, kind, temporary = relation
    if node.args.get("exists"):  # IF NOT EXISTS
        parts.declarations.append(Declaration(name, (), "kept", temporary, parts.at(node)))
    properties = node.args.get("properties")
    partitioned = properties.find(exp.PartitionedByProperty) if properties is not None else None
    more = partitioned.this.expressions if partitioned is not None else ()
    last = _moved_last(node, more, parts)
    if last and not columns:
        placed = tuple((column, "") for column in last)
        parts.declarations.append(Declaration(name, placed, "last", temporary, parts.at(node)))
    bare = parts.naming.dialect in _KNOWS_NO_TYPES and not node.args.get("expression")
    if any(c.args.get("kind") for c in columns) or (bare and columns):
        kind, at = "add" if _has_likes(node) else kind, parts.at(node)
        hidden = [c for c in columns if is_aside(c, parts.naming.dialect)]
        typed = _typed([c for c in columns if c not in hidden] if hidden else columns, parts)
        moved = tuple(sorted((c for c in typed if c[0] in last), key=lambda c: last.index(c[0])))
        typed = tuple(c for c in typed if c[0] not in last) if last else typed
        parts.declarations.append(Declaration(name, typed, kind, temporary, at))
        for column in reversed(list(_before_likes(node))):
            first = ((column_name(column, parts.naming), ""), ("", ""))
            parts.declarations.append(Declaration(name, first, "place", temporary, at))
        aside = _typed(hidden, parts)
        if aside:
            parts.declarations.append(Declaration(name, aside, "aside", temporary, at))
        given = _typed([c for c in columns if is_generated(c, parts.naming.dialect)], parts)
        if given:
            parts.declarations.append(Declaration(name, given, "generated", temporary, at))
        typed = moved + _typed([c for c in more if isinstance(c, exp.ColumnDef)], parts)
        if typed:
            parts.declarations.append(Declaration(name, typed, "partition", temporary, at))


def _moved_last(node: exp.Expr, named: Sequence[exp.Expr], parts: Parts) -> tuple[str, ...]:
    """The columns that a table of files has behind the others, wherever they are declared.

    Spark's own formats keep the values of partitions in the names of folders; Delta and Iceberg
    keep the order that is written.
    """
    dialect = parts.naming.dialect
    if not named or dialect not in HIVE_AND_SPARK:
        return ()
    said = node.args["properties"].find(exp.FileFormatProperty)
    made_of = said.name.lower() if said is not None else ""
    if made_of not in _FOLDERS and (made_of or dialect == "databricks"):
        return ()
    return tuple(column_name(c, parts.naming) for c in named if isinstance(c, exp.Identifier))


def _typed(columns: Iterable[exp.Expr], parts: Parts) -> tuple[tuple[str, str], ...]:
    return tuple(
        (column_name(c, parts.naming), _type(c.args.get("kind")))
        for c in columns
        for _place in range(places_of(c.args.get("kind")))
    )


_LIKES = (exp.LikeProperty, exp.PartitionedOfProperty, exp.InheritsProperty)


def _likes(node: exp.Expr, *kinds: type[exp.Expr]) -> Iterator[exp.Expr]:
    """What a relation is like or a part of; this stands outside of the query that fills it."""
    clauses = (node.this, node.args.get("properties"))
    return (like for c in clauses if c is not None for like in c.find_all(*kinds))


def _before_likes(node: exp.Expr) -> Iterator[exp.Expr]:
    """The columns that stand before those of another table, as in `(a int, LIKE t)`."""
    items = node.this.expressions if isinstance(node.this, exp.Schema) else []
    if any(isinstance(item, exp.LikeProperty) for item in items):
        yield from takewhile(lambda item: isinstance(item, exp.ColumnDef), items)


def _has_likes(node: exp.Expr) -> bool:
    return next(_likes(node, *_LIKES), None) is not None


def _is_body(body: object) -> bool:
    """What a relation is filled from, and by position."""
    bodies = (exp.Query, exp.Subquery, exp.Table, exp.Values, exp.Pivot)
    return isinstance(body, exp.Expr) and isinstance(body, bodies)


def _other_places(node: exp.Expr, parts: Parts) -> Iterator[tuple[str, str]]:
    """Where else the rows of a query go: a table's LOCATION, ClickHouse's TO."""
    properties = node.args.get("properties")
    if properties is None or not isinstance(node.args.get("expression"), exp.Query):
        return
    for place in places_said(properties):
        yield place, "external"
    other = properties.find(exp.ToTableProperty)
    if other is not None and isinstance(other.this, exp.Table):
        yield relation_name(other.this, parts.naming), "insert"


def _show(place: str, name: str, scope: int, parts: Parts, at: int) -> None:
    """Who reads a materialised view reads the table that it fills, whoever else fills that."""
    filled = parts.draft.scopes[scope]
    outputs = filled.outputs if filled is not None else ()
    if any(output.star for output in outputs):
        carry_over(place, name, parts, at, "view")
        return
    frame = top_frame(parts.draft)
    frame.add_source(Source(place, place, -1, offset=at))
    for output in outputs:
        dep = Dep(frame.number, 0, output.name, Subtype.IDENTITY, (), at)
        frame.outputs.append(Output(output.name, (dep,), at))
    parts.writes.append(Write(name, frame.finish("", at), "view", by_name=True, offset=at))


def _content(node: exp.Expr, parts: Parts) -> int | None:
    """The scope that a new relation is filled from, None when it starts empty."""
    body, clone = node.args.get("expression"), node.args.get("clone")
    frame = top_frame(parts.draft)
    copied = body if _is_like(body, parts) else clone.this if clone is not None else None
    if isinstance(body, exp.Expr) and _is_body(body) and copied is not body:
        add_ctes(frame, node)
        return compile_query(body, frame)
    if body and copied is not body:
        parts.hole(GapReason.UNSUPPORTED, "what it is created from is not analysed", node)
    origins = [copied] if isinstance(copied, exp.Expr) else _origins(node)
    for origin in origins:
        if isinstance(origin, exp.Table):
            source = relation_name(origin, parts.naming)
        else:
            source = origin.name
        frame.add_source(Source(source, source, -1, offset=parts.at(node)))
    if not origins:
        return None
    frame.outputs.append(Output("", (), offset_of(node), Star(UNQUALIFIED, whole=True)))
    return frame.finish("", offset_of(node))


def _is_like(body: object, parts: Parts) -> bool:
    """ClickHouse's `CREATE TABLE u AS t`, a table like another."""
    named = isinstance(body, exp.Table) and isinstance(body.this, exp.Identifier)
    return named and parts.naming.dialect == "clickhouse"


def _origins(node: exp.Expr) -> list[exp.Expr]:
    """What a table is like or takes after, or where the files of an external one are."""
    found = [p.this for p in node.find_all(exp.LikeProperty, exp.PartitionedOfProperty)]
    for inherits in node.find_all(exp.InheritsProperty):
        found += inherits.expressions
    properties = node.args.get("properties")
    if properties is not None:
        found += [exp.Literal.string(place) for place in places_said(properties)]
        found += [s for s in properties.find_all(exp.Literal) if "://" in s.name and s.is_string]
    return [o for o in dict.fromkeys(found) if isinstance(o, exp.Table) or o.name]


def _is_temporary(node: exp.Expr) -> bool:
    properties = node.args.get("properties")
    return properties is not None and properties.find(exp.TemporaryProperty) is not None


def _type(node: exp.Expr | None) -> str:
    return node.sql(comments=False).lower() if node is not None else ""


def add_cache(node: exp.Expr, parts: Parts) -> None:
    """Spark's CACHE TABLE name AS query is a view of the session."""
    if node.args.get("expression") is not None and isinstance(node.this, exp.Table):
        _add_relation(node, parts, node.this, ())
