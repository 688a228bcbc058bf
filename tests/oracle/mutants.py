"""The oracle itself put to the test: lineage that overlooks something has to be caught.

`python -m tests.oracle.mutants` says after how many scripts each mutant is caught. A mutant
either goes along no edge of some kind, or reads the script without some clause.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, NamedTuple

import sqlglot
from sqlglot import exp

from lineage import TransformSubtype
from lineage.graph import ROWS

from .cases import make_case
from .judge import judge
from .reached import Reached, analysis_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lineage import Analysis
    from lineage.graph import Graph

    from .cases import Case
    from .reached import Without


class Mutant(NamedTuple):
    """A way to overlook something: edges of the graph, or parts of the text."""

    name: str
    without: Without | None = None
    unread: tuple[type[exp.Expr], str] | None = None

    def read(self, case: Case, whole: Analysis) -> Reached | None:
        """What the mutant says of a case; None where there is nothing for it to overlook."""
        if self.unread is None:
            return Reached(case, self.name, analysis=whole, without=self.without)
        sql = _without_clause(case.sql, *self.unread)
        return None if sql is None else Reached(case, self.name, analysis=analysis_of(case, sql))


def _of_subtype(subtype: TransformSubtype) -> Without:
    def without(graph: Graph) -> Callable[[int], bool]:
        return lambda edge: graph.kind(edge).transform.subtype is subtype

    return without


def _of_rows(graph: Graph) -> Callable[[int], bool]:
    """Whether an edge says that a value depends on which rows there are."""

    def is_of_rows(edge: int) -> bool:
        source, target = graph.columns[graph.sources[edge]], graph.columns[graph.targets[edge]]
        return source.column == ROWS and target.column != ROWS

    return is_of_rows


def _without_clause(sql: str, kind: type[exp.Expr], key: str) -> str | None:
    try:
        statements = [s for s in sqlglot.parse(sql, dialect="duckdb") if s is not None]
    except sqlglot.errors.SqlglotError:
        return None
    nodes = [n for s in statements for n in s.find_all(kind) if n.args.get(key)]
    found = [_leave_out(node, key) for node in nodes]
    return ";\n".join(s.sql(dialect="duckdb") for s in statements) if any(found) else None


def _leave_out(node: exp.Expr, key: str) -> bool:
    """Take a clause out of a tree, if that leaves one that can be read and names what it has."""
    if isinstance(node, exp.Filter):
        node.replace(node.this)
        return True
    if not isinstance(node, exp.Update) or key != "from_":
        node.set(key, None)
        return True
    query = node.args[key].this.this
    names = query.named_selects if isinstance(query, exp.Query) else [""]
    if not all(names) or "*" in names:
        return False
    query.replace(exp.select(*(exp.alias_(exp.null(), name) for name in names)))
    return True


_CLAUSES: tuple[tuple[type[exp.Expr], str], ...] = (
    (exp.Select, "where"),
    (exp.Select, "having"),
    (exp.Select, "qualify"),
    (exp.Select, "group"),
    (exp.Select, "distinct"),
    (exp.Select, "limit"),
    (exp.Select, "order"),
    (exp.Join, "on"),
    (exp.Join, "using"),
    (exp.Window, "partition_by"),
    (exp.Window, "order"),
    (exp.Filter, "expression"),
    (exp.Star, "replace"),
    (exp.Case, "default"),
    (exp.If, "false"),
    (exp.Update, "from_"),
    (exp.Update, "where"),
    (exp.Delete, "where"),
    (exp.When, "condition"),
)
MUTANTS = (
    *(Mutant(str(s), without=_of_subtype(s)) for s in TransformSubtype),
    Mutant("rows", without=_of_rows),
    *(Mutant(f"{kind.__name__} {key}", unread=(kind, key)) for kind, key in _CLAUSES),
)


def caught(mutants: tuple[Mutant, ...], seeds: range) -> Iterator[tuple[str, int]]:
    """The mutants that are caught, each with the number of scripts that it took."""
    left = {mutant.name: mutant for mutant in mutants}
    for count, seed in enumerate(seeds, 1):
        case = make_case(seed)
        whole = analysis_of(case, case.sql)
        readings = [r for mutant in left.values() if (r := mutant.read(case, whole)) is not None]
        verdict = judge(case, seed, knowing=readings, explain=False) if readings else None
        for name in sorted(verdict.mistaken if verdict is not None else ()):
            del left[name]
            yield name, count
        if not left:
            return


def main() -> int:
    """Print when each mutant is caught; some clauses are so rare that it takes long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scripts", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    found = set()
    for name, count in caught(MUTANTS, range(asked.seed, asked.seed + asked.scripts)):
        found.add(name)
        print(f"{count:5} {name}", flush=True)  # noqa: T201
    left = [m.name for m in MUTANTS if m.name not in found]
    print(f"{len(found)} of {len(MUTANTS)} mutants caught; left: {', '.join(left) or 'none'}")  # noqa: T201
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
