"""A commit as a tree of files: what lies where in it, and what a file holds."""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.base.names import head_of, missing, resolve
from enforcer.base.objects import MAX_BYTES, MissingObjectError, Objects
from enforcer.base.places import GitPlaces, find_checkout
from enforcer.base.private import private_folder
from lineage import InputError, Origin
from lineage.readers.files import MAX_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MAX_ENTRIES: Final = 1_000_000
_FOLDER: Final = b"40000"
_LINK: Final = b"120000"
_MODULE: Final = b"160000"
_REGULAR: Final = frozenset({b"100644", b"100755", b"100664"})
_COMMIT_BYTES: Final = 1 << 20
_NOT_NAMES: Final = frozenset({b"", b".", b".."})


class Blob(msgspec.Struct, frozen=True):
    """A file in a commit: the id of its content, and whether it is a symbolic link."""

    name: str
    link: bool = False


class Commit:
    """A commit. `files` are all of its files by path, from the top of the checkout.

    `modules` are where other repositories lie, whose files are in no commit of this one; `is_head`
    is true for the commit that is checked out.
    """

    def __init__(
        self, name: str, places: GitPlaces, objects: Objects, *, is_head: bool = False
    ) -> None:
        """Raises `InputError` for a commit that cannot be read or holds impossible paths."""
        self.id, self.top, self.is_head = name, places.top, is_head
        self._places, self._objects = places, objects
        self.modules: set[str] = set()
        self.files: Mapping[str, Blob] = dict(sorted(self._walk()))

    def read(self, path: str, limit: int = MAX_BYTES) -> bytes:
        """What a file holds, or where a link leads; raises `InputError` and `KeyError`."""
        return self._object(self.files[path].name, "blob", limit)

    def holds(self, path: str, data: bytes) -> bool:
        """True when a file of the commit has exactly this content."""
        there = self.files.get(path)
        if there is None or there.link:
            return False
        whole = hashlib.new(self._places.algorithm, usedforsecurity=False)
        whole.update(b"blob %d\0" % len(data) + data)
        return whole.hexdigest() == there.name

    def below(self, folder: str) -> Iterator[tuple[str, Blob]]:
        """The files below a folder, with their paths from the top; all below the empty one."""
        start = f"{folder}/" if folder else ""
        return ((path, blob) for path, blob in self.files.items() if path.startswith(start))

    def folder_of(self, path: Path) -> str:
        """A path of the checkout as one from its top; a file's folder. The top itself is empty."""
        real = path.resolve()
        real = real if real.is_dir() else real.parent
        return "" if real == self.top else real.relative_to(self.top).as_posix()

    def _walk(self) -> Iterator[tuple[str, Blob]]:
        waiting = [("", self._tree())]
        count = 0
        while waiting:
            folder, name = waiting.pop()
            for mode, entry, content in _entries(self._object(name, "tree"), len(name) // 2):
                path = folder + os.fsdecode(entry)
                count += 1
                if count > MAX_ENTRIES or path.count("/") > MAX_FOLDERS:
                    raise _impossible(path, "too many files, or too deep")
                if mode == _FOLDER:
                    waiting.append((f"{path}/", content))
                elif mode in _REGULAR or mode == _LINK:
                    yield path, Blob(content, mode == _LINK)
                elif mode == _MODULE:
                    self.modules.add(path)

    def _tree(self) -> str:
        head = self._object(self.id, "commit", _COMMIT_BYTES).split(b"\n", 1)[0]
        return head.removeprefix(b"tree ").decode("ascii", "replace")

    def _object(self, name: str, kind: str, limit: int = MAX_BYTES) -> bytes:
        try:
            return self._objects.read(name, kind, limit)
        except MissingObjectError:
            if kind == "commit":
                raise missing(name, self._places) from None
            what = f"the base commit lacks an object ({name[:12]}), as a partial clone does"
            step = "clone without a filter (`filter:` in actions/checkout)"
            raise InputError(Origin("", 0, 0), what, step) from None


@contextmanager
def open_commit(path: Path, name: str) -> Iterator[Commit]:
    """The commit of that name in the checkout that a path lies in, for as long as it is read.

    Raises `PolicyError` for a name that is none, `InputError` where there is no such commit.
    """
    places = find_checkout(path)
    with private_folder(places) as private:
        commit = resolve(name, private, places)
        is_head = commit == head_of(private)
        with Objects(private, places.algorithm) as objects:
            yield Commit(commit, places, objects, is_head=is_head)


def _entries(tree: bytes, size: int) -> Iterator[tuple[bytes, bytes, str]]:
    """The entries of a tree: mode, name, id. `size` is that of an id in bytes."""
    at = 0
    while at < len(tree):
        end = tree.find(b"\0", at)
        mode, _, name = tree[at:end].partition(b" ")
        after = end + 1 + size
        if end < 0 or after > len(tree) or b"/" in name or name in _NOT_NAMES:
            raise _impossible(os.fsdecode(name), "a tree that no git writes")
        if name.lower() == b".git":
            raise _impossible(os.fsdecode(name), "a git folder inside of a commit")
        yield mode, name, tree[end + 1 : after].hex()
        at = after


def _impossible(path: str, what: str) -> InputError:
    return InputError(Origin("", 0, 0), f"--base: {what} ({path[:200]!r})", "run `git fsck`")
