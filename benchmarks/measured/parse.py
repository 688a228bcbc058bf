"""The floor: bare `sqlglot.parse` of each text, with default settings.

    python parse.py TEXTS.json DIALECT [JSON]

The texts are in memory when the clock starts. With a third argument, one plain `json.load` of
that file, gzipped or not, is part of the work.
"""

from __future__ import annotations

import gzip
import json
import logging
import sys
from pathlib import Path

import sqlglot
from clock import report

logging.getLogger("sqlglot").setLevel(logging.CRITICAL)


def main() -> None:
    """Parse and report."""
    dialect = sys.argv[2]
    texts = [entry["text"] for entry in json.loads(Path(sys.argv[1]).read_text("utf-8"))]
    sqlglot.parse("select 1", read=dialect or None)  # imports the dialect

    def parse_all() -> dict[str, object]:
        for path in sys.argv[3:]:
            load(path)
        statements = failed = 0
        for text in texts:
            try:
                statements += sum(tree is not None for tree in sqlglot.parse(text, read=dialect))
            except (sqlglot.errors.SqlglotError, ValueError, RecursionError):
                failed += 1
        return {"texts": len(texts), "failed": failed, "statements of the others": statements}

    report(parse_all, lambda found: found)


def load(path: str) -> None:
    """Read a JSON file and forget it."""
    with gzip.open(path) if path.endswith(".gz") else Path(path).open("rb") as stream:
        json.load(stream)


if __name__ == "__main__":
    main()
