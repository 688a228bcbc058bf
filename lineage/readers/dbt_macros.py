"""The macros of a dbt manifest: which are dbt's own, and which of the project stand in for them.

What builds relations is made of macros too. A project may bring a materialisation, or a macro
by the name of one that dbt's own materialisations call: what a run does is then not what the
models say, and that is a gap.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from lineage.readers.dbt_calls import name_of
from lineage.words import Gap, GapReason, Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from lineage.readers.dbt_names import Names
    from lineage.readers.dbt_places import Place
    from lineage.readers.dbt_words import Macro, Manifest, Node

# Adapters that are made of another one, whose macros they bring along.
_MADE_OF: Final = {
    "databricks": "spark",
    "fabricspark": "spark",
    "glue": "spark",
    "greenplum": "postgres",
    "materialize": "postgres",
    "redshift": "postgres",
    "risingwave": "postgres",
    "sqlserver": "fabric",
    "synapse": "fabric",
    "tidb": "mysql",
}
_FUNCTION: Final = "function"
_BUILT = frozenset({"model", "seed", "snapshot", "test", _FUNCTION})
# Of macros that no other one names: a setting does, or dbt puts the name together as it runs.
_BY_SETTING: Final = {
    "incremental": ("incremental_strategy", "get_incremental_{}_sql"),
    "snapshot": ("strategy", "snapshot_{}_strategy"),
}
_OF_FUNCTIONS: Final = "macros/materializations/functions/"
RUNNERS: Final = frozenset(
    {
        "_run_query_with_options",
        "_statement_with_options",
        "run_query",
        "statement",
        "submit_python_job",
    }
)


class Macros:
    """The macros of a manifest, by unique id and by who wrote them."""

    def __init__(self, place: Place, manifest: Manifest) -> None:
        adapter = manifest.metadata.adapter_type or ""
        self.adapters = {adapter, _MADE_OF.get(adapter, adapter)}
        packages = {"dbt", *(f"dbt_{adapter}" for adapter in self.adapters)}
        self.of_id = manifest.macros
        self.foreign = {
            unique_id: macro
            for unique_id, macro in manifest.macros.items()
            if macro.package_name not in packages - {place.package}
        }

    def behind(self, unique_ids: Iterable[str]) -> set[str]:
        """The macros and all that they call, at any remove; but not what those of others call."""
        found = {unique_id for unique_id in unique_ids if unique_id in self.of_id}
        waiting = list(found.difference(self.foreign))
        while waiting:
            new = set(self.of_id[waiting.pop()].depends_on.macros) - found
            new.intersection_update(self.of_id)
            found |= new
            waiting.extend(new.difference(self.foreign))
        return found

    def dbts_calling(self, first: Iterable[str], passed: Collection[str] = ()) -> set[str]:
        """Some of dbt's own macros, and those that call one of them at any remove.

        Nobody is followed who only calls one of the names `passed`.
        """
        own = self.dbts(lambda unique_id, _macro: name_of(unique_id) not in passed)
        return with_callers({unique_id: self.of_id[unique_id] for unique_id in own}, first)

    def dbts(self, chosen: Callable[[str, Macro], bool]) -> set[str]:
        """Those of dbt's own macros that are chosen by their id and by themselves."""
        return {i for i, m in self.of_id.items() if i not in self.foreign and chosen(i, m)}


def with_callers(macros: Mapping[str, Macro], first: Iterable[str]) -> set[str]:
    """Some macros by unique id, and those of `macros` that call one of them at any remove."""
    callers: dict[str, list[str]] = {}
    for unique_id, macro in macros.items():
        for called in macro.depends_on.macros:
            callers.setdefault(called, []).append(unique_id)
    found = set(first)
    waiting = list(found)
    while waiting:
        new = set(callers.get(waiting.pop(), ())) - found
        found |= new
        waiting.extend(new)
    return found


