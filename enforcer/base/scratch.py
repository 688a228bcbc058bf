"""A folder of our own for a while, and files in it that nobody else can see."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """An empty folder, as a real path; it is gone afterwards with all that is in it."""
    with tempfile.TemporaryDirectory(prefix="fieldgate-") as name:
        yield Path(os.path.realpath(name))


def put(folder: Path, path: str, data: bytes) -> Path:
    """Write a file below a folder of ours, with the folders on the way to it."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return target


def put_link(folder: Path, path: str, to: str | Path) -> None:
    """The same for a link; raises `OSError` where there are none."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.symlink_to(to)
