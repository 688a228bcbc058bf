"""Where the files of a dbt project lie: from the manifest's paths to paths of the checkout."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from lineage.readers.dbt_project_file import Settings
from lineage.readers.folders import is_below, join_path
from lineage.text import why_not_text
from lineage.words import InputError, Origin

if TYPE_CHECKING:
    from lineage.readers.dbt_words import Disabled, Macro, Node, SavedQuery, UnitTest

    Thing = Node | Macro | Disabled | SavedQuery | UnitTest

_DRIVE = re.compile(r"[A-Za-z]:")
_NO_NAMES = frozenset({"", ".", "..", "~"})
_BREAKS = frozenset("\t\n\r")
_MAX_PATH = 1_024


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A dbt project in a checkout, or a manifest without one.

    `root` is the real path of what is read; all else is relative to it. `settings` are None
    for a manifest that lies alone. `package` is the project's own name; `homes` are the folders
    of packages that are a part of the checkout.
    """

    root: Path
    manifest: str
    folder: str = ""
    settings: Settings | None = None
    package: str = ""
    homes: dict[str, str] = {}

    def path_of(self, thing: Thing) -> str:
        """The path of the file that something in the manifest comes from.

        Raises `InputError` where the manifest names a place outside the project.
        """
        path = thing.original_file_path.replace("\\", "/")
        if leaves_folder(path):
            raise self._leaving("original_file_path", path)
        if self.is_own(thing):
            return join_path(self.folder, path)
        home = self.homes.get(thing.package_name)
        if home is not None:
            return join_path(home, path)
        packages = (self.settings or Settings()).packages
        if leaves_folder(packages):  # installed elsewhere, so its files are not here
            packages = Settings().packages
        package = thing.package_name.replace("\\", "/")
        if leaves_folder(package):
            raise self._leaving("package_name", package)
        return join_path(self.folder, f"{packages}/{package}/{path}")

    def _leaving(self, key: str, path: str) -> InputError:
        return InputError(
            Origin(self.manifest, 1, 1),
            f"{key} leaves the project: {path[:200]!r}",
            "run `dbt compile` again",
        )

    def is_own(self, thing: Thing) -> bool:
        """True for what the project itself wrote, false for what an installed package brought."""
        return not self.package or thing.package_name == self.package

    def kind_of(self, path: str) -> str:
        """What dbt takes a file for by its folder; empty for what it does not look at."""
        inner = path.removeprefix(f"{self.folder}/") if self.folder else path
        for kind, folders in self._folders():
            if any(is_below(inner, "" if folder == "." else folder) for folder in folders):
                return kind
        return ""

    def may_hold_code(self, folder: str) -> bool:
        """Whether dbt looks into a folder, or into one that is in it."""
        inner = folder.removeprefix(f"{self.folder}/") if self.folder else folder
        looked = (join_path(one, "") for _kind, folders in self._folders() for one in folders)
        return bool(self.kind_of(f"{folder}/")) or any(is_below(one, inner) for one in looked)

    def _folders(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        settings = self.settings or Settings()
        return (
            ("model", settings.models),
            ("snapshot", settings.snapshots),
            ("macro", settings.macros),
            ("test", settings.tests),
            ("analysis", settings.analyses),
            ("function", settings.functions),
        )


def leaves_folder(path: str) -> bool:
    """True unless a posix path is relative, plain, and stays in the folder it starts from."""
    return (
        not path
        or len(path) > _MAX_PATH
        or not _NO_NAMES.isdisjoint(path.split("/"))
        or _DRIVE.match(path) is not None
        or not _BREAKS.isdisjoint(path)
        or bool(why_not_text(path))
    )
