"""What a script remembers from one statement to the next: variables, conditions, routines.

A variable is a relation of its own with one column of its name (or, of a cursor or loop,
those of its query), so what goes into it and comes out of it are ordinary flows.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace
from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import counts_of
from lineage.compile.unparsed import column_of
from lineage.dialects import (
    HIVE_AND_SPARK,
    LIKE_MYSQL,
    may_mean,
    naming,
)
from lineage.objects import SESSION, Declaration, Dep, Source, Statement
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.frames import Draft
    from lineage.compile.meant import SearchPath

# What stands before the name of a variable that lasts as long as the session.
_GETS = ("getvariable", "GETVARIABLE")
_MARKS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(LIKE_MYSQL, ("@",)),
    "duckdb": _GETS,
    "snowflake": ("$", *_GETS),
}
_IDENTIFIER = TokenType.IDENTIFIER
_QUALIFIED = 3  # a label, a dot and a variable
HOLDS = "holds"  # the column of a condition


class Variable(NamedTuple):
    """A variable: the relation that stands for it; `rows` where it holds rows with columns.

    `numbered` where it is known by its place among parameters. A field of such a row has the name
    of its `column`. Rows of a type that the script makes have its `fields`, by position; of a type
    that is no `engines` own it may be a row or not.
    """

    relation: str
    rows: bool = False
    numbered: bool = False
    column: str = ""
    fields: tuple[str, ...] = ()
    engines: bool = True


class Known(NamedTuple):
    """What one statement has of its script: variables in view and conditions.

    `blocks` are the names of what may hold variables: a routine, a labelled block, a session.
    """

    variables: tuple[tuple[str, Variable], ...] = ()
    conditions: tuple[str, ...] = ()
    blocks: frozenset[str] = frozenset()


NOTHING_KNOWN = Known()


class Context:
    """What is in force where a statement stands."""

    def __init__(self, dialect: str) -> None:
        self.naming = naming(dialect)
        self.variables: dict[str, Variable] = {}
        self.blocks = {"session"} if dialect in HIVE_AND_SPARK else set()
        self.conditions: list[list[str]] = []  # a list for each block that is open
        self.lasting: list[str] = []  # of blocks that may have ended the script
        self.unfound = ""  # the condition under which handlers of NOT FOUND run
        self.exits = False  # whether one of them leaves its block
        self.routines: set[str] = set()  # functions and procedures whose bodies were read
        self.prepared: dict[str, Sequence[Token]] = {}  # what PREPARE gave a name to
        self.whole_names: dict[str, set[str]] = {}  # of routines, by the last part of the name
        self.parameters: dict[str, list[tuple[str, Variable]]] = {}  # of routines, in order
        self.partition_keys: dict[str, list[Token]] = {}  # as a condition, by tables
        self.put_out: dict[str, list[tuple[str, Variable]]] = {}  # by procedures that are called
        self.vetoes: dict[str, list[str]] = {}  # under which conditions a trigger lets no row in
        self.texts: dict[str, list[Sequence[Token]]] = {}  # what each variable was made of
        self.records: dict[str, tuple[str, ...]] = {}  # fields of types that the script makes
        self.ran: set[str] = set()  # variables whose text was run
        self.databases: set[str] = set()  # that are attached
        self.paths: tuple[SearchPath, ...] = ()  # where names may be looked up, the likeliest first
        self.paths_before: tuple[SearchPath, ...] = ()  # that were in force further up
        self.paths_around: tuple[SearchPath, ...] | None = None  # a routine that is read
        self.lost = False  # whether a path is in force that is computed
        # rows of loops whose columns are known by their names alone, and how deep each loop is
        self.around: list[tuple[int, str, Variable]] = []
        # variables that one of a block inside has hidden, and how deep that block is
        self.hidden: list[tuple[int, str, Variable]] = []
        self.tables: set[str] = set()  # T-SQL's variables into which rows were put
        self.changed: dict[str, list[str]] = {}  # fields that are assigned, by the row's relation
        self._made = 0
        self._used: set[str] = set()

    def keep_around(self, paths: tuple[SearchPath, ...]) -> None:
        """Paths are in force again behind the routine that is read, whatever those in it are."""
        if self.paths_around is None:
            self.paths_around = paths

    def name(self, token: Token) -> str:
        """A variable's name as the dialect folds it."""
        return column_of(token, self.naming)

    def held(self, token: Token) -> Variable | None:
        """The variable that a token names, if it names one."""
        return self.variables.get(self.name(token))

    def declare(
        self, name: str, offset: int, *, rows: bool = False, written: str = ""
    ) -> Statement:
        """A new variable, of a type as it is written; the statement says which columns it has."""
        self._made += 1
        relation = f"variable:{name}"
        if relation in self._used:
            relation = f"{relation}:{self._made}"
        self._used.add(relation)
        self.variables[name] = Variable(relation, rows)
        self.texts.pop(name, None)
        if rows:
            return Statement(offset)
        columns = ((name, written.lower()),)  # as the type of a table's column is told
        declared = Declaration(relation, columns, "variable", temporary=True, offset=offset)
        return Statement(offset, declarations=(declared,))

    def hide(self, before: Mapping[str, Variable], *, of_next: bool) -> None:
        """Variables that were declared hide those of their names up to the end of their block."""
        depth = len(self.conditions) + of_next
        hidden = [(n, v) for n, v in before.items() if self.variables.get(n, v) is not v]
        self.hidden.extend((depth, name, variable) for name, variable in hidden if depth)

    def field(self, row: Token, column: Token) -> str | None:
        """The name under which a field of a row can be assigned; None where that is no row."""
        held = self.held(row)
        if held is None or (held.engines and not held.rows):
            return None
        self.variables[self.name(row)] = held._replace(rows=True)
        name, of_row = f"{row.text}.{column.text}", self.name(column)
        self.variables[self.naming.column(name)] = Variable(held.relation, column=of_row)
        self.changed.setdefault(held.relation, []).append(of_row)
        return name

    def forget(self, names: Iterable[str], before: Mapping[str, Variable]) -> None:
        """Names mean again what they meant before, if anything."""
        for name in names:
            self.variables.pop(name, None)
            if name in before:
                self.variables[name] = before[name]

    def is_field(self, target: Token) -> bool:
        """Whether what is assigned is a field of a row."""
        held = self.held(target)
        return held is not None and bool(held.column)

    def knows_routine(self, own: str, called: str) -> bool:
        """Whether the body of a routine was read; `own` is the last part of what is called.

        One of the same name in another schema is another routine.
        """
        if own not in self.routines:
            return False
        called = called.lower()
        return any(
            may_mean(called, made) for made in self.whole_names.get(own.lower(), {own.lower()})
        )

    def new_condition(self) -> str:
        """The name of the variable that holds what a condition has come to."""
        self._made += 1
        return f"condition:{self._made}"

    def further_out(self, written: Sequence[Token]) -> list[tuple[str, Variable]]:
        """The variables that `label.v` may be, of those that are hidden where it stands."""
        if len(written) < _QUALIFIED or self.name(written[0]) not in self.blocks:
            return []
        return [(n, v) for _depth, n, v in self.hidden if n == self.name(written[-1])]

    def end_block(self) -> None:
        """Names mean again what they meant before the block that has ended."""
        depth = len(self.conditions)
        while self.around and self.around[-1][0] > depth:
            self.around.pop()
        while self.hidden and self.hidden[-1][0] > depth:
            _depth, name, before = self.hidden.pop()
            self.variables[name] = before

    def leave(self) -> None:
        """The script may end here: what has been tested decides about all that follows."""
        inner = [name for block in self.conditions for name in block]
        self.lasting = list(dict.fromkeys((*self.lasting, *inner)))

    def known_to(self, tokens: Sequence[Token]) -> Known:
        """What of the script matters to a statement with these tokens."""
        if self.naming.dialect in LIKE_MYSQL:
            self._come_to_be(tokens)
        others = tuple(self._of_session(tokens)) if self.naming.dialect in _MARKS else ()
        if not (self.variables or self.lasting or self.conditions or others):
            return NOTHING_KNOWN
        active = dict.fromkeys((*self.lasting, *(c for block in self.conditions for c in block)))
        if not self.variables:
            return Known(others, tuple(active)) if active or others else NOTHING_KNOWN
        names = set(map(self.naming.plain_columns.__getitem__, counts_of(tokens)))
        quoted = {t.text for t in tokens if t.token_type is _IDENTIFIER}
        names.update(map(self.naming.quoted_columns.__getitem__, quoted))
        variables = [(n, v) for n, v in self.variables.items() if n in names]
        variables += [(n, v) for _depth, n, v in reversed(self.around) if n not in names]
        if not (variables or active or others):
            return NOTHING_KNOWN
        blocks = frozenset(self.blocks & names) if variables and self.blocks else frozenset()
        if blocks:  # `label.v` may be one that is hidden here
            variables = [*((n, v) for _depth, n, v in self.hidden if n in names), *variables]
        return Known((*variables, *others), tuple(active), blocks)

    def _come_to_be(self, tokens: Sequence[Token]) -> None:
        """The variables of the session that expressions set, as in `SELECT @x := a`."""
        for position, token in enumerate(tokens):
            if token.text == ":=" and position > 1 and tokens[position - 2].text == "@":
                name = self.name(tokens[position - 1])
                if name not in self.variables:
                    self.declare(name, token.start)

    def held_in(self, tokens: Sequence[Token]) -> list[str]:
        """The relations that stand for the variables which these tokens name."""
        return [variable.relation for _name, variable in self.known_to(tokens).variables]

    def made_of(self, tokens: Sequence[Token]) -> list[Token]:
        """What the variables were made of which these tokens name."""
        values = (value for token in tokens for value in self.texts.get(self.name(token), ()))
        return [token for value in values for token in value]

    def _of_session(self, tokens: Sequence[Token]) -> Iterator[tuple[str, Variable]]:
        """The variables of the session that this text has not set; another one may have."""
        marks = _MARKS[self.naming.dialect]
        for position in [n for n, token in enumerate(tokens) if token.text in marks]:
            called = tokens[position].text.isalpha()  # GETVARIABLE('v')
            for token in tokens[position + 1 + called : position + 2 + called]:
                name = self.name(token)
                if name not in self.variables and token.text.isidentifier():
                    yield name, Variable(f"{SESSION}{name}")


