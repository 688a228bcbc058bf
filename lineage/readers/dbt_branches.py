"""Branches of a template that dbt did not take, and that read what the compiled code does not.

Which branch is taken depends on the target, on variables and on what is there already: another
run may take another one. Nothing is rendered, so what such a branch does is not known: a gap.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from lineage.readers.dbt_macros import RUNNERS, with_callers
from lineage.readers.dbt_rendered import QUOTED, nested_pieces, strings_of
from lineage.readers.dbt_units import is_built_from_code
from lineage.words import Gap, GapReason, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lineage.readers.dbt_macros import Macros
    from lineage.readers.dbt_names import Names
    from lineage.readers.dbt_places import Place
    from lineage.readers.dbt_words import Macro, Manifest, Node

_STRING = r"\s*(?:'([^']*)'|\"([^\"]*)\")\s*"
_VERSION = r"(?:,\s*v(?:ersion)?\s*=[^,()]*)?"
_CALL = rf"(?<![\w.])(ref|source)\s*\({_STRING}(?:,{_STRING})?{_VERSION}\)"
_TOKEN: Final = re.compile(rf"{_CALL}|{QUOTED}|\w+|[^\w\s]", re.DOTALL)
_OPERATORS: Final = frozenset({"and", "else", "if", "in", "is", "not", "or", "set"})
_NAMES_A_VALUE: Final = re.compile(r"[-+]?\s*(?:set\b([^=]*)=|for\b(.*?)\bin\b)", re.DOTALL)
_FIRST_WORD: Final = re.compile(r"[-+]?[\s(]*(\w+)")
_CHOOSES: Final = re.compile(r"\bif\b")
_LOOKS_LIKE_SQL: Final = re.compile(r"\b(?:select|join)\b", re.IGNORECASE)
# What stands for such a tag, by its number, and for any other one.
_MARK: Final = re.compile(r"\x01(\d+)\x01")
_TAG: Final = "\x00"
# A line that is a comment: other tags in it could end it.
_COMMENT_LINE: Final = re.compile(r"^[ \t]*--[ \t][^\x00\n]*$", re.MULTILINE)
_COMMENT: Final = re.compile(
    r"""('(?:''|[^'])*(?:'|\Z)|"(?:""|[^"])*(?:"|\Z)|`[^`]*(?:`|\Z))|--[^\n]*|/\*.*?(?:\*/|\Z)""",
    re.DOTALL,
)
_FROM: Final = re.compile(
    r"(?<!\bdistinct )\b(?:from|join)\s+(?:(?:lateral|only)\s+)?(?!(?:lateral|only|select)\b)"
    r"((?:[\w$-]+\s*\.\s*)*[^\W\d][\w$-]*)(?![\w$-]|\s*[.(])",
    re.IGNORECASE,
)
_NAMES_A_QUERY: Final = re.compile(r"(?<![\w$])([^\W\d][\w$]*)\s+as\s*\(", re.IGNORECASE)
_WORD: Final = re.compile(r"[\w$-]+")
_UNQUOTED: Final = str.maketrans("", "", '"`[]')

Call = tuple[str, ...]  # `ref` or `source`, and the names in it


class _Read(NamedTuple):
    """What a template may read in its branches: relations by call, and names in its text."""

    calls: tuple[Call, ...]
    names: tuple[str, ...]


def check_branches(
    place: Place, manifest: Manifest, names: Names, macros: Macros
) -> tuple[Gap, ...]:
    """A gap for each relation that a file reads in a branch that was not taken."""
    told, gaps = _Told(manifest), []
    for thing, read, nodes in _templates(manifest, macros):
        for what, relations in sorted(told.left_out(read, nodes).items()):
            gaps.append(
                Gap(
                    GapReason.NOT_COMPILED,
                    f"a branch of the template that was not compiled reads {what[:200]}; compile "
                    "with the target and the variables of production",
                    tuple(sorted(filter(None, {*map(names.of, nodes), *map(names.of, relations)}))),
                    Origin(place.path_of(thing), 1, 1),
                )
            )
    return tuple(gaps)


def _templates(
    manifest: Manifest, macros: Macros
) -> Iterator[tuple[Node | Macro, _Read, tuple[Node, ...]]]:
    """What is rendered and reads something, with the nodes whose code it becomes a part of.

    Macros that run SQL are gaps anyway (`dbt_side_queries`).
    """
    built = [n for n in manifest.nodes.values() if is_built_from_code(n) and n.compiled_code]
    for node in built:
        yield node, _read_in_branches(node.raw_code or ""), (node,)
    for unique_id, macro in macros.foreign.items():
        read = _read_in_branches(macro.macro_sql)
        if any(read) and RUNNERS.isdisjoint(_WORD.findall(macro.macro_sql)):
            called = with_callers(macros.of_id, [unique_id])
            nodes = tuple(n for n in built if not called.isdisjoint(n.depends_on.macros))
            if nodes:
                yield macro, read, nodes


