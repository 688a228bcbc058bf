"""The schemas in which a name stands: those of sessions, of engines, and of relations beside it."""

from __future__ import annotations

from lineage.dialects import first_part, is_path, last_part, split_name

# Postgres, DuckDB, SQL Server, BigQuery, Spark.
_OF_SESSIONS = frozenset({"pg_temp", "temp", "tempdb", "_session", "global_temp"})
# The schemas in which engines tell of themselves.
_OF_ENGINES = frozenset({"information_schema", "pg_catalog", "sys", "system"})


def in_session(name: str) -> str:
    """The name of a session's table without the schema in which such tables are."""
    return last_part(name) if first_part(name).lower() in _OF_SESSIONS else name


def is_of_engine(name: str) -> bool:
    """Whether a name is of no table of the project's own: of a session, the engine, or a file."""
    schemas = {part.lower() for part in split_name(name)[:-1]}
    return is_path(name) or "*" in name or not schemas.isdisjoint(_OF_SESSIONS | _OF_ENGINES)


def side_by_side(one: str, other: str) -> bool:
    """Whether two relations may stand in the same schema, as far as their names tell."""
    left, right = (name[: -len(last_part(name))] for name in (one, other))
    return f".{left}".endswith(f".{right}") or f".{right}".endswith(f".{left}")
