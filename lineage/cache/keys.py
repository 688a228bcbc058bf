"""Keys: digests of all that decides about what is kept under them."""

from __future__ import annotations

import os
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lineage.projects import Project, Unit


def unit_key(unit: Unit) -> bytes:
    """Of all that the segment of a text depends on, but for what it asks of others."""
    parts = (unit.dialect, unit.target, unit.file, unit.text)
    return sha256(_encoded(parts)).digest()


def project_key(project: Project, units: Sequence[bytes], code: bytes) -> bytes:
    """Of all that an analysis depends on; `units` are the keys of the project's units."""
    written = [(unit.written, unit.uncompiled) for unit in project.units]
    rest = (project.relations, project.gaps, project.dialect, written)
    return sha256(code + b"".join(units) + _encoded(rest)).digest()


def code_key() -> bytes:
    """Of this package and of the parser: another version may find other things."""
    key = sha256()
    parser = find_spec("sqlglot")
    for path in (*_modules(Path(__file__).parent.parent), Path(str(parser and parser.origin))):
        status = path.stat()
        key.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return key.digest()


def _encoded(parts: object) -> bytes:
    try:
        return msgspec.msgpack.encode(parts)
    except UnicodeEncodeError:  # half of a character, as JSON can say it
        return repr(parts).encode("utf-8", "surrogatepass")


def _modules(package: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(package):
        folders.sort()
        yield from (Path(folder) / name for name in sorted(names) if name.endswith(".py"))
