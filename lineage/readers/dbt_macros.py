"""The macros of a dbt manifest: which are dbt's own, and which of the project stand in for them.

What builds relations is made of macros too. A project may bring a materialisation, or a macro
by the name of one that dbt's own materialisations call: what a run does is then not what the
models say, and that is a gap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lineage.words import Gap, GapReason, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
# dbt puts the names of the macros in here together as it runs.
_OF_FUNCTIONS: Final = "macros/materializations/functions/"


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

    def of_functions(self) -> set[str]:
        """Dbt's own macros that create functions."""
        return {
            unique_id
            for unique_id, macro in self.of_id.items()
            if unique_id not in self.foreign
            and macro.original_file_path.replace("\\", "/").startswith(_OF_FUNCTIONS)
        }


def name_of(unique_id: str) -> str:
    """The name of a macro, without the adapter that it is for."""
    return unique_id.rpartition(".")[2].rpartition("__")[2]


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
    if materialized == _FUNCTION:
        first |= macros.of_functions()
    behind = macros.behind(first)
    called = {name_of(unique_id) for unique_id in behind if unique_id not in macros.foreign}
    for unique_id in macros.foreign:
        name = unique_id.rpartition(".")[2]
        brought = unique_id in behind and ("__" in name or name in begun)
        by_name = unique_id in own and name_of(unique_id) in called
        if (brought or by_name) and name.rpartition("__")[0] in {"", *adapters}:
            yield unique_id


def _gap(place: Place, macro: Macro, unique_id: str, relations: set[str]) -> Gap:
    name = unique_id.rpartition(".")[2][:200]
    return Gap(
        GapReason.OPAQUE_CODE,
        f"a macro that is not dbt's own is part of how relations are built: {name}",
        tuple(sorted(relations)),
        Origin(place.path_of(macro), 1, 1),
    )
