"""Column lineage against the public suites of other tools, side by side.

    python benchmarks/cases.py CASES_DIR [--peers [PYTHON]] [--verbose]

Each case is run through `lineage.analyze_sql` and, with `--peers`, through sqllineage,
sqlglot's own lineage and DataHub's, in this interpreter or the one that is named (DataHub
and Fieldgate need different versions of sqlglot). How answers are compared is written in
`tests/lineage/peers/score.py`. Disputed cases (`tests/lineage/disputed_cases.yml`) count
for no tool. Exits with 1 where less than 99 % of the others are exact for Fieldgate.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

sys.path.insert(0, str(Path(__file__).parent.parent))  # beside this file, names mean other things

from tests.lineage.peers.answers import Answer, Made, answer
from tests.lineage.peers.cases import SUITES, read_cases
from tests.lineage.peers.disputes import read_disputes
from tests.lineage.peers.score import Outcome, score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.lineage.peers.cases import Case, Name

PEERS = ("sqllineage", "sqlglot", "datahub")
_REQUIRED = 0.99
_COLUMNS = (Outcome.EXACT, Outcome.WRONG, Outcome.FAILED)


def main() -> int:
    """Run every case and print the table."""
    asked = argparse.ArgumentParser(description="Score column lineage against public suites.")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--peers", nargs="?", const=sys.executable, metavar="PYTHON")
    asked.add_argument("--verbose", action="store_true", help="show what differs in each case")
    options = asked.parse_args()
    disputed = {dispute.case for dispute in read_disputes()}
    suites = {suite: read_cases(options.folder, suite) for suite in SUITES}
    cases = [case for suite in suites.values() for case in suite]
    print(
        f"{'tool':<22}{'suite':<14}{'cases':>6}{'exact':>8}{'wrong':>7}{'failed':>8}{'disputed':>10}"
    )
    share = _report("fieldgate", cases, [answer(case) for case in cases], disputed, options)
    for tool in PEERS if options.peers else ():
        name, answers = _ask(options.peers, tool, cases)
        if answers is None:
            print(f"{name:<22}not installed")
        else:
            _report(name, cases, answers, disputed, options)
    return 0 if share >= _REQUIRED else 1


def _report(
    tool: str,
    cases: Sequence[Case],
    answers: Sequence[Answer],
    disputed: set[str],
    options: argparse.Namespace,
) -> float:
    """Print the rows of one tool; returns its share of exact answers."""
    counts: dict[str, Counter[str]] = {suite: Counter() for suite in (*SUITES, "all")}
    shown = []
    for case, given in zip(cases, answers, strict=True):
        outcome, differences = score(case, given)
        counted = "disputed" if case.id in disputed else outcome
        counts[case.suite][counted] += 1
        counts["all"][counted] += 1
        if counted is Outcome.WRONG or counted is Outcome.FAILED:
            shown += [f"  {outcome} {case.id}", *(f"      {line}" for line in differences)]
    for suite, count in counts.items():
        figures = (
            f"{count['exact']:>8}{count['wrong']:>7}{count['failed']:>8}{count['disputed']:>10}"
        )
        print(f"{tool:<22}{suite:<14}{count.total():>6}{figures}")
    if options.verbose:
        print("\n".join(shown))
    undisputed = counts["all"].total() - counts["all"]["disputed"]
    share = counts["all"]["exact"] / undisputed
    print(f"{tool:<22}{share:.1%} of {undisputed} undisputed cases are exact")
    return share


def _ask(python: str, tool: str, cases: Sequence[Case]) -> tuple[str, list[Answer] | None]:
    """The tool with its version, and its answers; None where it is not installed."""
    asked = [
        {"dialect": c.dialect, "sql": c.written, "views": c.views, "schema": c.schema}
        for c in cases
    ]
    done = subprocess.run(
        [python, str(Path(__file__).parent / "peer_answers.py"), tool],
        input=b"\n".join(msgspec.json.encode(one) for one in asked),
        stdout=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        return tool, None
    first, *lines = done.stdout.splitlines()
    version = msgspec.json.decode(first)["version"]
    return f"{tool} {version}", [_decoded(line) for line in lines]


def _decoded(line: bytes) -> Answer:
    """One line of `peer_answers.py`; a target that is told of twice is one."""
    told = msgspec.json.decode(line)
    made: dict[Name, set[Name]] = {}
    for relation, column, sources in told["made"]:
        known = made.setdefault((relation or None, column), set())
        known.update((source or None, name) for source, name in sources)
    frozen = {target: frozenset(sources) for target, sources in made.items()}
    return Answer(
        tuple(Made(target, sources, sources, sources) for target, sources in frozen.items()),
        failure=told["failure"],
    )


if __name__ == "__main__":
    sys.exit(main())
