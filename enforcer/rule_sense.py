"""Whether a rule that is well-formed also makes sense: its condition, and the names it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enforcer.documents import nearest_or_all
from enforcer.documents.nearest import quoted
from enforcer.globs import is_glob, matches
from enforcer.places import check_places
from enforcer.words import PolicyError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from enforcer.documents import Document
    from enforcer.rules import Rule
    from enforcer.taxonomy import Taxonomy

    Path = tuple[str | int, ...]

DENIED: Final = ("granted_to", "together", "residency", "unlabelled", "unused", "literal")
REQUIRED: Final = (
    "declared",
    "contract",
    "deletion_duty",
    "erasable",
    "known_place",
    "retention",
    "group_size",
)
# Beside these `into` would be read by nobody.
NOWHERE: Final = ("unused", "literal")
_WHERES: Final = (("deny", "from"), ("deny", "into"), ("require", "of"))
_CATEGORIES: Final = (
    ("deny", "data"),
    ("deny", "together"),
    ("deny", "unlabelled"),
    ("require", "data"),
)


def check_sense(
    document: Document[Rule], taxonomy: Taxonomy, places: Collection[str] | None = None
) -> None:
    """Raises `PolicyError`, with its position, for a rule that cannot mean anything.

    `places` are the names of all places that there are; None for a shipped rule, which may
    name places that a project does not have.
    """
    _check_condition(document)
    for path in _accepts(document.value):
        _check_accepts(document, path)
    for path in _CATEGORIES:
        for number, pattern in enumerate(_written(document, path)):
            taxonomy.check_pattern(pattern, document.origin(*path, number))
    _check_excuses(document, taxonomy)
    if places is not None:
        for path in (*_WHERES, *_excuse_wheres(document.value)):
            _check_places(document, path, places)
    for sample in ("avoid", "prefer"):
        _check_sample(document, sample, taxonomy)


def _check_condition(document: Document[Rule]) -> None:
    sides = [side for side in ("deny", "require") if side in document.keys()]  # noqa: SIM118 - a method
    if len(sides) != 1:
        at = document.key_origin(sides[-1]) if sides else document.origin()
        found = "both `deny` and `require`" if sides else "neither `deny` nor `require`"
        raise PolicyError(at, f"the rule has {found}", "write one of them")
    side = sides[0]
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
    _check_not_void(document, (side, judged[0]))
    if judged[0] == "retention":
        limits = document.keys(side, "retention")
        for limit in limits:
            _check_not_void(document, (side, "retention", limit))
        if not limits:
            at = document.origin(side, "retention")
            raise PolicyError(at, "`retention` sets no limit", "write `within`")


def _check_not_void(document: Document[Rule], path: Path) -> None:
    value: Any = document.value
    for name in path:
        value = getattr(value, str(name))
    if value is False:
        at = document.origin(*path)
        raise PolicyError(at, f"`{path[-1]}: false` asks for nothing", "write true")


def _written(document: Document[Rule], path: Path) -> tuple[str, ...]:
    value: Any = document.value
    for part in path:
        value = getattr(value, "source" if part == "from" else str(part), None)
    return tuple(value or ())


def _accepts(rule: Rule) -> Iterator[Path]:
    for side in ("deny", "require"):
        condition = getattr(rule, side)
        if condition is not None and condition.unless_protected is not None:
            yield side, "unless_protected"


def _check_accepts(document: Document[Rule], path: Path) -> None:
    if len({"at_least", "accept"} & set(document.keys(*path))) != 1:
        raise PolicyError(
            document.key_origin(*path),
            "`unless_protected` needs one of `at_least` and `accept`",
            "write one of them",
        )


def _check_excuses(document: Document[Rule], taxonomy: Taxonomy) -> None:
    for index, excuse in enumerate(document.value.unless):
        if not document.keys("unless", index):
            at = document.origin("unless", index)
            raise PolicyError(at, "this excuse holds always", "name a guard, purpose, data or into")
        for number, pattern in enumerate(excuse.data):
            taxonomy.check_pattern(pattern, document.origin("unless", index, "data", number))


def _excuse_wheres(rule: Rule) -> Iterator[Path]:
    yield from (("unless", index, "into") for index in range(len(rule.unless)))


def _check_places(document: Document[Rule], path: Path, places: Collection[str]) -> None:
    where: Any = document.value
    for part in path:
        name = "source" if part == "from" else part
        where = where[name] if isinstance(name, int) else getattr(where, name, None)
    if where is None:
        return
    named: tuple[tuple[Path, Sequence[str]], ...] = (
        ((*path, "place", "any"), where.place.any_of),
        ((*path, "place", "not"), where.place.none_of),
    )
    for at, patterns in named:
        for number, pattern in enumerate(patterns):
            if not any(matches(pattern, name) for name in places):
                what = f"no place is called {quoted(pattern)}"
                step = "declare one" if is_glob(pattern) else nearest_or_all(pattern, places)
                raise PolicyError(_origin(document, at, number), what, step)


def _origin(document: Document[Rule], path: Path, number: int) -> Any:  # noqa: ANN401 - an Origin
    """Where a name in a choice is written, in its long form or as a plain list."""
    if path[-1] in document.keys(*path[:-1]):
        return document.origin(*path, number)
    return document.origin(*path[:-1], number)


def _check_sample(document: Document[Rule], name: str, taxonomy: Taxonomy) -> None:
    sample = document.value.avoid if name == "avoid" else document.value.prefer
    check_places(sample.places, document, (name, "places"), taxonomy)
    for relation, columns in sample.labels.items():
        for column, category in columns.items():
            at = document.origin(name, "labels", relation, column)
            taxonomy.check_pattern(category, at)
