"""`fieldgate.yml`: which rules, labels, places and limits a project is held to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal, TypeVar

import msgspec

from enforcer.documents import Document, nearest_or_all, read_document
from enforcer.documents.nearest import quoted
from enforcer.globs import is_glob
from enforcer.opa import Opa  # noqa: TC001 - msgspec reads it at run time
from enforcer.protection.methods import Effect  # noqa: TC001 - msgspec reads it at run time
from enforcer.rules import Choice, Glob, Place, RuleId, Strict
from enforcer.taxonomy import Form  # noqa: TC001 - msgspec reads it at run time
from enforcer.words import ENGLISH, Lang, PolicyError, Severity
from lineage import Origin
from lineage.dialects import FOLDING

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE_NAME: Final = "fieldgate.yml"
_MISSPELT: Final = ("fieldgate.yaml", ".fieldgate.yml", ".fieldgate.yaml")
_MANY: Final = ("contracts", "datasets")  # keys whose paths may be globs
Shape = TypeVar("Shape")
CategoryKey = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$",
        description="a dotted key of small letters, digits and underscores",
    ),
]


class Settings(Strict, frozen=True, kw_only=True):
    """What a project may set for all rules.

    group_size: how many subjects an aggregate must be taken over so that it speaks of no
    single one; functions: the project's own functions by name or glob, with the schema in
    front of the name where they are called so, and what they do to a value; roles: by
    principal, as globs, the categories that it may read. Who matches several may read what any
    of them lists; a role that lists nothing may read nothing.
    """

    group_size: Annotated[int, msgspec.Meta(ge=2)] = 10
    functions: dict[str, Effect] = msgspec.field(default_factory=dict)
    roles: dict[Glob, Choice] = msgspec.field(default_factory=dict)


class PackUse(Strict, frozen=True, kw_only=True):
    """A pack that the project is held to.

    `shadow`: its findings are reported and fail nothing; `parameters`: values for what its
    rules leave open (a retention, a k, ages, regions).
    """

    leading_key: ClassVar[str] = "pack"

    pack: str
    shadow: bool = False
    parameters: dict[str, Any] = msgspec.field(default_factory=dict)


class RuleUse(Strict, frozen=True, kw_only=True):
    """How the project wants one rule: graver or lighter, in shadow, or off, and why."""

    severity: Severity | None = None
    shadow: bool | None = None
    off: bool = False
    reason: Annotated[str, msgspec.Meta(min_length=1)]


class OwnCategory(Strict, frozen=True, kw_only=True):
    """A category of the project's own; its key's parent covers it, as with those shipped.

    about: what it means; enumerable: all its values can be tried in hours or less, so a hash
    without a key hides nothing; form: what its values look like, else that of its parent; sets:
    the sets of categories that it belongs to, so that rules which speak of these judge it.
    """

    leading_key: ClassVar[str] = "about"

    about: Annotated[str, msgspec.Meta(min_length=1)]
    enumerable: bool = False
    form: Form | None = None
    sets: tuple[str, ...] = ()


class Config(Strict, frozen=True, kw_only=True):
    """The keys of `fieldgate.yml`. Paths are relative to it and stay below its folder.

    `policies` are folders of own rules, `rules` what the project settles about single rules;
    `places` is a file or the places themselves; `notice` are files that say what people were
    told about their data; `min_coverage` is the least share of statements, 0 to 1, that must
    have been analysed; `lang` the language of findings and reports. `contracts` are ODCS
    contracts and `datasets` fideslang datasets: files, or globs for some; `categories` the
    project's own beside those shipped; `aliases` its own words for categories, as tags and
    classifications use them; `opa` a server
    that judges the rules in Rego.
    """

    version: Literal[1]
    dialect: str = ""
    packs: tuple[PackUse, ...] = (PackUse(pack="baseline"),)
    policies: tuple[str, ...] = ()
    rules: dict[RuleId, RuleUse] = msgspec.field(default_factory=dict)
    labels: tuple[str, ...] = ()
    contracts: tuple[Glob, ...] = ()
    datasets: tuple[Glob, ...] = ()
    categories: dict[CategoryKey, OwnCategory] = msgspec.field(default_factory=dict)
    aliases: dict[str, str] = msgspec.field(default_factory=dict)
    places: str | dict[str, Place] = msgspec.field(default_factory=dict)
    notice: tuple[str, ...] = ()
    waivers: str = ""
    baseline: str = ""
    min_coverage: Annotated[float, msgspec.Meta(ge=0.0, le=1.0)] = 1.0
    fail_on: Severity = Severity.ERROR
    lang: Lang = ENGLISH
    parameters: Settings = Settings()
    opa: Opa | None = None


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration, and the folder to which its paths are relative, as a real path.

    Without a `document` there is no file, and all is as it is by default. One that is `of_base`
    decides about a project that has changed since: it may name what is not there any more.
    """

    root: Path
    settings: Config = Config(version=1)
    document: Document[Config] | None = None
    of_base: bool = False

    def origin(self, *path: str | int) -> Origin:
        """Where a setting is written."""
        return self.document.origin(*path) if self.document else Origin(FILE_NAME, 1, 1)

    def key_origin(self, *path: str | int) -> Origin:
        """Where the key of a setting is written."""
        return self.document.key_origin(*path) if self.document else Origin(FILE_NAME, 1, 1)


