"""Paths: which part of a struct, map or document an expression reads.

`profile:email`, `profile['email']`, `profile.email` and `json_value(profile, '$.email')` read
the same part. All elements of an array are alike.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sqlglot import exp

from lineage.objects import ELEMENT

if TYPE_CHECKING:
    from collections.abc import Callable

_JSON_EXTRACTS = (
    exp.JSONExtract, exp.JSONExtractScalar, exp.JSONBExtract, exp.JSONBExtractScalar,
    exp.JSONExtractArray, exp.JSONValueArray,
)  # fmt: skip
_BY_LITERAL = (exp.StructExtract, exp.GetExtract)
_TEXT_PATH = re.compile(r"(?:lax |strict )?\$((?:\.\w+|\[\d+\])*)")
_DOCUMENTS = frozenset({"JSON", "JSONB", "VARIANT", "OBJECT", "SUPER"})

# Functions that the parser does not know: those that take one key after another, and those that
# take one path.
_BY_KEYS = frozenset(
    """
    json_extract_path json_extract_path_text jsonb_extract_path jsonb_extract_path_text getfield
    get_field tupleelement element_at try_element_at map_extract map_extract_value array_extract
    struct_extract simplejsonextractstring simplejsonextractraw simplejsonextractint
    simplejsonextractfloat simplejsonextractbool simplejsonextractuint visitparamextractstring
    visitparamextractraw visitparamextractint visitparamextractfloat visitparamextractbool
    visitparamextractuint
    """.split()
)
_BY_PATH = frozenset(
    """
    json_value json_query variant_get try_variant_get jsonb_path_query jsonb_path_query_first
    jsonb_path_query_array get_json_object
    """.split()
)
READ_PARTS = _BY_KEYS | _BY_PATH

Path = tuple[str, ...]
Step = tuple[Path, bool] | None


class Reading(NamedTuple):
    """What is read of `base`, and the functions that the way there applies, innermost first.

    A path that is not `exact` leads to something that the value is a part of.
    """

    base: exp.Expr
    path: Path
    functions: tuple[str, ...]


def reading_of(node: exp.Expr, name_of: Callable[[exp.Expr], str]) -> Reading:
    """Peel the extractions from an expression, down to what they extract from."""
    steps: list[tuple[Path, bool]] = []
    functions: list[str] = []
    here = node
    while True:
        step = _step(here)
        if step is None:
            break
        steps.append(step)
        functions.append(name_of(here))
        here = base_of(here)
    if len(steps) == 1:
        return Reading(here, steps[0][0], (functions[0],) if functions[0] else ())
    path: Path = ()
    for names, exact in reversed(steps):
        path += names
        if not exact:
            break
    return Reading(here, path, tuple(f for f in reversed(functions) if f))


def base_of(node: exp.Expr) -> exp.Expr:
    """What an extraction extracts from."""
    base: exp.Expr = node.expressions[0] if isinstance(node, exp.Anonymous) else node.this
    if type(base) is exp.Identifier and isinstance(node, _JSON_EXTRACTS):
        return exp.Column(this=base)  # SingleStore's `x::varchar(9)`, as a step of that name
    return base


def is_exact(node: exp.Expr) -> bool:
    """Whether an expression is an extraction of just what its path says."""
    step = _step(node)
    return step is not None and step[1]


def _step(node: exp.Expr) -> Step:
    """The names of one extraction, and whether they say all; None where it is something else."""
    read = _READERS.get(type(node))
    return None if read is None else read(node)


def _kept(_node: exp.Expr) -> Step:
    return (), True


def _cast(node: exp.Expr) -> Step:
    kind = node.args["to"].this  # a plain text for Postgres's `regclass` and its kin
    return ((), True) if getattr(kind, "value", "") in _DOCUMENTS else None


def _dotted(node: exp.Expr) -> Step:
    last = node.expression
    if isinstance(node.this, exp.Identifier) or not isinstance(last, (exp.Identifier, exp.Literal)):
        return None
    return (str(last.this),), True  # a number is a field of a tuple


def _one(literal: exp.Literal) -> tuple[Path, bool]:
    return (str(literal.this) if literal.is_string else ELEMENT,), True


def _extracted(node: exp.Expr) -> Step:
    return None if node.args.get("expressions") else _json_path(node.expression)


def _taken(node: exp.Expr) -> Step:
    literal = node.expression
    return _one(literal) if isinstance(literal, exp.Literal) else None


def _called(node: exp.Expr) -> Step:
    """A function by its name: keys or a path that are written out."""
    name, (_base, *how) = node.name.lower(), node.expressions or [None]
    if not how or name not in READ_PARTS:
        return None
    if name in _BY_PATH and all(isinstance(more, exp.Literal) for more in how[1:]):
        return _json_path(how[0])  # what else there is may say which part is read
    if not all(isinstance(key, exp.Literal) for key in how):
        return None
    steps = [_one(key) for key in how if isinstance(key, exp.Literal)]
    return tuple(name for names, _ in steps for name in names), True


def _valued(node: exp.Expr) -> Step:
    """What is not there may be another value, which no path of the document leads to."""
    otherwise = node.args.get("on_condition")
    values = otherwise.iter_expressions() if otherwise is not None else ()
    if not all(isinstance(value, exp.Literal) for value in values):
        return None
    return _json_path(node.args.get("path"))


def _bracketed(node: exp.Expr) -> Step:
    keys = node.expressions
    if len(keys) != 1 or not isinstance(keys[0], exp.Literal):
        return None
    return _one(keys[0])


def _json_path(node: exp.Expr | None) -> Step:
    if isinstance(node, exp.Literal) and node.is_string:
        return _written_path(str(node.this))
    if not isinstance(node, exp.JSONPath):
        return None
    names: list[str] = []
    for part in node.expressions:
        if isinstance(part, exp.JSONPathKey) and isinstance(part.this, str):
            names.append(part.this)
        elif isinstance(part, exp.JSONPathSubscript) and isinstance(part.this, int):
            names.append(ELEMENT)
        elif not isinstance(part, exp.JSONPathRoot):
            return tuple(names), False
    return tuple(names), True


def _written_path(text: str) -> tuple[Path, bool]:
    """`{a,b}` and `lax $.a.b` as paths; of what is more complicated, nothing is known."""
    if text.startswith("{") and text.endswith("}"):
        return _steps(text[1:-1].split(","))
    found = _TEXT_PATH.fullmatch(text)
    if found is None:
        return (), False
    return _steps(re.split(r"[.\[\]]+", found[1]))


def _steps(written: list[str]) -> tuple[Path, bool]:
    return tuple(ELEMENT if step.isdigit() else step for step in written if step), True


_READERS: dict[type[exp.Expr], Callable[[exp.Expr], Step]] = {
    exp.Paren: _kept,
    exp.ParseJSON: _kept,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Dot: _dotted,
    exp.Bracket: _bracketed,
    exp.JSONValue: _valued,
    exp.Anonymous: _called,
    **dict.fromkeys(_JSON_EXTRACTS, _extracted),
    **dict.fromkeys(_BY_LITERAL, _taken),
}
