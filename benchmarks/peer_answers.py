"""What another tool says about cases: one JSON object a line in, one a line out.

    python benchmarks/peer_answers.py {sqllineage,sqlglot,datahub} < cases.jsonl

Runs in any interpreter that has the tool; Fieldgate is not needed. In: `dialect`, `sql`,
`views`, `schema`. Out: `made` as [relation, column, [[relation, column], …]], `failure`.
The first line out is the version of the tool. Exits with 3 where it is not installed.
"""

# ruff: noqa: PLC0415 - a tool is imported only when it is asked
from __future__ import annotations

import json
import logging
import os
import re
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Made = tuple[str, str, list[tuple[str, str]]]

_DISTRIBUTIONS = {"sqllineage": "sqllineage", "sqlglot": "sqlglot", "datahub": "acryl-datahub"}
_NOT_INSTALLED = 3
_RESULT = "result"
_FILLS = re.compile(
    r"\s*(with\b.*\)\s*)?(insert|create|update|merge|delete)\b", re.IGNORECASE | re.DOTALL
)


def main() -> int:
    """Answer every case of the input."""
    tool = sys.argv[1]
    try:
        print(json.dumps({"version": version(_DISTRIBUTIONS[tool])}))
        answer = _TOOLS[tool]()
    except (PackageNotFoundError, ImportError):
        return _NOT_INSTALLED
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        made, failure = [], ""
        try:
            made = list(answer(json.loads(line)))
        except Exception as error:  # noqa: BLE001 - whatever stops a tool is its answer
            failure = f"{type(error).__name__}: {error}".partition("\n")[0][:200]
        print(json.dumps({"made": made, "failure": failure}))
    return 0


# -- sqllineage ---------------------------------------------------------------------------------


def _sqllineage() -> Callable[[dict[str, Any]], Iterator[Made]]:
    os.environ["SQLLINEAGE_LATERAL_COLUMN_ALIAS_REFERENCE"] = "TRUE"
    from sqllineage.core.metadata.dummy import DummyMetaDataProvider
    from sqllineage.runner import LineageRunner

    names = {"": "ansi", "spark": "sparksql"}

    def answer(case: dict[str, Any]) -> Iterator[Made]:
        views = [f"create view {n} as {q.strip()};" for n, q in case["views"].items()]
        sql = case["sql"]
        if not _FILLS.match(sql):
            sql = f"insert into {_RESULT} {sql}"  # it tells no lineage of a bare query
        runner = LineageRunner(
            "\n".join([*views, sql]),
            dialect=names.get(case["dialect"], case["dialect"]),
            metadata_provider=DummyMetaDataProvider(
                {table: list(columns) for table, columns in case["schema"].items()}
            ),
        )
        made: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for path in runner.get_column_lineage():
            made.setdefault(_place(path[-1]), []).append(_place(path[0]))
        for (relation, column), sources in made.items():
            yield "" if relation == _RESULT else relation, column, sources

    return answer


def _place(column: Any) -> tuple[str, str]:  # noqa: ANN401 - of a package that has no types
    relation = str(column.parent or "").replace("<default>.", "")
    return relation, column.raw_name


# -- sqlglot ------------------------------------------------------------------------------------


def _sqlglot() -> Callable[[dict[str, Any]], Iterator[Made]]:
    import sqlglot
    from sqlglot import exp
    from sqlglot.lineage import lineage
    from sqlglot.optimizer.qualify import qualify

    def answer(case: dict[str, Any]) -> Iterator[Made]:
        dialect, views = case["dialect"] or None, dict(case["views"])
        schema: dict[str, Any] = {}
        for table, columns in case["schema"].items():
            here = schema
            for part in table.split("."):
                here = here.setdefault(part, {})
            here.update({column: kind or "text" for column, kind in columns.items()})
        statements = [s for s in sqlglot.parse(case["sql"], read=dialect) if s]
        for number, statement in enumerate(statements):
            target, columns, query = _query_of(statement, exp)
            if number < len(statements) - 1 and query is not None:
                views[target] = query.sql(dialect)
            elif query is None:
                raise NotImplementedError(type(statement).__name__)
            else:
                yield from _tell(query, target, columns, (schema, views, dialect))

    def _tell(
        query: Any,  # noqa: ANN401
        target: str,
        columns: list[str],
        world: tuple[dict[str, Any], dict[str, str], str | None],
    ) -> Iterator[Made]:
        schema, views, dialect = world
        try:
            known = qualify(
                query.copy(), schema=schema, dialect=dialect, validate_qualify_columns=False
            )
        except sqlglot.errors.SqlglotError:
            known = query  # its stars stay as they are
        for position, column in enumerate(known.named_selects):
            root = lineage(column, query, schema=schema, sources=views, dialect=dialect)
            leaves = [n for n in root.walk() if isinstance(n.expression, exp.Table)]
            sources = [
                (".".join(p.name for p in n.expression.parts), n.name.rpartition(".")[2])
                for n in leaves
            ]
            yield target, columns[position] if position < len(columns) else column, sources

    return answer


def _query_of(statement: Any, exp: Any) -> tuple[str, list[str], Any]:  # noqa: ANN401
    """What a statement fills, under which names, and its query."""
    if isinstance(statement, exp.Query):
        return "", [], statement
    this, query = statement.this, statement.args.get("expression")
    table = this.this if isinstance(this, exp.Schema) else this
    columns = [c.name for c in this.expressions] if isinstance(this, exp.Schema) else []
    if not isinstance(statement, (exp.Insert, exp.Create)) or not isinstance(query, exp.Query):
        return "", [], None
    query = query.unnest() if isinstance(query, exp.Subquery) else query
    if statement.args.get("with_") is not None:
        query.set("with_", statement.args["with_"])
    return ".".join(part.name for part in table.parts), columns, query


# -- DataHub ------------------------------------------------------------------------------------


def _datahub() -> Callable[[dict[str, Any]], Iterator[Made]]:
    import sqlglot
    from datahub.sql_parsing.schema_resolver import SchemaResolver
    from datahub.sql_parsing.sqlglot_lineage import sqlglot_lineage

    def answer(case: dict[str, Any]) -> Iterator[Made]:
        dialect = case["dialect"]
        resolver = SchemaResolver(platform=dialect or "postgres")
        for table, columns in case["schema"].items():
            urn = f"urn:li:dataset:(urn:li:dataPlatform:{resolver.platform},{table.lower()},PROD)"
            resolver.add_raw_schema_info(urn, {c: kind or "text" for c, kind in columns.items()})
        sql = case["sql"]
        if case["views"]:
            raise NotImplementedError("views")
        for statement in sqlglot.parse(sql, read=dialect or None):
            result = sqlglot_lineage(
                statement, resolver, override_dialect=dialect or sqlglot.Dialect()
            )
            error = result.debug_info.table_error or result.debug_info.column_error
            if error is not None:
                raise error
            for line in result.column_lineage or ():
                down, ups = line.downstream, line.upstreams
                yield _table(down.table), down.column, [(_table(u.table), u.column) for u in ups]

    return answer


def _table(urn: str | None) -> str:
    return urn.split(",")[1] if urn else ""


_TOOLS = {"sqllineage": _sqllineage, "sqlglot": _sqlglot, "datahub": _datahub}


if __name__ == "__main__":
    sys.exit(main())
