"""Patterns of column names: LIKE, GLOB and regular expressions, as a star's filter.

A project's SQL is from strangers, so nothing is kept that could take long to match: where a
regular expression is more than simple, every name fits.
"""

from __future__ import annotations

import re

from sqlglot import exp

MAX_REPEATS = 2
MAX_PATTERN = 2_000  # characters of what several tests say
_SIMPLE = re.compile(r"[\w .^$|()\[\]\\*+?-]{0,200}")
_REPEATED_GROUP = re.compile(r"\)[*+?{]")
_REPEATS = re.compile(r"(?<!\\)[*+]")

_WILD = re.compile(r"\.[.*+?]")
_ALL_BUT = re.compile(r"\(([\w|]+)\)\?\+\.\+")

EVERYTHING = ""
# What tests a name against a text, with the pattern of that.
_PLAIN = {
    exp.EQ: "^(?:{})$",
    exp.NEQ: "^(?:{})$",
    exp.StartsWith: "^(?:{})",
    exp.EndsWith: "(?:{})$",
    exp.Contains: "(?:{})",
}


def searched(pattern: str) -> str:
    """A regular expression that is looked for anywhere in a name; empty where all may fit."""
    if not _SIMPLE.fullmatch(pattern) or _REPEATED_GROUP.search(pattern):
        return EVERYTHING
    if len(_REPEATS.findall(pattern)) > MAX_REPEATS:
        return EVERYTHING
    try:
        re.compile(pattern)
    except re.error:
        return EVERYTHING
    return pattern


def is_wild(name: str) -> bool:
    """Whether what is written as a name can only be meant as a regular expression."""
    return _WILD.search(name) is not None


def fitting(pattern: str) -> str:
    """A regular expression that a whole name has to fit; empty where all may fit."""
    if _ALL_BUT.fullmatch(pattern):  # a group that is never given back, so that none takes long
        return f"^{pattern}$"
    found = searched(pattern)
    return f"^(?:{found})$" if found else EVERYTHING


def like(pattern: str, many: str = "%", one: str = "_") -> str:
    """The regular expression of a LIKE or GLOB pattern, which never goes back."""
    first, *rest = [_literal(part, one) for part in re.split(f"{re.escape(many)}+", pattern)]
    if not rest:
        return f"^{first}$"
    middle = "".join(f"(?>.*?{part})" for part in rest[:-1] if part)
    return f"^{first}{middle}.*{rest[-1]}$"


def _literal(text: str, one: str) -> str:
    return ".".join(re.escape(part) for part in text.split(one))


def one_of(names: list[str]) -> str:
    """The regular expression that fits exactly these names."""
    return f"^(?:{'|'.join(re.escape(name) for name in names)})$"


def none_of(pattern: str) -> str:
    """What fits where a pattern does not; where all may fit, all may not."""
    folds = "(?i)" if pattern.startswith("(?i)") else ""
    inside = pattern.removeprefix("(?i)")
    return f"{folds}^(?!.*(?:{inside}))" if pattern else EVERYTHING


def tested_of(node: exp.Lambda) -> str:
    """The pattern of `x -> x LIKE 'a%' AND x <> 'ab'`.

    Where something is tested that is made of the name, all may fit.
    """
    return _of_name(node.this, node.expressions)


def _of_name(test: exp.Expr, names: list[exp.Expr]) -> str:
    """The pattern of what a test says of a lambda's argument."""
    test = test.unnest()
    if isinstance(test, exp.Connector):
        parts = [_of_name(part, names) for part in test.flatten()]
        found = _both(parts) if isinstance(test, exp.And) else "|".join(map(_apart, parts))
        return found if all(parts) and len(found) <= MAX_PATTERN else EVERYTHING
    if isinstance(test, exp.Not):
        return EVERYTHING if _minds_case(test.this) else none_of(_of_name(test.this, names))
    return tested(test) if test.this in names else EVERYTHING


def _both(patterns: list[str]) -> str:
    """What fits where each of some patterns does."""
    return "^" + "".join(f"(?=.*{_apart(pattern)})" for pattern in patterns)


def _apart(pattern: str) -> str:
    """A pattern as a part of another one."""
    folds = pattern.startswith("(?i)")
    return f"(?i:{pattern[4:]})" if folds else f"(?:{pattern})"


def tested(node: exp.Expr) -> str:
    """The pattern that a predicate such as `x NOT ILIKE 'a%'` compares its left side with."""
    if isinstance(node, exp.Not):
        return EVERYTHING if _minds_case(node.this) else none_of(tested(node.this))
    if isinstance(node, exp.In):
        plain = all(isinstance(e, exp.Literal) for e in node.expressions)
        return (
            one_of([e.name for e in node.expressions]) if node.expressions and plain else EVERYTHING
        )
    literal = node.args.get("expression")
    if not isinstance(literal, exp.Literal) or not literal.is_string:
        return EVERYTHING
    found = _compared(node, str(literal.this))
    if not (node.args.get("negate") or isinstance(node, exp.NEQ)):
        return found
    return EVERYTHING if _minds_case(node) else none_of(found)


def _compared(node: exp.Expr, text: str) -> str:
    """The pattern of a comparison with a text, one of what fits or of what does not."""
    if isinstance(node, (exp.Like, exp.ILike)):
        return like(text)
    if isinstance(node, exp.Glob):
        return like(text, "*", "?") if "[" not in text else EVERYTHING
    if isinstance(node, exp.SimilarTo):
        return f"^(?:{text})$" if searched(text) else EVERYTHING
    if isinstance(node, (exp.RegexpLike, exp.RegexpILike)):
        return searched(text)
    plain = next((form for kind, form in _PLAIN.items() if isinstance(node, kind)), None)
    return plain.format(re.escape(text)) if plain is not None else EVERYTHING


def _minds_case(node: exp.Expr) -> bool:
    """Whether a predicate looks for capitals, which a name that has been folded has lost.

    What it leaves out is not told then: `* NOT LIKE '%EMAIL%'` leaves `email` in.
    """
    if isinstance(node, (exp.ILike, exp.RegexpILike)):
        return False
    return any(text.name != text.name.lower() for text in node.find_all(exp.Literal))
