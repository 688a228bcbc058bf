"""A dbt project that was built on DuckDB, and made-up rows for what it builds on."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import networkx as nx
import sqlglot
from sqlglot import exp

from lineage.readers.dbt_artifacts import read_catalog, read_manifest
from lineage.readers.dbt_names import Names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from random import Random

ROWS_OF_A_TABLE = 4  # joins of joins of more come to too much
_DAYS = "2019-02-03", "2020-03-04", "2020-03-05", "2021-06-07"
_NUMBERS = "1", "2", "3", "4"
_OF_DAYS = re.compile(r"date|time|start|stop|_at$|birth|death", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]+"\."[^"]+"\."[^"]+"')

Rows = list[dict[str, str | None]]


class Stored(NamedTuple):
    """A relation: its name in SQL, its columns with their types, and its query if it has one."""

    written: str
    types: Mapping[str, str]
    query: str


class Built(NamedTuple):
    """A project, its relations by the names that lineage has for them.

    `tables` are made of no other relation; `models` stand in an order in which they can be built.
    """

    tables: dict[str, Stored]
    models: dict[str, Stored]
    readers: nx.DiGraph[str]  # from what is read to who reads it
    literals: dict[str, tuple[str, ...]]  # that are compared with columns of a name


def read_built(folder: Path) -> Built:
    """The project whose artifacts are in a folder.

    A model that reads nothing, as one that a user of a package fills, is a table.
    """
    relations = dict(_stored(folder))
    named = {stored.written: name for name, stored in relations.items()}
    readers: nx.DiGraph[str] = nx.DiGraph()
    readers.add_nodes_from(relations)
    for name, stored in relations.items():
        used = {named[q] for q in _QUOTED.findall(stored.query) if q in named} - {name}
        readers.add_edges_from((one, name) for one in used)
    order = list(nx.lexicographical_topological_sort(readers))
    models = {name: relations[name] for name in order if readers.in_degree(name)}
    tables = {name: relations[name] for name in order if not readers.in_degree(name)}
    return Built(tables, models, readers, _literals(m.query for m in models.values()))


def _stored(folder: Path) -> Iterator[tuple[str, Stored]]:
    """What the catalog has of a manifest's models, seeds, snapshots and sources."""
    suffix = ".gz" if (folder / "manifest.json.gz").exists() else ""
    manifest, _ = read_manifest(folder, f"manifest.json{suffix}")
    catalog, _ = read_catalog(folder, f"catalog.json{suffix}")
    names = Names(manifest, "duckdb")
    known = {**catalog.nodes, **catalog.sources}
    for node in (*manifest.nodes.values(), *manifest.sources.values()):
        if node.unique_id in known and node.relation_name:
            types = {c.name: c.type for c in known[node.unique_id].columns.values()}
            query = getattr(node, "compiled_code", None) or ""
            yield names.of(node), Stored(node.relation_name, types, query)


def _literals(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """By the names of columns, what they are compared with: values that filters let through."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for text in texts:
        for node in sqlglot.parse_one(text, dialect="duckdb").find_all(exp.EQ, exp.In, exp.NEQ):
            column = node.find(exp.Column)
            for literal in node.find_all(exp.Literal) if column is not None else ():
                found[column.name.lower()].add(literal.name)
    return {name: tuple(sorted(values)) for name, values in found.items()}


def made_rows(random: Random, table: Stored, literals: Mapping[str, Sequence[str]]) -> Rows:
    return [
        {name: random.choice(values_of(name, kind, literals)) for name, kind in table.types.items()}
        for _ in range(ROWS_OF_A_TABLE)
    ]


def values_of(name: str, kind: str, literals: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """What a column may hold: what it is compared with, else few values, so that joins meet."""
    if kind == "BOOLEAN":
        return "true", "false"
    if kind.startswith(("DATE", "TIME")):
        return _DAYS
    known = literals.get(name.lower(), ())
    return (*known[:6], *(_DAYS if kind == "VARCHAR" and _OF_DAYS.search(name) else _NUMBERS))


def with_other_values(rows: Rows, column: str, values: Sequence[str], way: int) -> Rows:
    """All values of a column become others: the next ones, or none."""
    after = dict(zip(values, (*values[1:], values[0]), strict=True))
    return [
        {**row, column: None if way else after.get(str(row[column]), values[0])} for row in rows
    ]
