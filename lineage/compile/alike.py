"""Branches of a union that are alike but for their tables, found before anything is parsed.

Who generates SQL unites hundreds of queries that differ in nothing but the table: one for each
day, shop or application. The parser would make a tree of each, and the compiler read each tree,
to find the same every time. So of a run of such branches only the first goes to the parser, and
`lineage.compile.copied` makes of its scope those of the others.

That must come to the very object that all branches would have come to. So a branch is but a few
plain names from one table, in words of which none has a meaning of its own here; it stands
between two words UNION, so that it has no clauses and belongs to no other operator; and it is
written as the first one is, letter by letter, up to the name of its table.
"""

from __future__ import annotations

import re
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from sqlglot.tokenizer_core import TokenType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    # Where a branch stands among the tokens: its operator, and what is behind its table.
    Place = tuple[int, int]

FEWEST = 8  # branches that are left out; for fewer it does not pay

# What a kind of token is here, as one letter: all others are a blank.
_LETTERS: dict[TokenType, str] = {
    **dict.fromkeys(TokenType, " "),
    TokenType.UNION: "U",
    TokenType.ALL: "L",
    TokenType.DISTINCT: "D",
    TokenType.SELECT: "S",
    TokenType.VAR: "n",
    TokenType.ALIAS: "a",
    TokenType.COMMA: ",",
    TokenType.FROM: "F",
    TokenType.DOT: ".",
}
# A branch with the operator before it, where there is another one behind it. Names of more than
# two parts have rules of their own: a database, a server or a version may be among them.
_BRANCH = re.compile(r"U[LD]?Sn(?:an)?(?:,n(?:an)?)*Fn(?:\.n)?(?=U)")
_KIND, _TEXT = attrgetter("token_type"), attrgetter("text")


class Run(NamedTuple):
    """The branches behind one that are as it is: each one's table, and how far behind it stands.

    The first one's own table comes first; it stands at `start` with its operator.
    """

    start: int
    tables: tuple[str, ...]
    behind: tuple[int, ...]


class Alike:
    """The runs of a statement, by the place where the table of the first branch is written."""

    def __init__(self, runs: dict[int, Run]) -> None:
        self._runs = runs
        self._met: set[int] = set()

    def run_at(self, place: int) -> Run | None:
        """The run whose first branch has its table there."""
        run = self._runs.get(place)
        if run is not None:
            self._met.add(place)
        return run

    @property
    def all_met(self) -> bool:
        """Whether each run was asked for."""
        return len(self._met) == len(self._runs)


def shortened(tokens: Sequence[Token], text: str) -> tuple[list[Token], Alike] | None:
    """A statement without the branches that are as one before them; None where these are few.

    The name of none of them is any other word of the statement, as that of a query in WITH is.
    """
    if not _unites_often(tokens, text):
        return None
    kept: list[Token] = []
    runs: dict[int, Run] = {}
    done = 0
    for places in _runs(tokens, text):
        begins = [tokens[begin].start for begin, _end in places]
        tables = [tokens[end - 1] for _begin, end in places]
        runs[tables[0].start] = Run(
            begins[0],
            tuple([table.text for table in tables]),
            tuple([begin - begins[0] for begin in begins[1:]]),
        )
        kept += tokens[done : places[0][1]]
        done = places[-1][1]
    kept += tokens[done:]
    return (kept, Alike(runs)) if runs and _are_apart(kept, runs) else None


def _unites_often(tokens: Sequence[Token], text: str) -> bool:
    """Whether a text may hold a run, without a look at its tokens: most hold none."""
    start, end = tokens[0].start, tokens[-1].end
    return any(text.count(word, start, end) > FEWEST for word in ("UNION", "union"))


def _runs(tokens: Sequence[Token], text: str) -> Iterator[list[Place]]:
    """Branches that stand one behind the other and are as the first of them."""
    letters = "".join(map(_LETTERS.__getitem__, map(_KIND, tokens)))
    run: list[Place] = []
    shape = written = ""
    for found in _BRANCH.finditer(letters):
        place = found.span()
        follows = run and run[-1][1] == place[0] and found[0] == shape
        if follows and _is_written(tokens, place, text, written):
            run.append(place)
            continue
        if len(run) > FEWEST:
            yield run
        run, shape, written = [place], found[0], _written(tokens, place, text)
    if len(run) > FEWEST:
        yield run


def _written(tokens: Sequence[Token], place: Place, text: str) -> str:
    """A branch as it is written up to its table; empty where there is more than its tokens."""
    first, table = tokens[place[0]], tokens[place[1] - 1]
    written = text[first.start : table.start]
    said = "".join(token.text for token in tokens[place[0] : place[1] - 1])
    plain = "".join(written.split()).upper() == "".join(said.split()).upper()
    return written if plain and _ends_plainly(tokens, place, text) else ""


def _is_written(tokens: Sequence[Token], place: Place, text: str, written: str) -> bool:
    """Whether a branch is written as another one but for its table."""
    begin, table = tokens[place[0]].start, tokens[place[1] - 1].start
    same = table - begin == len(written) and text.startswith(written, begin)
    return same and _ends_plainly(tokens, place, text)


def _ends_plainly(tokens: Sequence[Token], place: Place, text: str) -> bool:
    """Whether the table is a word as it stands in the text, with nothing up to the operator."""
    table, operator = tokens[place[1] - 1], tokens[place[1]]
    name, end = table.text, table.end + 1
    return (
        name.isidentifier()
        and name.isascii()
        and end - table.start == len(name)
        and text.startswith(name, table.start)
        and text[end : operator.start].isspace()
    )


def _are_apart(kept: Sequence[Token], runs: dict[int, Run]) -> bool:
    """Whether no table that is left out has a name that stands anywhere else."""
    words = set(map(_TEXT, kept))
    if not all(map(str.isascii, words)):  # whose letters may be others in small or in capitals
        return False
    left_out = {table.lower() for run in runs.values() for table in run.tables[1:]}
    return left_out.isdisjoint(map(str.lower, words))
