"""What settings of an incremental model put into its table: values that its own code does not.

Adapters merge what the code gives into the table that is there, and a setting may say by which
expression a column is filled, for which rows, and what becomes of rows that are not given again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lineage.projects import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lineage.readers.dbt_names import Names
    from lineage.readers.dbt_places import Place
    from lineage.readers.dbt_words import Node

_Clause = dict[str, Any]
_FOUND: Final = "matched"
_NEW: Final = "not matched"
_LOST: Final = "not matched by source"
# Settings of whole merges that are conditions: of DuckDB's adapter, and of Databricks'.
_CONDITIONS: Final = (
    "matched_condition",
    "merge_insert_condition",
    "merge_update_condition",
    "not_matched_by_source_condition",
    "not_matched_condition",
)


def merges(place: Place, node: Node, names: Names) -> tuple[Unit, ...]:
    """The merge of a table with itself that does what the settings say; none where they do not."""
    if node.materialized != "incremental" or not node.relation_name:
        return ()
    clauses = list(_clauses(node.config))
    if not clauses:
        return ()
    into = node.config.get("target_alias") or "DBT_INTERNAL_DEST"
    given = node.config.get("source_alias") or "DBT_INTERNAL_SOURCE"
    # The table has all columns that the code gives it, so it stands for what is given too.
    name = node.relation_name
    head = f"merge into {name} as {into}\nusing {name} as {given} on false"
    text = "\n".join((head, *clauses))
    return (Unit(file=place.path_of(node), text=text, dialect=names.dialect),)


def _clauses(config: Mapping[str, Any]) -> Iterator[str]:
    for key in _CONDITIONS:
        yield from _clause(_FOUND, {"condition": config.get(key)})
    given = config.get("merge_update_set_expressions")
    yield from _clause(_FOUND, {"set_expressions": given})
    said = config.get("merge_clauses")
    for key, which in (("when_matched", _FOUND), ("when_not_matched", _NEW)):
        for clause in _mappings(said.get(key) if isinstance(said, dict) else None):
            by_source = str(clause.get("by")).lower() == "source"
            yield from _clause(_LOST if by_source else which, clause)
    action = config.get("not_matched_by_source_action")
    if isinstance(action, str) and action.strip().lower() != "delete":
        yield f"when {_LOST} then {action}"


def _clause(which: str, clause: _Clause) -> Iterator[str]:
    """What one clause puts in, and what it does for some rows only, said as taking these away."""
    conditions = [one for one in _listed(clause.get("condition")) if one]
    tested = "".join(f" and ({one})" for one in conditions)
    if conditions:
        yield f"when {_FOUND}{tested} then delete"
    update, insert = clause.get("update"), clause.get("insert")
    for said in (clause, update):
        values = said.get("set_expressions") if isinstance(said, dict) else None
        if isinstance(values, dict) and values:
            sets = ", ".join(f"{column} = {value}" for column, value in values.items())
            yield f"when {_LOST if which == _LOST else _FOUND} then update set {sets}"
    if isinstance(insert, dict) and insert.get("values"):
        columns = ", ".join(_listed(insert.get("columns")))
        values = ", ".join(_listed(insert["values"]))
        yield f"when {_NEW} then insert ({columns}) values ({values})"  # noqa: S608


def _mappings(value: object) -> list[_Clause]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _listed(value: object) -> list[str]:
    found = value if isinstance(value, list) else [] if value is None else [value]
    return [str(one) for one in found]
