"""Which rows dbt keeps of a table that it builds again, which columns in its settings decide about.

An incremental model loses the rows whose keys come again, and one in batches those of the time of
a batch, and sees only these of what it reads. A snapshot gets another version of a row where what
is checked has changed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lineage.projects import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lineage.readers.dbt_names import Names
    from lineage.readers.dbt_places import Place
    from lineage.readers.dbt_words import Node

# https://docs.getdbt.com/docs/build/incremental-strategy
_WITHOUT_KEYS = frozenset({"append", "insert_overwrite"})
_BY_TIME = frozenset({"microbatch"})
_A_NAME = re.compile(r"[^\W\d]\w*\b(?!\s*\()")


def kept_rows(place: Place, node: Node, names: Names) -> tuple[Unit, ...]:
    """The script that says what decides about rows that are there already; none where all go."""
    deciding = _deciding(node)
    into = next((found[0] for one in deciding if (found := _A_NAME.search(one))), "")
    if not into or not node.relation_name:
        return ()
    name = node.relation_name
    source = f"(select distinct * from {name}) seen" if _checks_all(node) else name  # noqa: S608
    read = [(source, deciding), *_in_batches(node, names)]
    text = ";\n".join(_nothing_from(name, into, *one) for one in read)
    return (Unit(file=place.path_of(node), text=text, dialect=names.dialect),)


def _nothing_from(name: str, into: str, source: str, deciding: Sequence[str]) -> str:
    """No row is another than itself, so this puts nothing in, and no value is told by it."""
    differs = " or ".join(f"({one}) <> ({one})" for one in deciding)
    return f"insert into {name} ({into})\nselect null from {source}\nwhere {differs}"


def _in_batches(node: Node, names: Names) -> Iterator[tuple[str, list[str]]]:
    """What a model in batches reads by time: https://docs.getdbt.com/docs/build/incremental-microbatch."""
    if node.config.get("incremental_strategy") not in _BY_TIME:
        return
    for read in names.nodes_behind(node):
        times = _words(read.config, "event_time")
        if times and read.relation_name:
            yield read.relation_name, times


def _deciding(node: Node) -> list[str]:
    config = node.config
    if node.resource_type == "snapshot":
        checked = [] if _checks_all(node) else _words(config, "check_cols")
        return [*_words(config, "unique_key"), *_words(config, "updated_at"), *checked]
    strategy = config.get("incremental_strategy")
    if node.materialized != "incremental" or strategy in _WITHOUT_KEYS:
        return []
    times = _words(config, "event_time") if strategy in _BY_TIME else []
    return [*_words(config, "unique_key"), *times]


def _checks_all(node: Node) -> bool:
    return node.resource_type == "snapshot" and node.config.get("check_cols") == "all"


def _words(config: Mapping[str, object], key: str) -> list[str]:
    value = config.get(key)
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, str) and one.strip()]
