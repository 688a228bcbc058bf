"""dbt's JSON artifacts: bytes to values, or an error that says what to run."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from typing import TYPE_CHECKING, TypeVar

import msgspec

from lineage.projects import Input
from lineage.readers.dbt_words import Catalog, Heading, Manifest
from lineage.readers.files import FileBytes, Refusal, read_bytes, shown_path
from lineage.strict_json import NotJsonError, WrongShapeError, decode
from lineage.text import BOM_UTF8
from lineage.words import InputError, Origin

if TYPE_CHECKING:
    from pathlib import Path

MAX_ARTIFACT_BYTES = 512 << 20

_VERSIONS = ("v10", "v11", "v12")
_VERSION = re.compile(r"/manifest/(v\d{1,4})\b")
_Shape = TypeVar("_Shape", bound=msgspec.Struct)


def read_manifest(root: Path, path: str) -> tuple[Manifest, Input]:
    """The manifest at `path` below `root`, plain or gzipped.

    Raises `InputError` when it cannot be read, is no JSON, is of an unknown version, or has
    not the shape of a manifest.
    """
    data, record = _read(root, path, "manifest")
    try:
        manifest = _decode(data, path, Manifest)
    except InputError:
        _check_version(_decode(data, path, Heading), path)
        raise
    _check_version(manifest, path)
    _check_groups(manifest, path)
    return manifest, record


def read_catalog(root: Path, path: str) -> tuple[Catalog, Input]:
    """The catalog at `path` below `root`; raises `InputError` like `read_manifest`."""
    data, record = _read(root, path, "catalog")
    catalog = _decode(data, path, Catalog)
    version = catalog.metadata.dbt_schema_version
    if version and "/catalog/v1." not in version:
        raise InputError(
            Origin(shown_path(path), 1, 1),
            f"not a dbt catalog of version 1: {version[:100]!r}",
            "run `dbt docs generate`, or remove the file",
        )
    return catalog, record


def _check_version(artifact: Manifest | Heading, path: str) -> None:
    version = artifact.metadata.dbt_schema_version
    found = _VERSION.search(version)
    if found and found.group(1) in _VERSIONS:
        return
    what = f"manifest version {found.group(1)}" if found else f"no dbt manifest: {version[:100]!r}"
    raise InputError(
        Origin(shown_path(path), 1, 1),
        f"{what}; versions {', '.join(_VERSIONS)} are read",
        "run `dbt compile` with dbt 1.6 to 1.12, or 2",
    )


def _check_groups(manifest: Manifest, path: str) -> None:
    """Whoever wrote a manifest in which a source is no source means it to be misread."""
    for kind, nodes in (("source", manifest.sources), ("exposure", manifest.exposures)):
        for node in nodes.values():
            if node.resource_type != kind:
                what = f"{node.unique_id[:200]!r} is a {node.resource_type[:100]!r} among {kind}s"
                raise _error(path, what)


def _read(root: Path, path: str, kind: str) -> tuple[bytes, Input]:
    read = read_bytes(root, path, MAX_ARTIFACT_BYTES)
    if isinstance(read, Refusal):
        raise _error(path, read.message)
    record = Input(path=shown_path(path), kind=kind, sha256=read.sha256, size=len(read.data))
    data = _inflate(read) if path.endswith(".gz") else read.data
    return data.removeprefix(BOM_UTF8), record


def _inflate(read: FileBytes) -> bytes:
    try:
        data = gzip.GzipFile(fileobj=io.BytesIO(read.data)).read(MAX_ARTIFACT_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise _error(read.path, "not a whole gzip file") from error
    if len(data) > MAX_ARTIFACT_BYTES:
        raise _error(read.path, f"larger than {MAX_ARTIFACT_BYTES} bytes when unpacked")
    return data


def _decode(data: bytes, path: str, shape: type[_Shape]) -> _Shape:
    try:
        return decode(data, shape)
    except WrongShapeError as error:
        raise _error(path, f"not the shape of a dbt {shape.__name__.lower()}: {error}") from error
    except NotJsonError as error:
        raise _error(path, str(error), error.line, error.column) from error


def _error(path: str, message: str, line: int = 1, column: int = 1) -> InputError:
    return InputError(Origin(shown_path(path), line, column), message, "run `dbt compile` again")