def find_config(path: Path) -> Path | None:
    """The `fieldgate.yml` that holds for a project: in `path`, or in a folder above it.

    The search goes up to the root of the git repository that `path` lies in, and no further
    than `path` itself outside of one: a file that somebody else put higher up is not ours.
    Raises `PolicyError` for a file whose name is nearly right, which nobody would read.
    """
    start = path.resolve()
    start = start if start.is_dir() else start.parent
    for folder in _candidates(start):
        found = folder / FILE_NAME
        if os.path.lexists(found):
            return found
        for name in _MISSPELT:
            if os.path.lexists(folder / name):
                at = Origin(name, 1, 1)
                raise PolicyError(at, "not the name of a configuration", f"call it {FILE_NAME}")
    return None


def _candidates(start: Path) -> Sequence[Path]:
    chain = (start, *start.parents)
    top = next((n for n, folder in enumerate(chain) if os.path.lexists(folder / ".git")), 0)
    return chain[: top + 1]


def load_config(path: Path, file: Path | None = None) -> Configuration:
    """The configuration in `file`, else the one that holds for the project at `path`.

    Raises `PolicyError` when it cannot be read or names a path that leads out of its folder.
    """
    found = file or find_config(path)
    if found is None:
        start = path.resolve()
        return Configuration(root=start if start.is_dir() else start.parent)
    root = found.parent.resolve()
    document = read_document(root, found.name, Config)
    configuration = Configuration(root=root, settings=document.value, document=document)
    _check_dialect(configuration)
    _check_paths(configuration)
    return configuration


def _check_dialect(configuration: Configuration) -> None:
    dialect = configuration.settings.dialect
    if dialect not in FOLDING:
        step = nearest_or_all(dialect, filter(None, FOLDING))
        at = configuration.origin("dialect")
        raise PolicyError(at, f"unknown SQL dialect {quoted(dialect)}", step)


def _check_paths(configuration: Configuration) -> None:
    settings = configuration.settings
    for key in ("policies", "labels", "contracts", "datasets", "notice"):
        for number, written in enumerate(getattr(settings, key)):
            may_be_many = key in _MANY and is_glob(written)
            check = _check_inside if may_be_many else _check_path
            check(configuration, written, configuration.origin(key, number))
    for key in ("places", "waivers", "baseline"):
        written = getattr(settings, key)
        if written and isinstance(written, str):
            _check_path(configuration, written, configuration.origin(key))


def _check_inside(_: Configuration, written: str, origin: Origin) -> None:
    path = Path(written)
    if path.is_absolute() or ".." in path.parts or "\\" in written or not written.strip():
        what = f"path {quoted(written)} leads out of the project"
        raise PolicyError(origin, what, f"name a path below the folder of {FILE_NAME}")


def _check_path(configuration: Configuration, written: str, origin: Origin) -> None:
    _check_inside(configuration, written, origin)
    whole = configuration.root / written
    if not os.path.lexists(whole):
        what = f"there is no {quoted(written)}"
        raise PolicyError(origin, what, "create it, or remove it from the configuration")
    if os.path.realpath(whole) != str(whole):  # which, unlike `resolve`, bears a circle of links
        what = f"path {quoted(written)} goes through a symbolic link"
        raise PolicyError(origin, what, "name the file or folder itself")


def read_named(configuration: Configuration, path: str, shape: type[Shape]) -> Document[Shape]:
    """The document in a file that the configuration names; raises `PolicyError`."""
    return read_document(configuration.root, Path(path).as_posix(), shape)
