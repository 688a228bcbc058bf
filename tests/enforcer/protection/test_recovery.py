"""What protections claim, tried on a database: what is clear can be had, and what is gone not."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from msgspec.structs import replace

from enforcer.protection.methods import Effect
from enforcer.protection.states import FLOWS
from tests.enforcer.protection.conftest import arrive
from tests.enforcer.protection.programs import (
    Branch,
    Done,
    Either,
    Name,
    Picked,
    Program,
    Step,
    programs,
)
from tests.enforcer.protection.test_composition import outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.enforcer.protection.programs import Node, Path

KEEPS = (
    Step("cast({} as varchar)", "keep", "{}"),
    Step("trim({})", "keep", "{}"),
    Step("substring({}, 1)", "keep", "{}"),
    Step("concat('#', {})", "keep", "substring({}, 2)"),
    Step("translate({}, 'abcdef', 'fedcba')", "keep", "translate({}, 'fedcba', 'abcdef')"),
    Step("cast(to_json({{'k': {}}}) as varchar)", "keep", "json_extract_string({}, '$.k')"),
    Step("left({}, 500)", "part", "{}"),
)
ENCODINGS = (
    Step("to_base64(encode({}))", "encode", "decode(from_base64({}))"),
    Step("hex({})", "encode", "decode(unhex({}))"),
    Step("url_encode({})", "encode", "url_decode({})"),
)
DECODING = Step("{}", "decode")  # of what was encoded last
MIRROR = Step("reverse({})", "mirror", "reverse({})")
HASHES = (Step("md5({})", "hash"), Step("sha256({})", "hash"))
CUTS = (
    Step("left({}, 3)", "cut"),
    Step("substring({}, 1, 2)", "cut"),
    Step("right({}, 4)", "cut at the end"),
)
CONDITION = Step("case when {} < 'm' then 'low' else 'high' end", "condition")
ERASE = Step("redact({})", "erase")
EITHERS = (
    "case when (f >> {{bit}}) & 1 = 1 then {} else {} end",
    "coalesce(case when (f >> {{bit}}) & 1 = 1 then {} end, {})",
)
DECIDING = "case when {} > 'm' then {} end"
BITS = 8
OWN = (("redact", Effect.ERASE),)


class Runnable:
    """A program that a database runs: it decodes only what was encoded, and each choice is free."""

    def __init__(self, program: Program) -> None:
        self._bits = count()
        self._program = replace(program, queries=())
        for query in program.queries:
            mended = tuple(self._branch(branch) for branch in query)
            self._program = replace(self._program, queries=(*self._program.queries, mended))
        self._program = replace(self._program, last=self._branch(program.last))

    @property
    def program(self) -> Program:
        """The program itself."""
        return self._program

    def _branch(self, branch: Branch) -> Branch:
        outputs = tuple(self._node(node, branch.source) for node in branch.outputs)
        return replace(branch, outputs=outputs)

    def _node(self, node: Node, source: int) -> Node:
        match node:
            case Done(step, of):
                inside = self._node(of, source)
                if step.kind != "decode":
                    return Done(step, inside)
                encoding = self._encoding(inside, source)
                return Done(_decoding(encoding), inside) if encoding else inside
            case Either(sql, parts):
                bit = next(self._bits) % BITS
                return Either(
                    sql.replace("{{bit}}", str(bit)), tuple(self._node(p, source) for p in parts)
                )
            case Picked(of, beside):
                return Picked(self._node(of, source), self._node(beside, source))
        return node

    def _encoding(self, node: Node, source: int) -> Step | None:
        """The one encoding that was the last that was done on each path to a value."""
        paths = list(self._program.paths_of(node, source, ("p", "q")))
        last = {path[-1] if path else None for path in paths}
        (step,) = last if len(last) == 1 else (None,)
        return step if step is not None and step.kind == "encode" else None


def _decoding(step: Step) -> Step:
    return Step(step.inverse, "decode", step.sql)


@pytest.fixture(scope="module")
def base() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with a function of the project's own, and room for the value."""
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")
        connection.execute("create macro redact(v) as case when true then '***' else v end")
        connection.execute("create schema r")
        yield connection


def run(base: duckdb.DuckDBPyConnection, program: Program, values: Sequence[str]) -> set[str]:
    """What the program puts out for these values, under every choice."""
    base.execute(
        "create or replace table r.u as "
        "select x, 'other' as z, f from unnest(?) as t(x), range(?) as c(f)",
        [values, 1 << BITS],
    )
    for number in range(len(program.queries)):
        base.execute(f"drop table if exists q{number}")
    base.execute("drop table if exists m")
    base.execute(program.sql)
    return {row[0] for row in base.execute("select distinct y from m").fetchall()}


