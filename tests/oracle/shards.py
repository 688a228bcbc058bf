"""Shards: ranges of seeds, each judged by itself, and what was found out about them."""

from __future__ import annotations

import json
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from .apart import Ended, each
from .cases import make_case
from .judge import judge

if TYPE_CHECKING:
    from pathlib import Path

    from .judge import Verdict

_SECONDS = 120.0  # for a script, and again for each time that a flow is looked for


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
    seeds = range(shard.first, shard.first + shard.scripts)
    work = partial(_judged, options=options)
    for seed, found in each(work, seeds, _SECONDS * (1 + options.show)):
        if isinstance(found, Ended):
            counts += Counter(scripts=1, stopped=1)
            told = [found.why]
        else:
            counted, told = found
            counts += counted
        if told:
            parts.append(f"-- seed {seed}: {'; '.join(told)}\n{make_case(seed).sql}\n")
    said = "\n".join(parts)
    if log is not None:
        log.write_text(f"{said}\n{json.dumps(counts)}")
    return said, counts


def _judged(seed: int, options: Options) -> tuple[Counter[str], list[str]]:
    """Counts of what was found out about one script, and what there is to say of it."""
    verdict = judge(make_case(seed), seed, tries=options.tries, show=options.show)
    counts = _counted(verdict)
    if options.failed and verdict.refusal:
        counts[f"failed {verdict.refusal.partition(chr(10))[0][:110]}"] += 1
    return counts, _told(verdict, options)


def _counted(verdict: Verdict) -> Counter[str]:
    counts = Counter(
        scripts=1,
        ran=int(verdict.ran),
        stopped=int(verdict.stopped),
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
    found += ["stopped by the limit"] if verdict.stopped else []
    found += verdict.gaps if options.gaps else ()
    if options.unseen:
        left = sorted(set(verdict.reported) - verdict.shown)
        found += [f"{s} -> {t} {verdict.reported[s, t]}" for s, t in left]
    return found


def share(shown: int, reported: int) -> str:
    """So many of so many, and how many that is in percent."""
    return f"{shown} of {reported} flows seen ({shown / max(reported, 1):.1%})"
