"""sqllineage's column lineage of each statement, without a schema.

python peer_sqllineage.py TEXTS.json DIALECT
"""

from __future__ import annotations

from peers import measure
from sqllineage.runner import LineageRunner


def main() -> None:
    """Analyse and report."""
    measure("sqllineage", analyse)


def analyse(sql: str, dialect: str) -> bool:
    """Whether anything came of a statement; what cannot be analysed raises."""
    return bool(LineageRunner(sql, dialect=dialect or "ansi").get_column_lineage())


if __name__ == "__main__":
    main()
