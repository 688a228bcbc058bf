"""What a compiled rule reads of the input, and whether that can be anything.

A misspelt key is undefined in Rego, and a rule that reads one is silent for ever. So a key
that the input does not have is an error, as is a comparison that can never hold: a number
with a text, a flow with a word that is none, a category that does not exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import inspect

from enforcer.documents.nearest import nearest_or_all, quoted
from enforcer.engines.input import GROUP_SIZE, Input
from enforcer.engines.plan import Operand
from enforcer.engines.shapes import (
    Shapes,
    is_category,
    is_input,
    is_parameters,
    is_sets,
    kind_of,
    words_of,
)
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from typing import NoReturn

    from enforcer.engines.plan import Plan, Statement
    from enforcer.engines.shapes import Shape
    from enforcer.rego import RegoRule
    from enforcer.taxonomy import Taxonomy
    from lineage import Origin

_COMPARES: Final = frozenset({"equal", "neq", "gt", "gte", "lt", "lte"})
_IS_IN: Final = "internal.member_2"
_BEGINS: Final = "startswith"
_GUARDS: Final = "guards"
_COPIES: Final = frozenset({"AssignVarStmt", "AssignVarOnceStmt"})


class Reading(msgspec.Struct, frozen=True):
    """What a rule reads: sections of the input, and whether it may ask for guards."""

    sections: frozenset[str]
    guards: bool


def check_reading(plan: Plan, rule: RegoRule, taxonomy: Taxonomy) -> Reading:
    """What a rule reads. Raises `PolicyError` for what is not in any input."""
    reader = _Reader(plan, rule, taxonomy)
    for function in plan.functions:
        for statement in function.statements:
            reader.read(statement)
    reader.check_parameters()
    every = frozenset(Input.__struct_fields__)
    return Reading(
        every if reader.whole else frozenset(reader.sections),
        guards=reader.whole or _GUARDS in plan.texts,
    )


class _Reader:
    """Goes through the statements once their shapes are known."""

    def __init__(self, plan: Plan, rule: RegoRule, taxonomy: Taxonomy) -> None:
        self._plan, self._source, self._taxonomy = plan, rule.program, taxonomy
        self._parameters = (*rule.parameters, GROUP_SIZE)
        self._choosing = rule.choosing
        self._shapes = Shapes(plan)
        self._own = {function.name for function in plan.functions}
        self.sections: set[str] = set()
        self.parameters: set[str] = set()
        self.whole = self._shapes.blurred

    def read(self, statement: Statement) -> None:
        if statement.type == "DotStmt":
            self._read_member(statement)
        elif self._spreads(statement):
            self.whole = True
        if statement.type == "EqualStmt":
            self._compare(statement, statement.operand("a"), statement.operand("b"))
        if statement.type == "CallStmt" and statement.fields["func"] not in self._own:
            self._read_call(statement, str(statement.fields["func"]))

    def check_parameters(self) -> None:
        """A parameter that the program never reads changes nothing for whoever sets it."""
        unread = set(self._parameters) - self.parameters - self._choosing - {GROUP_SIZE}
        if unread and not self.whole:
            what = f"nothing reads the parameter {quoted(min(unread))}"
            raise PolicyError(self._source.origin(0, 0), what, "remove it")

    def _spreads(self, statement: Statement) -> bool:
        """True when the whole input goes where nobody can tell what is read of it."""
        if statement.type == "ScanStmt":
            return is_input(self._shapes.of(Operand("local", statement.fields["source"])))
        if statement.type in _COPIES or statement.fields.get("func") in self._own:
            return False
        return any(is_input(self._shapes.of(operand)) for operand in statement.operands())

    def _read_member(self, statement: Statement) -> None:
        shape = self._shapes.of(statement.operand("source"))
        key = self._plan.text(statement.operand("key"))
        if not isinstance(shape, inspect.StructType):
            if key is not None:
                self._read_entry(statement, shape, key)
            return
        names = [field.encode_name for field in shape.fields]
        if key is None:
            self.whole |= is_input(shape)
        elif key not in names:
            whose = "`input`" if is_input(shape) else f"a {shape.cls.__name__.lower()}"
            what = f"{quoted(key)} is no key of {whose}"
            self._refuse(statement, what, nearest_or_all(key, names))
        elif is_input(shape):
            self.sections.add(key)

    def _read_entry(self, statement: Statement, shape: Shape, key: str) -> None:
        """A member of a mapping: any, but of parameters and sets only those that there are."""
        if is_parameters(shape):
            self.parameters.add(key)
            if key not in self._parameters:
                step = nearest_or_all(key, self._parameters)
                self._refuse(statement, f"the rule has no parameter {quoted(key)}", step)
        if is_sets(shape) and key not in self._taxonomy.sets():
            step = nearest_or_all(key, self._taxonomy.sets())
            self._refuse(statement, f"no set of categories is called {quoted(key)}", step)

    def _read_call(self, statement: Statement, name: str) -> None:
        operands = statement.operands()
        if name in _COMPARES:
            self._compare(statement, *operands)
        if name == _IS_IN:
            value, among = operands
            shape = self._shapes.of(among)
            self._check_word(statement, self._shapes.item(shape), self._plan.text(value))
            for text in self._shapes.texts_in(shape):
                self._check_word(statement, self._shapes.of(value), text)
        if name == _BEGINS:
            self._check_beginning(statement, *operands)

    def _compare(self, statement: Statement, left: Operand, right: Operand) -> None:
        kinds = [kind_of(self._shapes.of(operand)) for operand in (left, right)]
        if all(kinds) and kinds[0] != kinds[1]:
            what = f"a {kinds[0]} is compared with a {kinds[1]}"
            self._refuse(statement, what, "compare what is of one kind")
        self._check_word(statement, self._shapes.of(left), self._plan.text(right))
        self._check_word(statement, self._shapes.of(right), self._plan.text(left))

    def _check_word(self, statement: Statement, shape: Shape, text: str | None) -> None:
        """Whether a text can be what a local holds that is one of some words."""
        if text is None:
            return
        if is_category(shape):
            self._taxonomy.check_pattern(text, self._origin(statement))
        words = words_of(shape)
        if words and text not in words:
            self._refuse(statement, f"{quoted(text)} is never there", nearest_or_all(text, words))

    def _check_beginning(self, statement: Statement, whole: Operand, start: Operand) -> None:
        text = self._plan.text(start)
        if text is not None and is_category(self._shapes.of(whole)):
            beginnings = [f"{category}." for category in self._taxonomy]
            if not any(category.startswith(text) for category in beginnings):
                step = nearest_or_all(text.rstrip("."), self._taxonomy)
                self._refuse(statement, f"no category begins with {quoted(text)}", step)

    def _origin(self, statement: Statement) -> Origin:
        return self._source.origin(statement.row, statement.column)

    def _refuse(self, statement: Statement, what: str, step: str) -> NoReturn:
        raise PolicyError(self._origin(statement), what, step)
