"""The lineage of a project, or its judgement by packs once the lineage is there.

python judged.py FOLDER lineage|judgement
"""

from __future__ import annotations

import resource
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
        of, account = lambda: analyze(find_project(folder, dialect="duckdb"), jobs=1), of_lineage
    else:
        case = open_case(Request(path=folder, jobs=1))
        of, account = lambda: judge(case), of_judgement
    before = processor_seconds()
    report(of, lambda done: {"processor": processor_seconds() - before, **account(done)}, 1)


def processor_seconds() -> float:
    """The processors' time of this process, and of those that it started and that have ended."""
    own, others = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


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
    rules = run.report.rules
    judged = [outcome for outcome in rules if outcome.judged]
    return {
        "rules": len(rules),
        "with something to judge": len(judged),
        "not applicable": len(rules) - len(judged),
        "with findings": sum(outcome.findings > 0 for outcome in rules),
        "findings": len(run.report.findings) + len(run.report.accepted),
    }


if __name__ == "__main__":
    main()
