"""What dbt calls a thing, and what the warehouse calls it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lineage.dialects import HIVE_AND_SPARK, join_name, naming, normalise_relation
from lineage.uris import A_FILE, FILE_FUNCTIONS, without_keys
from lineage.words import InputError, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lineage.dialects import Naming
    from lineage.readers.dbt_words import Manifest, Node

# The adapter's name, as in the manifest's `adapter_type`, to the parser's dialect.
DIALECT_OF_ADAPTER = {
    "athena": "athena",
    "bigquery": "bigquery",
    "clickhouse": "clickhouse",
    "databricks": "databricks",
    "doris": "doris",
    "dremio": "dremio",
    "duckdb": "duckdb",
    "exasol": "exasol",
    "fabric": "tsql",
    "fabricspark": "spark",
    "glue": "spark",
    "greenplum": "postgres",
    "hive": "hive",
    "impala": "hive",
    "materialize": "materialize",
    "mysql": "mysql",
    "oracle": "oracle",
    "postgres": "postgres",
    "presto": "presto",
    "redshift": "redshift",
    "risingwave": "risingwave",
    "snowflake": "snowflake",
    "spark": "spark",
    "sqlite": "sqlite",
    "sqlserver": "tsql",
    "starrocks": "starrocks",
    "synapse": "tsql",
    "teradata": "teradata",
    "tidb": "mysql",
    "trino": "trino",
}

# An adapter that reads files renders a source as `'s3://…'` or as `read_parquet('s3://…')`.
_TEXT = r"'(?:[^']|'')*'"
_A_TEXT = re.compile(rf"\s*({_TEXT})\s*")
_CALL = re.compile(r"\s*(?:\w+\s*\.\s*)*(\w+)\s*\(")
_FIRST_ARGUMENT = re.compile(rf"(?:\s*\w+\s*(?::=|=>))?\s*(?:({_TEXT})|\[([^\[\]]*)\])\s*[,)]")
_FILES = re.compile(rf"\s*(?:{_TEXT}\s*(?:,\s*|\Z))+")
_COMMENT = re.compile(rf"({_TEXT})|--[^\n]*|/\*.*?\*/", re.DOTALL)

_QUOTED_OR_BARE = re.compile(r'"((?:[^"]|"")*)"|`([^`]*)`|\[([^\]]*)\]|([^."`\[\]\'()\s]+)(?=\.|$)')


_PLAIN = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_BACKTICKS = HIVE_AND_SPARK | {"bigquery"}


def dialect_of(manifest: Manifest, path: str) -> str:
    """The dialect of a manifest's adapter; `InputError` when that is not known."""
    adapter = manifest.metadata.adapter_type or ""
    dialect = DIALECT_OF_ADAPTER.get(adapter)
    if dialect is None:
        known = ", ".join(sorted(DIALECT_OF_ADAPTER))
        raise InputError(
            Origin(path, 1, 1),
            f"unknown dbt adapter {adapter[:100]!r}, known are {known}",
            "name the SQL dialect with --dialect",
        )
    return dialect


def relation_name(node: Node, dialect: str) -> str:
    """The name by which compiled SQL refers to a node, normalised.

    Empty for an ephemeral model of which nothing is said.

    dbt's own `relation_name` is what `ref` and `source` render to: it leaves out what the
    adapter leaves out and shows which parts are quoted.
    """
    if node.resource_type == "exposure":
        return f"exposure:{node.name}"
    if is_ephemeral(node) and not node.tells_columns:
        return ""
    rule = naming(dialect)
    files = files_of(node)
    if files:
        return _file_name(files[0], node, rule)
    written = written_name(node, dialect) if is_ephemeral(node) else node.relation_name or ""
    parts = [rule.relation_part(text, quoted=quoted) for text, quoted in _parts(written)]
    last = node.identifier or node.alias or node.name
    named = (node.database or "", node.schema or "", last)
    return without_keys(join_name(parts) if parts else normalise_relation(named, dialect))


def is_ephemeral(node: Node) -> bool:
    """Whether a node is nothing but a part of the code of others."""
    return node.resource_type == "model" and node.materialized == "ephemeral"


def written_name(node: Node, dialect: str) -> str:
    """A node's name as SQL has it: dbt's adapters quote all parts, or what needs quotes."""
    parts = (node.database, node.schema, node.alias or node.name)
    return ".".join(_written(part, dialect) for part in parts if part)


def _written(part: str, dialect: str) -> str:
    if _PLAIN.fullmatch(part):
        return part
    quote = "`" if dialect in _BACKTICKS else '"'
    return quote + part.replace(quote, quote * 2) + quote


