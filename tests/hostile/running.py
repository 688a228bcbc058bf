"""Run the command line on many hostile inputs, in a process that may die of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from click.testing import CliRunner

from enforcer.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

REPOSITORY = Path(__file__).parent.parent.parent
_SERVE = "from tests.hostile.running import serve; serve()"
_PATIENCE = 300  # seconds; only what hangs for ever takes so long


class Case(NamedTuple):
    """A hostile input: `make` puts it into an empty folder, `names` is how the error begins.

    `arguments` are those of the command, with `{}` for that folder.
    """

    name: str
    make: Callable[[Path], object]
    names: str
    code: int
    arguments: tuple[str, ...] = ("check", "{}")


class Told(NamedTuple):
    """What a command said. `crashed` is the exception that nobody caught, if there was one."""

    code: int
    out: str
    err: str
    crashed: str


def run_all(cases: Iterable[Case], folder: Path) -> dict[str, Told]:
    """What the command line says to each case, all in one process of their own."""
    asked: list[tuple[str, list[str]]] = []
    for number, case in enumerate(cases):
        place = folder / str(number)
        place.mkdir()
        case.make(place)
        asked.append((case.name, [part.format(place) for part in case.arguments]))
    ended = subprocess.run(
        [sys.executable, "-c", _SERVE],
        cwd=REPOSITORY,
        input=json.dumps([arguments for _, arguments in asked]),
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    told = [Told(*json.loads(line)) for line in ended.stdout.splitlines()]
    last = asked[len(told)][0] if len(told) < len(asked) else ""
    assert ended.returncode == 0, f"died of {last} with {ended.returncode}: {ended.stderr[-2000:]}"
    return {name: answer for (name, _), answer in zip(asked, told, strict=True)}


def serve() -> None:
    """The other side: a list of arguments after the other, an answer a line."""
    for arguments in json.loads(sys.stdin.read()):
        result = CliRunner().invoke(main, arguments)
        plain = result.exception is None or isinstance(result.exception, SystemExit)
        told = Told(
            code=result.exit_code,
            out=result.stdout,
            err=result.stderr,
            crashed="" if plain else repr(result.exception),
        )
        print(json.dumps(told), flush=True)  # noqa: T201 - its way to answer


def complaint(case: Case, told: Told) -> str:
    """What is wrong with how a case ended, nothing where it was refused as it should be."""
    said = told.err + told.out
    wrong = (
        (told.crashed != "", f"crashed: {told.crashed}"),
        (told.code != case.code, f"ended with {told.code}, not {case.code}: {said[:500]}"),
        ("Traceback" in said, "shows a traceback"),
        ("this is a bug" in said, f"takes it for a bug of its own: {said[:500]}"),
        (told.err.count("\n") != 1, f"says not one line: {told.err[:500]!r}"),
        (not told.err.startswith(f"error: {case.names}"), f"names not {case.names}: {told.err}"),
        (any(ord(c) < 32 for c in told.err[:-1]), f"lets a control character out: {told.err!r}"),
    )
    return next((f"{case.name} {why}" for applies, why in wrong if applies), "")


def complaints(cases: Iterable[Case], folder: Path) -> list[str]:
    """All that is wrong with how the cases ended."""
    cases = list(cases)
    told = run_all(cases, folder)
    assert len(told) == len(cases), "two cases have one name"
    return [why for case in cases if (why := complaint(case, told[case.name]))]
