"""The floor: bare `sqlglot.parse` of each text, with default settings.

    python parse.py TEXTS.json DIALECT kept|dropped [JSON]

The texts are in memory when the clock starts. Their trees are kept until all are parsed, or
each is dropped before the next. With one more argument, one plain `json.load` of that file,
gzipped or not, is part of the work.
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
    dialect, keeps = sys.argv[2], {"kept": True, "dropped": False}[sys.argv[3]]
    texts = [entry["text"] for entry in json.loads(Path(sys.argv[1]).read_text("utf-8"))]
    sqlglot.parse("select 1", read=dialect or None)  # imports the dialect

    def parse_all() -> dict[str, object]:
        for path in sys.argv[4:]:
            load(path)
        kept = []
        statements = failed = 0
        for text in texts:
            try:
                trees = sqlglot.parse(text, read=dialect)
                statements += sum(tree is not None for tree in trees)
                if keeps:
                    kept.append(trees)
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
