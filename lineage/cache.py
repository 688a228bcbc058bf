"""The cache: what an earlier run found out about the same texts, kept in one folder.

Everything is found by content: a text by its digest, a whole analysis by that of all that
went into it, together with the code that made it. A file that is damaged, or that another
version wrote, counts as none. What is read is plain data of fixed types, no code.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec.structs import replace

from lineage.analysis import Analysis
from lineage.graph import EdgeKind, Graph, GraphIndex, Sites, numbers
from lineage.guarded import Guarded
from lineage.link.compiled import Compiled, Kept
from lineage.projects import Relation
from lineage.readers.files import open_regular
from lineage.words import Column, Delete, Gap, Grant, Remark
from lineage.writing import write_file

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterator, Sequence

    from lineage.projects import Project, Unit

_SUM_BYTES = 32
_PRIVATE = 0o600
_MAX_BYTES = 2 << 30


class _KeptGraph(msgspec.Struct, frozen=True, array_like=True, gc=False):
    relations: list[str]
    relation_of: list[int]  # each column's relation or label, as a position in `relations`
    names: list[str]
    paths: dict[int, str]
    inner: frozenset[int]
    kinds: tuple[EdgeKind, ...]
    ambiguous: frozenset[int]
    # flat arrays of four bytes a number, in the byte order of the machine
    sources: bytes
    targets: bytes
    kind_of: bytes
    units: bytes
    offsets: bytes
    begins: dict[int, int]
    parts: int


class _KeptAnalysis(msgspec.Struct, frozen=True, array_like=True, gc=False):
    graph: _KeptGraph
    relations: tuple[Relation, ...]
    grants: tuple[Grant, ...]
    deletes: tuple[Delete, ...]
    guarded: tuple[Guarded, ...]
    gaps: tuple[Gap, ...]
    statements: int
    opaque: int
    remarks: tuple[Remark, ...]
    stars: frozenset[tuple[int, int]]
    unions: frozenset[tuple[int, int]]
    equated: frozenset[tuple[int, int]]


class _KeptTexts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    by_key: dict[bytes, Kept]


Content = TypeVar("Content", _KeptAnalysis, _KeptTexts)


class Cache:
    """The cache of one project, in a folder of its own that need not be there yet."""

    def __init__(self, folder: Path) -> None:
        """`folder` must be one that the authors of the project's texts cannot write to."""
        self._analysis = folder / "analysis.bin"
        self._texts = folder / "texts.bin"
        self._code = _code_key()
        self._keys: list[bytes] = []
        self._key = b""

    def find(self, project: Project) -> Analysis | None:
        """The analysis of the same project, None where it is not known."""
        self._keys = [_unit_key(unit) for unit in project.units]
        self._key = _project_key(project, self._keys, self._code)
        kept = _read(self._analysis, self._key, _KeptAnalysis)
        try:
            return _restored(project, kept) if kept is not None else None
        except (IndexError, ValueError):  # numbers that no analysis has
            return None

    def texts(self) -> list[Compiled | None]:
        """The texts of the project that `find` was asked of, None where one is not known."""
        known = _read(self._texts, self._code, _KeptTexts)
        found = [known.by_key.get(key) if known is not None else None for key in self._keys]
        return [Compiled.of_kept(kept) if kept is not None else None for kept in found]

    def keep(self, texts: Sequence[Compiled], analysis: Analysis) -> None:
        """Put an analysis of that project, and its texts, in the place of what is there.

        Where that cannot be written, the next run has to do without.
        """
        kept = {key: text.keep() for key, text in zip(self._keys, texts, strict=True)}
        _write(self._texts, self._code, _KeptTexts(kept))
        _write(self._analysis, self._key, _plain(analysis))


# -- keys ---------------------------------------------------------------------------------------


def _unit_key(unit: Unit) -> bytes:
    """Of all that the segment of a text depends on, but for what it asks of others."""
    key = blake2b(digest_size=16)
    for part in (unit.dialect, unit.target, unit.file, unit.text):
        body = part.encode("utf-8", "surrogatepass")
        key.update(len(body).to_bytes(8, "big"))
        key.update(body)
    return key.digest()


