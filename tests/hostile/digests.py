"""What SQL compiles to, as one digest a text: `python -m tests.hostile.digests --mutants 300`.

Two interpreters, or two builds of the parser, that print the same lines read SQL alike: real
SQL, SQL that nearly is, and SQL at the limits.
"""

from __future__ import annotations

import argparse
import hashlib
from random import Random
from typing import TYPE_CHECKING

import msgspec

from lineage.compile import compile_text
from lineage.deep import run_deep
from lineage.dialects import FOLDING
from lineage.limits import MAX_DEPTH

from .fuzz.mutation import mutate_text
from .fuzz.sql import seeds

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 2_000  # of a mutant: the pure parser is slow
_NESTED = {
    "coalesce(": ", 1)",
    "(": ")",
    "case when a then ": " end",
    "(select ": ")",
    "not ": "",
    "struct(": ")",
    "cast(": " as int)",
}


def texts(mutants: int) -> Iterator[str]:
    """The dialect in the first line, and the SQL."""
    real = list(seeds())
    yield from (seed.decode() for seed in real)
    dice = Random(mutants)  # noqa: S311 - the same ones each time
    while mutants:
        text = mutate_text(dice.choice(real), real, (), dice).decode("utf-8", "replace")
        if len(text) < _LONGEST:
            mutants -= 1
            yield text
    for opens, closes in _NESTED.items():
        for depth in (50, MAX_DEPTH // 2 - 2, MAX_DEPTH, MAX_DEPTH + 1):
            yield f"duckdb\nselect {opens * depth}a{closes * depth} from t"


def main() -> None:
    """Print a digest for each text."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=300)
    mutants = parser.parse_args().mutants

    def compile_all() -> None:
        for text in texts(mutants):
            head, _, sql = text.partition("\n")
            found = compile_text(sql, head if head in FOLDING else "duckdb")
            digest = hashlib.sha256(msgspec.msgpack.encode(found)).hexdigest()[:16]
            print(digest, ascii(text[:60]))  # noqa: T201 - the answer

    run_deep(compile_all)


if __name__ == "__main__":
    main()
