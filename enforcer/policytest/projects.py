"""Which suites a project has: one for each pack, as it is shipped, and one for its own rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from enforcer.config import Configuration, load_config
from enforcer.engines.connecting import load_all_rules
from enforcer.own_taxonomy import project_taxonomy
from enforcer.packs import SHARED, LoadedRule, case_files, load_pack, rule_files
from enforcer.places import find_places, load_places
from enforcer.policy import OWN_PACK
from enforcer.policytest.cases import read_cases
from enforcer.policytest.suites import Suite, suite_of
from enforcer.policytest.worlds import Surroundings
from enforcer.shipped import policies_folder
from enforcer.taxonomy import Taxonomy, load_taxonomy
from lineage.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from enforcer.documents import Document
    from enforcer.rules import CasesFile


class Policy(msgspec.Struct, frozen=True):
    """The rules that a project is held to, and the suites in which they are tested."""

    configuration: Configuration
    rules: tuple[LoadedRule, ...]
    suites: tuple[Suite, ...]
    taxonomy: Taxonomy


def policy_of(path: Path) -> Policy:
    """The policy of the project at `path`.

    Raises `PolicyError` for what cannot be read or makes no sense.
    """
    configuration = load_config(path)
    taxonomy = project_taxonomy(configuration, load_taxonomy())
    places = load_places(configuration, taxonomy)
    rules = load_all_rules(configuration, taxonomy, tuple(places))
    shipped = _pack_suites(configuration, rules, taxonomy)
    with Workers() as workers:
        around = Surroundings(taxonomy, find_places, places, workers)
        suites = (*shipped, _own_suite(configuration, rules, around, taxonomy))
    return Policy(configuration, rules, suites, taxonomy)


def _pack_suites(
    configuration: Configuration, rules: Sequence[LoadedRule], taxonomy: Taxonomy
) -> Iterator[Suite]:
    """A rule that several packs share is tested with the first."""
    wanted = {loaded.rule.id for loaded in rules}
    for use in configuration.settings.packs:
        suite = pack_suite(use.pack, taxonomy, wanted)
        wanted -= {*suite.tested}
        yield suite


def pack_suite(name: str, taxonomy: Taxonomy, wanted: Collection[str] | None = None) -> Suite:
    """The suite of a shipped pack: its rules, with the values that the pack gives them.

    Of its rules those are tested that are `wanted`. What a project settles about them is not
    what their samples and cases are about.
    """
    rules = load_pack(name, taxonomy).rules
    known = [loaded.rule.id for loaded in rules]
    root = policies_folder()
    shared = [Path(file).stem for file in rule_files(root / SHARED)]
    documents = [
        *(read_cases(root, f"{name}/{file}", taxonomy, known) for file in case_files(root / name)),
        *(
            read_cases(root, f"{SHARED}/{file}", taxonomy, shared, name_rules=True)
            for file in case_files(root / SHARED)
        ),
    ]
    tested = [rule for rule in known if wanted is None or rule in wanted]
    return suite_of(rules, tested, documents, Surroundings(taxonomy, find_places))


def _own_suite(
    configuration: Configuration,
    rules: Sequence[LoadedRule],
    around: Surroundings,
    taxonomy: Taxonomy,
) -> Suite:
    own = [loaded.rule.id for loaded in rules if loaded.pack == OWN_PACK]
    return suite_of(rules, own, [*_own_cases(configuration, rules, taxonomy)], around)


def _own_cases(
    configuration: Configuration, rules: Sequence[LoadedRule], taxonomy: Taxonomy
) -> Iterator[Document[CasesFile]]:
    known = [loaded.rule.id for loaded in rules]
    for folder in configuration.settings.policies:
        base = Path(folder).as_posix()
        for name in case_files(configuration.root / folder):
            yield read_cases(configuration.root, f"{base}/{name}", taxonomy, known)
