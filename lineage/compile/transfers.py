"""COPY, EXPORT, UNLOAD and INSERT OVERWRITE DIRECTORY: data crosses the warehouse's border.

Outside, a relation is the URI or stage as it is written.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.alters import carry_over
from lineage.compile.located import in_container
from lineage.compile.named_tables import table_named
from lineage.compile.names import column_name, offset_of, relation_name
from lineage.compile.node_kinds import function_name
from lineage.compile.queries import add_ctes, compile_query, top_frame
from lineage.compile.scripts.tokens import after_brackets, find_word, split_at
from lineage.compile.tokenizing import tokens_of
from lineage.compile.unparsed import column_of
from lineage.objects import UNQUALIFIED, Declaration, Dep, Output, Source, Star, Write
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from lineage.compile.frames import Frame
    from lineage.compile.parts import Parts

# Functions of ClickHouse whose first argument alone does not say which table is meant.
_BY_SEVERAL_ARGUMENTS = frozenset(
    "remote remotesecure mysql postgresql mongodb sqlite cluster jdbc odbc".split()
)
# Functions whose rows somebody can add to.
OVER_ROWS = frozenset(
    """
    s3 s3cluster gcs oss cosn url urlcluster file hdfs hdfscluster azureblobstorage
    azureblobstoragecluster remote remotesecure mysql postgresql mongodb sqlite redis jdbc odbc
    iceberg icebergs3 icebergazure iceberglocal deltalake hudi cluster clusterallreplicas
    """.split()
)
# What an argument is that says where rows are, and does not work it out.
_TOLD = (exp.Literal, exp.Column, exp.EQ, exp.PropertyEQ, exp.Identifier)
# What a file is where its name is told, and not how to work it out.
_WRITTEN_OUT = (
    exp.Literal, exp.RawString, exp.ByteString, exp.Identifier, exp.Table, exp.Var, exp.Parameter,
    exp.Query, exp.Subquery,
)  # fmt: skip


def add_copy(node: exp.Expr, parts: Parts) -> None:
    """COPY in either direction; what is outside decides which one it is."""
    this = node.this
    columns: tuple[str, ...] = ()
    if isinstance(this, exp.Schema):
        columns = tuple(column_name(c, parts.naming) for c in this.expressions)
        this = this.this
    files = [f for f in node.args.get("files") or () if isinstance(f, exp.Expr)]
    if not files:
        parts.hole(GapReason.UNSUPPORTED, "a COPY without a file or stage", node)
    files = [_program(file, node) for file in files]
    for param in node.args.get("params") or ():
        if param.name.lower() == "filename_pattern" and "/" in param.expression.name:
            parts.hole(GapReason.DYNAMIC_SQL, "the place of a COPY is computed", node)
    leaves = _is_outside(this) or not node.args.get("kind")
    for file in files:
        if not (_is_outside(this) or isinstance(file, _WRITTEN_OUT)):
            parts.hole(GapReason.DYNAMIC_SQL, "the place of a COPY is computed", node)
        if leaves and _is_outside(this):
            _write(node, parts, (file, columns), _place(this, parts))
        elif leaves:
            _write(node, parts, (this, columns), _place(file, parts))
        else:
            _load(node, parts, (this, columns), file)


def _program(file: exp.Expr, node: exp.Expr) -> exp.Expr:
    """`COPY … TO PROGRAM 'command'`, of which the parser makes a parameter."""
    params = node.args.get("params") or ()
    if isinstance(file, exp.Identifier) and file.name.lower() == "program" and params:
        return exp.Literal.string(program_name(params[0].name))
    return file


def program_name(command: str) -> str:
    """What a command runs, and a digest that tells it from others: it may hold a password."""
    program = command.split(maxsplit=1)[0] if command.strip() else ""
    digest = hashlib.sha256(command.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return ":".join(("program", *([] if "=" in program else [program]), digest))


def _is_outside(node: exp.Expr) -> bool:
    if isinstance(node, exp.Table):
        node = node.this
    if isinstance(node, exp.DynamicIdentifier):
        return node.name.startswith("@")
    if isinstance(node, exp.Identifier):
        stage = str(node.this).startswith("@") and not node.args.get("quoted")
        return stage or "://" in str(node.this)
    return isinstance(node, (exp.Literal, exp.Var, exp.Parameter, exp.Placeholder))


def _place(node: exp.Expr, parts: Parts) -> str:
    """The name of a stage, file or program outside; empty where it is computed."""
    if isinstance(node, exp.Table):
        named = isinstance(node.this, exp.DynamicIdentifier) and node.this.name.startswith("@")
        return node.this.name if named else relation_name(node, parts.naming)
    return str(node.this) if isinstance(node.this, str) else node.name


def _write(
    node: exp.Expr, parts: Parts, content: tuple[exp.Expr, tuple[str, ...]], place: str
) -> None:
    body, columns = content
    frame = top_frame(parts.draft)
    if not place:
        parts.hole(GapReason.DYNAMIC_SQL, "the place of a COPY is computed", node)
    if isinstance(body, (exp.Subquery, exp.Query)):
        scope = compile_query(body, frame)
    else:
        scope = _all_of(frame, body, parts, columns)
    name = place or "uri:unknown"
    parts.writes.append(Write(name, scope, "external", by_name=True, offset=parts.at(node)))


def _all_of(frame: Frame, table: exp.Expr, parts: Parts, columns: tuple[str, ...]) -> int:
    name = _place(table, parts)
    at = parts.at(table)
    frame.add_source(Source(name, name, -1, offset=at))
    if columns:
        frame.outputs.extend(
            Output(c, (Dep(frame.number, 0, c, Subtype.IDENTITY, (), at),), at) for c in columns
        )
    else:
        frame.outputs.append(Output("", (), at, Star(UNQUALIFIED)))
    return frame.finish("", at)


def _load(
    node: exp.Expr, parts: Parts, target: tuple[exp.Expr, tuple[str, ...]], file: exp.Expr
) -> None:
    """From a file or stage into a table.

    By name, as people call the columns of both alike, and by position, as most engines do, where it
    is known which columns are in the file.
    """
    table, columns = target
    if not isinstance(table, exp.Table):
        parts.hole(GapReason.UNSUPPORTED, "the target of a COPY is computed", node)
        return
    frame, name, at = top_frame(parts.draft), relation_name(table, parts.naming), parts.at(node)
    if not name:
        parts.hole(GapReason.DYNAMIC_SQL, "the target of a COPY is computed", node)
    if isinstance(file, exp.Table) and not _place(file, parts):
        parts.hole(GapReason.DYNAMIC_SQL, "the place of a COPY is computed", node)
    if isinstance(file, (exp.Subquery, exp.Query)):
        scope = compile_query(file, frame)
        parts.writes.append(Write(name, scope, "insert", columns, offset=at))
        return
    scope = _all_of(frame, file, parts, ())
    by_position = Write(name, scope, "insert", columns, offset=at, if_known=True)
    parts.writes += [Write(name, scope, "insert", by_name=True, offset=at), by_position]


def add_export(node: exp.Expr, parts: Parts) -> None:
    """BigQuery's EXPORT DATA OPTIONS (uri = …) AS SELECT."""
    frame = top_frame(parts.draft)
    uri = _option(node, "uri")
    scope = compile_query(node.this, frame)
    if not uri:
        parts.hole(GapReason.DYNAMIC_SQL, "EXPORT DATA to a computed uri", node)
    name = uri or "uri:unknown"
    parts.writes.append(Write(name, scope, "external", by_name=True, offset=offset_of(node.this)))


