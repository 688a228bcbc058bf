"""DataHub's `sqlglot_lineage` of each statement, without a schema.

python peer_datahub.py TEXTS.json DIALECT
"""

from __future__ import annotations

from datahub.sql_parsing.schema_resolver import SchemaResolver
from datahub.sql_parsing.sqlglot_lineage import sqlglot_lineage
from peers import measure


def main() -> None:
    """Analyse and report."""
    resolvers: dict[str, SchemaResolver] = {}

    def analyse(sql: str, dialect: str) -> bool:
        resolver = resolvers.setdefault(dialect, SchemaResolver(platform=dialect))
        result = sqlglot_lineage(sql, resolver, default_db="db", default_schema="public")
        if result.debug_info.error is not None:
            raise result.debug_info.error
        return bool(result.column_lineage)

    measure("acryl-datahub", analyse)


if __name__ == "__main__":
    main()
