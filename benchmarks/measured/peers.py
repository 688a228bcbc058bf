"""What the measured peers share; it runs in interpreters that have no Fieldgate."""

from __future__ import annotations

import json
import logging
import sys
from collections import Counter
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from clock import report

if TYPE_CHECKING:
    from collections.abc import Callable


def measure(package: str, analyse: Callable[[str, str], bool]) -> None:
    """Have each statement of the texts analysed, and account for all of them.

    `analyse` takes a statement and its dialect, raises where it fails, and says whether it
    found any column's lineage.
    """
    logging.disable(logging.CRITICAL)
    texts, dialect = json.loads(Path(sys.argv[1]).read_text("utf-8")), sys.argv[2]
    statements = [sql for entry in texts for sql in entry["statements"]]
    try:
        analyse("select a from t", dialect)  # imports the dialect
    except Exception as error:  # noqa: BLE001 - counted below, with the others
        print(f"{package} fails at the simplest query: {error}", file=sys.stderr)
    outcomes: Counter[str] = Counter()

    def analyse_all() -> None:
        for sql in statements:
            try:
                outcomes["analysed" if analyse(sql, dialect) else "no columns"] += 1
            except Exception:  # noqa: BLE001 - whatever a peer raises, it failed
                outcomes["failed"] += 1

    def account(_: None) -> dict[str, object]:
        versions = {package: _version(package), "sqlglot": _version("sqlglot")}
        return {"statements": len(statements), **outcomes, "versions": versions}

    report(analyse_all, account)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


if __name__ == "__main__":
    sys.exit("run one of the peer_*.py beside this file")
