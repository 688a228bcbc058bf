"""What remarks are about, and the marks by which they are known among tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.remark_values import items, pairs_in, strings_in, value_at
from lineage.compile.scripts.tokens import after_brackets, word
from lineage.compile.unparsed import end_of_name, parts_at
from lineage.dialects import join_name
from lineage.objects import Remark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.dialects import Naming


class At:
    """What a remark is about: a relation, or a column of it; and where that is named."""

    def __init__(
        self,
        tokens: Sequence[Token],
        position: int,
        naming: Naming,
        *,
        column: bool,
        relation: str = "",
    ) -> None:
        self.naming = naming
        self.offset = tokens[position].start if position < len(tokens) else tokens[0].start
        parts = parts_at(tokens, position, naming)
        self.column = ""
        if column and parts:
            *parts, (name, quoted) = parts
            self.column = naming.column(name, quoted=quoted)
        folded = (naming.relation_part(name, quoted=quoted) for name, quoted in parts)
        self.relation = relation or join_name(folded)

    def on(self, token: Token) -> At:
        """The column of the same relation that a token names."""
        found = object.__new__(At)
        found.naming, found.relation, found.offset = self.naming, self.relation, token.start
        quoted = token.token_type is TokenType.IDENTIFIER
        found.column = self.naming.column(token.text, quoted=quoted)
        return found

    def remark(self, key: str, value: str) -> Remark:
        """What is said of it."""
        return Remark(self.relation, self.column, key, value, self.offset)


def said(tokens: Sequence[Token], at: At) -> Iterator[Remark]:
    """Every tag, comment, option and policy among some tokens."""
    for n in range(len(tokens)):
        reader = _MARKS.get(word(tokens, n))
        if reader is not None:
            yield from (at.remark(key, value) for key, value in reader(tokens, n))


def _inside(tokens: Sequence[Token], position: int) -> Sequence[Token]:
    """The tokens between the brackets that open at a position, if any do."""
    return tokens[position + 1 : max(position, after_brackets(tokens, position) - 1)]


def _tags(tokens: Sequence[Token], n: int) -> Iterator[tuple[str, str]]:
    """`TAG (a = 'x')`, or `TAG a = 'x'` to the end."""
    inside = _inside(tokens, n + 1)
    for key, value in pairs_in(inside or tokens[n + 1 :], bare=bool(inside)):
        yield f"tag.{key}", value


def _comment(tokens: Sequence[Token], n: int) -> Iterator[tuple[str, str]]:
    text = value_at(tokens, n + 2 if word(tokens, n + 1) in {"=", "IS"} else n + 1)
    if text:
        yield "comment", text


def _policy(tokens: Sequence[Token], n: int) -> Iterator[tuple[str, str]]:
    """`MASKING POLICY p`; a policy about rows says nothing of a column."""
    if n and word(tokens, n - 1) == "MASKING":
        end = end_of_name(tokens, n + 1)
        yield "masking_policy", "".join(token.text for token in tokens[n + 1 : end]).lower()


def _properties(tokens: Sequence[Token], n: int) -> Iterator[tuple[str, str]]:
    pairs = pairs_in(_inside(tokens, n + 1))
    yield from ((f"property.{key}", value) for key, value in pairs)


def _options(tokens: Sequence[Token], n: int) -> Iterator[tuple[str, str]]:
    """BigQuery: `description = '…'`, `labels = [('k', 'v')]`, `policy_tags = ['…']`, numbers."""
    for item in items(_inside(tokens, n + 1)):
        key, strings = word(item, 0).lower(), strings_in(item)
        if key == "description":
            yield from (("comment", text) for text in strings[:1] if text)
        elif key == "labels":
            for name, value in zip(strings[::2], strings[1::2], strict=False):
                yield f"label.{name.lower()}", value
        elif len(item) == 3 and item[2].token_type is TokenType.NUMBER:  # noqa: PLR2004 - a = 1
            yield f"setting.{key}", item[2].text
        elif key.replace("_", "") == "policytags":
            yield from (("policy_tag", text) for text in strings if text not in {"", "names"})


def _retention(tokens: Sequence[Token], n: int) -> Iterator[tuple[str, str]]:
    """Snowflake: for how many days time travel goes back."""
    number = tokens[n + 2] if word(tokens, n + 1) == "=" and n + 2 < len(tokens) else None
    if number is not None and number.token_type is TokenType.NUMBER:
        yield f"setting.{RETENTION.lower()}", number.text


RETENTION: Final = "DATA_RETENTION_TIME_IN_DAYS"
_MARKS: Final[dict[str, Callable[[Sequence[Token], int], Iterator[tuple[str, str]]]]] = {
    "TAG": _tags,
    "TAGS": _tags,
    "COMMENT": _comment,
    "POLICY": _policy,
    "TBLPROPERTIES": _properties,
    "OPTIONS": _options,
    RETENTION: _retention,
}