def files_of(node: Node) -> tuple[str, ...]:
    """The files that a source is where it is no table: a path, or what a function reads."""
    written = _COMMENT.sub(lambda part: part[1] or " ", node.relation_name or "")
    alone = _A_TEXT.fullmatch(written)
    if alone is not None:
        return (_unquoted(alone[1]),)
    call = _CALL.match(written)
    if call is None or call[1].lower() not in FILE_FUNCTIONS:
        return ()
    first = _FIRST_ARGUMENT.match(written, call.end())
    if first is None:
        return ()
    files = first[1] or (first[2] if _FILES.fullmatch(first[2]) else "")
    return tuple(_unquoted(text) for text in re.findall(_TEXT, files))


def is_expression(node: Node) -> bool:
    """Whether SQL refers to a node by something else than a name or files."""
    written = node.relation_name or ""
    return ("(" in written or "'" in written) and not _parts(written) and not files_of(node)


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")


def _file_name(file: str, node: Node, rule: Naming) -> str:
    """A file as SQL that reads it names it: one that stands alone could be a table, too."""
    plain = without_keys(file)
    if A_FILE.search(plain) is not None or _A_TEXT.fullmatch(node.relation_name or "") is None:
        return plain
    return join_name([rule.relation_part(plain, quoted=True)])


def _parts(written: str) -> list[tuple[str, bool]]:
    """The parts of a dotted name and whether each is quoted; none where it is no such name."""
    parts: list[tuple[str, bool]] = []
    position = 0
    while position < len(written):
        found = _QUOTED_OR_BARE.match(written, position)
        if found is None:
            return []
        double, back, square, bare = found.groups()
        quoted = back if double is None else double.replace('""', '"')
        quoted = square if quoted is None else quoted
        parts.append((bare, False) if quoted is None else (quoted, True))
        position = found.end()
        if position < len(written) and written[position] != ".":
            return []
        position += 1
    return parts


class Names:
    """The relations of a manifest by unique id, and what stands behind a dependency."""

    def __init__(self, manifest: Manifest, dialect: str) -> None:
        self.dialect = dialect
        self._manifest = manifest
        self._names = {node.unique_id: relation_name(node, dialect) for node in _named(manifest)}

    def of(self, node: Node) -> str:
        """A node's relation, empty where it has none."""
        return self._names.get(node.unique_id, "")

    def ephemeral(self) -> dict[str, Node]:
        """By unique id, the ephemeral models that are relations."""
        nodes = self._manifest.nodes.values()
        return {n.unique_id: n for n in nodes if is_ephemeral(n) and self.of(n)}

    def others_of(self, node: Node) -> tuple[str, ...]:
        """Further names of a source: that of each file but the first."""
        return tuple(without_keys(file) for file in files_of(node)[1:])

    def of_id(self, unique_id: str) -> str:
        """The relation of the node with a unique id, empty where it has none."""
        return self._names.get(unique_id, "")

    def read_by(self, node: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The relations a node depends on, and the unique ids that nothing is known of.

        What has no relation of its own (ephemeral model, metric, semantic model) stands for
        those that it depends on in turn.
        """
        return self._read(node.depends_on.nodes)

    def nodes_behind(self, node: Node) -> tuple[Node, ...]:
        """The models, seeds, snapshots and sources that a node itself depends on."""
        nodes, sources = self._manifest.nodes, self._manifest.sources
        found = (nodes.get(i) or sources.get(i) for i in dict.fromkeys(node.depends_on.nodes))
        return tuple(one for one in found if one is not None)

    def behind(self, unique_ids: Iterable[str]) -> tuple[str, ...]:
        """The relations that some nodes are or stand for."""
        return self._read(unique_ids)[0]

    def _read(self, unique_ids: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        found: set[str] = set()
        unknown: set[str] = set()
        seen = set(unique_ids)
        waiting = list(seen)
        while waiting:
            unique_id = waiting.pop()
            name = self._names.get(unique_id)
            if name:
                found.add(name)
                continue
            behind = self._behind(unique_id)
            if behind is None:
                unknown.add(unique_id)
            new = set(behind or ()) - seen
            seen |= new
            waiting.extend(new)
        return tuple(sorted(found)), tuple(sorted(unknown))

    def _behind(self, unique_id: str) -> list[str] | None:
        manifest = self._manifest
        for group in (
            manifest.nodes,
            manifest.metrics,
            manifest.semantic_models,
            manifest.saved_queries,
            manifest.functions or {},
        ):
            thing = group.get(unique_id)
            if thing is not None:
                return thing.depends_on.nodes
        return None


def _named(manifest: Manifest) -> Iterator[Node]:
    for node in manifest.nodes.values():
        if node.resource_type in {"model", "seed", "snapshot"} or node.keeps_failures:
            yield node
    yield from manifest.sources.values()
    yield from manifest.exposures.values()
