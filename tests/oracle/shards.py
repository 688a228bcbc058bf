"""Shards: ranges of seeds, each judged by itself, and what was found out about them."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from .cases import make_case
from .engine import ENGINE
from .judge import judge

if TYPE_CHECKING:
    from pathlib import Path

    from .cases import Case
    from .judge import Verdict


class Shard(NamedTuple):
    """So many scripts from a seed on."""

    first: int
    scripts: int


class Options(NamedTuple):
    """How often things are tried, and what is told of each script."""

    tries: int
    show: int
    gaps: bool = False
    unseen: bool = False
    failed: bool = False


def run_shard(
    shard: Shard, *, options: Options, logs: Path | None = None
) -> tuple[str, Counter[str]]:
    """What there is to say of the scripts of a shard, and counts of what was found.

    Where there is a folder of logs, a shard that is in it is read and not run again.
    """
    log = logs / f"{shard.first}-{shard.scripts}.txt" if logs is not None else None
    if log is not None and log.exists():
        said, _, figures = log.read_text().rpartition("\n")
        return said, Counter(json.loads(figures))
    counts: Counter[str] = Counter()
    parts = []
    for seed in range(shard.first, shard.first + shard.scripts):
        case = make_case(seed)
        verdict = judge(case, seed, tries=options.tries, show=options.show)
        counts += _counted(verdict)
        found = _told(verdict, options)
        if found:
            parts.append(f"-- seed {seed}: {'; '.join(found)}\n{case.sql}\n")
        if options.failed and not verdict.ran:
            counts[f"failed {_why(case)}"] += 1
    said = "\n".join(parts)
    if log is not None:
        log.write_text(f"{said}\n{json.dumps(counts)}")
    return said, counts


def _counted(verdict: Verdict) -> Counter[str]:
    counts = Counter(
        scripts=1,
        ran=int(verdict.ran),
        misses=len(verdict.missed),
        excused=verdict.excused,
        gaps=int(bool(verdict.gaps)),
        guards=verdict.guards,
        broken=len(verdict.broken),
    )
    for kind in verdict.reported.values():
        counts[f"reported {kind}"] += 1
    for flow in verdict.shown:
        counts[f"shown {verdict.reported[flow]}"] += 1
    return counts


def _told(verdict: Verdict, options: Options) -> list[str]:
    found = [*verdict.missed, *verdict.broken]
    found += verdict.gaps if options.gaps else ()
    if options.unseen:
        left = sorted(set(verdict.reported) - verdict.shown)
        found += [f"{s} -> {t} {verdict.reported[s, t]}" for s, t in left]
    return found


def _why(case: Case) -> str:
    return ENGINE.why(case.used, case.statements).partition("\n")[0][:110]


def share(shown: int, reported: int) -> str:
    """So many of so many, and how many that is in percent."""
    return f"{shown} of {reported} flows seen ({shown / max(reported, 1):.1%})"
