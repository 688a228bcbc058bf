"""A script as it is read: each chunk between semicolons comes to statements that run."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.context import HOLDS, Context
from lineage.compile.scripts.counting import asks_for_count, counted
from lineage.compile.scripts.late_bodies import LateBodies
from lineage.compile.scripts.map_reduce import as_transforms, may_map
from lineage.compile.scripts.masks import shown_by_remarks
from lineage.compile.scripts.messages import note_messages, raised_in_query, with_message
from lineage.compile.scripts.open_rowset import as_files, may_open
from lineage.compile.scripts.plain_calls import as_called, with_links
from lineage.compile.scripts.protections import may_unprotect, protections_in
from lineage.compile.scripts.remarks import only_remarks, remarks_in, with_remarks
from lineage.compile.scripts.results import named, redirected, touching
from lineage.compile.scripts.rights import rights_in
from lineage.compile.scripts.search_paths import (
    looked_up,
    makes_schema,
    may_say_path,
    with_elements,
)
from lineage.compile.scripts.session_tables import SessionTables, may_make_session_tables
from lineage.compile.scripts.texts import gathered, spread
from lineage.compile.scripts.tokens import (
    QUERIES,
    assigns,
    begins_label,
    brings_function,
    calls_like_word,
    calls_unknown,
    find_word,
    in_brackets,
    is_call,
    is_query,
    label_end,
    made_words,
    runs,
    without_attributes,
    word,
)
from lineage.compile.scripts.unseparated import as_routine, parted_by_slashes, pieces
from lineage.compile.scripts.xquery import as_arguments, may_take
from lineage.compile.unparsed import names_in
from lineage.dialects import LIKE_MYSQL, LIKE_TRINO, LIKE_TSQL
from lineage.objects import FUNCTION, TRIGGERED, Hole, Statement
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.context import Known, Variable

    Reader = Callable[["Script", Sequence[Token]], Iterator[Statement]]

CHANGES = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE"})  # which may be RETURNING something
MAX_NESTED = 50  # blocks and codes in strings inside each other
_REWRITES = ((may_map, as_transforms), (may_open, as_files), (may_take, as_arguments))
_BRINGS_FUNCTIONS = LIKE_TRINO | {"oracle"}
_ASSIGN = frozenset({TokenType.COLON_EQ, TokenType.EQ})
# What may follow a name, or a colon and a name, in `new.a := 1` and `a(i) := 1`.
_IN_TARGETS = frozenset({TokenType.DOT, TokenType.L_PAREN, TokenType.L_BRACKET})
_MAX_TARGET = 9
_MARKED = re.compile(r"""@[`'"]?([\w$.]+)""")  # variables of MySQL's session
_WHOLE = frozenset({"PROCEDURE", "PROC", "FUNCTION", "TRIGGER"})


class Script:
    """The text being read, what it has said so far, and how deep its blocks are."""

    def __init__(
        self,
        text: str,
        dialect: str,
        readers: Mapping[str, Reader],
        compile_plain: Callable[[Sequence[Token], Known], Statement],
        read_inline: Callable[[Script, Sequence[Token], int], Iterator[Statement]],
    ) -> None:
        """`readers` are by the first word of what they read; `compile_plain` takes the rest.

        `read_inline` takes statements that bring functions along, and where they do.
        """
        self.text = text
        self.dialect = dialect
        self.context = Context(dialect)
        self.late_bodies = LateBodies()
        self.declaring = False  # between DECLARE and BEGIN
        self.pending: list[str] | None = None  # T-SQL's IF, which one statement follows
        self.last: list[str] = []  # conditions of the IF that an ELSE belongs to
        self.result = ""  # where RETURN puts a value; empty for the caller
        self.routine = ""  # what stands for what it returns, also of a procedure
        self.trigger = ""  # the function that is read, where a trigger runs it
        self.passing = False  # whether only this text can call the function that is read
        self.returned: list[tuple[str, Variable]] = []  # parameters whose values go out at its end
        self.columns: tuple[str, ...] = ()  # of what RETURN puts out
        self.in_body = False
        self.in_package = False  # where variables of all its routines may be declared
        self.bracketed = False  # statements follow, up to a bracket that closes
        self.loops: list[tuple[int, list[str]]] = []  # how deep each is, and what is written in it
        self.outside: dict[str, Variable] | None = None  # variables around a routine
        self.before_inline: Sequence[Token] | None = None  # what stands before WITH FUNCTION
        self.returns_rows = False  # whether what is returned has columns
        self.makes_code = False  # whether what RETURN gives is the text of a query
        self.atomic = False  # whether what its queries give is what a function returns
        self.unblocked = False  # whether its body is a statement in no block
        low = text.lower()
        self.says_into = "into" in low
        self.unprotects = may_unprotect(low)
        self._marked = frozenset(_MARKED.findall(low) if dialect in LIKE_MYSQL else ())
        self._readers = readers
        self._read_inline = read_inline if dialect in _BRINGS_FUNCTIONS else None
        self._compile_plain = compile_plain
        self._nested = 0
        self._asks_messages = note_messages(self.context, low)
        self._counts = asks_for_count(text, dialect)
        self._says_path = may_say_path(low, dialect)
        self.session_tables = SessionTables() if may_make_session_tables(low) else None
        self._rewrites = [rewrite for asked, rewrite in _REWRITES if asked(text, dialect)]

    def leave_routine(self) -> None:
        """Forget the variables and the result of the routine that ends here."""
        if self.outside is not None:
            self.context.variables = {**self._of_session(), **self.outside}
            self.context.lasting.clear()
            self.context.hidden.clear()
        self.outside, self.in_body, self.declaring, self.result = None, False, False, ""
        self.passing, self.returned, self.makes_code, self.routine = False, [], False, ""
        self.atomic, self.unblocked, self.trigger = False, False, ""

    def _of_session(self) -> dict[str, Variable]:
        """The variables that a routine of MySQL sets, and that are there when it has ended."""
        return {n: v for n, v in self.context.variables.items() if n.lower() in self._marked}

    def statements(self, tokens: Sequence[Token]) -> Iterator[Statement]:
        """What a chunk of tokens comes to."""
        if self._nested >= MAX_NESTED:
            yield self.hole(GapReason.TOO_DEEP, f"nested more than {MAX_NESTED} blocks", tokens)
            return
        self._nested += 1
        closes = self.bracketed and self._nested == 1 and _closes(tokens)
        tokens = tokens[:-1] if closes else tokens
        try:
            for piece in self._pieces(spread(tokens, self.text, self.dialect)) if tokens else ():
                read = self._read(piece)
                read = looked_up(self, piece, read) if self._says_path else read
                yield from map(self._of_routine, read)
        finally:
            self._nested -= 1
        if closes:
            self.bracketed = False
            del self.context.conditions[-1:]  # a text that is cut off may have none

    def _of_routine(self, statement: Statement) -> Statement:
        """A statement as one of the routine in whose body it stands, where it stands in one."""
        if self.session_tables is not None:
            self.session_tables.use(statement, self.context, self._body())
        statement = self.put_out(statement) if self.atomic else statement
        return _of_routine(statement, self.routine) if self.routine else statement

    def _body(self) -> object:
        return self.outside if self.in_body or self.routine else None

    def _pieces(self, tokens: Sequence[Token]) -> Sequence[Sequence[Token]]:
        if self.dialect == "oracle":
            return [as_routine(part) for part in parted_by_slashes(tokens)]
        if self.dialect not in LIKE_TSQL:
            return (tokens,)
        first_words = {word(tokens, n) for n in range(5)}
        if word(tokens, 0) in {"CREATE", "ALTER"} and _is_routine(first_words):
            return (tokens,)
        found = with_elements(pieces(tokens)) if makes_schema(tokens) else pieces(tokens)
        if self.result and self.returns_rows and [word(f, 0) for f in found[:1]] == ["RETURN"]:
            first, query = found[0], found[1] if len(found) > 1 else []
            if len(first) == 1 and is_query(query):
                return [[*first, *query], *found[2:]]
        return found

    def _read(self, tokens: Sequence[Token]) -> Iterator[Statement]:
        if self.session_tables is not None:
            self.session_tables.end(tokens, self.context, self._body())
        if self.dialect == "oracle":
            tokens = with_links(tokens) if "@" in self.text else tokens
            tokens = as_called(tokens, self.context.routines, self.context.variables)
        if self._asks_messages:
            tokens = with_message(self, tokens)
        remarks = remarks_in(tokens, self.context.naming)
        if self.unprotects:
            remarks = (*remarks, *protections_in(tokens, self.context.naming))
        if only_remarks(tokens):
            self.last, self.pending = self.pending or self.last, None
            yield Statement(tokens[0].start, remarks=remarks)
            yield from shown_by_remarks(remarks)
        elif remarks:
            yield from with_remarks(self._read_plainly(tokens), remarks)
            yield from shown_by_remarks(remarks)
        else:
            yield from self._read_plainly(tokens)
        yield from rights_in(tokens, self.context.naming)

    def _read_plainly(self, tokens: Sequence[Token]) -> Iterator[Statement]:
        if self._read_inline is not None:
            if self.before_inline is not None and not self.in_body and is_query(tokens):
                tokens, self.before_inline = [*self.before_inline, *tokens], None
            at = next((n for n, _t in enumerate(tokens) if brings_function(tokens, n)), -1)
            if at >= 0:
                yield from self._read_inline(self, tokens, at)
                return
        first = "DECLARE" if self.declaring else word(tokens, 0)
        declares = self.in_package and not self.in_body and not self.context.conditions
        if declares and first not in self._readers:
            self.declaring = True
            yield from self._readers["DECLARE"](self, tokens)
            self.declaring = False
            return
        named = first == ":" or begins_label(tokens) or (not self.declaring and assigns(tokens))
        reader = None if named else self._readers.get(first)
        reader = reader or self._reader_of_second(tokens) or self._readers.get(first)
        called = calls_like_word(tokens) or (reader is None and is_call(tokens))
        if called and self.dialect == "oracle" and not self.declaring:
            shows = tokens[0].text.upper() == "DBMS_OUTPUT"
            called_so = [*made_words("call", tokens[0]), *(tokens[3:] if shows else tokens)]
            yield from self._readers["PRINT" if shows else "CALL"](self, called_so)
            return
        if reader is not None:
            yield from reader(self, tokens)
        else:
            yield self.plain(tokens)

    def _reader_of_second(self, tokens: Sequence[Token]) -> Reader | None:
        """`name := value` and `label: LOOP` are known by what follows the name."""
        if len(tokens) < 2:  # noqa: PLR2004 - a name and what follows it
            return None
        second = tokens[1].token_type
        if tokens[0].token_type is TokenType.COLON and len(tokens) > 2:  # noqa: PLR2004
            second = tokens[2].token_type
        if second in _ASSIGN:
            return self._readers.get(":=")
        if second is TokenType.COLON or label_end(tokens):
            return self._readers.get(":")
        assigned = find_word(tokens, {":=", "="}) if second in _IN_TARGETS else -1
        return self._readers.get(":=") if 0 < assigned < _MAX_TARGET else None

    def plain(self, tokens: Sequence[Token]) -> Statement:
        """One statement that the parser reads, under what is in force."""
        for rewrite in self._rewrites:
            tokens = rewrite(tokens)
        tokens = gathered(self._unmarked(tokens), self.text, self.dialect)
        pending, self.pending = self.pending, None
        if pending is not None:
            self.context.conditions.append(pending)
        try:
            statement = self.counted(self._compile_plain(tokens, self.context.known_to(tokens)))
        finally:
            if pending is not None:
                self.context.conditions.pop()
                self.last = pending
        if self._asks_messages:
            holes = (*statement.holes, *raised_in_query(tokens))
            statement = replace(statement, holes=holes)
        if self.session_tables is not None:
            self.session_tables.note(statement, word(tokens, 0), self.context, self._body())
        if self.loops:
            self.loops[-1][1].extend(w.relation for w in statement.writes if w.relation)
        if self.dialect in LIKE_TSQL:
            self.context.tables.update(
                w.relation for w in statement.writes if w.relation[:1] == "@"
            )
        return statement

    def counted(self, statement: Statement) -> Statement:
        """A statement that decides about FOUND, where somebody asks for it."""
        return counted(self.context, statement) if self._counts else statement

    def take_as_given(self, name: str) -> None:
        """The table of a trigger takes the row that its function gives another value as a whole."""
        if self.trigger and name == TRIGGERED[0]:
            given = self.context.parameters.setdefault(f"{self.trigger} gives", [])
            given.append((name, self.context.variables[name]))

    def repeated(self, tokens: Sequence[Token]) -> Iterator[Statement]:
        """How often a loop runs is decided here, and so what its statements have written."""
        written = [name for _depth, names in self.loops for name in names]
        if written and self.governed():
            message = "how often the statements of a loop run is not followed"
            yield self.hole(GapReason.UNSUPPORTED, message, tokens, names=written)

    def _unmarked(self, tokens: Sequence[Token]) -> Sequence[Token]:
        """`:new.email` without its colon, where that is a row the script knows."""
        rows = {name for name, v in self.context.variables.items() if v.rows}
        if not rows:
            return tokens
        return [
            token
            for token, following in zip_longest(tokens, tokens[1:])
            if token.text != ":" or following is None or self.context.name(following) not in rows
        ]

    def all_of(self, tokens: Sequence[Token]) -> Iterator[Statement]:
        """The statements of tokens that may hold semicolons."""
        for run in runs(tokens):
            yield from self.statements(run)

    def hole(
        self,
        reason: GapReason,
        message: str,
        tokens: Sequence[Token],
        more: Sequence[Token] = (),
        names: Sequence[str] = (),
    ) -> Statement:
        """A statement of which nothing is known but the relations that it seems to name.

        `more` are other tokens that name some; `names` are known to be touched.
        """
        found = names_in([*tokens, *more], self.context.naming)
        names = tuple(dict.fromkeys(name for name in (*names, *found) if name))
        at = tokens[0].start
        return Statement(at, holes=(Hole(reason, message, names, at),))

    def moves(self, tokens: Sequence[Token]) -> bool:
        """Whether an expression can hold a value of a relation: by a query, variable or call."""
        words = {word(tokens, n) for n in range(len(tokens))}
        if words & {"SELECT", "FROM", "TABLE"} or calls_unknown(tokens, self.dialect):
            return True
        return bool(self.context.known_to(tokens).variables)

    def value(self, tokens: Sequence[Token]) -> Statement:
        """What an expression or query is made of, as the result of a query."""
        return self.plain(_as_query(tokens))

    def put_out(self, statement: Statement) -> Statement:
        """What a routine returns: as a result, or to those that call it."""
        if not self.result:
            return named(statement, self.columns if self.routine else ())
        return redirected(statement, self.result, "view", self.columns, passing=self.passing)

    def governed(self) -> bool:
        """Whether a condition decides if the next statement runs."""
        return bool(self.pending or self.context.lasting or any(self.context.conditions))

    def in_force(self) -> list[str]:
        """The conditions that decide whether the next statement runs."""
        inner = [name for block in self.context.conditions for name in block]
        return list(dict.fromkeys((*(self.pending or ()), *self.context.lasting, *inner)))

    def condition(self, tokens: Sequence[Token]) -> tuple[list[str], Iterator[Statement]]:
        """The names of what a condition comes to, and the statements that work it out."""
        tokens = without_attributes(tokens)
        if not tokens or not self.moves(tokens):
            return [], iter(())
        name = self.context.new_condition()
        alone = in_brackets(tokens, tokens[0])  # without brackets `@x = 1` would set @x
        asked = self._unmarked(_as_query(alone))
        statement = self._compile_plain(asked, self.context.known_to(asked))
        return [name], iter((redirected(statement, name, "variable", (HOLDS,)),))


def _is_routine(first_words: set[str]) -> bool:
    """Whether a body follows, to the end of the batch; not behind what is said of a trigger."""
    return bool(first_words & _WHOLE) and not first_words & {"PARTITION", "TABLE"}


def _closes(tokens: Sequence[Token]) -> bool:
    """Whether the last statement of several in brackets ends with one that it does not open."""
    texts = [token.text for token in tokens]
    return texts.count("(") < texts.count(")") and texts[-1] == ")"


def _of_routine(statement: Statement, result: str) -> Statement:
    """A statement of a function's body; what is not known of it is not known of what it returns."""
    if statement.routine:
        return statement
    of_function = result if result.startswith(FUNCTION) else ""
    return replace(touching(statement, of_function), routine=result)


def _as_query(tokens: Sequence[Token]) -> Sequence[Token]:
    if word(tokens, 0) in QUERIES | CHANGES:
        return tokens
    return [*made_words("select", tokens[0]), *tokens]
