"""Whether a rule that is well-formed also makes sense: its condition, and the names it uses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from enforcer.documents import nearest_or_all
from enforcer.documents.nearest import quoted
from enforcer.globs import is_glob, matches
from enforcer.places import check_places
from enforcer.protection.methods import Effect
from enforcer.roles import check_roles
from enforcer.rules import (
    Accepts,
    Ban,
    Choice,
    Excuse,
    FactTest,
    Floor,
    GuardTest,
    Part,
    Where,
    fields_of,
)
from enforcer.words import PolicyError
from lineage.dialects import FOLDING
from lineage.projects import RelationKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from enforcer.documents import Document
    from enforcer.rules import Rule, Sample
    from enforcer.taxonomy import Taxonomy
    from lineage import Origin

    Path = tuple[str | int, ...]

DENIED: Final = (
    "granted_to",
    "over_granted",
    "together",
    "beyond_purpose",
    "built_from",
    "joined",
    "residency",
    "unlabelled",
    "unused",
    "selected_whole",
    "columns",
    "literal",
)
REQUIRED: Final = (
    "declared",
    "facts",
    "contract",
    "approved",
    "deletion_duty",
    "erasable",
    "erased_within",
    "lasting",
    "standing",
    "reachable",
    "known_place",
    "retention",
    "group_size",
    "noticed",
    "covered_by",
    "tested",
    "known",
)
# Beside these `into` would be read by nobody.
NOWHERE: Final = ("unused", "literal")
# Keys that only say more about another one, and what they say of it.
BESIDE: Final = {
    "within": ("together", "how things meet"),
    "of_one": ("together", "how things meet"),
    "of_different": ("joined", "what is joined"),
    "principals": ("over_granted", "whose grants are judged"),
    "regions": ("residency", "which regions data must not leave"),
    "by": ("erasable", "how rows are erased"),
    "per_purpose": ("facts", "how facts are stated"),
}
# What would be read by nobody beside the key that says what is judged.
UNREAD: Final = {
    "together": ("data", "via"),
    "built_from": ("data", "from", "unless_protected", "via"),
    "unlabelled": ("data", "unless_protected", "via"),
    "unused": ("unless_protected", "via"),
    "literal": ("data", "from", "unless_protected", "via"),
    "known": ("data", "unless_protected"),
}
# Nor would an excuse, where no data arrives that it might speak of.
UNEXCUSED: Final = ("built_from", "unlabelled", "unused", "literal", "known", "group_size")
# What a part of a rule must say something in, and what it might say.
_NEEDED: Final[dict[type, tuple[str, str]]] = {
    Ban: ("exception", "data, from, into or purpose"),
    Excuse: ("excuse", "a guard, purpose, data, from, into, via or protected"),
    FactTest: ("test of a fact", "a value, stated, at_least, at_most, fresh or ahead"),
    Floor: ("floor", "analysed or labelled"),
    GuardTest: ("guard", "column, absent_from or group_size"),
}
_KINDS: Final = tuple(kind.value for kind in RelationKind)
_EFFECTS: Final = tuple(effect.value for effect in Effect)
_SIDES: Final = ("deny", "require", "allow")
_PARTS: Final = (*_SIDES, "unless", "except")


def check_sense(
    document: Document[Rule], taxonomy: Taxonomy, places: Collection[str] | None = None
) -> None:
    """Raises `PolicyError`, with its position, for a rule that cannot mean anything.

    `places` are the names of all places that there are; None for a shipped rule, which may
    name places that a project does not have.
    """
    _check_condition(document)
    _check_parameters(document)
    for path, part in parts_of(document.value):
        _check_part(document, path, part)
        for at, patterns in _categories(path, part):
            for number, pattern in enumerate(patterns):
                taxonomy.check_pattern(pattern, origin_in_choice(document, at, number))
        if places is not None and isinstance(part, Where):
            _check_places(document, path, part, places)
    _check_refines(document, taxonomy)
    for name in ("avoid", "prefer"):
        check_sample(document, (name,), getattr(document.value, name), taxonomy)


def _check_condition(document: Document[Rule]) -> None:
    sides = [side for side in _SIDES if side in document.keys()]  # noqa: SIM118 - a method
    if len(sides) != 1:
        at = document.key_origin(sides[-1]) if sides else document.origin()
        found = (
            " and ".join(f"`{side}`" for side in sides) or "none of `deny`, `require` and `allow`"
        )
        raise PolicyError(at, f"the rule has {found}", "write exactly one of them")
    side = sides[0]
    _check_exceptions(document, side)
    if side == "allow":
        return
    judged = _judged(document, side)
    _check_not_void(document, (side, judged))
    if judged == "retention":
        limits = document.keys(side, "retention")
        for limit in limits:
            _check_not_void(document, (side, "retention", limit))
        if not limits:
            at = document.origin(side, "retention")
            raise PolicyError(at, "`retention` sets no limit", "write `within`")
    _check_read(document, side, judged)
    for key, (wanted, what) in BESIDE.items():
        if key in document.keys(side) and judged != wanted:
            at = document.key_origin(side, key)
            raise PolicyError(at, f"`{key}` says {what}", f"write `{wanted}`")


def _check_read(document: Document[Rule], side: str, judged: str) -> None:
    written = document.keys(side)
    unread: list[Path] = [(side, key) for key in UNREAD.get(judged, ()) if key in written]
    if judged in UNEXCUSED and "unless" in document.keys():  # noqa: SIM118 - a method
        unread.append(("unless",))
    for path in unread:
        what = f"nothing reads `{path[-1]}` beside `{judged}`"
        raise PolicyError(document.key_origin(*path), what, "remove it")


def _judged(document: Document[Rule], side: str) -> str:
    """The one key of a side that says what is judged."""
    names = DENIED if side == "deny" else REQUIRED
    written = document.keys(side)
    judged = [name for name in names if name in written]
    if "into" in written and (not judged or judged[0] in NOWHERE):
        judged.append("into")
    if len(judged) != 1:
        at = document.key_origin(side, judged[1]) if judged else document.key_origin(side)
        found = " and ".join(f"`{name}`" for name in judged) or "nothing"
        listed = ", ".join(f"`{name}`" for name in (*names, *(("into",) * (side == "deny"))))
        raise PolicyError(at, f"`{side}` judges {found}", f"write exactly one of {listed}")
    return judged[0]


def _check_exceptions(document: Document[Rule], side: str) -> None:
    wanted, other = ("except", "unless") if side == "allow" else ("unless", "except")
    if other in document.keys():  # noqa: SIM118 - a method
        at = document.key_origin(other)
        raise PolicyError(at, f"`{other}` beside `{side}`", f"write `{wanted}`")
    if side == "allow" and not document.value.exceptions:
        at = document.key_origin("allow")
        raise PolicyError(at, "a rule that allows forbids nothing", "write what it forbids: except")


def _check_not_void(document: Document[Rule], path: Path) -> None:
    value: Any = document.value
    for name in path:
        value = getattr(value, str(name))
    if value is False:
        at = document.origin(*path)
        raise PolicyError(at, f"`{path[-1]}: false` asks for nothing", "write true")
    if value == Choice():
        at = document.origin(*path)
        raise PolicyError(at, f"`{path[-1]}` names nobody", "name somebody")


def _check_parameters(document: Document[Rule]) -> None:
    for name in document.value.parameters:
        if not re.search(rf"\${re.escape(name)}(?![a-z0-9_])", document.text):
            at = document.key_origin("parameters", name)
            raise PolicyError(at, f"nothing uses the parameter {quoted(name)}", "remove it")


def parts_of(rule: Rule) -> Iterator[tuple[Path, Any]]:
    """Every struct in the condition and the exceptions of a rule, with where it is written."""
    waiting: list[tuple[Path, Any]] = [
        ((name,), getattr(rule, "exceptions" if name == "except" else name)) for name in _PARTS
    ]
    while waiting:
        path, value = waiting.pop(0)
        if isinstance(value, msgspec.Struct):
            yield path, value
            fields = fields_of(type(value))
            waiting += [((*path, f.encode_name), getattr(value, f.name)) for f in fields]
        elif isinstance(value, dict):
            waiting += [((*path, key), one) for key, one in value.items()]
        elif isinstance(value, tuple):
            waiting += [((*path, number), one) for number, one in enumerate(value)]


def _check_part(document: Document[Rule], path: Path, part: object) -> None:
    called, needed = _NEEDED.get(type(part), ("", ""))
    if needed and part == type(part)():
        at = document.origin(*path)
        raise PolicyError(at, f"this {called} holds always", f"write {needed}")
    if isinstance(part, GuardTest):
        _check_guard(document, path)
    if isinstance(part, Accepts) and bool(part.at_least) is bool(part.accept):
        raise PolicyError(
            document.key_origin(*path),
            f"`{path[-1]}` needs one of `at_least` and `accept`",
            "write one of them",
        )


def _check_guard(document: Document[Rule], path: Path) -> None:
    written = document.keys(*path)
    told = [key for key in ("column", "absent_from", "group_size") if key in written]
    if len(told) != 1:
        found = " and ".join(f"`{key}`" for key in told) or "nothing to test"
        at = document.key_origin(*path, told[1]) if told else document.origin(*path)
        raise PolicyError(at, f"a guard has {found}", f"write one of {_NEEDED[GuardTest][1]}")
    values = [key for key in ("equals", "at_least") if key in written]
    if len(values) > (told == ["column"]):
        at = document.key_origin(*path, values[-1])
        raise PolicyError(at, f"`{values[-1]}` is one too many here", "remove it")


def _categories(path: Path, part: object) -> Iterator[tuple[Path, Sequence[str]]]:
    """The lists of categories that a part names, with where they are written."""
    if isinstance(part, Choice) and path[-1] == "data":
        yield (*path, "any"), part.any_of
        yield (*path, "not"), part.none_of
    elif isinstance(part, Part):
        yield (*path, "data"), part.data
    elif isinstance(part, Where):
        yield (*path, "holds"), part.holds or ()
    elif path == ("deny",):
        yield (*path, "unlabelled"), getattr(part, "unlabelled", ())


def _check_places(
    document: Document[Rule], path: Path, where: Where, places: Collection[str]
) -> None:
    for key, patterns in (("any", where.place.any_of), ("not", where.place.none_of)):
        for number, pattern in enumerate(patterns):
            if not any(matches(pattern, name) for name in places):
                what = f"no place is called {quoted(pattern)}"
                step = "declare one" if is_glob(pattern) else nearest_or_all(pattern, places)
                at = origin_in_choice(document, (*path, "place", key), number)
                raise PolicyError(at, what, step)


def origin_in_choice(document: Document[Rule], path: Path, number: int) -> Origin:
    """Where a name in a choice is written, in its long form or as a plain list."""
    if path[-1] in document.keys(*path[:-1]):
        return document.origin(*path, number)
    return document.origin(*path[:-1], number)


def _check_refines(document: Document[Rule], taxonomy: Taxonomy) -> None:
    """An exception that speaks of no data that its parent speaks of can never be heard."""
    rule = document.value
    condition = rule.deny or rule.require or rule.allow
    assert condition is not None
    waiting: list[tuple[Path, Choice, Excuse | Ban]] = []
    waiting += [(("unless", n), condition.data, one) for n, one in enumerate(rule.unless)]
    waiting += [(("except", n), condition.data, one) for n, one in enumerate(rule.exceptions)]
    while waiting:
        path, parent, clause = waiting.pop()
        if not any(
            taxonomy.chooses(parent, name) and taxonomy.chooses(clause.data, name)
            for name in taxonomy
        ):
            at = document.origin(*path, "data")
            what = "this exception speaks of no data that its parent speaks of"
            raise PolicyError(at, what, "name data of the parent")
        data = parent if clause.data == Choice() else clause.data
        key = "except" if isinstance(clause, Excuse) else "unless"
        inner: tuple[Excuse | Ban, ...] = (
            clause.exceptions if isinstance(clause, Excuse) else clause.unless
        )
        for number, one in enumerate(inner):
            waiting.append(((*path, key, number), data, one))


def check_sample(document: Document[Any], path: Path, sample: Sample, taxonomy: Taxonomy) -> None:
    """Whether a world that is written at `path` makes sense; raises `PolicyError`."""
    check_places(sample.places, document, (*path, "places"), taxonomy)
    for told in sample.notice.categories if sample.notice else ():
        taxonomy.check_pattern(told, document.key_origin(*path, "notice", "categories", told))
    for relation, columns in sample.labels.items():
        for column, category in columns.items():
            taxonomy.check_pattern(category, document.origin(*path, "labels", relation, column))
    for relation, facts in sample.relations.items():
        kind = facts.get("kind", RelationKind.TABLE)
        if kind not in _KINDS:
            at = document.origin(*path, "relations", relation, "kind")
            what = f"unknown kind of relation {quoted(str(kind))}"
            raise PolicyError(at, what, nearest_or_all(str(kind), _KINDS))
    for function, effect in sample.functions.items():
        if effect not in _EFFECTS:
            at = document.origin(*path, "functions", function)
            raise PolicyError(
                at, f"unknown word {quoted(effect)}", nearest_or_all(effect, _EFFECTS)
            )
    if sample.dialect not in FOLDING:
        at = document.origin(*path, "dialect")
        what = f"unknown SQL dialect {quoted(sample.dialect)}"
        raise PolicyError(at, what, nearest_or_all(sample.dialect, filter(None, FOLDING)))
    check_roles(sample.roles, document, (*path, "roles"), taxonomy)
