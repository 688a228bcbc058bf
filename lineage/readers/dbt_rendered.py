"""Whether compiled code can be what a model's file renders to; nothing is rendered.

What stands outside of all tags comes out as it is, in its order, whatever the tags between
become. Only white space may differ, which tags can trim.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPENED = re.compile(r"\{[{%#]")
QUOTED = r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\""""  # a text in a tag
# From just after a tag's opening to its end, which may stand in a text of the tag too.
_CLOSED = {
    "{{": re.compile(rf"(?:[^'\"]|{QUOTED})*?\}}\}}", re.DOTALL),
    "{%": re.compile(rf"(?:[^'\"]|{QUOTED})*?%\}}", re.DOTALL),
    "{#": re.compile(r".*?#\}", re.DOTALL),
}
# As a text of a tag, but one that is never closed is the rest, or each quote would be tried.
QUOTED_OR_REST = r"""'(?:\\.|[^'\\])*(?:'|\\?\Z)|"(?:\\.|[^"\\])*(?:"|\\?\Z)"""
_STRING = re.compile(QUOTED_OR_REST, re.DOTALL)
_RAW = re.compile(r"[-+]?\s*raw\s*[-+]?%\}")
_RAW_END = re.compile(r"\{%[-+]?\s*endraw\s*[-+]?%\}")
_WORD = re.compile(r"[-+]?\s*(\w+)")
_END = re.compile(r"\{%[-+]?\s*end(\w+)")
_ASSIGNED = re.compile(r"[-+]?\s*set\s[\w\s,.()]*=")
# Where dbt puts the code of ephemeral models, it takes a text apart.
_TAKEN_APART = "__dbt__cte__"


def can_be_rendered(written: str, compiled: str) -> bool:
    """False only where the compiled code leaves out something that the file says in any case."""
    if _TAKEN_APART in compiled:
        return True
    left, at = "".join(compiled.split()), 0
    for literal in _literals(written):
        text = "".join(literal.split())
        found = left.find(text, at)
        if found < 0:
            return False
        at = found + len(text)
    return True


def _literals(written: str) -> Iterator[str]:
    """What stands in no tag and no block, up to a tag that is never closed."""
    blocks = set(_END.findall(written))
    depth = start = 0
    while (opened := _OPENED.search(written, start)) is not None:
        if not depth:
            yield written[start : opened.start()]
        start = _end_of_tag(written, opened.group(), opened.end())
        if opened.group() == "{%":
            depth = max(depth + _step(written[opened.end() : start], blocks), 0)
    if not depth:
        yield written[start:]


def nested_pieces(written: str) -> Iterator[tuple[str, str, bool]]:
    """The pieces of a template, and whether they are between a tag and its end."""
    blocks, depth = set(_END.findall(written)), 0
    for opening, text in pieces(written):
        yield opening, text, depth > 0
        if opening == "{%":
            depth = max(depth + _step(text, blocks), 0)


def strings_of(tag: str) -> list[str]:
    """The texts in quotes that stand in a tag."""
    return [found[1:-1] for found in _STRING.findall(tag)]


def without_strings(tag: str) -> str:
    """A tag in which the texts in quotes are empty."""
    return _STRING.sub("''", tag)


def tags(written: str) -> Iterator[str]:
    """What stands inside of each tag that is no comment; of one never closed, all the rest."""
    return (text for opening, text in pieces(written) if opening in {"{{", "{%"})


def pieces(written: str) -> Iterator[tuple[str, str]]:
    """The pieces of a template, in their order: what opens each tag, and what is up to its end.

    What stands in no tag is opened by nothing. As Jinja does it: nothing between `raw` and
    `endraw` is a tag, and none ends inside of braces.
    """
    start = 0
    while (opened := _OPENED.search(written, start)) is not None:
        yield "", written[start : opened.start()]
        start = _end_of_tag(written, opened.group(), opened.end())
        tag = written[opened.end() : start]
        yield opened.group(), tag
        if opened.group() == "{%" and _RAW.match(tag):
            raw_end = _RAW_END.search(written, start)
            yield "", written[start : len(written) if raw_end is None else raw_end.start()]
            start = len(written) if raw_end is None else raw_end.end()
    yield "", written[start:]


def _end_of_tag(written: str, opening: str, begun: int) -> int:
    """The offset behind a tag; what would close it inside of braces does not."""
    at, depth = begun, 0
    while (closed := _CLOSED[opening].match(written, at)) is not None:
        end = closed.end()
        if opening == "{#":
            return end
        inside = _STRING.sub("", written[at : end - 2])
        depth += inside.count("{") - inside.count("}")
        if depth <= 0:
            return end
        depth -= written[end - 2] == "}"
        at = end - 1
    return len(written)


def _step(tag: str, blocks: set[str]) -> int:
    """Whether a tag begins a block, ends one, or does neither."""
    found = _WORD.match(tag)
    word = found.group(1) if found else ""
    if word.startswith("end"):
        return -1
    if word == "set" and _ASSIGNED.match(tag):
        return 0
    return int(word in blocks)
