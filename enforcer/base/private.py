"""A git folder of our own, in which git finds the checkout's objects and refs and no configuration.

Hooks, aliases, pagers, filters, a monitor of files, credentials, partial clones that fetch: all of
these are set in configuration, and there is none but ours. What git asks of the environment is
closed as well.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from enforcer.base.scratch import put, put_link, scratch_folder
from lineage import InputError, Origin
from lineage.readers.files import FileBytes, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enforcer.base.places import GitPlaces

SECONDS: Final = 60.0  # for all that git does in a run
_HEAD_BYTES: Final = 4096
_CONFIG: Final = {
    "sha1": "[core]\n\trepositoryformatversion = 0\n\tbare = true\n",
    "sha256": "[core]\n\trepositoryformatversion = 1\n\tbare = true\n"
    "[extensions]\n\tobjectformat = sha256\n",
}
# None of these is needed, for nothing else is configured; each says what must never happen.
_OPTIONS: Final = (
    "--no-pager",
    "--no-replace-objects",
    "--literal-pathspecs",
    *("-c", "core.fsmonitor="),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.pager=cat"),
    *("-c", "core.warnAmbiguousRefs=true"),
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "protocol.allow=never"),
)


class Private(msgspec.Struct, frozen=True, kw_only=True):
    """The folder, the program, and the whole environment that it gets."""

    folder: Path
    program: str
    environment: dict[str, str]

    def command(self, *arguments: str) -> list[str]:
        """What is run: a plumbing command of git with everything closed."""
        return [self.program, *_OPTIONS, *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """A command that ends by itself; raises `InputError` when it does not."""
        try:
            return subprocess.run(  # noqa: S603 - plumbing, and arguments that were checked
                self.command(*arguments),
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise stuck() from None


def stuck() -> InputError:
    """What is said when git does not answer."""
    what = f"git has not answered within {SECONDS:.0f} seconds"
    return InputError(Origin("", 0, 0), what, "look at the repository with `git fsck`")


@contextmanager
def private_folder(places: GitPlaces) -> Iterator[Private]:
    """A git folder for as long as it is needed; raises `InputError` where there is no git."""
    program = _program(places.top)
    with scratch_folder() as folder:
        put(folder, "config", _CONFIG[places.algorithm].encode())
        put(folder, "HEAD", _head(places))
        (folder / "objects").mkdir()
        for shared in ("refs", "packed-refs"):
            with suppress(OSError):  # without links only ids of commits can be named
                put_link(folder, shared, places.common / shared)
        yield Private(folder=folder, program=program, environment=_environment(places, folder))


def _environment(places: GitPlaces, folder: Path) -> dict[str, str]:
    return {
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_DIR": str(folder),
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OBJECT_DIRECTORY": str(places.objects),
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_PROTOCOL_FROM_USER": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "HOME": "/nonexistent",
        "LC_ALL": "C",
        "PATH": os.defpath,
        "XDG_CONFIG_HOME": "/nonexistent",
    }


def _head(places: GitPlaces) -> bytes:
    read = read_bytes(Path(os.path.realpath(places.folder)), "HEAD", _HEAD_BYTES)
    return read.data if isinstance(read, FileBytes) else b"ref: refs/heads/none\n"


def _program(top: Path) -> str:
    """The path of git, as the environment has it but never out of the checkout."""
    for entry in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = Path(os.path.realpath(entry)) / ("git.exe" if os.name == "nt" else "git")
        inside = path.is_relative_to(top)
        usable = path.is_file() and os.access(path, os.X_OK)
        if Path(entry).is_absolute() and not inside and usable:
            return str(path)
    raise InputError(Origin("", 0, 0), "there is no git to read --base with", "install git")
