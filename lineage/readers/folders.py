"""What lies in a folder: one sorted walk that follows no link and says what it left out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from lineage.readers.files import Checkout, Refusal, has_settled
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.readers.seen import Seen

# Written by tools, not by people. Hidden files and folders are passed over as well.
SKIPPED_FOLDERS = frozenset(
    {"target", "dbt_packages", "dbt_modules", "node_modules", "venv", "__pycache__"}
)
PROJECT_FILE = "dbt_project.yml"
_GIT = ".git"  # nobody can put files there by a commit


class Link(msgspec.Struct, frozen=True, order=True):
    """A symbolic link, which nobody follows.

    `leads_to` is a path of the same walk, or empty when the walk does not come by there;
    `folder` is true when it leads to a folder.
    """

    path: str
    leads_to: str
    folder: bool

    def hides(self, suffixes: tuple[str, ...]) -> bool:
        """True when files of these suffixes may lie behind it that the walk does not see."""
        wanted = self.path.lower().endswith(suffixes)
        seen = self.folder or self.leads_to.lower().endswith(suffixes)
        return (wanted or self.folder) and not (self.leads_to and seen)

    def refusal(self) -> Refusal:
        """The record of a link that is refused."""
        what = "a folder" if self.folder else "a file"
        why = f"a symbolic link to {what} elsewhere, which is not followed"
        return Refusal(self.path, GapReason.NOT_TEXT, why)


class Listing(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What lies in one folder that holds no link, with paths that are relative to the root.

    `stamp` is as in `stamp_of`; `folders` are those to walk, the others those of a `Tree`. It was
    `settled` if nobody had changed it for so long that a later change shows in its stamp.
    """

    path: str
    stamp: tuple[int, ...]
    settled: bool
    files: tuple[str, ...]
    folders: tuple[str, ...]
    skipped: tuple[str, ...]
    hidden: tuple[str, ...]


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """A folder's content, each tuple sorted, paths relative to it and in posix form.

    `projects` are the folders that hold a dbt project file, `""` for the folder itself;
    `hidden` are files, and `skipped` folders, that are passed over.
    """

    files: tuple[str, ...]
    projects: tuple[str, ...]
    skipped: tuple[str, ...]
    hidden: tuple[str, ...]
    links: tuple[Link, ...]
    refused: tuple[Refusal, ...]

    def below(self, folder: str) -> tuple[str, ...]:
        """The files in a folder and in the folders below it."""
        return tuple(path for path in self.files if is_below(path, folder))


def is_below(path: str, folder: str) -> bool:
    """True when a path is in a folder or deeper; everything is below the empty one."""
    return not folder or path.startswith(folder.rstrip("/") + "/")


def join_path(folder: str, path: str) -> str:
    """A path in a folder; an empty folder is the root itself."""
    return f"{folder}/{path}" if folder else path


def names_in(folder: Path) -> tuple[str, ...]:
    """What lies in one folder, sorted; nothing where it is none, a link, or not to be read."""
    try:
        there = () if folder.is_symlink() else folder.iterdir()
        return tuple(sorted(path.name for path in there))
    except OSError:
        return ()


def links_in(root: Path, folder: str) -> tuple[Link, ...]:
    """The links that lie in one folder below `root`, which must be a real path."""
    paths = (join_path(folder, name) for name in names_in(root / folder))
    return tuple(_link(root, path) for path in paths if (root / path).is_symlink())


def walk(root: Path, *, everything: bool = False, seen: Seen | None = None) -> Tree:
    """All files below `root`, which must be a real path, but for what nobody writes by hand.

    With `everything`, hidden files and folders that tools wrote too. What was `seen` by an
    earlier run, and has not changed, is not listed again.
    """
    found = _Found(root, everything=everything, seen=seen)
    waiting = [""]
    while waiting:
        waiting += found.folders_in(waiting.pop())
    return Tree(
        files=tuple(sorted(found.files)),
        projects=tuple(sorted(_projects(found.files))),
        skipped=tuple(sorted(found.skipped)),
        hidden=tuple(sorted(found.hidden)),
        links=tuple(sorted(found.links)),
        refused=tuple(sorted(found.refused, key=lambda refusal: refusal.path)),
    )


class _Found:
    """What a walk has come by so far."""

    def __init__(self, root: Path, *, everything: bool, seen: Seen | None) -> None:
        self._root = root
        self._everything = everything
        self._seen = seen
        self._checkout = Checkout(root)
        self.files: list[str] = []
        self.skipped: list[str] = []
        self.hidden: list[str] = []
        self.links: list[Link] = []
        self.refused: list[Refusal] = []

    def folders_in(self, folder: str) -> tuple[str, ...]:
        """Note what is in a folder; the folders that are to be walked come back."""
        known = self._seen.listing(folder) if self._seen is not None else None
        if known is None:
            stamp = self._checkout.stamp(folder) if self._seen is not None else ()
            settled = bool(stamp) and has_settled(stamp)  # before anything in it is looked at
            links = len(self.links)
            try:
                with os.scandir(join_path(str(self._root), folder)) as entries:
                    known = self._listed(folder, entries, stamp, settled=settled)
            except OSError as error:
                why = f"a folder that cannot be read: {error.strerror}"
                self.refused.append(Refusal(folder, GapReason.NOT_TEXT, why))
                return ()
            if self._seen is not None and stamp and len(self.links) == links:
                self._seen.keep(known)  # where a link leads may change while it does not
        self.files += known.files
        self.skipped += known.skipped
        self.hidden += known.hidden
        return known.folders

    def _listed(
        self,
        path: str,
        entries: Iterator[os.DirEntry[str]],
        stamp: tuple[int, ...],
        *,
        settled: bool,
    ) -> Listing:
        """What is in a folder; its links are noted here."""
        before = f"{path}/" if path else ""
        files: list[str] = []
        folders: list[str] = []
        skipped: list[str] = []
        concealed: list[str] = []
        for entry in entries:
            name = entry.name
            hidden = name.startswith(".") and not self._everything
            if entry.is_symlink():
                if not hidden:
                    self.links.append(_link(self._root, before + name))
            elif not entry.is_dir(follow_symlinks=False):
                (concealed if hidden else files).append(before + name)
            elif hidden or (name in SKIPPED_FOLDERS and not self._everything):
                skipped += [before + name] * (name != _GIT)
            else:
                folders.append(before + name)
        found = tuple(files), tuple(folders), tuple(skipped), tuple(concealed)
        return Listing(path, stamp, settled, *found)


def _link(root: Path, path: str) -> Link:
    # Not `Path.resolve`, which raises where links lead in a circle.
    whole = Path(os.path.realpath(root / path))
    folder = whole.is_dir()
    if not whole.is_relative_to(root) or not os.path.lexists(whole) or whole.is_symlink():
        return Link(path, "", folder)
    parts = whole.relative_to(root).parts
    passed_over = any(part.startswith(".") or part in SKIPPED_FOLDERS for part in parts)
    return Link(path, "" if passed_over else "/".join(parts) or ".", folder)


def _projects(files: list[str]) -> Iterator[str]:
    for path in files:
        if path.endswith(PROJECT_FILE):
            folder, _, name = path.rpartition("/")
            if name == PROJECT_FILE:
                yield folder


def outermost(folders: tuple[str, ...]) -> tuple[str, ...]:
    """The folders that lie in none of the others."""
    return tuple(
        folder
        for folder in folders
        if not any(other != folder and is_below(folder, other) for other in folders)
    )
