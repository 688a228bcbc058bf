"""What is in view while one query is being compiled: its sources, CTEs and enclosing queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot import exp

from lineage.compile.names import offset_of, part_name
from lineage.dialects import LIKE_MYSQL, join_name, last_part
from lineage.objects import UNQUALIFIED, Hole, Scope, Source
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lineage.compile.alike import Alike
    from lineage.dialects import Naming
    from lineage.objects import Dep, Output, Star, Test
    from lineage.words import TransformSubtype

    # A star inside an expression, with what the expression does to each of its columns.
    Starred = tuple[Star, TransformSubtype, tuple[str, ...]]

# A CTE in view: the number of its scope and its column list, empty where it has none.
Cte = tuple[int, tuple[str, ...]]

# Where an expression may use the alias of one to its left.
_LATERAL_ALIASES = frozenset(
    {"", "snowflake", "redshift", "databricks", "spark", "duckdb", "clickhouse", "teradata"}
)
# Where a query inside of another one may do so as well.
_ALIASES_INSIDE = frozenset({"", "duckdb", "sqlite", *LIKE_MYSQL})

# Where a dot also leads into a struct, so that it is no sign of a table's name.
DOTTED_FIELDS = frozenset(
    """
    athena bigquery clickhouse databricks doris dremio drill duckdb hive presto redshift risingwave
    singlestore spark spark2 starrocks trino
    """.split()
)


# Clauses of a table that say which of its rows, by constants.
_OF_ANOTHER_TIME = frozenset("system_time version partition indexed when changes pattern".split())

_NO_ALIASES: frozenset[str] = frozenset()
_NO_NAMES: dict[str, exp.Expr] = {}  # of every frame that names none; never added to
_NO_LISTS: dict[int, dict[int, str]] = {}  # likewise


# Where the name of a source goes before that of a column, as in `SELECT key FROM t AS key`:
# googlesql's basics.test, of BigQuery's own analyzer.
_ROWS_FIRST = frozenset({"bigquery"})
# Where `db.t.column` may leave out the schema in which the database has `t`.
_DATABASE_FIRST = frozenset({"duckdb"})


class Draft:
    """The statement being compiled: its scopes so far, and how its dialect spells names."""

    def __init__(self, naming: Naming, dialect: str) -> None:
        self.naming = naming
        self.dialect = dialect
        self.lateral = dialect in _LATERAL_ALIASES
        self.aliases_inside = dialect in _ALIASES_INSIDE
        self.scopes: list[Scope | None] = []
        self.order: list[int] = []
        self.holes: list[Hole] = []
        self.cte_names: set[str] = set()
        self.cte_spellings: dict[str, set[str]] = {}  # by name
        self.named_queries = 0  # in all WITH clauses so far
        self.last_parts: set[str] = set()  # of the names of relations in view
        self.sorts: dict[int, list[Dep]] = {}  # by scope, what its rows are in the order of
        # by scope, what its pipe started from: as in `pipe_aliases`
        self.piped: dict[int, dict[str, tuple[tuple[int, int], bool]]] = {}
        self.expanding: set[tuple[int, str]] = set()  # named expressions, by scope
        self.odd = False  # a clause was met that nobody reads
        self.ctes: dict[str, Cte] = {}  # in view of a statement inside a CTE
        self.change: Callable[[exp.Expr, dict[str, Cte]], int] = _no_changes
        self.script: Frame | None = None  # variables of the script around the statement
        self.variables: dict[str, tuple[int, int]] = {}  # scope and source of each in view
        # Variables that expressions set: relation, name and scope of the value, by the node's id.
        self.assigned: dict[int, tuple[str, str, int]] = {}
        self.choices: dict[int, int] = {}  # scopes of what decides in a choice, by its node's id
        self.hidden: dict[str, list[tuple[int, int]]] = {}  # those of the same names further out
        self.blocks: frozenset[str] = _NO_ALIASES  # what variables may be qualified by
        self.rows: dict[str, str] = {}  # relations that hold the rows of variables
        self.conditions: list[Dep] = []  # what decides whether the statement runs
        self.calls: dict[str, None] = {}  # functions that some text may have made
        # Scopes of queries, by their node's id and the scope around; with the node.
        self.compiled: dict[tuple[int, int], tuple[exp.Expr, int]] = {}
        self.queries: dict[int, int] = {}  # scopes of queries in IN and EXISTS, by their node's id
        # Scopes that leave out none of their source's rows, but where one of these is null.
        self.wholes: dict[int, frozenset[str]] = {}
        self.alike: Alike | None = None  # branches of unions that are not in the tree

    def surround(self) -> Frame:
        """A frame around all queries of the statement."""
        self.script = Frame(self, None, {})
        return self.script

    def reserve(self) -> int:
        """The number of a scope that is about to be compiled."""
        self.scopes.append(None)
        return len(self.scopes) - 1

    def finish(self, number: int, scope: Scope) -> int:
        """Put a finished scope in its place; scopes finish after those they are made from."""
        self.scopes[number] = scope
        self.order.append(number)
        return number


class Frame:
    """One query in the making, with everything that names in it can mean."""

    __slots__ = (
        "anything",
        "by_alias",
        "called",
        "closed",
        "compile_apart",
        "compile_query",
        "ctes",
        "draft",
        "elements",
        "equated",
        "influences",
        "lacking",
        "linked",
        "named",
        "number",
        "outputs",
        "parent",
        "piped",
        "selects",
        "shared",
        "sources",
        "stars",
        "tests",
        "unequal",
        "visible",
        "windows",
    )

    def __init__(
        self, draft: Draft, parent: Frame | None, ctes: dict[str, Cte], number: int = -1
    ) -> None:
        self.draft = draft
        self.parent = parent
        self.number = draft.reserve() if number < 0 else number
        self.ctes = ctes  # shared with the enclosing query, until this one has its own
        self.sources: list[Source] = []
        self.by_alias: dict[str, int] = {}
        self.influences: list[Dep] = []
        self.outputs: list[Output] = []
        self.tests: list[Test] = []
        self.unequal: frozenset[str] = _NO_ALIASES  # merged columns that are not the same
        self.windows: dict[str, exp.Expr] = {}
        self.linked: list[tuple[int, int]] = []
        self.equated: list[tuple[int, int]] = []  # offsets of columns that are found equal
        self.lacking = _NO_LISTS  # by joined source, the key of it that each source looks up
        self.anything: list[Dep] = []
        self.called: list[tuple[str, str]] = []  # engine's names of outputs, and ours
        self.closed = False
        self.elements = False  # each row is one value, whose fields are its columns
        self.selects = False  # what it puts out are the projections of a SELECT
        self.visible = 0  # how many of them the query around this one had put out before it
        # Stars met inside a projection, and what is done to each; None outside of projections.
        self.stars: list[Starred] | None = None
        self.piped: dict[str, tuple[int, int]] = {}  # aliases of tables that a pipe has changed
        self.shared = _NO_NAMES  # expressions that ClickHouse's WITH names
        self.named = _NO_NAMES  # these, and those that the projections name
        self.compile_query: Callable[[exp.Expr, Frame], int] = _no_queries
        self.compile_apart: Callable[[exp.Expr, Frame], int] = _no_queries
        if parent is not None:
            self.compile_query = parent.compile_query
            self.compile_apart = parent.compile_apart
            self.shared = self.named = parent.shared
            if parent.selects:
                self.visible = len(parent.outputs)

    def add_source(self, source: Source) -> int:
        """Bring a source into view under its alias."""
        number = len(self.sources)
        self.sources.append(source)
        if source.alias:
            self.by_alias.setdefault(source.alias, number)
        if source.relation:
            self.draft.last_parts.add(last_part(source.relation))
        return number

    def expect(self, node: exp.Expr, known: frozenset[str]) -> set[str]:
        """The clauses that a node has; it is noted where one is not among those that are read."""
        present = {key for key, value in node.args.items() if value}
        if not present <= known:
            unread = present - known
            self.draft.odd = True
            self._note_columns(node, unread - _OF_ANOTHER_TIME)
        return present

    def _note_columns(self, node: exp.Expr, clauses: frozenset[str] | set[str]) -> None:
        """A clause that nobody reads is a gap where it names columns."""
        for clause in sorted(clauses):
            values = node.args[clause]
            listed = values if isinstance(values, list) else [values]
            if any(isinstance(v, exp.Expr) and v.find(exp.Column) is not None for v in listed):
                message = f"this form of {node.key.upper()} is not analysed"
                at = offset_of(node)
                self.draft.holes.append(Hole(GapReason.UNSUPPORTED, message, (), at))

    def add_relation(self, name: str, offset: int = 0) -> int:
        """Have a relation under its own name as a source; returns its number."""
        return self.add_source(Source(self.draft.naming.alias_of(name), name, -1, offset=offset))

    def join_unlisted(self, parts: Sequence[exp.Expr]) -> tuple[int, int] | None:
        """Teradata joins a table that a column is qualified by, where FROM lists none such.

        None elsewhere, and for what a block of a procedure calls so. `parts` are its name's.
        """
        if self.draft.dialect != "teradata":
            return None
        name = join_name(part_name(part, self.draft.naming) for part in parts)
        if name.lower() in map(str.lower, self.draft.blocks):
            return None
        return self.number, self.add_relation(name, offset_of(parts[0]))

    def find_alias(self, alias: str) -> tuple[int, int] | None:
        """The scope and number of the source an alias means here or in an enclosing query."""
        frame: Frame | None = self
        while frame is not None:
            if alias in frame.by_alias:
                return frame.number, frame.by_alias[alias]
            if alias in frame.piped:
                return frame.piped[alias]
            frame = frame.parent
        return None

    def find_qualifier(self, name: str) -> tuple[int, int] | None:
        """The source that `name.column` speaks of: one of that alias, else one of that name.

        A table that has an alias is rarely known by its own name, but nothing else is meant
        by it unless a dot leads into columns too.
        """
        place = self.find_alias(name)
        if place is None and self.draft.dialect not in DOTTED_FIELDS:
            place = self.find_relation(join_name((name,)))
        return place

    def find_relation(self, name: str) -> tuple[int, int] | None:
        """The scope and number of a source that is the relation of that dotted name."""
        if last_part(name) not in self.draft.last_parts:
            return None
        ways = (_ends_in, _is_in) if self.draft.dialect in _DATABASE_FIRST else (_ends_in,)
        frame: Frame | None = self
        while frame is not None:
            for is_called in ways:
                for number, source in enumerate(frame.sources):
                    if is_called(source.relation, name):
                        return frame.number, number
            frame = frame.parent
        return None

    def _certain(self) -> Iterator[Test]:
        """The tests, but for those that may speak of one side of a join and not of the other."""
        for test in self.tests:
            if test.subject.source != UNQUALIFIED or test.subject.column not in self.unequal:
                yield test

    def finish(self, label: str, offset: int) -> int:
        """Close the query; returns the number of its scope."""
        return self.draft.finish(
            self.number,
            Scope(
                label=label,
                parent=self.parent.number if self.parent is not None else -1,
                sources=tuple(_grouped(self.sources, self.linked)),
                outputs=tuple(self.outputs),
                influences=tuple(dict.fromkeys(self.influences)),
                tests=tuple(self._certain() if self.unequal else self.tests),
                anything=tuple(self.anything),
                closed=self.closed,
                offset=offset,
                equated=tuple(self.equated),
                called=tuple(self.called),
                rows_first=self.draft.dialect in _ROWS_FIRST,
                elements=self.elements,
                aliases=self.visible,
            ),
        )


def _no_changes(change: exp.Expr, _ctes: dict[str, Cte]) -> int:
    raise AssertionError(f"no compiler of changes for {type(change)}")


def _no_queries(query: exp.Expr, frame: Frame) -> int:
    raise AssertionError(f"no compiler of queries for {type(query)} in scope {frame.number}")


def _grouped(sources: list[Source], linked: list[tuple[int, int]]) -> list[Source]:
    """Sources numbered by the group that equality joins put them in."""
    if len(sources) == 1:
        return sources
    group = list(range(len(sources)))
    for left, right in linked:
        old, new = sorted((group[left], group[right]), reverse=True)
        group = [new if g == old else g for g in group]
    return [
        source if source.group == group[number] else replace(source, group=group[number])
        for number, source in enumerate(sources)
    ]


def _ends_in(relation: str, name: str) -> bool:
    return relation == name or relation.endswith(f".{name}")


def _is_in(relation: str, name: str) -> bool:
    """Whether a name is that of a database and a table, whose schema it leaves out."""
    table = last_part(name)
    database = name[: -len(table)]
    return relation.startswith(database) and relation.endswith(f".{table}")