class _Told:
    """What the code that was compiled says."""

    def __init__(self, manifest: Manifest) -> None:
        self._by_call = _by_call(manifest)
        self._code: dict[str, str] = {}

    def left_out(self, read: _Read, nodes: Iterable[Node]) -> dict[str, list[Node]]:
        """What is read by none of these nodes as they were compiled, and what that is."""
        found: dict[str, list[Node]] = {}
        for call in read.calls:
            means = self._by_call.get(call, [])
            written = "|".join(re.escape(name) for one in means for name in _compiled_names(one))
            named = re.compile(rf"(?<![\w$])(?:{written})(?![\w$])")
            if not (written and any(named.search(self._of(node)) for node in nodes)):
                found[f"{call[0]}({', '.join(call[1:])})"] = means
        words = {w for node in nodes if read.names for w in _WORD.findall(self._of(node))}
        found |= {n: [] for n in read.names if n.rpartition(".")[2].strip() not in words}
        return found

    def _of(self, node: Node) -> str:
        """The compiled code of a node as it is compared."""
        found = self._code.get(node.unique_id)
        if found is None:
            found = _plain(_without_comments(node.compiled_code or ""))
            self._code[node.unique_id] = found
        return found


def _by_call(manifest: Manifest) -> dict[Call, list[Node]]:
    """What `ref` and `source` may mean by a name; more than one where packages name alike."""
    found: dict[Call, list[Node]] = {}
    for node in manifest.nodes.values():
        for call in (("ref", node.name), ("ref", node.package_name, node.name)):
            found.setdefault(call, []).append(node)
    for source in manifest.sources.values():
        call = ("source", source.source_name or "", source.name)
        found.setdefault(call, []).append(source)
    return found


def _read_in_branches(written: str) -> _Read:
    if "{%" not in written and not _CHOOSES.search(written):
        return _Read((), ())
    template = _Template()
    for opening, piece, inside in nested_pieces(written):
        if opening in {"{{", "{%"}:
            template.add_tag(opening, piece, inside=inside)
        elif not opening:  # what is in no block comes out in any case, but begins lines
            text = piece if inside else piece.rpartition("\n")[2]
            template.text.append(text.replace("\x00", "").replace("\x01", ""))
    return template.read()


class _Template:
    """The branches of a template as one text, with marks in the places of tags."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self._calls: list[Call] = []
        self._given: list[list[Call]] = []  # the relations that variables are made of
        self._values: dict[str, list[int]] = {}  # by variable, which of these
        self._rendered_values: set[str] = set()  # the names of variables that tags come out as

    def add_tag(self, opening: str, tag: str, *, inside: bool) -> None:
        """Note the relations that a tag comes out as in some branch, and SQL in its texts."""
        if opening == "{{" and not (inside or _CHOOSES.search(tag)):
            self.text.append(_TAG)  # it comes out in any case
            return
        calls = list(_rendered(tag))
        first, named = _FIRST_WORD.match(tag), _NAMES_A_VALUE.match(tag)
        word = first.group(1) if first is not None else ""
        if named is not None:
            for name in re.findall(r"\w+", named[1] or named[2] or ""):
                self._values.setdefault(name, []).append(len(self._given))
            self._given.append(calls)
        if opening == "{{":
            self._rendered_values.add(word)
        rendered = calls if opening == "{{" else []
        self.text.append("" if rendered else _TAG)
        for call in rendered:
            self.text.append(f"\x01{len(self._calls)}\x01")
            self._calls.append(call)
        if word != "config" and RUNNERS.isdisjoint(_WORD.findall(tag)):
            self.text += [f"\n{t}\n" for t in strings_of(tag) if _LOOKS_LIKE_SQL.search(t)]

    def read(self) -> _Read:
        """What is read; lines of comments are left out."""
        text = _COMMENT_LINE.sub("", "".join(self.text))
        names = dict.fromkeys(map(_plain, _FROM.findall(_without_comments(text))))
        for made in _NAMES_A_QUERY.findall(text) if names else ():
            names.pop(made.lower(), None)
        calls = dict.fromkeys(self._calls[int(number)] for number in _MARK.findall(text))
        rendered = self._rendered_values & self._values.keys()
        for number in sorted({n for name in rendered for n in self._values[name]}):
            calls |= dict.fromkeys(self._given[number])
        return _Read(tuple(calls), tuple(names))


def _rendered(tag: str) -> Iterator[Call]:
    """The relations in a tag that are no argument of something else."""
    opened: list[bool] = []  # brackets, and whether something is called by each
    calling = 0  # how many of these
    before = ""
    for found in _TOKEN.finditer(tag):
        part = found.group()
        if found[1] and not calling:
            yield tuple(filter(None, found.groups()))
        if part == "(":
            opened.append(before.isidentifier() and before not in _OPERATORS)
            calling += opened[-1]
        elif part == ")" and opened:
            calling -= opened.pop()
        before = part


def _compiled_names(node: Node) -> Iterator[str]:
    """How a relation is named in the code that dbt compiles."""
    if node.relation_name:
        yield _plain(node.relation_name)
    if node.materialized == "ephemeral":
        yield from (f"__dbt__cte__{name}".lower() for name in (node.alias, node.name) if name)


def _plain(text: str) -> str:
    return text.translate(_UNQUOTED).lower()


def _without_comments(text: str) -> str:
    return _COMMENT.sub(lambda found: found.group(1) or " ", text)