def through(
    base: duckdb.DuckDBPyConnection, sql: Sequence[str], values: set[str]
) -> dict[str, str]:
    """What comes out of each value by these functions, one after another."""
    expression = "y"
    for function in sql:
        expression = function.format(expression)
    made = f"select y, try({expression}) from unnest(?) as t(y)"
    return dict(base.execute(made, [sorted(values)]).fetchall())


def undone(base: duckdb.DuckDBPyConnection, path: Path, outputs: set[str]) -> set[str]:
    """The outputs with the inverse of each function on the path applied, the last one first."""
    return set(through(base, [step.inverse for step in reversed(path)], outputs).values())


VALUES = ("ann@example.com", "bob@example.org", "chris.d@example.net")
PHONES = tuple(f"+1555{number:07}" for number in range(300))


ENCODED = Done(ENCODINGS[0], Name("p"))
ACROSS = Program(
    ((Branch(-1, (ENCODED, Done(ENCODINGS[0], Name("q")))),),),
    Branch(0, (Done(DECODING, Either(EITHERS[0], (Name("p"), Name("q")))),)),
    tables=True,
)


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@example(drawn=Program((), Branch(-1, (Done(DECODING, ENCODED),)), tables=False))
@example(drawn=ACROSS)
@given(drawn=programs((*KEEPS, *ENCODINGS, DECODING, MIRROR, HASHES[0]), EITHERS))
def test_what_arrives_clear_or_encoded_can_be_recovered(
    base: duckdb.DuckDBPyConnection, drawn: Program
) -> None:
    """The inverse of what was done, applied to what comes out, gives every value that went in.

    So for a value that is cut at 500 characters, and may be called a part.
    """
    program = Runnable(drawn).program
    found = arrive(program.sql, functions=OWN, category="user.unique_id")
    reported = {variant.partition(":")[0] for variant in found} & {"clear", "encoded"}
    open_paths = [path for path in program.paths() if all(step.inverse for step in path)]
    assert reported == {outcome(path, tried=False) for path in open_paths}
    outputs = run(base, program, VALUES) if open_paths else set()
    for path in open_paths:
        assert undone(base, path, outputs) >= set(VALUES), path


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(drawn=programs((*KEEPS, *ENCODINGS, DECODING, MIRROR, *HASHES), EITHERS))
def test_a_hash_of_what_can_be_tried_can_be_recovered(
    base: duckdb.DuckDBPyConnection, drawn: Program
) -> None:
    """All telephone numbers are hashed alike, and the one that comes out is found among them."""
    program = Runnable(drawn).program
    found = arrive(program.sql, category="user.contact.phone_number")
    hashed = [path for path in program.paths() if any(step.kind == "hash" for step in path)]
    assert not hashed or "clear" in {variant.partition(":")[0] for variant in found}
    outputs = run(base, program, PHONES[:3]) if hashed else set()
    for path in hashed:
        tried = through(base, [step.sql for step in path], set(PHONES))
        assert {phone for phone, output in tried.items() if output in outputs} == set(PHONES[:3])


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(drawn=programs((*KEEPS, *ENCODINGS[:2], MIRROR, *CUTS, ERASE), EITHERS))
def test_what_is_truncated_has_lost_characters(
    base: duckdb.DuckDBPyConnection, drawn: Program
) -> None:
    """Values that differ only between the ends that may be kept come out alike."""
    program = Runnable(drawn).program
    found = arrive(program.sql, functions=OWN, category="user.unique_id", flows=FLOWS)
    if found and found <= {"truncated:6x4", "constant"}:
        lengths = [f"abc{middle}wxyz" for middle in ("12345", "54321")]
        assert run(base, program, lengths[:1]) == run(base, program, lengths[1:])


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(
    drawn=programs((*KEEPS, MIRROR, CONDITION, ERASE), (*EITHERS, "case when {} > 'm' then {} end"))
)
def test_what_is_constant_or_not_there_does_not_change(
    base: duckdb.DuckDBPyConnection, drawn: Program
) -> None:
    """Where no flow of any kind carries more than a constant, what comes out is always the same."""
    program = Runnable(drawn).program
    found = arrive(program.sql, functions=OWN, category="user.unique_id", flows=FLOWS)
    if found <= {"constant"}:
        assert run(base, program, VALUES[:1]) == run(base, program, ("zoe@example.com",))
