"""Branches of a template that dbt did not take, and that read what the compiled code does not.

Which branch is taken depends on the target, on variables and on what is there already: another
run may take another one. Nothing is rendered, so what such a branch does is not known: a gap.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from lineage.readers.dbt_macros import RUNNERS, with_callers
from lineage.readers.dbt_rendered import inside_blocks
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
# A tag that is a relation and nothing else.
_RELATION: Final = re.compile(
    rf"[-+]?\s*(ref|source)\s*\({_STRING}(?:,{_STRING})?{_VERSION}\)\s*[-+]?\}}\}}"
)
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
    calls: list[Call] = []
    text = ""
    for opening, piece in inside_blocks(written):
        call = _RELATION.fullmatch(piece) if opening == "{{" else None
        if call is not None:
            text += f"\x01{len(calls)}\x01"
            calls.append(tuple(filter(None, call.groups())))
        elif opening != "{#":
            text += _TAG if opening else piece.replace("\x00", "").replace("\x01", "")
    text = _COMMENT_LINE.sub("", text)
    names = dict.fromkeys(map(_plain, _FROM.findall(_without_comments(text))))
    for made in _NAMES_A_QUERY.findall(text) if names else ():
        names.pop(made.lower(), None)
    left = dict.fromkeys(calls[int(number)] for number in _MARK.findall(text))
    return _Read(tuple(left), tuple(names))


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
