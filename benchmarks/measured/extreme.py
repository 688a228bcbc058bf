"""One extreme statement: its bare parse, or its compiling and linking, in this process.

    python extreme.py parse|fieldgate KIND

A statement of another kind is handled first, so that nothing is imported within the time.
"""

from __future__ import annotations

import sys

import sqlglot
from clock import report

from lineage import analyze_sql
from lineage.deep import run_deep

DIALECT = "duckdb"
SMALL = "create table m as with c as (select a from t union all select b from u) select a from c"


def columns(count: int) -> str:
    """One SELECT of so many columns."""
    return (
        "create table m as select " + ", ".join(f"c{n} as d{n}" for n in range(count)) + " from t"
    )


def branches(count: int) -> str:
    """A union of so many SELECTs."""
    return "create table m as " + " union all ".join(f"select a, b from t{n}" for n in range(count))


def nested(count: int) -> str:
    """So many CTEs, each inside the one before."""
    opened = "".join(f"with c{n} as (" for n in range(count))
    closed = "".join(f") select a from c{n}" for n in reversed(range(count)))
    return f"create table m as {opened}select a from t{closed}"


def chain(count: int) -> str:
    """So many CTEs beside each other, each reading the one before."""
    rest = "".join(f", c{n} as (select a from c{n - 1})" for n in range(1, count))
    return f"create table m as with c0 as (select a from t){rest} select a from c{count - 1}"


KINDS = {
    "columns": columns(5_000),
    "branches": branches(2_000),
    "nested": nested(300),
    "chain": chain(300),
}


def main() -> None:
    """Handle and report."""
    what, kind = sys.argv[1:]
    handle = {"parse": parse, "fieldgate": analyse}[what]
    handle(SMALL)
    report(lambda: handle(KINDS[kind]), lambda found: found)


def parse(sql: str) -> dict[str, object]:
    """The floor: default settings, on the stack that Fieldgate parses on."""
    return run_deep(lambda: {"statements": len(sqlglot.parse(sql, read=DIALECT))})


def analyse(sql: str) -> dict[str, object]:
    """Compile and link."""
    analysis = analyze_sql(sql, dialect=DIALECT)
    gaps = [f"{gap.reason}: {gap.message}" for gap in analysis.gaps]
    return {
        "statements": analysis.statements,
        "edges": len(analysis.graph.sources),
        "gaps": gaps or "none",
    }


if __name__ == "__main__":
    main()