def _option(node: exp.Expr, wanted: str) -> str:
    options = node.args.get("options")
    for option in options.expressions if options is not None else ():
        value = option.args.get("value")
        if option.name.lower() == wanted and isinstance(value, exp.Literal):
            return str(value.this)
    return ""


def add_function_insert(node: exp.Expr, parts: Parts) -> None:
    """ClickHouse's INSERT INTO FUNCTION s3('…') SELECT."""
    frame = top_frame(parts.draft)
    add_ctes(frame, node)
    scope = compile_query(node.expression, frame)
    function = node.this
    place, named = place_of(function, parts)
    is_here = bool(named) and "/" not in named  # a table of this place, which goes by position
    kind = "insert" if is_here else "external"
    columns = _columns_told(parts)
    by_name = not (is_here or columns)
    write = Write(place, scope, kind, columns, by_name=by_name, offset=parts.at(node))
    parts.writes.append(write)


def place_of(function: exp.Expr, parts: Parts) -> tuple[str, str]:
    """What a table function of ClickHouse is over, and the relation that it names or nothing."""
    name = function_name(function)
    # of a cluster the first argument is its name
    arguments = function.expressions[1:] if name.endswith("cluster") else function.expressions
    texts = [s.name for a in arguments for s in a.find_all(exp.Literal) if s.is_string]
    place = next((t for t in texts if "://" in t), "") or next(iter(texts), "")
    if name.startswith("azureblob") and texts:
        place = in_container(texts) or place
    if not isinstance(next(iter(arguments), None), _TOLD):
        parts.hole(GapReason.DYNAMIC_SQL, "the target of an INSERT is computed", function)
    named = table_named(function, name, parts.naming)
    if named:
        place = named  # as one that reads it is called
    elif not place or name in _BY_SEVERAL_ARGUMENTS:
        # Server, database and table; after them come a user and a password.
        written = parts.text[offset_of(function) :].partition(")")[0].split(",")[:3]
        place = f"{','.join(written)[:200].strip()})" if written[0] else "function:unknown"
    return place, named


