"""Write down the texts of a project, for those that measure without reading it themselves.

    python texts.py PATH DIALECT OUT.json

The texts are those that Fieldgate parses: a file in which a template is left over is a gap
before it is parsed, for nobody can parse it. Each text also comes cut into statements, for
peers that take one at a time. Relations are those of the SQL, for `copies.py`.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from clock import report
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from lineage.dialects import parser_of
from lineage.readers import find_project

if TYPE_CHECKING:
    from lineage.projects import Project


def main() -> None:
    """Read, write, report."""
    path, dialect, out = sys.argv[1:]

    def account(project: Project) -> dict[str, object]:
        texts = [
            {"file": u.file, "text": u.text, "statements": statements(u.text, u.dialect)}
            for u in project.units
        ]
        Path(out).write_text(json.dumps(texts), "utf-8")
        entries = [f"{entry.path} {entry.sha256}\n" for entry in project.inputs]
        return {
            "dialect": project.dialect,
            "files": sum(bool(entry.sha256) for entry in project.inputs),
            "texts": len(texts),
            "bytes": sum(len(unit.text.encode()) for unit in project.units),
            "statements": sum(len(text["statements"]) for text in texts),
            "left out": dict(Counter(gap.reason for gap in project.gaps)),
            "digest": hashlib.sha256("".join(entries).encode()).hexdigest(),
        }

    report(lambda: find_project(path, dialect=dialect or None), account)


def statements(text: str, dialect: str) -> list[str]:
    """The statements of a script, cut at its semicolons; all of it where it has no tokens."""
    try:
        tokens = parser_of(dialect).tokenize(text)
    except SqlglotError:
        return [text]
    found = []
    start = None
    for token in tokens:
        if token.token_type is TokenType.SEMICOLON:
            start = None
        elif start is None:
            start = token.start
            found.append(text[start : token.end + 1])
        else:
            found[-1] = text[start : token.end + 1]
    return found


if __name__ == "__main__":
    main()
