"""Run the oracle at length: `python -m tests.oracle --scripts 20000 --jobs 2 --logs FOLDER`.

With a folder for logs a run that was stopped goes on where it was: each shard, a range of
seeds, writes one file when it is done. `--show 20` also looks for every flow that is
reported, and prints how many were seen, kind by kind.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .shards import Options, Shard, run_shard, share

if TYPE_CHECKING:
    from collections.abc import Iterable


def main() -> int:
    """Print every missed flow with its script, then the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scripts", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--shard", type=int, default=250, help="scripts in a shard")
    parser.add_argument("--logs", type=Path, help="a folder for what each shard finds")
    parser.add_argument("--tries", type=int, default=3, help="changes of each set of columns")
    parser.add_argument("--show", type=int, default=0, help="tries to see each reported flow")
    parser.add_argument("--gaps", action="store_true", help="print gaps of scripts that ran")
    parser.add_argument("--unseen", action="store_true", help="print reported flows never seen")
    parser.add_argument("--failed", action="store_true", help="count why scripts did not run")
    asked = parser.parse_args()
    options = Options(
        asked.tries, asked.show, gaps=asked.gaps, unseen=asked.unseen, failed=asked.failed
    )
    last = asked.seed + asked.scripts
    shards = [
        Shard(first, min(asked.shard, last - first))
        for first in range(asked.seed, last, asked.shard)
    ]
    if asked.logs is not None:
        asked.logs.mkdir(parents=True, exist_ok=True)
    return _print(_run(shards, options, asked.logs, asked.jobs))


def _run(
    shards: list[Shard], options: Options, logs: Path | None, jobs: int
) -> Iterable[tuple[str, Counter[str]]]:
    work = partial(run_shard, options=options, logs=logs)
    if jobs == 1:
        yield from map(work, shards)
        return
    with ThreadPoolExecutor(jobs) as pool:  # each waits for the process of its shard
        yield from pool.map(work, shards)


def _print(found: Iterable[tuple[str, Counter[str]]]) -> int:
    counts: Counter[str] = Counter()
    for said, counted in found:
        counts += counted
        if said:
            print(said, flush=True)  # noqa: T201
    print(  # noqa: T201
        f"{counts['ran']} of {counts['scripts']} scripts ran; {counts['misses']} missed flows, "
        f"{counts['excused']} told as gaps; {counts['gaps']} scripts with gaps; "
        f"{counts['stopped']} scripts stopped by a limit; "
        f"{counts['broken']} of {counts['guards']} guards broken"
    )
    for name in sorted(name for name in counts if name.startswith("reported ")):
        kind = name.partition(" ")[2]
        print(f"{kind:15} {share(counts[f'shown {kind}'], counts[name])}")  # noqa: T201
    for name, times in counts.most_common():
        if name.startswith("failed "):
            print(f"{times:5} {name[7:]}")  # noqa: T201
    return 1 if counts["misses"] or counts["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
