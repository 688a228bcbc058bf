"""Random subqueries in expressions, correlated with what is around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .expressions import Maker
from .sources import From
from .worlds import LIST

if TYPE_CHECKING:
    from .expressions import Seen
    from .queries import Queries


class Subqueries:
    """Makes subqueries; those of depth above 0 hold others."""

    def __init__(self, queries: Queries, depth: int) -> None:
        self.queries = queries
        self.random = queries.random
        self.depth = depth

    def make(self, kind: str, seen: list[Seen]) -> str:
        """A subquery of that type in whose surroundings `seen` are in view."""
        outer = self.queries.outward(seen)
        if kind == "BOOLEAN" and self.queries.chance(0.7):
            return self._truth(outer)
        if kind == LIST and self.queries.chance(0.5):
            text, maker, where = self._body(outer)
            one, key = maker.make("INTEGER", 1), maker.make("INTEGER", 1)
            return f"array(select {one} from {text}{where} order by {key}, {one})"
        return self._scalar(kind, outer)

    def _body(self, outer: list[Seen]) -> tuple[str, Maker, str]:
        clause = From(self.queries, 0, outer)
        inner = self.queries.subquery(self.depth - 1)
        maker = Maker(self.random, clause.seen() + outer, inner)
        where = f" where {maker.make('BOOLEAN', 1)}" if self.queries.chance(0.8) else ""
        return clause.text, maker, where

    def _truth(self, outer: list[Seen]) -> str:
        text, maker, where = self._body(outer)
        kind = maker.any_kind()
        one, two = maker.make(kind, 1), maker.make("INTEGER", 1)
        around = Maker(self.random, outer, None)
        wanted, also = around.leaf(kind), around.leaf("INTEGER")
        word = self.random.choice(["", "not "])
        sign = self.random.choice(["=", "<>", "<", ">="])
        group = f" group by {one} having {maker.aggregate('INTEGER')} > 1"
        return self.random.choice(
            [
                f"{word}exists (select 1 from {text}{where})",
                f"{word}exists (select * from {text}{where})",
                f"{word}exists (from {text}{where})",
                f"exists (select {one} from {text}{where}{group})",
                f"({wanted} {word}in (select {one} from {text}{where}))",
                f"(({wanted}, {also}) {word}in (select {one}, {two} from {text}{where}))",
                f"({wanted} {sign} any (select {one} from {text}{where}))",
                f"({wanted} {sign} all (select {one} from {text}{where}))",
            ]
        )

    def _scalar(self, kind: str, outer: list[Seen]) -> str:
        text, maker, where = self._body(outer)
        one, key = maker.make(kind, 1), maker.make(maker.any_kind(), 1)
        total, name = maker.aggregate(kind), self.queries.alias()
        every = f"select {one} as m from {text}"
        return self.random.choice(
            [
                f"(select {total} from {text}{where})",
                f"(select {total} from {text}{where})",
                f"(select {total} from {text}{where} having {maker.aggregate('INTEGER')} > 1)",
                f"(select {one} from {text}{where} order by {key}, {one} limit 1)",
                f"(select max(m) from ({every}{where}) {name})",
                f"(with {name} as ({every}{where}) select max(m) from {name})",
                f"(select max(m) from ({every}{where} union all {every}) {name})",
            ]
        )
