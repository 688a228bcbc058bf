"""How deep a statement is nested and how long its chains are, counted before it is parsed."""

from __future__ import annotations

from collections import Counter
from itertools import compress, product
from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import texts_of
from lineage.limits import (
    MAX_BRANCHES,
    MAX_DEPTH,
    MAX_LINKS,
    MAX_RUN,
    MAX_STATEMENTS,
    MAX_TOKENS,
    Excess,
)
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlglot.tokenizer_core import Token


def _spellings(*words: str) -> list[str]:
    """Every way to write words in capitals and small letters."""
    cases = [zip(word.lower(), word.upper(), strict=True) for word in words]
    return ["".join(letters) for pairs in cases for letters in product(*pairs)]


# What a token does: open or close a bracket or a CASE, go on with a run of prefix operators, or
# unite branches.
_OPENS, _CLOSES, _CASE, _END, _RUNS, _UNITES = range(1, 7)
_STEP = {
    **dict.fromkeys("([{", _OPENS),
    **dict.fromkeys(")]}", _CLOSES),
    **dict.fromkeys(_spellings("case"), _CASE),
    **dict.fromkeys(_spellings("end"), _END),
    **dict.fromkeys(["-", "~", "+", "@", "!", "<", "::", *_spellings("not", "exists")], _RUNS),
    **dict.fromkeys(_spellings("union", "except", "intersect", "minus"), _UNITES),
}
_CASES = {_CASE: 1, _END: -1}
_AFTER_VALUE = frozenset(")]}")
# What may spell any of these and is none of them.
_QUOTED = frozenset(
    t for t in TokenType if t.name in {"STRING", "IDENTIFIER"} or t.name.endswith("_STRING")
)


def excess_of_script(text: str, tokens: Sequence[Token]) -> Excess | None:
    """The limit that all tokens of a text pass, if any."""
    if text.count(";") <= MAX_STATEMENTS:  # far faster than to count tokens
        return None
    ends = sum(token.text == ";" and token.token_type not in _QUOTED for token in tokens)
    if ends > MAX_STATEMENTS:
        return Excess(GapReason.TOO_LARGE, f"more than {MAX_STATEMENTS} statements", 0)
    return None


def excess_of_tokens(tokens: Sequence[Token], counts: Mapping[str, int]) -> Excess | None:
    """The limit that one statement's tokens pass, if any.

    `counts` are how often each text stands among them.
    """
    if len(tokens) > MAX_TOKENS:
        return Excess(GapReason.TOO_LARGE, f"more than {MAX_TOKENS} tokens", tokens[0].start)
    if len(tokens) <= MAX_DEPTH:
        return None
    steps = Counter[int]()
    for text in _STEP.keys() & counts.keys():
        steps[_STEP[text]] += counts[text]
    if (
        steps[_OPENS] + steps[_CASE] <= MAX_DEPTH
        and steps[_RUNS] <= MAX_RUN
        and steps[_UNITES] < MAX_BRANCHES
    ):
        return None
    return _excess_of_steps(tokens, texts_of(tokens))


def _excess_of_steps(tokens: Sequence[Token], texts: Sequence[str]) -> Excess | None:
    """The limit that is passed by brackets, CASE, prefix operators or set operations."""
    cases = run = branches = chain = 0
    last = -1  # of a run, where its last operator stands
    links = [0]  # of the chain that each open bracket stands in, outermost first
    takes_one = map(_STEP.__contains__, texts)
    for number in compress(range(len(texts)), takes_one):
        if tokens[number].token_type in _QUOTED:
            continue
        step = _STEP[texts[number]]
        if step == _CLOSES:
            del links[max(len(links) - 1, 1) :]
            continue
        if step == _OPENS:
            chain = links[-1] + 1 if _continues(texts, number) else 0
            links[-1:] = chain, 0
        elif step == _RUNS:
            run, last = run + 1 if number == last + 1 else 1, number
        elif step == _UNITES:
            branches += 1
        elif not (number and texts[number - 1] == "."):
            cases = max(cases + _CASES[step], 0)
        depth = len(links) - 1 + cases
        if depth > MAX_DEPTH or run > MAX_RUN or branches >= MAX_BRANCHES or chain > MAX_LINKS:
            return Excess(*_passed(depth, run, branches), tokens[number].start)
    return None


def _passed(depth: int, run: int, branches: int) -> tuple[GapReason, str]:
    """The limit that a depth, a run or a number of branches passes, or else a chain."""
    if depth > MAX_DEPTH or run > MAX_RUN:
        return GapReason.TOO_DEEP, f"nested more than {MAX_DEPTH} levels deep"
    if branches >= MAX_BRANCHES:
        return GapReason.TOO_LARGE, f"more than {MAX_BRANCHES} branches of set operations"
    return GapReason.TOO_DEEP, f"more than {MAX_LINKS} links of one chain"


def _continues(texts: Sequence[str], number: int) -> bool:
    """Whether an opening bracket goes on with what the one before it made."""
    if texts[number] == "[":
        return number > 0 and texts[number - 1] in _AFTER_VALUE
    return number > 2 and texts[number - 2] == "." and texts[number - 3] in _AFTER_VALUE  # noqa: PLR2004 - a bracket, a dot and a name
