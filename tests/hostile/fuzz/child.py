"""One process that fuzzes until it is told to stop or dies: coverage leads, structure mutates.

Run as `python -m tests.hostile.fuzz.child` by `tests.hostile.fuzz`, and by nobody else.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import atheris

if TYPE_CHECKING:
    from .target import Target


def main() -> None:
    """Arguments: the target, a folder for findings, then those of libFuzzer."""
    name, folder, *arguments = sys.argv[1:]
    with atheris.instrument_imports(include=["enforcer", "lineage"], enable_loader_override=False):
        from .findings import Findings  # noqa: PLC0415 - it imports what is to be instrumented

        target: Target = importlib.import_module(f".{name}", __package__).TARGET
    findings = Findings(Path(folder))
    others = list(target.seeds())

    def one_input(data: bytes) -> None:
        try:
            target.hold(data)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            kept = findings.keep(data, error)
            if kept:
                print(f"FOUND {kept}", flush=True)  # noqa: T201 - to whoever started it

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        return target.mutate(data, others, target.words, Random(seed))[:most]  # noqa: S311

    atheris.Setup([sys.argv[0], *arguments], one_input, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
