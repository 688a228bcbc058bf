"""What the checks look at: the analysis of a project, and what was declared about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from enforcer.documents.nearest import quoted
from enforcer.grants import granted_relations, principal_of, put_into_shares, readers_granted
from enforcer.labels import ENCRYPTED_COLUMN, Label, Labelling
from enforcer.protection.acts import functions_made
from enforcer.protection.arrivals import Arrivals, Way
from enforcer.protection.keys import with_keys_beside
from enforcer.protection.methods import Effect
from enforcer.protection.reach import Successors, direct_successors, fed_by_others
from enforcer.protection.states import State, protections_in
from enforcer.protection.tokens import with_token_maps
from enforcer.protection.variants import Variant
from enforcer.rules import Choice, Notice, Place
from enforcer.shared import shared_by_likes
from enforcer.words import PolicyError, Protection
from lineage import Column, Origin
from lineage.analysis import Analysis
from lineage.graph import with_dotted_names
from lineage.projects import DeclaredColumn, Relation, RelationKind

if TYPE_CHECKING:
    from enforcer.taxonomy import Form

_IDENTIFIER = "user.unique_id"
_ENCRYPTED: Final = State(Variant(Protection.ENCRYPTED)).number
# Keys of a place that say what facts of that name would say.
_OF_PLACES: Final = frozenset({"encryption", "environment", "region", "retention", "zone"})
_META = ("config.meta.fieldgate.", "meta.fieldgate.")


class Taxonomy(Protocol):
    """What the checks ask of a taxonomy of categories."""

    def covers(self, parent: str, child: str) -> bool:
        """True when `child` is `parent` or lies below it."""
        ...

    def chooses(self, data: Choice, category: str) -> bool:
        """True when a category is among the data that a rule speaks of."""
        ...

    def check_pattern(self, pattern: str, origin: Origin) -> None:
        """Raises `PolicyError` for a pattern that is no category, glob or set of them."""
        ...

    def is_enumerable(self, category: str) -> bool:
        """True when all values of the category can be tried."""
        ...

    def form_of(self, category: str) -> Form:
        """What the values of the category look like."""
        ...

    def suggest(self, column_name: str) -> str | None:
        """The category that a column of such a name most likely has."""
        ...


class Seed(msgspec.Struct, frozen=True):
    """A file of values that the project brings along, as CSV text."""

    relation: str
    file: str
    text: str


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """What a project may set for all rules.

    group_size: the k under which an aggregate speaks of single people; functions: the
    project's own functions by name or glob, and what they do to a value; roles: what
    principals, named by globs, may read.
    """

    group_size: int = 10
    functions: tuple[tuple[str, Effect], ...] = ()
    roles: tuple[tuple[str, Choice], ...] = ()


class Estate(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A project as the checks see it. `places_of` gives a relation's places by name.

    `labels` are those that hold; `labelling` is all that is said, for who wants to know why.
    `notices` say what people were told about their data.
    """

    analysis: Analysis
    labels: Mapping[Column, tuple[Label, ...]]
    taxonomy: Taxonomy
    today: date
    labelling: Labelling = Labelling({}, {})
    places: Mapping[str, Place] = {}
    places_of: Mapping[str, tuple[str, ...]] = {}
    parameters: Parameters = Parameters()
    seeds: tuple[Seed, ...] = ()
    notices: tuple[Notice, ...] = ()

    @cached_property
    def relations(self) -> Mapping[str, Relation]:
        """All relations by name, sorted; one that only the graph knows is a table."""
        known = {relation.name: relation for relation in self.analysis.relations}
        for name in self.analysis.graph.relations():
            known.setdefault(
                name, Relation(name=name, kind=RelationKind.TABLE, origin=Origin(name, 1, 1))
            )
        return dict(sorted(known.items()))

    @cached_property
    def columns_with_facts(self) -> Mapping[str, tuple[DeclaredColumn, ...]]:
        """For each relation that declares something of a column, these columns."""
        found = {n: tuple(c for c in r.columns if c.facts) for n, r in self.relations.items()}
        return {name: columns for name, columns in found.items() if columns}

    @cached_property
    def arrivals(self) -> Arrivals:
        """Where values arrive; shared by all rules."""
        graph = self.analysis.graph
        own = (*functions_made(self.relations), *self.parameters.functions)
        return Arrivals(graph, own, frozenset(self._subject_nodes()), self._encrypted_nodes())

    @cached_property
    def direct_successors(self) -> Successors:
        """For each node of the graph the nodes that its value flows into directly."""
        return direct_successors(self.analysis.graph)

    @cached_property
    def shared(self) -> frozenset[str]:
        """The relations that a share carries to other accounts."""
        granted = set().union(*put_into_shares(self.analysis.grants).values())
        return frozenset(n for g in granted for n in granted_relations(self.relations, g))

    @cached_property
    def fed_by_unlabelled(self) -> frozenset[int]:
        """The labelled nodes that get a value in the clear from where nothing is labelled."""
        nodes = map(self.analysis.graph.find, self.labels)
        known = frozenset(node for node in nodes if node is not None)
        tables = self.arrivals.tables(Way())
        clear = [Protection.CLEAR in protections_in(table[0]) for table in tables]
        return fed_by_others(self.analysis.graph, known, clear.__getitem__)

    @cached_property
    def declares(self) -> bool:
        """True when the project has begun to state facts, places or notices in Fieldgate's words.

        Rules that ask for statements are silent before that: a first run should show what
        the SQL does, not a list of all the forms that nobody has heard of yet.
        """
        return bool(self.places or self.notices) or any(
            fact.key.startswith(_META)
            for relation in self.analysis.relations
            for fact in relation.facts
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all relations, sorted."""
        return tuple(self.relations)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """For each relation its number in the order of names."""
        return {name: number for number, name in enumerate(self.relations)}

    @cached_property
    def found(self) -> dict[object, dict[Any, Any]]:
        """The answers that rules share, by question: see `enforcer.shared`."""
        return {}

    @cached_property
    def likes(self) -> Mapping[str, str]:
        """For each relation the first one of its kind of which the same is declared."""
        first: dict[object, str] = {}

        def said(name: str, relation: Relation) -> object:
            places = tuple(place for place, _ in self.places_named(name))
            return relation.kind, relation.facts, places, name in self.shared

        return {n: first.setdefault(said(n, r), n) for n, r in self.relations.items()}

    def facts(self, relation: str, key: str) -> tuple[str, ...]:
        """What is declared about a relation, else by the places that it lies in.

        A relation's configuration outweighs its meta. Keys that begin with `config.` are those
        of its tool, and so are those behind `tool.`.
        """
        return _facts(self, relation, key)

    def stated(self, relation: str, key: str) -> tuple[str, ...]:
        """The same, or the values in the block of that name where no single one is stated.

        Of places their own keys count too: `retention`, `region`, `zone` and the like.
        """
        return _stated(self, relation, key)

    def places_named(self, relation: str) -> tuple[tuple[str, Place], ...]:
        """The places that a relation lies in, those of the roles that may read it among them."""
        return self._places_by_relation.get(relation, ())

    @cached_property
    def _places_by_relation(self) -> Mapping[str, tuple[tuple[str, Place], ...]]:
        found = dict(self.places_of)
        by_role = {n: place.match.roles for n, place in self.places.items() if place.match.roles}
        granted = readers_granted(self.relations, self.analysis.grants) if by_role else ()
        for reader in granted:
            for name, roles in by_role.items():
                if any(fnmatchcase(reader.principal, principal_of(role)) for role in roles):
                    found[reader.relation] = (*found.get(reader.relation, ()), name)
        known = {names: self._placed(names) for names in {*found.values()}}
        return {relation: known[names] for relation, names in found.items()}

    def _placed(self, names: tuple[str, ...]) -> tuple[tuple[str, Place], ...]:
        return tuple((n, self.places[n]) for n in sorted({*names}) if n in self.places)

    @cached_property
    def subject_keys(self) -> frozenset[Column]:
        """The columns that relations declare to be the key of a subject.

        People write them as they please, so the dialect's letter case does not matter.
        """
        graph = self.analysis.graph
        keys: set[Column] = set()
        for name in self.relations:
            for written in self.facts(name, "subject_key"):
                known = [graph.columns[node] for node in graph.nodes_of(name)]
                alike = [c for c in known if c.column.lower() == written.lower()]
                keys.update(alike or (Column(name, written),))
        return frozenset(keys)

    def _encrypted_nodes(self) -> dict[int, int]:
        """The columns of which a contract says that their values come encrypted."""
        said = (
            Column(name, column.name)
            for name, columns in self.columns_with_facts.items()
            for column in columns
            if any(fact.key == ENCRYPTED_COLUMN for fact in column.facts)
        )
        found = map(self.analysis.graph.find, said)
        return dict.fromkeys((node for node in found if node is not None), _ENCRYPTED)

    def _subject_nodes(self) -> set[int]:
        """Declared keys; without any, what somebody labelled as an identifier of a person."""
        labelled = {
            column
            for column, labels in self.labels.items()
            if any(x.by != "name" and x.category.startswith(_IDENTIFIER) for x in labels)
        }
        graph = self.analysis.graph
        keys = map(graph.find_sink, self.subject_keys or labelled)
        nodes = {node for node in keys if node is not None}
        return nodes.union(*map(graph.fields_of, nodes))


@shared_by_likes
def _facts(estate: Estate, relation: str, key: str) -> tuple[str, ...]:
    found = estate.relations.get(relation)
    if found is None:
        return ()
    if key.startswith(("config.", "tool.")):
        key = key.removeprefix("tool.")
        return tuple(fact.value for fact in found.facts if fact.key == key)
    said = (place.facts.get(key, ()) for _, place in estate.places_named(relation))
    placed = (value for one in said for value in ((one,) if isinstance(one, str) else one))
    return _by_key(estate, relation).get(key) or tuple(placed)


@shared_by_likes
def _by_key(estate: Estate, relation: str) -> Mapping[str, tuple[str, ...]]:
    """All that a relation declares of itself, by key."""
    found: dict[str, tuple[str, ...]] = {}
    for prefix in reversed(_META):
        said: dict[str, tuple[str, ...]] = {}
        for fact in estate.relations[relation].facts:
            if fact.key.startswith(prefix):
                key = fact.key.removeprefix(prefix)
                said[key] = (*said.get(key, ()), fact.value)
        found |= said
    return found


@shared_by_likes
def _stated(estate: Estate, relation: str, key: str) -> tuple[str, ...]:
    block = (value for _, value in facts_under(estate, relation, key))
    return estate.facts(relation, key) or tuple(block) or _of_places(estate, relation, key)


def _of_places(estate: Estate, relation: str, key: str) -> tuple[str, ...]:
    """What the places of a relation say of themselves under a key of theirs."""
    if key not in _OF_PLACES:
        return ()
    said = (getattr(place, key) for _, place in estate.places_named(relation))
    return tuple(value for value in said if value)


def facts(relation: Relation, key: str) -> tuple[str, ...]:
    """The values of `fieldgate.<key>` that a relation declares, in the order they are written."""
    for prefix in _META:
        values = tuple(fact.value for fact in relation.facts if fact.key == f"{prefix}{key}")
        if values:
            return values
    return ()


def protected(analysis: Analysis) -> Analysis:
    """The analysis with flows into the tokens of declared maps, and with keys told that lie open.

    Fields are columns with dotted names in it. Raises `PolicyError` where a map names a column of
    tokens that it has not.
    """
    maps = {
        relation.name: _token_columns(relation)
        for relation in analysis.relations
        if is_stated(relation, "token_map")
    }
    graph = with_keys_beside(with_token_maps(with_dotted_names(analysis.graph), maps))
    return msgspec.structs.replace(analysis, graph=graph)


def _token_columns(relation: Relation) -> tuple[str, ...]:
    names = facts(relation, "token_map")
    known = {column.name.lower() for column in relation.columns}
    unknown = [name for name in names if name.lower() not in known]
    if unknown and relation.complete:
        what = f"the token map {quoted(relation.name)} has no column {quoted(unknown[0])}"
        raise PolicyError(relation.origin, what, "name the column that holds the tokens")
    return names


def facts_under(estate: Estate, relation: str, key: str) -> tuple[tuple[str, str], ...]:
    """What is declared in the block `fieldgate.<key>`, else by places: keys, each with a value."""
    found = estate.relations.get(relation)
    declared = found.facts if found is not None else ()
    for prefix in _META:
        block = f"{prefix}{key}."
        values = tuple(
            (fact.key.removeprefix(block), fact.value)
            for fact in declared
            if fact.key.startswith(block)
        )
        if values:
            return values
    placed = (place.facts for _, place in estate.places_named(relation))
    return tuple(
        (name.removeprefix(f"{key}."), value)
        for stated in placed
        for name, said in stated.items()
        if name.startswith(f"{key}.")
        for value in ((said,) if isinstance(said, str) else said)
    )


# What people write into a form that they have to fill in and have nothing for.
_NOTHING_SAID: Final = frozenset(
    "false na no nobody none null pending tba tbc tbd todo unknown 无 待定 未定".split()
)


def says_nothing(text: str) -> bool:
    """True for a contract, a duty or a job that is written down and is none (`none`, `tbd`)."""
    said = "".join(filter(str.isalnum, text.lower()))
    return not said or said in _NOTHING_SAID


def is_stated(relation: Relation, key: str) -> bool:
    """True when `fieldgate.<key>` is declared, as one value or as a block of them."""
    return any(
        fact.key == f"{prefix}{key}" or fact.key.startswith(f"{prefix}{key}.")
        for prefix in _META
        for fact in relation.facts
    )


def setting(relation: Relation, key: str) -> str:
    """The value of `config.<key>` that a tool keeps about a relation, empty when there is none."""
    return next((fact.value for fact in relation.facts if fact.key == f"config.{key}"), "")


def configured(relation: Relation, key: str) -> str:
    """The same, or what DDL sets where the tool keeps nothing; table properties by their names."""
    found = setting(relation, key)
    if found:
        return found
    keys = (f"setting.{key}", f"property.{key.partition('properties.')[2].lower() or key}")
    return next((fact.value for fact in relation.facts if fact.key in keys), "")


def is_rebuilt(relation: Relation) -> bool:
    """True for what a script creates or replaces from a query."""
    return any(fact.key == "rebuilt" for fact in relation.facts)
