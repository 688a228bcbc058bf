"""The files that decide what a project is held to: which they are, and what became of them.

A configuration decides, and everything that it names. Those of a base commit are put into a
folder of our own, so that whatever reads them reads them as it reads a checkout.
"""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Final

from enforcer.base.scratch import put, put_link
from enforcer.config import FILE_NAME, Config, Configuration, load_config
from enforcer.documents import read_document
from enforcer.globs import is_glob
from enforcer.named_paths import paths_named
from enforcer.packs import rule_files
from enforcer.words import Change, Decides, DecidingChange, PolicyError
from lineage.readers.files import FileBytes, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enforcer.base.commit import Commit

_MAX_BYTES: Final = 64 << 20
_LISTS: Final = {
    "policies": Decides.RULE,
    "labels": Decides.LABELS,
    "contracts": Decides.CONTRACT,
    "datasets": Decides.DATASET,
    "notice": Decides.NOTICE,
}
_SINGLE: Final = {
    "places": Decides.PLACES,
    "waivers": Decides.WAIVERS,
    "baseline": Decides.BASELINE,
}
_ENGINE: Final = ("ca", "cert", "key")


def find_in(commit: Commit, path: Path) -> str | None:
    """The configuration that holds for a path, as the commit has it; None where it has none."""
    folder = commit.folder_of(path)
    parts = folder.split("/") if folder else []
    for length in range(len(parts), -1, -1):
        found = "/".join((*parts[:length], FILE_NAME))
        if found in commit.files:
            return found
    return None


def configuration_in(commit: Commit, file: str | None, path: Path, into: Path) -> Configuration:
    """The configuration of a commit, with all that it names written below the folder `into`.

    `file` is its path from the top. Without one all is as it is by default. Raises
    `PolicyError` for one that is broken.
    """
    if file is None:
        return Configuration(root=into, of_base=True)
    try:
        _export(commit, file, into)
        whole = load_config(path, into / file)
    except PolicyError as error:
        raise in_base(error, commit) from None
    return Configuration(
        root=whole.root, settings=whole.settings, document=whole.document, of_base=True
    )


def in_base(error: PolicyError, commit: Commit) -> PolicyError:
    """The same mistake, said to be one of the base commit."""
    what = f"in the base commit {commit.id[:12]}: {error.message}"
    return PolicyError(error.origin, what, error.next_step)


def _export(commit: Commit, file: str, into: Path) -> None:
    folder, _, name = file.rpartition("/")
    _write(commit, file, into)
    settings = read_document((into / folder).resolve(), name, Config).value
    start = f"{folder}/" if folder else ""
    wanted = [*_paths_in(settings)]
    for path, _ in commit.below(folder):
        inner = path.removeprefix(start)
        if any(_means(written, inner) for written in wanted) and path != file:
            _write(commit, path, into)


def _paths_in(settings: Config) -> Iterator[str]:
    for key in _LISTS:
        yield from getattr(settings, key)
    yield from (value for key in _SINGLE if isinstance(value := getattr(settings, key), str))
    if settings.opa is not None:
        yield from (getattr(settings.opa, key) for key in _ENGINE)


def _means(written: str, path: str) -> bool:
    """Whether a path that is written means a file, a link on the way to it, or its folder."""
    if not written:
        return False
    if is_glob(written):
        plain = written.removeprefix("./")
        return fnmatchcase(path, plain) or fnmatchcase(path, plain.replace("**/", ""))
    name = Path(written).as_posix()
    return path == name or path.startswith(f"{name}/") or name.startswith(f"{path}/")


def _write(commit: Commit, path: str, into: Path) -> None:
    if commit.files[path].link:
        put_link(into, path, "a link, which nobody follows")
    else:
        put(into, path, commit.read(path, _MAX_BYTES))


def deciding_files(configuration: Configuration) -> dict[str, Decides]:
    """The files that decide, by path from the configuration's folder, and what each is."""
    document = configuration.document
    if document is None:
        return {}
    settings = configuration.settings
    found = {document.file: Decides.CONFIGURATION}
    for key, kind in _LISTS.items():
        if key == "policies":
            for folder in settings.policies:
                names = rule_files(configuration.root / folder)
                found |= {f"{Path(folder).as_posix()}/{name}": kind for name in names}
        else:
            found |= dict.fromkeys(paths_named(configuration, key), kind)
    for key, kind in _SINGLE.items():
        written = getattr(settings, key)
        if written and isinstance(written, str):
            found[Path(written).as_posix()] = kind
    return found


def changes_between(
    base: Configuration, head: Configuration, base_top: Path, head_top: Path
) -> tuple[DecidingChange, ...]:
    """What became of the files that decide, sorted; paths are from the top of the checkout.

    A file counts that decides by either of the two configurations.
    """
    before, after = _contents(base, base_top), _contents(head, head_top)
    kinds = {**after[0], **before[0]}
    found = []
    for path in sorted(kinds):
        was = before[1].get(path) if path in before[1] else _bytes(base_top, path)
        now = after[1].get(path) if path in after[1] else _bytes(head_top, path)
        if was != now:
            found.append(DecidingChange(path, kinds[path], _change(was, now)))
    return tuple(found)


def _change(was: bytes | None, now: bytes | None) -> Change:
    if was is None:
        return Change.ADDED
    return Change.DELETED if now is None else Change.CHANGED


def _contents(
    configuration: Configuration, top: Path
) -> tuple[dict[str, Decides], Mapping[str, bytes | None]]:
    folder = configuration.root.relative_to(top).as_posix()
    start = "" if folder == "." else f"{folder}/"
    kinds = {start + path: kind for path, kind in deciding_files(configuration).items()}
    return kinds, {path: _bytes(top, path) for path in kinds}


def _bytes(top: Path, path: str) -> bytes | None:
    if not os.path.lexists(top / path):
        return None
    read = read_bytes(top, path, _MAX_BYTES)
    return read.data if isinstance(read, FileBytes) else b"\0"
