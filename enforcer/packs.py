"""Packs: rules that are shipped together for one law or standard, and the duties they serve."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

import msgspec

from enforcer.documents import Document, nearest_or_all, read_document
from enforcer.documents.nearest import quoted
from enforcer.documents.nodes import Foreign, Mapping
from enforcer.rego import read_rego_rule
from enforcer.rule_sense import check_sample, check_sense
from enforcer.rules import Rule, RuleId, Sample, Strict
from enforcer.shipped import policies_folder
from enforcer.words import PolicyError, RuleCard, Severity
from lineage import Origin
from lineage.readers.folders import names_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from collections.abc import Mapping as Mapped

    from enforcer.documents.nodes import Node
    from enforcer.taxonomy import Taxonomy

    Parameters = Mapped[str, Node]

PACK_FILE: Final = "pack.yml"
REGO: Final = ".rego"
_SUFFIXES: Final = (".yml", ".yaml", REGO)
# The folder of rules that any pack may list.
SHARED: Final = "rules"
# How the names of files of cases end, before `.yml`.
TEST: Final = "_test"


class Text(Strict, frozen=True, kw_only=True):
    """What a duty says, in another language."""

    asks: str
    cannot_verify: str = ""


class Duty(Strict, frozen=True, kw_only=True):
    """One duty of a law: its article, what it asks, in our own words, and what checks it.

    `cannot_verify` is what no check of code can show. A duty without rules is one that none
    can check at all.
    """

    id: str
    law: str
    asks: str
    rules: tuple[RuleId, ...] = ()
    cannot_verify: str = ""
    zh: Text | None = None


class PackRule(Strict, frozen=True, kw_only=True):
    """A rule as a pack has it.

    `with` are the values that this law gives to parameters of the rule; such a rule is one of
    its own, called `<rule>-<pack>`. `avoid` and `prefer` are samples for these values.
    """

    leading_key: ClassVar[str] = "rule"

    rule: RuleId
    severity: Severity | None = None
    parameters: dict[str, Any] = msgspec.field(name="with", default_factory=dict)
    avoid: Sample | None = None
    prefer: Sample | None = None


class Pack(Strict, frozen=True, kw_only=True):
    """What a pack says about itself. `id` is the folder's name.

    `rules` stand in the order in which people should read them: files of the pack's own
    folder, or of the shared one; `law_note` says what a pass does not mean in law,
    `not_checked` which duties of that law no static check can show.
    """

    id: RuleId
    title: str
    version: Annotated[int, msgspec.Meta(ge=1)]
    about: str
    rules: Annotated[tuple[PackRule, ...], msgspec.Meta(min_length=1)]
    duties: tuple[Duty, ...] = ()
    law_note: str = ""
    not_checked: tuple[str, ...] = ()


class LoadedRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule, the packs it belongs to, and the file as people see it.

    `source` is its text, `given` what a pack has written of it besides, and `values` the
    parameters to which that pack gives a value. `as_shipped` is the rule with the values that
    its samples are about, where the project has given it others.
    """

    rule: Rule
    pack: str
    file: str
    source: str
    given: str = ""
    values: frozenset[str] = frozenset()
    as_shipped: Rule | None = None

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
    root = policies_folder()
    return tuple(name for name in names_in(root) if PACK_FILE in names_in(root / name))


def load_pack(
    name: str,
    taxonomy: Taxonomy,
    origin: Origin | None = None,
    parameters: Parameters | None = None,
) -> LoadedPack:
    """A shipped pack. Raises `PolicyError`, at `origin`, when there is none of that name.

    `parameters` are a project's values for parameters of its rules. It also raises for a rule
    file that is listed and missing, or there and not listed, and for a duty that names a rule
    which the pack has not.
    """
    known = shipped_packs()
    if name not in known:
        at = origin or Origin("fieldgate", 1, 1)
        raise PolicyError(at, f"unknown pack {quoted(name)}", nearest_or_all(name, known))
    root = policies_folder()
    document = read_document(root, f"{name}/{PACK_FILE}", Pack)
    _check_pack(document, name, root)
    rules = (
        _pack_rule(document, number, taxonomy, parameters or {})
        for number in range(len(document.value.rules))
    )
    return LoadedPack(document.value, tuple(rules))


def _check_pack(document: Document[Pack], name: str, root: Path) -> None:
    pack = document.value
    if pack.id != name:
        what = f"the id {quoted(pack.id)} is not the folder's name"
        raise PolicyError(document.origin("id"), what, f"call it `{name}`")
    own = {Path(file).stem for file in rule_files(root / name)}
    there = own | {Path(file).stem for file in rule_files(root / SHARED)}
    listed = [entry.rule for entry in pack.rules]
    for number, rule in enumerate(listed):
        if rule not in there or rule in listed[:number]:
            what = f"no file for rule {quoted(rule)}" if rule not in there else "listed twice"
            step = nearest_or_all(rule, there)
            raise PolicyError(document.origin("rules", number), what, step)
    unlisted = sorted(own - set(listed))
    if unlisted:
        what = f"rule {quoted(unlisted[0])} is in the folder and not in the list"
        raise PolicyError(document.key_origin("rules"), what, "list it, or remove the file")
    for index, duty in enumerate(pack.duties):
        for number, rule in enumerate(duty.rules):
            if rule not in listed:
                what = f"the pack has no rule {quoted(rule)}"
                at = document.origin("duties", index, "rules", number)
                raise PolicyError(at, what, nearest_or_all(rule, listed))


