"""What dbt adds to the rows of a snapshot, which is made of columns that its settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.projects import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lineage.readers.dbt_names import Names
    from lineage.readers.dbt_places import Place
    from lineage.readers.dbt_words import Node

# https://docs.getdbt.com/docs/build/snapshots#snapshot-meta-fields
_TIMES = ("dbt_updated_at", "dbt_valid_from")
_KEY = "dbt_scd_id"


def stamps(place: Place, node: Node, names: Names) -> tuple[Unit, ...]:
    """The script that fills the columns which dbt adds to a snapshot; none for other nodes."""
    if node.resource_type != "snapshot" or not node.relation_name:
        return ()
    added = dict(_added(node))
    if not added:
        return ()
    # The snapshot has all that its query gives, so nothing of the query is said twice.
    name = node.relation_name
    into, made = ", ".join(added), ", ".join(added.values())
    text = f"insert into {name} ({into})\nselect {made} from {name}"
    return (Unit(file=place.path_of(node), text=text, dialect=names.dialect),)


def _added(node: Node) -> Iterator[tuple[str, str]]:
    """The added columns, and of what expressions each is made."""
    named = node.config.get("snapshot_meta_column_names")
    names = named if isinstance(named, dict) else {}
    updated = _words(node.config, "updated_at")
    keys = _words(node.config, "unique_key")
    for name in _TIMES if updated else ():
        yield _called(names, name), updated[0]
    current = [*updated, *_words(node.config, "dbt_valid_to_current")]
    if current:
        yield _called(names, "dbt_valid_to"), f"coalesce({', '.join(current)})"
    if keys or updated:
        parts = [*keys, *updated]
        yield _called(names, _KEY), f"md5({' || '.join(parts)})"


def _called(names: Mapping[str, object], name: str) -> str:
    own = names.get(name)
    return own if isinstance(own, str) and own else name


def _words(config: Mapping[str, object], key: str) -> list[str]:
    value = config.get(key)
    found = value if isinstance(value, list) else [value]
    return [f"({one})" for one in found if isinstance(one, str) and one.strip()]
