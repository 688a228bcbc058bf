"""The columns of a dbt relation: documented, found in the catalog, or in a seed's header."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from lineage.dialects import naming
from lineage.fields import as_spelt
from lineage.projects import DeclaredColumn
from lineage.readers.dbt_facts import catalog_facts, column_facts
from lineage.uris import without_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lineage.dialects import Naming
    from lineage.readers.dbt_words import Catalog, CatalogTable, Node

# https://docs.getdbt.com/docs/build/snapshots#snapshot-meta-fields
_SNAPSHOT_COLUMNS = ("dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to")
_DELETED_COLUMN = "dbt_is_deleted"

_STORES_NAMES_EXACTLY = frozenset(
    {"exasol", "materialize", "oracle", "postgres", "risingwave", "snowflake"}
)
_MAX_HEADER = 1 << 18
_IN_QUOTES = re.compile(r"(?=(\"[^\"]+\"|`[^`]+`|\[[^\]]+\])\Z).(.+).", re.DOTALL)


class CatalogIndex:
    """The catalog's tables by unique id; letter case matters only where it must."""

    def __init__(self, catalog: Catalog | None) -> None:
        self._tables = {} if catalog is None else {**catalog.sources, **catalog.nodes}
        self._folded = {key.lower(): table for key, table in self._tables.items()}

    def table(self, unique_id: str) -> CatalogTable | None:
        """What the warehouse says of a node, or None where it says nothing."""
        found = self._tables.get(unique_id) or self._folded.get(unique_id.lower())
        return found if found is not None and found.columns else None


def declared_columns(
    node: Node, table: CatalogTable | None, header: Sequence[str], dialect: str
) -> tuple[DeclaredColumn, ...]:
    """The columns of a node in the order in which the relation has them, as far as known.

    `header` are the column names of a seed's file. What is documented and not in the
    catalog comes last: the catalog may be older.
    """
    rule = naming(dialect)
    columns = _documented(node, rule)
    if header:
        quoted = node.config.get("quote_columns") is True
        names = [_spelt(rule, name, quoted=quoted) for name in header]
        columns = _merged([DeclaredColumn(name) for name in names], columns)
    if table is not None:
        columns = _merged(_of_catalog(table, rule), columns)
    known = {column.name for column in columns}
    added = [DeclaredColumn(name) for name in _snapshot_columns(node, rule) if name not in known]
    return (*columns, *added)


def _documented(node: Node, rule: Naming) -> tuple[DeclaredColumn, ...]:
    return united(
        DeclaredColumn(
            _documented_name(rule, column.name or key, quoted=column.quote is True),
            column.data_type or "",
            column_facts(column),
        )
        for key, column in node.columns.items()
    )


def _documented_name(rule: Naming, written: str, *, quoted: bool) -> str:
    """A column's name from a properties file, where some write the quotes along with it."""
    inside = _IN_QUOTES.fullmatch(written)
    if inside is not None:
        return _spelt(rule, inside[2], quoted=True)
    return _spelt(rule, written, quoted=True) if quoted else as_spelt(_spelt(rule, written))


def _spelt(rule: Naming, name: str, *, quoted: bool = False) -> str:
    """A column as a text that names it does, in which no address keeps its parameters."""
    return without_keys(rule.column(name, quoted=quoted))


def _of_catalog(table: CatalogTable, rule: Naming) -> list[DeclaredColumn]:
    ordered = sorted(table.columns.values(), key=lambda column: (column.index, column.name))
    # Where names in quotes keep their case, a stored name is what one writes in quotes.
    exact = rule.dialect in _STORES_NAMES_EXACTLY
    return [
        DeclaredColumn(_spelt(rule, column.name, quoted=exact), column.type, catalog_facts(column))
        for column in ordered
    ]


def _merged(
    actual: Iterable[DeclaredColumn], documented: Iterable[DeclaredColumn]
) -> tuple[DeclaredColumn, ...]:
    """The actual columns with what is documented of them, then the documented rest.

    Names are compared without letter case where they are not the same: people document
    `"userId"` as `userid`.
    """
    columns = united(actual)
    names = {column.name for column in columns}
    of_name: dict[str, DeclaredColumn] = {}
    of_folded: dict[str, DeclaredColumn] = {}
    for column in documented:
        of_name[column.name] = column
        if column.name not in names:
            of_folded[column.name.lower()] = column
    folded_names = {name.lower() for name in names}
    return (
        *(_with_facts(c, of_name.get(c.name) or of_folded.get(c.name.lower())) for c in columns),
        *(c for c in of_name.values() if c.name.lower() not in folded_names),
    )


def _with_facts(column: DeclaredColumn, documented: DeclaredColumn | None) -> DeclaredColumn:
    if documented is None:
        return column
    facts = tuple(sorted((*column.facts, *documented.facts)))
    return DeclaredColumn(column.name, column.type or documented.type, facts)


def united(columns: Iterable[DeclaredColumn]) -> tuple[DeclaredColumn, ...]:
    """Columns that come to the same name become one, which has the facts of all."""
    found: dict[str, DeclaredColumn] = {}
    for column in columns:
        before = found.get(column.name)
        if before is not None:
            facts = tuple(sorted({*before.facts, *column.facts}))
            column = DeclaredColumn(column.name, before.type or column.type, facts)  # noqa: PLW2901
        found[column.name] = column
    return tuple(found.values())


def _snapshot_columns(node: Node, rule: Naming) -> list[str]:
    if node.resource_type != "snapshot":
        return []
    renamed = node.config.get("snapshot_meta_column_names")
    renamed = renamed if isinstance(renamed, dict) else {}
    names = list(_SNAPSHOT_COLUMNS)
    if node.config.get("hard_deletes") == "new_record":
        names.append(_DELETED_COLUMN)
    return [rule.column(str(renamed.get(name) or name)) for name in names]


def seed_header(text: str, delimiter: object) -> tuple[str, ...]:
    """The column names of a seed, none where the first row is not a plain header.

    dbt gives other names to those that stand twice or are empty, and keeps blanks around one.
    """
    mark = delimiter if isinstance(delimiter, str) and len(delimiter) == 1 else ","
    lines = io.StringIO(text[:_MAX_HEADER], newline="")  # other signs end no line for dbt
    try:
        names = tuple(next(csv.reader(lines, delimiter=mark), []))
    except (csv.Error, ValueError, TypeError):
        return ()
    is_whole = len(text) <= _MAX_HEADER or lines.tell() < _MAX_HEADER
    is_plain = len(set(names)) == len(names) and all(name == name.strip() != "" for name in names)
    return names if is_whole and is_plain else ()
