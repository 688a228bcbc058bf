"""One statement that is extreme in one way: Fieldgate against its bare parse.

    python benchmarks/extremes.py [--rounds 5]

5,000 columns, a union of 2,000 branches, 300 CTEs each inside the other, 300 each after the
other. Both parse in one process, on the same stack; fresh processes, interleaved, medians.
"""

from __future__ import annotations

import argparse

from timing import Measure, interleave, print_accounts, print_machine, print_table, work

LIMIT = 2.0
KINDS = {
    "columns": "5,000 columns",
    "branches": "2,000 branches of a union",
    "nested": "300 nested CTEs",
    "chain": "300 CTEs in a chain",
}


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description="Time extreme statements against their parse.")
    asked.add_argument("--rounds", type=int, default=5)
    options = asked.parse_args()
    print_machine()
    for kind, name in KINDS.items():
        measures = [
            Measure("sqlglot.parse (floor)", work("extreme.py", "parse", kind), floor="ratio"),
            Measure("compile and link", work("extreme.py", "fieldgate", kind), limit=LIMIT),
        ]
        found = interleave(measures, options.rounds)
        print(f"\n{name}")
        print_table(measures, found)
        print_accounts(measures, found)


if __name__ == "__main__":
    main()
