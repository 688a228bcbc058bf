"""Words of a template that its compiled code does not have: names of columns may be among them.

They stand in a branch that was not taken, or in a text of a tag that chooses; a branch that is no
more than a condition is left out. Which of them are columns that the code could read is known once
the project is linked (`lineage.link.uncompiled`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lineage.objects import STAR
from lineage.readers.dbt_branch_reads import TEXTS_AND_COMMENTS
from lineage.readers.dbt_rendered import nested_pieces, strings_of, without_strings

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONDITION: Final = re.compile(r"[\s()]*(?:where|and|or|having|qualify)\b", re.IGNORECASE)
_SET: Final = re.compile(r"\b(?:union|intersect|except|minus)\b|;", re.IGNORECASE)
_IF: Final = re.compile(r"\bif\b")
_WORD: Final = re.compile(r"[^\W\d][\w$]*")
_STAR: Final = re.compile(r"(?:\bselect\b|\bdistinct\b|[,.])\s*\*", re.IGNORECASE)


def words_left_out(written: str, compiled: str) -> tuple[str, ...]:
    """The words, in lower case, that only another run would compile; `*` for all columns."""
    if "{%" not in written and ("if" not in written or _IF.search(written) is None):
        return ()
    found: set[str] = set()
    for text in _left_out(written, compiled):
        plain = TEXTS_AND_COMMENTS.sub(" ", text)
        found.update(_WORD.findall(plain.lower()))
        found.update({STAR} if _STAR.search(plain) else ())
    if found:
        code = TEXTS_AND_COMMENTS.sub(" ", compiled)
        found.difference_update(_WORD.findall(code.lower()), {STAR} if _STAR.search(code) else ())
    return tuple(sorted(found))


def _left_out(written: str, compiled: str) -> Iterator[str]:
    """What stands in branches and is not in the compiled code, and the texts of choices."""
    code = _squeezed(compiled)
    branch: list[str] = []
    for opening, piece, inside in (*nested_pieces(written), ("", "", False)):
        if opening == "{{":
            if _IF.search(piece) and _IF.search(without_strings(piece)):
                yield from strings_of(piece)
        elif not opening and inside:
            branch.append(piece)
        elif branch and opening != "{#":
            text = " ".join(branch)
            if not _is_condition(text) and any(_squeezed(part) not in code for part in branch):
                yield text
            branch = []


def _is_condition(text: str) -> bool:
    """Whether a branch is no more than a condition, as most of incremental models are.

    It decides which rows there are, and puts out no value.
    """
    return _CONDITION.match(text) is not None and _SET.search(text) is None


def _squeezed(text: str) -> str:
    """Without white space, which tags can trim."""
    return "".join(text.split()).lower()
