"""Names in a project's own rules: that each names a relation, or a partner, that there is.

Whoever writes a pack cannot know the names of a project; whoever writes a rule for it does,
and a slip would leave a rule that judges nothing and looks like one that is kept.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from enforcer.documents import nearest_or_all, parse_document
from enforcer.documents.nearest import quoted
from enforcer.globs import is_glob, relation_matches
from enforcer.policy import OWN_PACK
from enforcer.rule_sense import origin_in_choice, parts_of
from enforcer.rules import GuardTest, Rule, Where
from enforcer.words import PolicyError
from lineage.dialects import last_part

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from enforcer.estate import Estate
    from enforcer.packs import LoadedRule

    Path = tuple[str | int, ...]
    Matches = Callable[[str, str], bool]


def check_own_names(rules: Iterable[LoadedRule], estate: Estate) -> None:
    """Raises `PolicyError`, with its position, for a name of what the project has not.

    A pattern under `not` may name what there is none of yet: it only asks for more.
    """
    partners = {p.partner.name for p in estate.places.values() if p.partner is not None}
    for loaded in rules:
        if loaded.pack != OWN_PACK:
            continue
        for path, part in parts_of(loaded.rule):
            for where, patterns in _named(path, part, "name"):
                _check(loaded, where, (patterns, "relation"), estate.relations, relation_matches)
            for where, patterns in _named(path, part, "recipient"):
                _check(loaded, where, (patterns, "partner"), partners, _is_called)


def _is_called(pattern: str, name: str) -> bool:
    """True when a pattern is a partner's name; there letter case counts."""
    return fnmatchcase(name, pattern)


def _named(path: Path, part: object, key: str) -> Iterator[tuple[Path, Sequence[str]]]:
    """The patterns of a part one of which has to match something, with where that is written."""
    if isinstance(part, GuardTest) and key == "name" and part.absent_from:
        lists = part.absent_from
        yield (*path, "absent_from"), (lists,) if isinstance(lists, str) else lists
    if not isinstance(part, Where):
        return
    choice = getattr(part, key)
    for number, pattern in enumerate(choice.any_of):
        yield (*path, key, "any", number), (pattern,)
    for number, pattern in enumerate(choice.none_of):
        if not is_glob(pattern):
            yield (*path, key, "not", number), (pattern,)


def _check(
    loaded: LoadedRule,
    path: Path,
    named: tuple[Sequence[str], str],
    known: Collection[str],
    matching: Matches,
) -> None:
    patterns, what = named
    if any(matching(pattern, name) for pattern in patterns for name in known):
        return
    pattern = patterns[0]
    document = parse_document(loaded.source, loaded.file, Rule, {})
    number = path[-1]
    at = (
        origin_in_choice(document, path[:-1], number)
        if isinstance(number, int)
        else document.origin(*path)
    )
    names = {last_part(name) for name in known} if "." not in pattern else known
    step = "mend the pattern" if is_glob(pattern) else nearest_or_all(pattern, names)
    raise PolicyError(at, f"no {what} is called {quoted(pattern)}", step)
