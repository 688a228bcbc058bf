"""What an earlier run read, so that a file which has not changed since is not read again.

A file counts as unchanged while its size, its inode and the times at which it was written and
changed are what they were, and so does a folder, in which then the same names stand for things
of the same kinds. That trusts the file system and its clock: no ordinary program can set the time
of a change. Two changes within one tick of that clock have the same time, so what is there is
taken for unchanged only if it had been left alone for a while when it was looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.readers.files import FileText

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lineage.readers.files import Checkout, Refusal
    from lineage.readers.folders import Listing


class Seen:
    """The folders and text files of a project as an earlier run saw them, and as this one does."""

    def __init__(
        self,
        files: Iterable[FileText] = (),
        changed: Callable[[], None] | None = None,
        *,
        folders: Iterable[Listing] = (),
    ) -> None:
        """`files` and `folders` are those of the earlier run.

        `changed` is called, once, as soon as a file seems to hold what was not read before.
        """
        self._before = {file.path: file for file in files}
        self._listed = {folder.path: folder for folder in folders}
        self._changed = changed
        self._stamps: dict[str, tuple[int, ...]] = {}
        self._same: dict[str, Listing] = {}
        self.files: list[FileText] = []
        self.folders: list[Listing] = []

    def look(self, checkout: Checkout) -> None:
        """Look at all that the earlier run has seen, before what is there now is looked for."""
        for path, before in self._before.items():
            stamp = self._stamps[path] = checkout.stamp(path)
            if stamp and stamp != before.stamp:
                self._tell()
        for path, folder in self._listed.items():
            if folder.settled and checkout.stamp(path) == folder.stamp:
                self._same[path] = folder

    def listing(self, path: str) -> Listing | None:
        """What lies in a folder below the root, None where it has to be listed again."""
        found = self._same.get(path)
        if found is not None:
            self.folders.append(found)
        return found

    def keep(self, listing: Listing) -> None:
        """Have the next run know what lies in a folder."""
        self.folders.append(listing)

    def read(self, checkout: Checkout, path: str, limit: int) -> FileText | Refusal:
        """The file at a path below its root, as `Checkout.read_text` would read it."""
        before = self._before.get(path)
        if before is not None and before.settled and self._stamps.get(path) == before.stamp:
            self.files.append(before)
            return before
        read = checkout.read_text(path, limit)
        if isinstance(read, FileText):
            self.files.append(read)
            if before is None or before.sha256 != read.sha256:
                self._tell()
        return read

    def _tell(self) -> None:
        changed, self._changed = self._changed, None
        if changed is not None:
            changed()

    def has_new_files(self) -> bool:
        """Whether a later run would do well to know which files this one has read."""
        return self.files != list(self._before.values())

    def new_files(self) -> dict[str, FileText]:
        """What this run has read that the earlier one did not read so, by path."""
        return {f.path: f for f in self.files if self._before.get(f.path) != f}

    def has_new_folders(self) -> bool:
        """Whether a later run would do well to know which folders this one has listed."""
        return self.folders != list(self._listed.values())