def _pack_rule(
    document: Document[Pack], number: int, taxonomy: Taxonomy, parameters: Parameters
) -> LoadedRule:
    pack, entry = document.value, document.value.rules[number]
    root = policies_folder()
    path = next(
        path
        for folder in (pack.id, SHARED)
        for suffix in _SUFFIXES
        if (root / (path := f"{folder}/{entry.rule}{suffix}")).is_file()
    )
    given = dict(_given(document, number))
    shipped = load_rule(root, path, pack.id, taxonomy, parameters=given)
    theirs = {key: value for key, value in parameters.items() if key in shipped.rule.parameters}
    loaded = shipped
    if theirs:
        loaded = load_rule(root, path, pack.id, taxonomy, parameters={**given, **theirs})
    duties = tuple(duty.law for duty in pack.duties if entry.rule in duty.rules)
    changes = {
        "id": f"{entry.rule}-{pack.id}" if given else entry.rule,
        "severity": entry.severity or loaded.rule.severity,
        "law": duties or loaded.rule.law,
        "avoid": entry.avoid or loaded.rule.avoid,
        "prefer": entry.prefer or loaded.rule.prefer,
    }
    rule = msgspec.structs.replace(loaded.rule, **changes)
    return msgspec.structs.replace(
        loaded,
        rule=rule,
        given=_entry(document, number) if given else "",
        values=frozenset(given),
        as_shipped=msgspec.structs.replace(shipped.rule, **changes) if theirs else None,
    )


def _entry(document: Document[Pack], number: int) -> str:
    """An entry of a pack's list as a document of its own, as it is written."""
    lines = document.text.splitlines()[document.origin("rules", number).line - 1 :]
    indent = lines[0].find("- ") + 2
    below = takewhile(lambda line: not line[:indent].strip(), lines[1:])
    return "\n".join(line[indent:] for line in (lines[0], *below))


def _given(document: Document[Pack], number: int) -> Iterator[tuple[str, Node]]:
    if "with" not in document.keys("rules", number):
        return
    node = document.node("rules", number, "with")
    if isinstance(node, Mapping):
        for key, value in node.entries:
            yield key.text, Foreign(value.line, value.column, document.file, value)


def rule_files(folder: Path) -> tuple[str, ...]:
    """Names of the rule files in a folder, sorted; none where there is no such folder."""
    return tuple(name for name in _files(folder) if name != PACK_FILE and not is_test(name))


def case_files(folder: Path) -> tuple[str, ...]:
    """Names of the files of cases in a folder, sorted; none where there is no such folder."""
    names = _files(folder)
    return tuple(name for name in names if is_test(name) and not name.endswith(REGO))


def is_test(name: str) -> bool:
    """True for the name of a file of tests, such as `x_test.yml`; no rule's id is like that.

    What is called `x_test.rego` is for OPA to run.
    """
    return Path(name).stem.endswith(TEST)


def _files(folder: Path) -> list[str]:
    return [name for name in names_in(folder) if Path(name).suffix in _SUFFIXES]


def load_rule(
    root: Path,
    path: str,
    pack: str,
    taxonomy: Taxonomy,
    *,
    places: Collection[str] | None = None,
    parameters: Parameters | None = None,
) -> LoadedRule:
    """The rule in a file below `root`; `places` are those that a project's own rule may name.

    Of `parameters` those are used that the rule has. Raises `PolicyError` where it cannot be
    read or makes no sense.
    """
    if path.endswith(REGO):
        return _load_rego(root, path, pack, taxonomy, parameters or {})
    plain = read_document(root, path, Rule, {})
    document = plain
    used = {k: v for k, v in (parameters or {}).items() if k in plain.value.parameters}
    if used:
        document = read_document(root, path, Rule, used)
    if document.value.id != Path(path).stem:
        what = f"the id {quoted(document.value.id)} is not the file's name"
        raise PolicyError(document.origin("id"), what, f"call it `{Path(path).stem}`")
    check_sense(document, taxonomy, places)
    return LoadedRule(rule=document.value, pack=pack, file=document.file, source=document.text)


def _load_rego(
    root: Path, path: str, pack: str, taxonomy: Taxonomy, parameters: Parameters
) -> LoadedRule:
    rule, document = read_rego_rule(root, path, parameters)
    for name in ("avoid", "prefer"):
        check_sample(document, ("custom", name), getattr(rule, name), taxonomy)
    return LoadedRule(rule=rule, pack=pack, file=document.file, source=rule.program.text)
