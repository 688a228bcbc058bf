"""SQL of any kind: every text is read or has a gap, the same here and in a worker."""

from __future__ import annotations

import re
from functools import cache
from time import process_time
from typing import TYPE_CHECKING

from lineage import GapReason
from lineage.compile import compile_text
from lineage.deep import run_deep
from lineage.dialects import FOLDING
from lineage.link import link_compiled
from lineage.link.compiled import Compiled
from lineage.notations import NOTATIONS, render
from lineage.projects import Project, Unit
from lineage.subgraph import whole
from lineage.text import why_not_text
from lineage.workers import compile_units

from .findings import Broken
from .mutation import mutate_text
from .target import ROOT, Budget, Target, check_output, head_and_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.objects import Object

_SECONDS = 20.0  # a worker is killed after as many
_LINKING_SECONDS = 10.0
_BATCH = 200  # starting a worker takes as long as compiling so many texts
_waiting: list[tuple[Unit, Object]] = []  # with what was made of them here


def seeds() -> Iterator[bytes]:
    """The statements of the golden tests, each under the name of its dialect."""
    tests = ROOT / "tests" / "lineage"
    for path in [tests / "golden_statements.txt", *sorted((tests / "golden").glob("*.txt"))]:
        for block in path.read_text("utf-8").split("\n\n"):
            head, *lines = block.strip().split("\n")
            sql = "\n".join(line for line in lines if not line.startswith("= "))
            yield f"{head[2:].partition(':')[0]}\n{sql}".encode()
    for path in sorted((tests / "statements").glob("*.txt")):
        for line in path.read_text("utf-8").splitlines():
            yield f"{path.stem}\n{line.partition('<- ')[2]}".encode()


@cache
def _words() -> tuple[str, ...]:
    text = b"\n".join(seeds()).decode().lower()
    return tuple(sorted(set(re.findall(r"[a-z_]+|[^\w\s]+", text))))


def hold(data: bytes) -> None:
    """Compile, link and show a text in this process; now and then some in a worker."""
    taken = head_and_text(data)
    if taken is None or why_not_text(taken[1]):
        return  # the reader of files refuses it
    dialect, text = taken
    unit = Unit(file="fuzzed.sql", text=text, dialect=dialect if dialect in FOLDING else "duckdb")
    start = process_time()
    with Budget("parsing", _SECONDS):
        found = run_deep(lambda: compile_text(unit.text, unit.dialect))
    project = Project(dialect=unit.dialect, units=(unit,))
    with Budget("linking", _LINKING_SECONDS):
        analysis = run_deep(lambda: link_compiled(project, [Compiled(found)]))
        shown = whole(analysis)
    for notation in NOTATIONS:
        check_output(render(shown, notation), notation)
    if process_time() - start < 1:  # what is slow here may be too slow there
        _waiting.append((unit, found))
    if len(_waiting) >= _BATCH:
        _in_a_worker()


def _in_a_worker() -> None:
    """What a worker makes of the texts that were read here is what was made of them here."""
    units, here = zip(*_waiting, strict=True)
    _waiting.clear()
    for unit, expected, found in zip(units, here, compile_units(units, 1), strict=True):
        if found != expected:
            died = any(h.reason is GapReason.WORKER_DIED for s in found.statements for h in s.holes)
            raise Broken(f"a worker {'dies of' if died else 'reads otherwise'}: {unit!r}")


TARGET = Target(seeds, hold, mutate_text, _words())
