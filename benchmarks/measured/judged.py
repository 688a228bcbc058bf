"""The lineage of a project, or its judgement by packs once the lineage is there.

python judged.py FOLDER lineage|judgement PACK...
"""

from __future__ import annotations

import sys
from pathlib import Path

from clock import report

from enforcer.run import Request, Run, judge, open_case
from lineage import Analysis, analyze
from lineage.readers import find_project


def main() -> None:
    """Time one of the two and report."""
    folder, what = Path(sys.argv[1]), sys.argv[2]
    if what == "lineage":
        report(lambda: analyze(find_project(folder, dialect="duckdb"), jobs=1), of_lineage, 1)
        return
    case = open_case(Request(path=folder, jobs=1))
    report(lambda: judge(case), of_judgement, 1)


def of_lineage(analysis: Analysis) -> dict[str, object]:
    """What was analysed."""
    graph = analysis.graph
    return {
        "statements": analysis.statements,
        "columns": sum(node not in graph.inner for node in range(len(graph.columns))),
        "edges": len(graph.sources),
        "gaps": len(analysis.gaps),
    }


def of_judgement(run: Run) -> dict[str, object]:
    """What was judged."""
    judged = [outcome for outcome in run.report.rules if outcome.judged]
    return {
        "rules": len(run.report.rules),
        "applicable": len(judged),
        "findings": len(run.report.findings) + len(run.report.accepted),
    }


if __name__ == "__main__":
    main()
