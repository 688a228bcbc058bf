"""Jurisdictions: in which country a region lies, and which countries belong together for a law."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - msgspec reads it at run time
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Final

from enforcer.documents import read_document
from enforcer.rules import Strict
from enforcer.shipped import policies_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FILE: Final = "regions.yml"


class Member(Strict, frozen=True, kw_only=True):
    """A country or group that belongs to a group from a day on, maybe through another."""

    code: str
    since: date
    until: date | None = None


class Regions(Strict, frozen=True, kw_only=True):
    """The file: groups of codes, groups with dates, and by cloud and code the regions there."""

    groups: dict[str, tuple[str, ...]]
    dated: dict[str, tuple[Member, ...]]
    clouds: dict[str, dict[str, tuple[str, ...]]]


class Jurisdictions:
    """What lies where, on one day."""

    __slots__ = ("_clouds", "_groups", "_known")

    def __init__(self, regions: Regions, today: date) -> None:
        self._clouds = regions.clouds
        written = {name: [*codes] for name, codes in regions.groups.items()}
        for name, members in regions.dated.items():
            written[name] = [member.code for member in members if _is_one(member, today)]
        self._groups = {name: frozenset(_countries(name, written)) for name in written}
        self._known: dict[str, frozenset[str]] = {}

    def of(self, written: str) -> frozenset[str]:
        """The codes of everything that a region or country lies in; none where it is unknown.

        A region may have its cloud in front (`aws/eu-west-1`), a site its country (`DE/cellar`).
        """
        if written not in self._known:
            self._known[written] = self._around(self._code(written))
        return self._known[written]

    def _code(self, written: str) -> str:
        before, divider, name = written.strip().replace(":", "/").partition("/")
        cloud = self._clouds.get(before.lower())
        if cloud is not None and divider:
            return _found({before: cloud}, _folded(name))
        code = before.strip()
        for known in (code, code.upper()):
            if known in self._groups or (len(known) == 2 and known.isascii() and known.isupper()):  # noqa: PLR2004 - ISO 3166-1 alpha-2
                return known
        return _found(self._clouds, _folded(written))

    def _around(self, code: str) -> frozenset[str]:
        """The code, and the groups that hold all countries it stands for."""
        countries = self._groups.get(code, frozenset({code}))
        around = (name for name, members in self._groups.items() if countries <= members)
        alone = countries if len(countries) == 1 else ()
        return frozenset((code, *alone, *around)) if code and countries else frozenset()


def _countries(name: str, groups: Mapping[str, list[str]]) -> Iterator[str]:
    for code in groups[name]:
        if code in groups:
            yield from _countries(code, groups)
        else:
            yield code


def _is_one(member: Member, today: date) -> bool:
    return member.since <= today and (member.until is None or today <= member.until)


def _folded(region: str) -> str:
    return region.strip().lower().replace("_", "-")


def _found(clouds: Mapping[str, Mapping[str, tuple[str, ...]]], region: str) -> str:
    """The code of the first cloud that has a region of that name, else of such a name.

    Spaces do not count, nor does a cloud's name in front of it, as in `AWS_EU_WEST_1`.
    """
    names = (region, region.replace(" ", "").replace("-", ""))
    for matches in (str.__eq__, fnmatchcase):
        for cloud, by_code in clouds.items():
            for code, patterns in by_code.items():
                own = (*names, *(n.removeprefix(f"{cloud}-").removeprefix(cloud) for n in names))
                if any(matches(name, pattern) for name in own for pattern in patterns):
                    return code
    return ""


@cache
def jurisdictions(today: date) -> Jurisdictions:
    """The jurisdictions that are shipped, on that day. Raises `PolicyError` for a damaged file."""
    folder = policies_folder() / "taxonomy"
    return Jurisdictions(read_document(folder, _FILE, Regions).value, today)
