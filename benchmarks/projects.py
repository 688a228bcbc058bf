"""What is analysed of real projects: statements, edges, and gaps by reason.

    python -m benchmarks.projects PATH... [--dialect bigquery] [--jobs 1] [--show REASON]

A path is what `fieldgate check` takes: a folder of SQL, a dbt project or a manifest. Reasons
that the project brings about (`ITS_OWN`) are counted apart from those that are ours to mend.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from lineage import GapReason, InputError, analyze
from lineage.readers import find_project

if TYPE_CHECKING:
    from lineage import Analysis, Gap

# What no reading of the SQL alone could know: columns that nobody declared, templates that
# nobody rendered, code that is not SQL, and text that the parser does not take.
ITS_OWN = frozenset(
    {
        GapReason.UNRESOLVED_STAR,
        GapReason.TEMPLATE,
        GapReason.PYTHON_MODEL,
        GapReason.NOT_COMPILED,
        GapReason.STALE,
        GapReason.NOT_TEXT,
        GapReason.DYNAMIC_SQL,
        GapReason.OPAQUE_CODE,
        GapReason.PARSE_ERROR,
    }
)


def main() -> None:
    """Read, analyse and print each path."""
    asked = argparse.ArgumentParser(description="Gaps of real projects, by reason.")
    asked.add_argument("paths", nargs="+", type=Path)
    asked.add_argument("--dialect")
    asked.add_argument("--jobs", type=int, default=1, help="0 parses in this process")
    asked.add_argument("--show", default="", help="print the gaps of this reason")
    asked.add_argument("--most", type=int, default=40, help="how many to print at most")
    options = asked.parse_args()
    for path in options.paths:
        start = time.perf_counter()
        try:
            project = find_project(path, dialect=options.dialect)
        except InputError as error:
            print(f"{path.name}: not analysed: {error}")
            continue
        analysis = analyze(project, jobs=options.jobs)
        _print_figures(path, analysis, time.perf_counter() - start)
        _print_gaps(analysis, options.show, options.most)


def _print_figures(path: Path, analysis: Analysis, seconds: float) -> None:
    print(f"{path.name}: {len(analysis.units)} texts, {analysis.statements} statements")
    edges = len(analysis.graph.sources)
    print(f"  {edges} edges, {len(analysis.graph.columns)} columns, {seconds:.1f} s")
    ours = {_statement(gap) for gap in analysis.gaps if gap.reason not in ITS_OWN}
    share = len(ours) / max(analysis.statements, 1)
    print(f"  {analysis.opaque} statements with a gap, {len(ours)} ({share:.2%}) with one of ours")


def _statement(gap: Gap) -> tuple[str, tuple[str, ...]]:
    """As good as the statement: the file, and what the gap may reach."""
    return gap.origin.file, gap.relations


def _print_gaps(analysis: Analysis, show: str, most: int) -> None:
    counted = Counter(gap.reason for gap in analysis.gaps)
    messages: dict[GapReason, Counter[str]] = defaultdict(Counter)
    for gap in analysis.gaps:
        messages[gap.reason][gap.message[:90]] += 1
    for reason, count in counted.most_common():
        owner = "the project's" if reason in ITS_OWN else "ours"
        print(f"  {count:6} {reason} ({owner})")
        for message, times in messages[reason].most_common(8):
            print(f"         {times:6} {message}")
    for gap in [g for g in analysis.gaps if g.reason == show][:most]:
        print(f"  {gap.origin}: {gap.message} {' '.join(gap.relations[:4])}")


if __name__ == "__main__":
    main()
