"""The first parts of the names of all relations of a project, and its functions', for `copies.py`.

python names.py PATH DIALECT
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from clock import report

from lineage.build import analyze
from lineage.readers import find_project

if TYPE_CHECKING:
    from lineage.analysis import Analysis

_FIRST = re.compile(r'"[^"]+"|[^.]+')


def main() -> None:
    """Analyse and list."""
    path, dialect = sys.argv[1:]
    report(lambda: analyze(find_project(path, dialect=dialect or None)), account)


def account(analysis: Analysis) -> dict[str, object]:
    """The names, sorted; results, files and steps inside a statement have none of their own."""
    graph = analysis.graph
    relations = {c.relation for n, c in enumerate(graph.columns) if n not in graph.inner}
    firsts = (_FIRST.match(name) for name in relations if "/" not in name and ":" not in name)
    names = {found.group().strip('"') for found in firsts if found}
    called = {name.partition("@")[0] for name in relations if name.startswith("function:")}
    functions = {name.rpartition(".")[2] for name in called if "." in name}
    return {
        "names": sorted(name for name in names if re.fullmatch(r"[\w-]{2,}", name)),
        "functions": sorted(name for name in functions if name.isidentifier()),
    }


if __name__ == "__main__":
    main()
