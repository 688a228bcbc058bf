"""What a template may read in one run or another, as far as it says so; nothing is rendered.

What comes out in any case is in the compiled code and needs no look. So these are the relations
that tags come out as between a tag and its end, or where a tag chooses, and the names behind
FROM and JOIN in such places.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from lineage.readers.dbt_macros import RUNNERS
from lineage.readers.dbt_rendered import QUOTED_OR_REST, nested_pieces, strings_of, without_strings

if TYPE_CHECKING:
    from collections.abc import Iterator

Call = tuple[str, ...]  # `ref` or `source`, and the names in it

_STRING = r"\s*(?:'([^']*)'|\"([^\"]*)\")\s*"
_VERSION = r"(?:,\s*v(?:ersion)?\s*=[^,()]*(?:\([^()]*\))?)?,?\s*"
_CALL = rf"(?<![\w.])(?:builtins\.)?(ref|source)\s*\({_STRING}(?:,{_STRING})?{_VERSION}\)"
_TOKEN: Final = re.compile(rf"{_CALL}|{QUOTED_OR_REST}|\w+|[^\w\s]", re.DOTALL)
# What hands on what is in its brackets, so that it is none's argument.
_HAND_ON: Final = frozenset("and append else format if in is not or replace return set".split())
_NAMES_A_VALUE: Final = re.compile(
    r"[-+]?\s*(?:(?:set|with)\b([^=]*)=|for\b(.*?)\bin\b)", re.DOTALL
)
_FIRST_WORD: Final = re.compile(r"[-+]?[\s(]*(?:do\s+)?(\w+)")
_TELLS: Final = frozenset({"config", "exceptions", "log", "print"})
_CHOOSES: Final = re.compile(r"\b(?:if|or|and)\b|[\[{]")
_SQL: Final = re.compile(r"\b(?:select|join|union)\b|\bfrom\s+\S+\.", re.IGNORECASE)
_MORE_THAN_ONE_NAME: Final = re.compile(r"\w+(?:\.\w+)+")

# What stands for a tag that is a relation and nothing else, by its number, and for any other.
_MARK: Final = re.compile(r"\x01(\d+)\x01")
_TAG: Final = "\x00"
_MARKS: Final = str.maketrans("", "", "\x00\x01")
_FAR: Final = 400  # characters back in which the line, or the FROM, of a block is looked for
_ENDS_IN_FROM: Final = re.compile(r"\b(?:from|join)[\s(]*\Z", re.IGNORECASE)
# A line that is a comment: other tags or the end of a text could end it.
_COMMENT_LINE: Final = re.compile(r"^[ \t]*--[ \t][^\x00'\"*\n]*$", re.MULTILINE)
TEXTS_AND_COMMENTS: Final = re.compile(
    r"'(?:''|[^'])*(?:'|\Z)|--[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL
)
_BLANKS: Final = re.compile(r"\s+")
# Behind these words nothing is looked for but a name, so what may stand before it goes.
_BEFORE_A_NAME: Final = re.compile(r"\b(from|join)\b[ (]*(?:(?:lateral|only|table)\b[ (]*)?")
_PARTS_OF_VALUES: Final = re.compile(r"\b(?:extract|overlay|position|substring|trim) ?\([^()]*\)")
_BEGUN = r"(?<!\bdistinct )\b(?:from|join)\b"
_DOTTED = r"\b[\w$][\w$-]*(?: ?\.{1,2} ?[\w$-]+)+"
_DOTTED_NAMES: Final = re.compile(
    rf"{_BEGUN}[ \x00]*(?:\. ?)?({_DOTTED}(?: ?\x00 ?{_DOTTED})*|(?<=\.)[\w$-]+)(?![\w$-]|\x00)"
)
_NAME: Final = re.compile(rf"{_BEGUN} ?([^\W\d][\w$-]*)(?![\w$-]|\x00| ?[.(])")
_NO_NAMES: Final = frozenset("lateral only select table unnest values".split())
_NAMES_A_QUERY: Final = re.compile(
    r"(?<![\w$])([^\W\d][\w$]*) ?(?:\([^()]*\) ?)?\bas ?(?:not )?(?:materialized ?)?\("
)
_WORD: Final = re.compile(r"[\w$-]+")
_QUOTES: Final = str.maketrans("", "", '"`[]')


class Read(NamedTuple):
    """Relations by how they are called for, and names of relations in text, in lower case."""

    calls: tuple[Call, ...]
    names: tuple[str, ...]


def reads_of(written: str) -> Read:
    """What a template may read where another run could take another way."""
    written = written.translate(_MARKS).replace("\r\n", "\n").replace("\r", "\n")
    template = _Template(blocks="{%" in written)
    for opening, piece, inside in nested_pieces(written):
        if opening in {"{{", "{%"}:
            template.add_tag(opening, piece, inside=inside)
        elif not opening:
            template.text.append(piece if inside else _end_of(piece))
    return template.read()


class _Template:
    """What may come out of a template as one text, with marks in the places of tags."""

    def __init__(self, *, blocks: bool) -> None:
        """`blocks` is whether there are any tags that could give a value a name, or skip text."""
        self._blocks = blocks
        self.text: list[str] = []
        self._sole: list[Call] = []  # by the numbers of their marks
        self._calls: dict[Call, None] = {}
        self._given: list[tuple[list[Call], set[str]]] = []  # what values are made of
        self._values: dict[str, list[int]] = {}  # by variable, which of these
        self._shown: set[str] = set()  # words that tags come out as
        self._has_texts = False

    def add_tag(self, opening: str, tag: str, *, inside: bool) -> None:
        """Note what a tag may come out as, or gives a name to."""
        chooses = inside or _chooses(tag)
        if not (chooses or self._blocks):
            self.text.append(_TAG)
            return
        calls, words = _handed_on(tag)
        named = _NAMES_A_VALUE.match(tag) if opening == "{%" else None
        first = _FIRST_WORD.match(tag)
        if named is not None:
            for name in set(re.findall(r"\w+", named[1] or named[2] or "")):
                self._values.setdefault(name, []).append(len(self._given))
            self._given.append((calls, words))
            calls = []
        elif opening == "{{":
            self._shown |= words
        self._mark(calls if chooses else [], opening, tag)
        if chooses and (first is None or first[1] not in _TELLS):
            self._add_texts(tag)

    def _mark(self, calls: list[Call], opening: str, tag: str) -> None:
        if len(calls) == 1 and len(strings_of(tag)) < len(calls[0]):
            self.text.append(f"\x01{len(self._sole)}\x01")
            self._sole += calls
        else:
            self.text.append(_TAG if opening == "{{" else f" {_TAG}")
            self._calls |= dict.fromkeys(calls)

    def _add_texts(self, tag: str) -> None:
        """Texts of a tag that look like SQL, or like the name of a relation."""
        if runs_sql(tag):
            return  # which is a gap anyway
        for text in strings_of(tag):
            if _SQL.search(text) or _MORE_THAN_ONE_NAME.fullmatch(text):
                self._has_texts = True
                self.text.append(f" {text} {_TAG}")

    def read(self) -> Read:
        """What was noted; lines of comments are left out with what they name."""
        text = _COMMENT_LINE.sub("", "".join(self.text))
        calls = self._calls | dict.fromkeys(self._sole[int(n)] for n in _MARK.findall(text))
        for given in self._shown_values():
            calls |= dict.fromkeys(given)
        names = dict.fromkeys(_names_in(text)) if self._blocks or self._has_texts else {}
        return Read(tuple(calls), tuple(names))

    def _shown_values(self) -> Iterator[list[Call]]:
        """The relations that variables stand for which come out somewhere, by whatever way."""
        waiting, seen = list(self._shown), set(self._shown)
        used: set[int] = set()
        while waiting:
            for number in self._values.get(waiting.pop(), ()):
                if number not in used:
                    used.add(number)
                    new = self._given[number][1] - seen
                    seen |= new
                    waiting += new
        return (self._given[number][0] for number in sorted(used))


def runs_sql(tag: str) -> bool:
    """Whether a tag runs SQL of its own while dbt compiles."""
    return not RUNNERS.isdisjoint(_WORD.findall(without_strings(tag)))


def plain(text: str) -> str:
    """SQL as it is compared: without quotes around names, in lower case."""
    return text.translate(_QUOTES).lower()


def _chooses(tag: str) -> bool:
    return _CHOOSES.search(tag) is not None and _CHOOSES.search(without_strings(tag)) is not None


def _end_of(outside: str) -> str:
    """The line, or the FROM, that goes on in what follows a text that comes out in any case."""
    tail = outside[-_FAR:]
    found = _ENDS_IN_FROM.search(tail)
    return f";{tail.rpartition(chr(10))[2]}" if found is None else f";{found.group()}"


def _handed_on(tag: str) -> tuple[list[Call], set[str]]:
    """The relations and the words in a tag that are no argument of something else."""
    opened: list[bool] = []  # brackets, and whether something is called by each
    calling = 0  # how many of these
    before = ""
    calls: list[Call] = []
    words: set[str] = set()
    for found in _TOKEN.finditer(tag):
        part = found.group()
        if found[1] and not calling:
            calls.append(tuple(filter(None, found.groups())))
        elif part == "(":
            opened.append(before.isidentifier() and before not in _HAND_ON)
            calling += opened[-1]
        elif part == ")" and opened:
            calling -= opened.pop()
        elif not calling and part.isidentifier():
            words.add(part)
        before = part
    return calls, words


def _names_in(text: str) -> Iterator[str]:
    """Names behind FROM and JOIN: those of one part outside of texts and comments only."""
    for found in _DOTTED_NAMES.findall(_flat(text)):
        names = (name.strip() for name in found.split("\x00"))
        yield from (name for name in names if "information_schema" not in name)
    bare = _PARTS_OF_VALUES.sub(" ", _flat(TEXTS_AND_COMMENTS.sub(" ", text)))
    singles = dict.fromkeys(_NAME.findall(bare))
    made = set(_NAMES_A_QUERY.findall(bare)) if singles else set()
    yield from (name for name in singles if name not in made and name not in _NO_NAMES)


def _flat(text: str) -> str:
    """A text without quotes, in lower case, with one blank for several."""
    return _BEFORE_A_NAME.sub(r"\1 ", _BLANKS.sub(" ", plain(text)))
