"""Policy: packs and rules, from YAML to values that make sense."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import msgspec

from enforcer.documents import Document, nearest_or_all, read_document
from enforcer.documents.nearest import quoted
from enforcer.rule_sense import check_sense
from enforcer.rules import Rule, RuleId, Some, Strict
from enforcer.shipped import policies_folder
from enforcer.taxonomy import load_taxonomy
from enforcer.words import PolicyError, RuleCard
from lineage import Origin

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from enforcer.config import Configuration
    from enforcer.taxonomy import Taxonomy

PACK_FILE: Final = "pack.yml"
OWN_PACK: Final = "project"


class Pack(Strict, frozen=True, kw_only=True):
    """What a pack says about itself. `id` is the folder's name.

    `rules` are the ids of its rules in the order in which people should read them;
    `law_note` says what a pass does not mean in law, `not_checked` which duties of that law
    no static check can show.
    """

    id: RuleId
    title: str
    version: Annotated[int, msgspec.Meta(ge=1)]
    about: str
    rules: Some
    law_note: str = ""
    not_checked: tuple[str, ...] = ()


class LoadedRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule, the pack it belongs to, and the file as people see it; `source` is its text."""

    rule: Rule
    pack: str
    file: str
    source: str

    @property
    def card(self) -> RuleCard:
        """What a report needs to know of this rule."""
        return self.rule.card(self.pack)


class LoadedPack(msgspec.Struct, frozen=True):
    """A pack with its rules, in the order of its list."""

    pack: Pack
    rules: tuple[LoadedRule, ...]


def shipped_packs() -> tuple[str, ...]:
    """The ids of the packs that are shipped, sorted."""
    return tuple(sorted(path.parent.name for path in policies_folder().glob(f"*/{PACK_FILE}")))


def load_pack(name: str, taxonomy: Taxonomy, origin: Origin | None = None) -> LoadedPack:
    """A shipped pack. Raises `PolicyError`, at `origin`, when there is none of that name.

    It also raises for a rule file that is listed and missing, or there and not listed.
    """
    known = shipped_packs()
    if name not in known:
        at = origin or Origin("fieldgate", 1, 1)
        raise PolicyError(at, f"unknown pack {quoted(name)}", nearest_or_all(name, known))
    root = policies_folder()
    document = read_document(root, f"{name}/{PACK_FILE}", Pack)
    pack = document.value
    if pack.id != name:
        what = f"the id {quoted(pack.id)} is not the folder's name"
        raise PolicyError(document.origin("id"), what, f"call it `{name}`")
    _check_list(document, _rule_files(root / name))
    rules = (_load_rule(root, f"{name}/{rule}.yml", name, taxonomy, None) for rule in pack.rules)
    return LoadedPack(pack, tuple(rules))


def load_shipped_rules() -> tuple[LoadedRule, ...]:
    """The rules of all shipped packs."""
    taxonomy = load_taxonomy()
    return tuple(rule for name in shipped_packs() for rule in load_pack(name, taxonomy).rules)


def _check_list(document: Document[Pack], files: Sequence[str]) -> None:
    there = {Path(file).stem for file in files}
    for number, rule in enumerate(document.value.rules):
        if rule not in there or rule in document.value.rules[:number]:
            what = f"no file for rule {quoted(rule)}" if rule not in there else "listed twice"
            step = nearest_or_all(rule, there)
            raise PolicyError(document.origin("rules", number), what, step)
    unlisted = sorted(there - set(document.value.rules))
    if unlisted:
        what = f"rule {quoted(unlisted[0])} is in the folder and not in the list"
        raise PolicyError(document.key_origin("rules"), what, "list it, or remove the file")


def _rule_files(folder: Path) -> tuple[str, ...]:
    """Names of the rule files in a folder, sorted."""
    names = (path.name for path in folder.iterdir() if path.suffix in {".yml", ".yaml"})
    return tuple(sorted(name for name in names if name != PACK_FILE))


def _load_rule(
    root: Path, path: str, pack: str, taxonomy: Taxonomy, places: Collection[str] | None
) -> LoadedRule:
    document = read_document(root, path, Rule)
    if document.value.id != Path(path).stem:
        what = f"the id {quoted(document.value.id)} is not the file's name"
        raise PolicyError(document.origin("id"), what, f"call it `{Path(path).stem}`")
    check_sense(document, taxonomy, places)
    return LoadedRule(rule=document.value, pack=pack, file=document.file, source=document.text)


def load_rules(
    configuration: Configuration, taxonomy: Taxonomy, places: Collection[str]
) -> tuple[LoadedRule, ...]:
    """All rules that a project is held to: those of its packs, then its own.

    `places` are the names of the project's places. Raises `PolicyError` for a rule that
    cannot be read or makes no sense, and when two rules have the same id.
    """
    settings = configuration.settings
    rules: list[LoadedRule] = []
    for number, name in enumerate(settings.packs):
        rules += load_pack(name, taxonomy, configuration.origin("packs", number)).rules
    for number, folder in enumerate(settings.policies):
        rules += _load_folder(configuration, number, folder, taxonomy, places)
    _check_unique(rules)
    if not rules:
        what = "no rule is asked for, so nothing would be checked"
        raise PolicyError(configuration.origin("packs"), what, "name a pack or a folder of rules")
    return tuple(rules)


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
    names = _rule_files(whole)
    if not names:
        raise PolicyError(origin, f"no rule is in {quoted(folder)}", "write one, or remove it")
    base = Path(folder).as_posix()
    return tuple(
        _load_rule(configuration.root, f"{base}/{name}", OWN_PACK, taxonomy, places)
        for name in names
    )


def _check_unique(rules: Iterable[LoadedRule]) -> None:
    files: dict[str, str] = {}
    for rule in rules:
        if rule.rule.id in files:
            what = f"a rule {quoted(rule.rule.id)} is also in {files[rule.rule.id]}"
            raise PolicyError(Origin(rule.file, 1, 1), what, "rename one of them")
        files[rule.rule.id] = rule.file
