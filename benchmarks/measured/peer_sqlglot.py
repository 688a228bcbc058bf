"""sqlglot's own lineage of every column of each statement, without a schema.

python peer_sqlglot.py TEXTS.json DIALECT
"""

from __future__ import annotations

from peers import measure
from sqlglot.lineage import lineage


def main() -> None:
    """Analyse and report."""
    measure("sqlglot", analyse)


def analyse(sql: str, dialect: str) -> bool:
    """Whether anything came of a statement; what cannot be analysed raises."""
    return bool(lineage(None, sql, {}, sources={}, dialect=dialect or None))


if __name__ == "__main__":
    main()