def check_overrides(
    place: Place, manifest: Manifest, names: Names, macros: Macros
) -> tuple[Gap, ...]:
    """A gap for each macro that is not dbt's and that building relations goes through."""
    own = {i for i, macro in macros.foreign.items() if place.is_own(macro)}
    touched: dict[str, set[str]] = {}
    for materialized, nodes in _by_materialisation(manifest).items():
        relations = {name for node in nodes if (name := names.of(node))}
        for unique_id in _not_dbts(macros, materialized, own):
            touched.setdefault(unique_id, set()).update(relations)
        for node in nodes:
            for unique_id in _named_by(node, macros):
                touched.setdefault(unique_id, set()).add(names.of(node))
    for unique_id in _run_by_dbt(macros, own):
        touched.setdefault(unique_id, set())
    return tuple(
        _gap(place, macros.foreign[unique_id], unique_id, relations)
        for unique_id, relations in sorted(touched.items())
    )


def _by_materialisation(manifest: Manifest) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for node in manifest.run():
        if node.resource_type in _BUILT and node.materialized != "ephemeral":
            found.setdefault(_materialized(node), []).append(node)
    if manifest.unit_tests:
        found.setdefault("unit", [])
    return found


def _materialized(node: Node) -> str:
    """How dbt builds a node: a function always as one, whatever its settings say."""
    return _FUNCTION if node.resource_type == _FUNCTION else node.materialized or node.resource_type


def _not_dbts(macros: Macros, materialized: str, own: set[str]) -> Iterator[str]:
    """The macros of others that a materialisation calls first, by dispatch or by their name.

    dbt looks through the project (`own`), and not through packages, before it looks through
    itself, whichever of its own macros calls. Packages come in by dispatch, which the manifest
    tells, and where they bring a materialisation.
    """
    adapters = {"default", *macros.adapters}
    begun = {f"materialization_{materialized}_{adapter}" for adapter in adapters}
    first = {i for i in macros.of_id if i.rpartition(".")[2] in begun}
    behind = macros.behind(first | macros.dbts(partial(_is_named_in_part, materialized)))
    called = {name_of(unique_id) for unique_id in behind if unique_id not in macros.foreign}
    for unique_id in macros.foreign:
        name = unique_id.rpartition(".")[2]
        brought = unique_id in behind and ("__" in name or name in begun)
        by_name = unique_id in own and name_of(unique_id) in called
        if (brought or by_name) and name.rpartition("__")[0] in {"", *adapters}:
            yield unique_id


def _is_named_in_part(materialized: str, unique_id: str, macro: Macro) -> bool:
    """Whether a materialisation may call one of dbt's own macros whose name it puts together."""
    if materialized == _FUNCTION:
        return macro.original_file_path.replace("\\", "/").startswith(_OF_FUNCTIONS)
    if materialized not in _BY_SETTING:
        return False
    before, _, behind = _BY_SETTING[materialized][1].partition("{}")
    name = name_of(unique_id)
    return name.startswith(before) and name.endswith(behind)


def _named_by(node: Node, macros: Macros) -> Iterator[str]:
    """The macros of others that a setting of a node names."""
    setting, form = _BY_SETTING.get(_materialized(node), ("", ""))
    told = node.config.get(setting)
    if isinstance(told, str):
        name = form.format(told.rpartition(".")[2].replace("+", "_"))
        yield from (i for i in macros.foreign if i.rpartition(".")[2] == name)


def _run_by_dbt(macros: Macros, own: set[str]) -> Iterator[str]:
    """The project's macros in the place of some that run SQL: dbt may call them at any time."""
    running = macros.dbts_calling(macros.dbts(lambda i, _macro: name_of(i) in RUNNERS))
    names = {name_of(unique_id) for unique_id in running}
    adapters = {"", "default", *macros.adapters}
    for unique_id in own:
        written = unique_id.rpartition(".")[2]
        if name_of(unique_id) in names and written.rpartition("__")[0] in adapters:
            yield unique_id


def _gap(place: Place, macro: Macro, unique_id: str, relations: set[str]) -> Gap:
    name = unique_id.rpartition(".")[2][:200]
    return Gap(
        GapReason.OPAQUE_CODE,
        f"a macro that is not dbt's own is part of how relations are built: {name}",
        tuple(sorted(filter(None, relations))),
        Origin(place.path_of(macro), 1, 1),
    )