def _project_key(project: Project, units: Sequence[bytes], code: bytes) -> bytes:
    key = blake2b(code, digest_size=_SUM_BYTES)
    written = [unit.written for unit in project.units]
    key.update(
        msgspec.msgpack.encode((units, written, project.relations, project.gaps, project.dialect))
    )
    return key.digest()


def _code_key() -> bytes:
    """Of this package and of the parser: another version may find other things."""
    key = blake2b(digest_size=_SUM_BYTES)
    parser = find_spec("sqlglot")
    for path in (*_modules(Path(__file__).parent), Path(str(parser and parser.origin))):
        status = path.stat()
        key.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return key.digest()


def _modules(package: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(package):
        folders.sort()
        yield from (Path(folder) / name for name in sorted(names) if name.endswith(".py"))


# -- analyses -----------------------------------------------------------------------------------


def _plain(analysis: Analysis) -> _KeptAnalysis:
    graph = analysis.graph
    relations = {name: place for place, name in enumerate({c.relation: 0 for c in graph.columns})}
    return _KeptAnalysis(
        _KeptGraph(
            list(relations),
            [relations[column.relation] for column in graph.columns],
            [column.column for column in graph.columns],
            {node: column.path for node, column in enumerate(graph.columns) if column.path},
            graph.inner,
            graph.kinds,
            graph.sites.ambiguous,
            graph.sources.tobytes(),
            graph.targets.tobytes(),
            graph.kind_of.tobytes(),
            graph.sites.units.tobytes(),
            graph.sites.offsets.tobytes(),
            dict(graph.begins),
            graph.parts,
        ),
        analysis.relations,
        analysis.grants,
        analysis.deletes,
        analysis.guarded,
        analysis.gaps,
        analysis.statements,
        analysis.opaque,
        analysis.remarks,
        analysis.stars,
        analysis.unions,
        analysis.equated,
    )


def _restored(project: Project, kept: _KeptAnalysis) -> Analysis:
    plain = kept.graph
    relations = map(plain.relations.__getitem__, plain.relation_of)
    columns = tuple(map(Column, relations, plain.names))
    if plain.paths:
        named = enumerate(columns)
        columns = tuple(replace(c, path=plain.paths.get(node, "")) for node, c in named)
    sources, targets = _numbers(plain.sources), _numbers(plain.targets)
    return Analysis(
        graph=Graph(
            columns=columns,
            inner=plain.inner,
            sources=sources,
            targets=targets,
            kind_of=_numbers(plain.kind_of),
            kinds=plain.kinds,
            sites=Sites(_numbers(plain.units), _numbers(plain.offsets), plain.ambiguous),
            index=GraphIndex(columns, plain.inner, sources, targets, plain.parts),
            begins=plain.begins,
            parts=plain.parts,
        ),
        units=project.units,
        relations=kept.relations,
        grants=kept.grants,
        deletes=kept.deletes,
        guarded=kept.guarded,
        gaps=kept.gaps,
        statements=kept.statements,
        opaque=kept.opaque,
        remarks=kept.remarks,
        stars=kept.stars,
        unions=kept.unions,
        equated=kept.equated,
    )


def _numbers(plain: bytes) -> array[int]:
    found = numbers(())
    found.frombytes(plain)
    return found


# -- files --------------------------------------------------------------------------------------


def _read(path: Path, key: bytes, kind: type[Content]) -> Content | None:
    """What a file holds under a key, None where that is not what was written.

    A file is its key, the digest of the rest, and the rest, in msgpack.
    """
    try:
        with open_regular(path) as stream:
            size = os.fstat(stream.fileno()).st_size
            if size > _MAX_BYTES or stream.read(_SUM_BYTES) != key:
                return None
            digest, body = stream.read(_SUM_BYTES), stream.read()
    except OSError:
        return None
    if blake2b(body, key=key, digest_size=_SUM_BYTES).digest() != digest:
        return None
    try:
        return msgspec.msgpack.decode(body, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _write(path: Path, key: bytes, value: object) -> None:
    body = msgspec.msgpack.encode(value)
    digest = blake2b(body, key=key, digest_size=_SUM_BYTES).digest()
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(path, key + digest, body, mode=_PRIVATE, durable=False)
