"""What an earlier run read, so that a file which has not changed since is not read again.

A file counts as unchanged while its size, its inode and the times at which it was written and
changed are what they were. That trusts the file system and its clock: no ordinary program can
set the time of a change. Two changes within one tick of that clock have the same time, so a file is
taken for unchanged only if it had been left alone for a while when it was read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.readers.files import FileText

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lineage.readers.files import Checkout, Refusal


class Seen:
    """The text files of a project as an earlier run read them, and as this one does."""

    def __init__(
        self, files: Iterable[FileText] = (), changed: Callable[[], None] | None = None
    ) -> None:
        """`files` are those of the earlier run.

        `changed` is called, once, as soon as a file seems to hold what was not read before.
        """
        self._before = {file.path: file for file in files}
        self._changed = changed
        self._stamps: dict[str, tuple[int, ...]] = {}
        self.files: list[FileText] = []

    def look(self, checkout: Checkout) -> None:
        """Look at all files of the earlier run, before those that are there now are looked for."""
        for path, before in self._before.items():
            stamp = self._stamps[path] = checkout.stamp(path)
            if stamp and stamp != before.stamp:
                self._tell()

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

    def is_new(self) -> bool:
        """Whether a later run would do well to know what this one has read."""
        return self.files != list(self._before.values())
