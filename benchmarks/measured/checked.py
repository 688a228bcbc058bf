"""The whole check of a folder, to a rendered report.

python checked.py FOLDER DIALECT JOBS
"""

from __future__ import annotations

import sys
from pathlib import Path

from clock import report

from enforcer.report import render
from enforcer.run import Request, Run, run_check


def main() -> None:
    """Check and report."""
    folder, dialect, jobs = sys.argv[1:]
    request = Request(path=Path(folder), dialect=dialect or None, jobs=int(jobs))

    def check() -> Run:
        run = run_check(request)
        render(run.report, "text")
        return run

    report(check, account, int(jobs))


def account(run: Run) -> dict[str, object]:
    """What was analysed and found."""
    coverage = run.report.coverage
    return {
        "statements": coverage.statements,
        "analysed": coverage.analysed,
        "findings": len(run.report.findings),
    }


if __name__ == "__main__":
    main()
