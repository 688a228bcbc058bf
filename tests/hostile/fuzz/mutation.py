"""Mutation that knows structure: of texts by their words and brackets, of JSON by its values."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    Change = Callable[[list[str], Sequence[str], Random], None]

_WORDS = re.compile(r"\w+|\s+|[^\w\s]", re.ASCII)
_OPENING = {"(": ")", "[": "]", "{": "}"}
LARGEST = 64 << 10  # bytes of one input

# What has broken readers before: unseen characters, bounds of numbers, halves of quotes.
NASTY = (
    *("\x00", "\x1b[31m", "\x85", "\u2028", "\u202e", "\u200b", "\ufeff", "\xa0", "\U000e0041"),
    *("'", '"', "`", "$$", "/*", "*/", "--", "\n", "\r\n", "\t", ";", "\\", "{{", "{%", "}}"),
    *("::error::", "##[error]", "<script>", "](javascript:", "../", "/etc/passwd", "%0A"),
    *("-1", "0", "9" * 20, "1e999", "NaN", "null", "true", "no", "~", "é", "e\u0301", "ﬁ"),
)


def mutate_text(data: bytes, others: Sequence[bytes], words: Sequence[str], dice: Random) -> bytes:
    """A text that differs from `data` in a few of its words; `others` lend theirs."""
    parts = _WORDS.findall(data.decode("utf-8", "replace")) or [""]
    lender = _WORDS.findall(dice.choice(others).decode("utf-8", "replace")) if others else []
    for _ in range(1 << dice.randrange(4)):
        dice.choice(_CHANGES)(parts, lender or parts or [""], dice)
        vocabulary = words if words and dice.random() < 0.7 else NASTY
        if dice.random() < 0.4:
            parts.insert(dice.randint(0, len(parts)), dice.choice(vocabulary))
    changed = "".join(parts).encode("utf-8", "replace")[:LARGEST]
    return changed if dice.random() < 0.95 else _broken(changed, dice)


def _broken(data: bytes, dice: Random) -> bytes:
    """The same with one byte that is not what it was."""
    position = dice.randint(0, len(data))
    return data[:position] + bytes([dice.randrange(256)]) + data[position + 1 :]


def _span(parts: Sequence[str], dice: Random) -> slice:
    start = dice.randint(0, len(parts))
    return slice(start, min(len(parts), start + 1 + int(dice.expovariate(0.1))))


def _bracket(parts: Sequence[str], dice: Random) -> slice:
    """What stands between a bracket and its partner, with both."""
    starts = [n for n, part in enumerate(parts) if part in _OPENING]
    if not starts:
        return _span(parts, dice)
    start = dice.choice(starts)
    depth = 0
    for end in range(start, len(parts)):
        depth += (parts[end] in _OPENING) - (parts[end] in _OPENING.values())
        if not depth:
            return slice(start, end + 1)
    return slice(start, len(parts))


def _delete(parts: list[str], _lender: Sequence[str], dice: Random) -> None:
    del parts[_span(parts, dice)]


def _repeat(parts: list[str], _lender: Sequence[str], dice: Random) -> None:
    span = (_bracket if dice.random() < 0.5 else _span)(parts, dice)
    times = dice.choice((1, 2, 3, 10, 100, 400))
    while times * (span.stop - span.start) > LARGEST // 4:
        times //= 2
    parts[span.stop : span.stop] = parts[span] * times


def _nest(parts: list[str], _lender: Sequence[str], dice: Random) -> None:
    """Repeat what leads into a bracket and what follows it, so that it nests."""
    inner = _bracket(parts, dice)
    before = max(0, inner.start - dice.randrange(8))
    times = dice.choice((1, 3, 30, 200, 330, 9_000))
    opening, closing = parts[before : inner.start + 1], parts[inner.stop - 1 : inner.stop]
    while times * (len(opening) + 1) > LARGEST // 2:
        times //= 2
    parts[inner.stop - 1 : inner.stop - 1] = closing * times
    parts[before:before] = opening * times


def _splice(parts: list[str], lender: Sequence[str], dice: Random) -> None:
    parts[_span(parts, dice)] = lender[(_bracket if dice.random() < 0.5 else _span)(lender, dice)]


def _swap(parts: list[str], _lender: Sequence[str], dice: Random) -> None:
    first, second = _span(parts, dice), _span(parts, dice)
    parts[first], parts[second] = parts[second], parts[first]


def _replace(parts: list[str], lender: Sequence[str], dice: Random) -> None:
    if parts and lender:
        parts[dice.randrange(len(parts))] = dice.choice(lender)


_CHANGES: tuple[Change, ...] = (_delete, _repeat, _nest, _splice, _swap, _replace, _replace)


def mutate_json(data: bytes, others: Sequence[bytes], words: Sequence[str], dice: Random) -> bytes:
    """JSON that differs from `data` in a few values; what is none is mutated as a text."""
    if dice.random() < 0.1:
        return mutate_text(data, others, words, dice)
    try:
        tree = json.loads(data)
        pool = [value for _, _, value in _places(json.loads(dice.choice(others)))]
    except (ValueError, RecursionError, IndexError):
        return mutate_text(data, others, words, dice)
    for _ in range(1 << dice.randrange(4)):
        places = _places(tree)
        if not places:
            break
        holder, key, value = dice.choice(places)
        change_value(holder, key, _other(value, pool, words, dice), dice)
    try:
        return json.dumps(tree, ensure_ascii=dice.random() < 0.5).encode("utf-8", "replace")
    except RecursionError:
        return mutate_text(data, others, words, dice)


def _places(tree: Any) -> list[tuple[Any, Any, Any]]:  # noqa: ANN401 - any JSON
    """Every value below the top, with what holds it and under which key."""
    found: list[tuple[Any, Any, Any]] = []
    waiting = [tree]
    while waiting:
        holder = waiting.pop()
        keys = holder if isinstance(holder, dict) else range(len(holder))
        below = [(holder, key, holder[key]) for key in keys]
        found += below
        waiting += [value for _, _, value in below if isinstance(value, dict | list)]
    return found if isinstance(tree, dict | list) else []


def change_value(holder: Any, key: Any, value: Any, dice: Random) -> None:  # noqa: ANN401 - JSON
    """Put a value in the place of one, or take that away, or give it another key."""
    what = dice.random()
    if what < 0.7:
        holder[key] = value
    elif isinstance(holder, list) or what < 0.85:
        del holder[key]
    else:
        holder[f"{key}{dice.choice(NASTY)}"] = holder.pop(key)


def _other(value: Any, pool: Sequence[Any], words: Sequence[str], dice: Random) -> Any:  # noqa: ANN401
    """Another value: of another type, another text, from elsewhere, or much of the same."""
    what = dice.randrange(6)
    if what == 0:
        return dice.choice((None, True, -1, 0, 1 << 70, 1.5, "", [], {}, [[]], "\ud800"))
    if what == 1 and pool:
        return dice.choice(pool)
    if what == 2 and isinstance(value, str):
        return mutate_text(value.encode("utf-8", "replace"), (), words, dice).decode(
            "utf-8", "replace"
        )
    if what == 3:
        for _ in range(dice.choice((1, 8, 100, 900))):
            value = [value] if dice.random() < 0.5 else {"a": value}
        return value
    if what == 4 and isinstance(value, list):
        return value * dice.choice((0, 2, 50))
    return dice.choice((*words, *NASTY))
