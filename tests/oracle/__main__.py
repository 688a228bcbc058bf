"""Run the oracle at length: `python -m tests.oracle --scripts 20000 --seed 1`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from .engine import Engine
from .judge import judge, make_case


def main() -> int:
    """Print every missed flow with its script, then the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scripts", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tries", type=int, default=3, help="changes of each set of columns")
    parser.add_argument("--show", type=int, default=0, help="tries to see each reported flow")
    parser.add_argument("--gaps", action="store_true", help="print gaps of scripts that ran")
    parser.add_argument("--unseen", action="store_true", help="print reported flows never seen")
    parser.add_argument("--failed", action="store_true", help="count why scripts did not run")
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    for seed in range(options.seed, options.seed + options.scripts):
        case = make_case(seed)
        verdict = judge(case, seed, tries=options.tries, show=options.show)
        counts.update(
            ran=verdict.ran,
            misses=len(verdict.missed),
            shown=verdict.shown,
            reported=verdict.reported,
            excused=verdict.excused,
            gaps=bool(verdict.gaps),
        )
        said = [*verdict.missed, *(verdict.gaps if options.gaps else ())]
        said += verdict.unseen if options.unseen else ()
        if said:
            print(f"-- seed {seed}: {'; '.join(said)}\n{case.sql}\n", flush=True)  # noqa: T201
        if options.failed and not verdict.ran:
            errors[Engine().why(case.used, case.statements)[:110]] += 1
    share = counts["shown"] / max(counts["reported"], 1)
    print(  # noqa: T201
        f"{counts['ran']} of {options.scripts} scripts ran; {counts['misses']} missed flows, "
        f"{counts['excused']} told as gaps; {counts['gaps']} scripts with gaps"
        + (
            f"; {counts['shown']} of {counts['reported']} flows seen ({share:.1%})"
            * bool(options.show)
        )
    )
    for error, times in errors.most_common(40):
        print(f"{times:5} {error}")  # noqa: T201
    return 1 if counts["misses"] else 0


if __name__ == "__main__":
    sys.exit(main())