def bring_into_view(draft: Draft, known: Known) -> None:
    """Let a statement see the variables of its script, from around all of its queries."""
    frame = draft.surround()
    draft.blocks = known.blocks
    for name, variable in known.variables:
        alias = name if variable.rows else ""
        columns = (name,) if variable.numbered else ()
        place = frame.add_source(Source(alias, variable.relation, -1, columns, hidden=True))
        if variable.rows:
            draft.rows[name] = variable.relation
        else:
            if name in draft.variables:
                draft.hidden.setdefault(name, []).append(draft.variables[name])
            draft.variables[name] = (frame.number, place)
    for condition in known.conditions:
        place = frame.add_source(Source("", condition, -1, hidden=True))
        dep = Dep(frame.number, place, HOLDS, Subtype.CONDITIONAL, (), 0)
        draft.conditions.append(dep)
    number = frame.finish("", 0)
    scope = draft.scopes[number]
    if known.blocks and scope is not None:
        names = product(sorted(known.blocks), draft.variables)
        qualified = tuple(f"{block}.{name}".lower() for block, name in names)
        draft.scopes[number] = replace(scope, qualified=qualified)


def under_conditions(statement: Statement, conditions: Sequence[Dep]) -> Statement:
    """The statement, with what decides whether it runs deciding about all that it writes."""
    written = {write.scope for write in statement.writes}
    written |= {removal.scope for removal in statement.removals}
    scopes = tuple(
        replace(scope, influences=(*scope.influences, *conditions)) if n in written else scope
        for n, scope in enumerate(statement.scopes)
    )
    return replace(statement, scopes=scopes)
