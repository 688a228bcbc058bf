"""Tables that describe another one: `"t$partitions"`, `db.t.files`.

Partitions, lists of files and manifests hold values of the columns of the table that they
describe: https://iceberg.apache.org/docs/latest/spark-queries/#inspecting-tables and
https://trino.io/docs/current/connector/iceberg.html#metadata-tables
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.frames import Frame
from lineage.compile.names import MOST_PARTS, offset_of, part_name
from lineage.dialects import DESCRIBING, LIKE_POSTGRES, LIKE_TRINO, LIKE_TSQL, join_name, last_part
from lineage.objects import OUTPUT_OF, ROWS_OF, STAR, UNQUALIFIED, Dep, Hole, Output, Source, Star
from lineage.words import GapReason
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from lineage.dialects import Naming

_WORDS = "fts_main_"  # DuckDB's schemas of the words in a table, of which `term` is the column
_CAPTURED = re.compile(r"(?:.+\.)?cdc\.([^._]+)_(.+)_ct", re.IGNORECASE)
_MARKED = LIKE_TRINO
_HAVE_SOME = _MARKED | {"duckdb"} | MOST_PARTS.keys()  # such tables
# Columns of theirs that hold values of others; those called like a column of the table hold its.
_HOLDING = """
    data data_file file_path lower_bounds partition partition_data partition_summaries partitions
    path readable_metrics row row_value term upper_bounds
    """.split()
# What engines keep of values that are often there, and of the least and greatest.
_POSTGRES = "pg_stats pg_statistic pg_stats_ext pg_stats_ext_exprs pg_statistic_ext_data".split()
_STATISTICS: dict[str, frozenset[str]] = {
    **dict.fromkeys(LIKE_POSTGRES, frozenset(_POSTGRES)),
    "oracle": frozenset(
        f"{whose}_{what}"
        for whose in ("all", "dba", "user")
        for what in ("histograms", "tab_histograms", "part_histograms", "tab_col_statistics")
    ),
    "mysql": frozenset({"column_statistics"}),
    "sqlite": frozenset({"sqlite_stat3", "sqlite_stat4"}),
}
# … in columns that are called so.
_SAMPLES = re.compile(r"vals|elem|bounds|stavalues|endpoint|(?:low|high)_value|histogram|sample|\*")


def changes_kept(name: str, dialect: str) -> str:
    """T-SQL's `cdc.dbo_t_CT` and Trino's `t$changes` keep changes of `dbo.t` and `t`."""
    if dialect in _MARKED and name.endswith("$changes"):
        return name.removesuffix("$changes")
    found = _CAPTURED.fullmatch(name) if dialect in LIKE_TSQL else None
    return f"{found[1]}.{found[2]}" if found is not None else name


def is_as_named(name: str, dialect: str) -> bool:
    """Whether a table of that name is neither what an engine keeps of others nor their changes."""
    return changes_kept(name, dialect) == name and not _is_statistic(name, dialect)


def _is_statistic(name: str, dialect: str) -> bool:
    kept = _STATISTICS.get(dialect)
    return kept is not None and last_part(name).lower() in kept


def note_statistics(frame: Frame, node: exp.Table, name: str) -> None:
    """A gap where a query reads an engine's statistics, which hold values of any column."""
    known = _is_statistic(name, frame.draft.dialect)
    if known and any(map(_SAMPLES.search, _asked(node.root()))):
        message = f"of which columns `{name}` holds values is not known"
        frame.draft.holes.append(Hole(GapReason.UNSUPPORTED, message, (name,), offset_of(node)))


def described_by(table: exp.Table, naming: Naming) -> str:
    """The relation that a table describes; empty where it is one of its own, or may be one."""
    if naming.dialect not in _HAVE_SOME:
        return ""
    parts = [part_name(part, naming) for part in table.parts]
    last = parts[-1]
    if naming.dialect in _MARKED:
        name, _mark, kind = last.rpartition("$")
        return join_name([*parts[:-1], name]) if name and kind.lower() in DESCRIBING else ""
    if naming.dialect == "duckdb" and len(parts) > 1 and parts[-2].startswith(_WORDS):
        return parts[-2].removeprefix(_WORDS)
    long = len(parts) > MOST_PARTS.get(naming.dialect, len(parts))
    return join_name(parts[:-1]) if long and last.lower() in DESCRIBING else ""


def rows_describing(frame: Frame, node: exp.Table, name: str, relation: str) -> int:
    """The scope of a table that describes a relation: some columns are made of any column of it."""
    at = offset_of(node)
    asked = _asked(node.root())
    if STAR in asked:
        message = f"`select *` over {name}, whose columns are not all known"
        frame.draft.holes.append(Hole(GapReason.UNRESOLVED_STAR, message, (relation,), at))
    inner = Frame(frame.draft, None, {})
    inner.add_source(Source(relation, relation, -1, offset=at))
    if frame.draft.dialect == "duckdb":  # anybody may make a table in a schema of that name
        inner.add_source(Source(name, name, -1, offset=at))
    holding = [column for column in _HOLDING if column in asked]
    if holding:
        every = Dep(_whole(frame, relation, at), OUTPUT_OF, STAR, Subtype.TRANSFORMATION, (), at)
        for column in holding:
            own = [_as_it_is(inner, n, column, at) for n in range(1, len(inner.sources))]
            inner.outputs.append(Output(column, (every, *own), at))
    rows = [_as_it_is(inner, UNQUALIFIED, source.alias, at) for source in inner.sources]
    inner.anything.extend(rows)
    inner.anything.append(Dep(inner.number, ROWS_OF, STAR, Subtype.FILTER, (), at))
    return inner.finish("", at)


def _as_it_is(frame: Frame, source: int, column: str, at: int) -> Dep:
    return Dep(frame.number, source, column, Subtype.IDENTITY, (), at)


def _asked(query: exp.Expr) -> set[str]:
    """The names of all columns that a query asks for, and a star where it has one."""
    asked = {part.name.lower() for column in query.find_all(exp.Column) for part in column.parts}
    stars = query.find_all(exp.Star)
    asked.discard(STAR)
    return asked | {STAR for star in stars if isinstance(star.parent, (exp.Select, exp.Column))}


def _whole(frame: Frame, relation: str, at: int) -> int:
    inner = Frame(frame.draft, None, {})
    inner.add_source(Source("", relation, -1, offset=at))
    inner.outputs.append(Output("", (), at, Star(UNQUALIFIED, whole=True)))
    return inner.finish("", at)
