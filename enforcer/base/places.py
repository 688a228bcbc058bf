"""Where a checkout keeps its objects and its refs, found without asking git.

Whoever prepares a checkout writes its `.git`, and a configuration in there can make git run
programs. So git never sees that configuration: it gets a folder of its own (`private`), and
only objects and refs are those of the checkout.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

import msgspec

from lineage import InputError, Origin
from lineage.readers.files import FileBytes, read_bytes

_SMALL: Final = 1 << 16  # bytes: of a pointer to another folder, of a configuration
_SHA256: Final = re.compile(
    r"^\s*objectformat\s*=\s*\"?sha256\"?\s*$", re.IGNORECASE | re.MULTILINE
)


class GitPlaces(msgspec.Struct, frozen=True, kw_only=True):
    """A checkout: its `top` folder, and what of its git folder is of use to us.

    `folder` is the checkout's own, `common` the one that it shares with others of the same
    repository; `algorithm` is the hash that names objects.
    """

    top: Path
    folder: Path
    common: Path
    algorithm: str

    @property
    def objects(self) -> Path:
        """The folder of objects."""
        return self.common / "objects"

    @property
    def is_shallow(self) -> bool:
        """True when not all history was fetched."""
        return os.path.lexists(self.common / "shallow")


def find_checkout(path: Path) -> GitPlaces:
    """The checkout that a path lies in; raises `InputError` where it lies in none.

    It also raises for a path through a link that lies in a checkout: a pull request may have put
    it there, and it leads to what is not judged.
    """
    refuse_links(path)
    start = Path(os.path.realpath(path))
    for top in (start, *start.parents):
        if os.path.lexists(top / ".git"):
            folder = _git_folder(top)
            common = _pointed(folder, "commondir", "") or folder
            if not (common / "objects").is_dir():
                break
            algorithm = "sha256" if _SHA256.search(_text(common, "config")) else "sha1"
            return GitPlaces(top=top, folder=folder, common=common, algorithm=algorithm)
    what = "lies in no checkout of a git repository, so it has no base commit"
    raise InputError(Origin(str(path), 1, 1), what, "check a clone, or leave out --base")


def refuse_links(path: Path) -> None:
    """Raises `InputError` for a path on which a link stands that lies in a checkout."""
    whole = Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` would follow what is looked for
    for step in (*reversed(whole.parents), whole):
        if step.is_symlink() and any(os.path.lexists(above / ".git") for above in step.parents):
            what = "goes through a symbolic link of the checkout"
            raise InputError(Origin(str(path), 1, 1), what, "name the file or folder itself")


def _git_folder(top: Path) -> Path:
    entry = top / ".git"
    return entry if entry.is_dir() else _pointed(top, ".git", "gitdir: ") or entry


def _pointed(folder: Path, name: str, before: str) -> Path | None:
    """The folder that a small file points to, None where there is no such file."""
    line = _text(folder, name).strip()
    if not line.startswith(before) or not line:
        return None
    return Path(os.path.realpath(folder / line.removeprefix(before)))


def _text(folder: Path, name: str) -> str:
    read = read_bytes(Path(os.path.realpath(folder)), name, _SMALL)
    return os.fsdecode(read.data) if isinstance(read, FileBytes) else ""
