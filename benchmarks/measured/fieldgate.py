"""Fieldgate, from reading files to linked edges.

    python fieldgate.py PATH DIALECT JOBS [CACHE]

With a folder for the cache, what is in it is used and what was compiled is put there.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from clock import report

from lineage.build import analyze_path

if TYPE_CHECKING:
    from lineage.analysis import Analysis


def main() -> None:
    """Analyse and report."""
    path, dialect, jobs = sys.argv[1], sys.argv[2], int(sys.argv[3])
    cache = Path(sys.argv[4]) if len(sys.argv) > 4 else None  # noqa: PLR2004 - an option
    report(
        lambda: analyze_path(path, dialect=dialect or None, jobs=jobs, cache=cache), account, jobs
    )


def account(analysis: Analysis) -> dict[str, object]:
    """Statements, edges of the graph, and gaps by reason."""
    return {
        "statements": analysis.statements,
        "with a gap": analysis.opaque,
        "edges": len(analysis.graph.sources),
        "gaps": dict(sorted(Counter(str(gap.reason) for gap in analysis.gaps).items())),
    }


if __name__ == "__main__":
    main()
