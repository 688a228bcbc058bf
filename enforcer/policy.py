"""Policy: the rules that a project is held to, with what it has settled about them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.documents import nearest_or_all
from enforcer.documents.nearest import quoted
from enforcer.documents.nodes import Foreign, Mapping
from enforcer.packs import LoadedRule, load_pack, load_rule, rule_files, shipped_packs
from enforcer.taxonomy import load_taxonomy
from enforcer.words import PolicyError, Severity
from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from enforcer.config import Configuration, RuleUse
    from enforcer.documents.nodes import Node
    from enforcer.rules import Rule
    from enforcer.taxonomy import Taxonomy

OWN_PACK: Final = "project"


def load_shipped_rules() -> tuple[LoadedRule, ...]:
    """The rules of all shipped packs, one entry each."""
    taxonomy = load_taxonomy()
    rules = (rule for name in shipped_packs() for rule in load_pack(name, taxonomy).rules)
    return tuple(_merged(rules))


def load_rules(
    configuration: Configuration,
    taxonomy: Taxonomy,
    places: Collection[str],
    more: Iterable[LoadedRule] = (),
) -> tuple[LoadedRule, ...]:
    """All rules that a project is held to: those of its packs, its own, and some from elsewhere.

    A rule that two packs share is one rule, with the law of both and the graver severity.
    `places` are the names of the project's places. Raises `PolicyError` for a rule that
    cannot be read or makes no sense, and when two rules have the same id.
    """
    rules = [*_merged(_rules_of_packs(configuration, taxonomy))]
    for number, folder in enumerate(configuration.settings.policies):
        rules += _load_folder(configuration, number, folder, taxonomy, places)
    rules += more
    _check_unique(rules)
    left = tuple(_settled(configuration, rules))
    if not left:
        what = "no rule is asked for, so nothing would be checked"
        raise PolicyError(configuration.origin("packs"), what, "name a pack or a folder of rules")
    return left


def _rules_of_packs(configuration: Configuration, taxonomy: Taxonomy) -> Iterator[LoadedRule]:
    uses = configuration.settings.packs
    for number, use in enumerate(uses):
        at = configuration.origin("packs", number)
        if use.pack in [other.pack for other in uses[:number]]:
            raise PolicyError(at, f"pack {quoted(use.pack)} is named twice", "name it once")
        given = dict(_parameters(configuration, ("packs", number, "parameters")))
        pack = load_pack(use.pack, taxonomy, at, given)
        known = {name for rule in pack.rules for name in rule.rule.parameters}
        _check_known(configuration, given, known, ("packs", number, "parameters"))
        for rule in pack.rules:
            changed = msgspec.structs.replace(rule.rule, shadow=rule.rule.shadow or use.shadow)
            yield msgspec.structs.replace(rule, rule=changed)


def _parameters(
    configuration: Configuration, path: tuple[str | int, ...]
) -> Iterator[tuple[str, Node]]:
    """The values that the configuration gives at `path`, each knowing where it is written."""
    document = configuration.document
    if document is None or path[-1] not in document.keys(*path[:-1]):
        return
    node = document.node(*path)
    if isinstance(node, Mapping):
        for key, value in node.entries:
            yield key.text, Foreign(value.line, value.column, document.file, value)


def _check_known(
    configuration: Configuration,
    given: Iterable[str],
    known: Collection[str],
    path: tuple[str | int, ...],
) -> None:
    for name in given:
        if name not in known:
            what = f"no rule of it has a parameter {quoted(name)}"
            step = nearest_or_all(name, known) if known else "remove it"
            raise PolicyError(configuration.key_origin(*path, name), what, step)


def _merged(rules: Iterable[LoadedRule]) -> Iterator[LoadedRule]:
    """One rule for each id, in the order of their first."""
    found: dict[str, LoadedRule] = {}
    for rule in rules:
        first = found.get(rule.rule.id)
        found[rule.rule.id] = rule if first is None else _both(first, rule)
    yield from found.values()


def _both(first: LoadedRule, second: LoadedRule) -> LoadedRule:
    severity = min(first.rule.severity, second.rule.severity, key=list(Severity).index)
    rule = msgspec.structs.replace(
        first.rule,
        severity=severity,
        shadow=first.rule.shadow and second.rule.shadow,
        law=tuple(dict.fromkeys((*first.rule.law, *second.rule.law))),
    )
    packs = dict.fromkeys((*first.pack.split(", "), *second.pack.split(", ")))
    return msgspec.structs.replace(first, rule=rule, pack=", ".join(packs))


def _settled(configuration: Configuration, rules: Iterable[LoadedRule]) -> Iterator[LoadedRule]:
    """The rules as the project wants them: severities, shadow, and without those it put off."""
    uses = configuration.settings.rules
    known = [*rules]
    for name in uses:
        if name not in {rule.rule.id for rule in known}:
            step = nearest_or_all(name, [rule.rule.id for rule in known])
            at = configuration.key_origin("rules", name)
            raise PolicyError(at, f"no rule is called {quoted(name)}", step)
    for rule in known:
        use = uses.get(rule.rule.id)
        if use is None:
            yield rule
        elif not use.off:
            yield msgspec.structs.replace(rule, rule=_as_used(rule.rule, use))


def _as_used(rule: Rule, use: RuleUse) -> Rule:
    shadow = rule.shadow if use.shadow is None else use.shadow
    return msgspec.structs.replace(rule, shadow=shadow, severity=use.severity or rule.severity)


def _load_folder(
    configuration: Configuration,
    number: int,
    folder: str,
    taxonomy: Taxonomy,
    places: Collection[str],
) -> tuple[LoadedRule, ...]:
    origin, whole = configuration.origin("policies", number), configuration.root / folder
    if not whole.is_dir():
        raise PolicyError(origin, f"{quoted(folder)} is no folder", "name a folder of rules")
    names = rule_files(whole)
    if not names:
        raise PolicyError(origin, f"no rule is in {quoted(folder)}", "write one, or remove it")
    base = Path(folder).as_posix()
    return tuple(
        load_rule(configuration.root, f"{base}/{name}", OWN_PACK, taxonomy, places=places)
        for name in names
    )


def _check_unique(rules: Iterable[LoadedRule]) -> None:
    files: dict[str, str] = {}
    for rule in rules:
        if rule.rule.id in files:
            what = f"a rule {quoted(rule.rule.id)} is also in {files[rule.rule.id]}"
            raise PolicyError(Origin(rule.file, 1, 1), what, "rename one of them")
        files[rule.rule.id] = rule.file
