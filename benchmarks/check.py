"""Bare `sqlglot.parse` against the whole check, side by side on a folder of SQL.

    python benchmarks/check.py FOLDER --dialect snowflake [--rounds 5] [--jobs 1]

Both read the same files. Each round runs both in fresh processes, one after the other, and
times the work without interpreter start and imports; the ratio is that of the medians.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
from pathlib import Path

_PARSE = """
import json, logging, pathlib, sys, time
import sqlglot
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
folder, dialect = sys.argv[1:3]
start = time.perf_counter()
failed = 0
for path in sorted(pathlib.Path(folder).rglob("*.sql")):
    try:
        sqlglot.parse(path.read_text("utf-8"), read=dialect or None)
    except (sqlglot.errors.SqlglotError, UnicodeDecodeError, RecursionError):
        failed += 1
print(json.dumps({"seconds": time.perf_counter() - start, "failed": failed}))
"""
_CHECK = """
import json, pathlib, sys, time
from enforcer.report import render
from enforcer.run import Request, run_check
folder, dialect, jobs = sys.argv[1:4]
start = time.perf_counter()
run = run_check(Request(path=pathlib.Path(folder), dialect=dialect or None, jobs=int(jobs)))
text = render(run.report, "text")
print(json.dumps({
    "seconds": time.perf_counter() - start,
    "statements": run.report.coverage.statements,
    "analysed": run.report.coverage.analysed,
    "findings": len(run.report.findings),
}))
"""


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, usage=None)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--dialect", default="")
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--jobs", type=int, default=1)
    options = asked.parse_args()
    files = sorted(options.folder.rglob("*.sql"))
    if not files:
        sys.exit(f"no .sql file below {options.folder}")
    size = sum(path.stat().st_size for path in files)
    print(f"Python {platform.python_version()} on {platform.machine()}, {platform.system()}")
    print(f"{options.folder.name}: {len(files)} files, {size / 1e6:.2f} MB")
    parse, check = [], []
    for _ in range(options.rounds):
        parse.append(_run(_PARSE, str(options.folder), options.dialect))
        check.append(_run(_CHECK, str(options.folder), options.dialect, str(options.jobs)))
    _print("sqlglot.parse", parse)
    _print(f"fieldgate check, {options.jobs} job(s)", check)
    print(f"ratio of medians: {_median(check) / _median(parse):.2f}")


def _run(script: str, *arguments: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, check=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _median(rounds: list[dict[str, float]]) -> float:
    return statistics.median(one["seconds"] for one in rounds)


def _print(name: str, rounds: list[dict[str, float]]) -> None:
    seconds = sorted(one["seconds"] for one in rounds)
    rest = {key: value for key, value in rounds[-1].items() if key != "seconds"}
    print(f"{name}: {seconds[0]:.2f} / {_median(rounds):.2f} / {seconds[-1]:.2f} s {rest}")


if __name__ == "__main__":
    main()
