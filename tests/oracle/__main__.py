"""Run the oracle at length: `python -m tests.oracle --scripts 20000 --seed 1`."""

from __future__ import annotations

import argparse
import sys

from .judge import judge, make_case


def main() -> int:
    """Print every missed flow with its script, then the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scripts", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tries", type=int, default=3, help="changes of each source column")
    parser.add_argument("--gaps", action="store_true", help="print gaps of scripts that ran")
    options = parser.parse_args()
    ran = misses = shown = reported = with_gaps = 0
    for seed in range(options.seed, options.seed + options.scripts):
        case = make_case(seed)
        verdict = judge(case, seed, tries=options.tries, with_schema=seed % 3 != 0)
        ran += verdict.ran
        misses += len(verdict.missed)
        shown += verdict.shown
        reported += verdict.reported
        with_gaps += bool(verdict.gaps)
        if verdict.missed or (options.gaps and verdict.gaps):
            print(f"-- seed {seed}: {'; '.join(verdict.missed or verdict.gaps)}\n{case.sql}\n")  # noqa: T201
    share = shown / reported if reported else 1.0
    print(  # noqa: T201
        f"{ran} of {options.scripts} scripts ran; {misses} missed flows; "
        f"{reported} flows reported, {shown} shown ({share:.1%}); {with_gaps} with gaps"
    )
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
