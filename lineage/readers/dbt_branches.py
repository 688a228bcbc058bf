"""Branches of a template that dbt did not take, and that read what the compiled code does not.

Which branch is taken depends on the target, on variables and on what is there already: another
run may take another one. Nothing is rendered, so what such a branch does is not known: a gap.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lineage.readers.dbt_branch_reads import Read, plain, reads_of, runs_sql
from lineage.readers.dbt_macros import with_callers
from lineage.readers.dbt_rendered import tags
from lineage.readers.dbt_units import is_built_from_code
from lineage.words import gap_of_branch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.readers.dbt_branch_reads import Call
    from lineage.readers.dbt_macros import Macros
    from lineage.readers.dbt_names import Names
    from lineage.readers.dbt_places import Place
    from lineage.readers.dbt_words import Macro, Manifest, Node
    from lineage.words import Gap

_COMMENT: Final = re.compile(
    r"""('(?:''|[^'])*(?:'|\Z)|"(?:""|[^"])*(?:"|\Z)|`[^`]*(?:`|\Z))|--[^\n]*|/\*.*?(?:\*/|\Z)""",
    re.DOTALL,
)
_WORD: Final = re.compile(r"[\w$-]+")


def check_branches(
    place: Place, manifest: Manifest, names: Names, macros: Macros
) -> tuple[Gap, ...]:
    """A gap for each relation that a file reads in a branch that was not taken."""
    told, gaps = _Told(manifest), []
    for thing, read, nodes in _templates(manifest, macros):
        for what, relations in sorted(told.left_out(read, nodes).items()):
            touched = {*map(names.of, nodes), *map(names.of, relations)}
            gaps.append(gap_of_branch(what, touched, place.path_of(thing)))
    return tuple(gaps)


def _templates(
    manifest: Manifest, macros: Macros
) -> Iterator[tuple[Node | Macro, Read, tuple[Node, ...]]]:
    """What is rendered and reads something, with the nodes whose code it may become a part of.

    Macros that run SQL are gaps anyway (`dbt_side_queries`).
    """
    built = [n for n in manifest.nodes.values() if is_built_from_code(n) and n.compiled_code]
    for node in built:
        yield node, reads_of(node.raw_code or ""), (node,)
    for unique_id, macro in macros.foreign.items():
        read = reads_of(macro.macro_sql)
        if any(read) and not any(map(runs_sql, tags(macro.macro_sql))):
            called = with_callers(macros.of_id, [unique_id])
            names = {unique_id.rpartition(".")[2] for unique_id in called}
            nodes = tuple(node for node in built if _may_call(node, called, names))
            if nodes:
                yield macro, read, nodes


def _may_call(node: Node, macros: set[str], names: set[str]) -> bool:
    """Whether a node calls one of some macros, or would in a branch that was not taken."""
    if not macros.isdisjoint(node.depends_on.macros):
        return True
    raw = node.raw_code or ""
    named = {name for name in names if name in raw}
    return bool(named) and any(not named.isdisjoint(_WORD.findall(tag)) for tag in tags(raw))


class _Told:
    """What the code that was compiled says."""

    def __init__(self, manifest: Manifest) -> None:
        self._by_call = _by_call(manifest)
        self._code: dict[str, str] = {}
        self._words: dict[str, frozenset[str]] = {}

    def left_out(self, read: Read, nodes: tuple[Node, ...]) -> dict[str, list[Node]]:
        """What none of these nodes reads as it was compiled, and what that is."""
        found: dict[str, list[Node]] = {}
        for call in read.calls:
            means = self._by_call.get(call, [])
            written = [name for one in means for name in _compiled_names(one)]
            if not any(self._names(node, written) for node in nodes):
                found[f"{call[0]}({', '.join(call[1:])})"] = means
        for name in read.names:
            last = name.rpartition(".")[2].strip()
            if not any(last in self._words_of(node) for node in nodes):
                found[name] = []
        return found

    def _names(self, node: Node, written: list[str]) -> bool:
        code = self._code_of(node)
        return any(
            name in code and re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", code) is not None
            for name in written
        )

    def _code_of(self, node: Node) -> str:
        """The compiled code of a node as it is compared."""
        found = self._code.get(node.unique_id)
        if found is None:
            without = _COMMENT.sub(lambda part: part.group(1) or " ", node.compiled_code or "")
            found = self._code[node.unique_id] = plain(without)
        return found

    def _words_of(self, node: Node) -> frozenset[str]:
        found = self._words.get(node.unique_id)
        if found is None:
            words = frozenset(_WORD.findall(self._code_of(node)))
            found = self._words[node.unique_id] = words
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


def _compiled_names(node: Node) -> Iterator[str]:
    """How a relation is named in the code that dbt compiles."""
    if node.relation_name:
        yield plain(node.relation_name)
    if node.materialized == "ephemeral":
        yield from (f"__dbt__cte__{name}".lower() for name in (node.alias, node.name) if name)