def _columns_told(parts: Parts) -> tuple[str, ...]:
    """The columns in brackets behind a function that is written into, which no token has."""
    tokens = parts.tokens
    end = after_brackets(tokens, find_word(tokens, {"("}, 3))
    between = parts.text[tokens[end - 1].end + 1 : tokens[end].start] if end < len(tokens) else ""
    told = split_at(tokens_of(between, parts.naming.dialect)[1:-1], ",")
    return tuple(column_of(item[0], parts.naming) for item in told if item)


def add_load(node: exp.Expr, parts: Parts) -> None:
    """LOAD DATA INPATH '…' INTO TABLE t, and BigQuery's LOAD DATA … FROM FILES."""
    target: exp.Expr = node.this
    defined = target.expressions if isinstance(target, exp.Schema) else []
    columns = tuple(column_name(c, parts.naming) for c in defined)
    target = target.this if isinstance(target, exp.Schema) else target
    files = node.args.get("files") or node.args.get("inpath")
    places = [f for f in files.find_all(exp.Literal) if f.is_string] if files is not None else []
    named = [p for p in places if "/" in p.name or "." in p.name] or places
    if not isinstance(target, exp.Table) or not named:
        parts.hole(GapReason.UNSUPPORTED, "this form of LOAD DATA is not analysed", node)
        return
    if columns:
        typed = tuple((name, "") for name in columns)
        name = relation_name(target, parts.naming)
        parts.declarations.append(Declaration(name, typed, "add", offset=parts.at(node)))
    for place in named:
        if columns:
            frame, name = top_frame(parts.draft), relation_name(target, parts.naming)
            scope = _all_of(frame, place, parts, columns)
            parts.writes.append(Write(name, scope, "insert", by_name=True, offset=parts.at(node)))
        else:
            _load(node, parts, (target, ()), place)


def add_put(node: exp.Expr, parts: Parts) -> None:
    """Snowflake's PUT: a file goes to a stage."""
    source, target = node.this.name, node.args["target"].name
    carry_over(source, target, parts, parts.at(node), "external")


def add_directory_insert(node: exp.Expr, parts: Parts) -> None:
    """INSERT OVERWRITE DIRECTORY '…' SELECT (Spark, Hive)."""
    frame = top_frame(parts.draft)
    add_ctes(frame, node)
    scope = compile_query(node.expression, frame)
    place = node.this.this.name
    parts.writes.append(Write(place, scope, "external", by_name=True, offset=parts.at(node)))
