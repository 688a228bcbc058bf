"""The cache: what an earlier run found out about the same files and texts, kept in one folder.

Everything is found by content: a text by its digest, a whole analysis by that of all that
went into it, together with the code that made it. Only what files hold is found by what the
file system says of them (`lineage.readers.seen`). A file of the cache that is damaged, or that
another version wrote, counts as none. What is read is plain data of fixed types, no code.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from lineage.cache.analyses import Analyses
from lineage.cache.keys import code_key, project_key, unit_key
from lineage.cache.layers import Layers
from lineage.cache.stored import Store
from lineage.cache.texts import Texts
from lineage.readers.files import FileText
from lineage.readers.folders import Listing
from lineage.readers.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from lineage.analysis import Analysis
    from lineage.link.compiled import Compiled
    from lineage.projects import Project


class Cache:
    """The cache of one project, in a folder of its own that need not be there yet.

    What cannot be written is not kept, and the next run has to do without.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` must be one that the authors of the project's texts cannot write to."""
        self._code = code_key()
        self._files = Layers(folder, "files", dict[str, FileText], self._code)
        self._folders = Store(folder / "folders.bin", tuple[Listing, ...])
        self._analyses = Analyses(folder)
        self._texts = Texts(folder, self._code)
        self._keys: list[bytes] = []
        self._key = b""

    def seen(self, changed: Callable[[], None] | None = None) -> Seen:
        """What the last run saw of files and folders, nothing where that is not known.

        `changed` is as in `Seen`.
        """
        folders = self._folders.read(self._code) or ()
        return Seen(self._files.read().values(), changed, folders=folders)

    def keep_seen(self, seen: Seen) -> None:
        """Have the next run know what this one saw."""
        with suppress(UnicodeEncodeError):  # half of a character, in a name or out of JSON
            if seen.has_new_files():
                self._files.keep({file.path for file in seen.files}, seen.new_files())
            if seen.has_new_folders():
                self._folders.write(self._code, seen.folders)

    def find(self, project: Project) -> Analysis | None:
        """The analysis of the same project, None where it is not known."""
        self._keys = [unit_key(unit) for unit in project.units]
        self._key = project_key(project, self._keys, self._code)
        return self._analyses.find(self._key, project)

    def texts(self) -> list[Compiled | None]:
        """The texts of the project that `find` did not find, None where one is not known."""
        return self._texts.find(self._keys)

    def keep(self, texts: Sequence[Compiled], analysis: Analysis) -> None:
        """Keep the analysis that `find` did not find, and its texts.

        A text that a worker died of is tried again by the next run: it may have been the
        machine's fault.
        """
        with suppress(UnicodeEncodeError):
            self._texts.keep(dict(zip(self._keys, texts, strict=True)))
            if not any(text.is_unread for text in texts):
                self._analyses.keep(self._key, analysis)
