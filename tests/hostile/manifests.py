"""A small dbt project, and what a hostile pull request can make of its manifest."""

from __future__ import annotations

import gzip
import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RAW = "select email from {{ source('raw', 'users') }}"
COMPILED = "select email from prod.raw.users"


def node(name: str = "people", **fields: object) -> dict[str, Any]:
    """A model as dbt describes it."""
    return {
        "unique_id": f"model.shop.{name}",
        "resource_type": "model",
        "name": name,
        "alias": name,
        "package_name": "shop",
        "database": "prod",
        "schema": "core",
        "original_file_path": f"models/{name}.sql",
        "relation_name": f"prod.core.{name}",
        "language": "sql",
        "raw_code": RAW,
        "compiled_code": COMPILED,
        "config": {"materialized": "view"},
        "checksum": {"name": "sha256", "checksum": hashlib.sha256(RAW.encode()).hexdigest()},
        **fields,
    }


def manifest(*nodes: dict[str, Any], **parts: object) -> dict[str, Any]:
    """The manifest of the model `people`, or of others."""
    return {
        "metadata": {
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
            "adapter_type": "snowflake",
            "project_name": "shop",
        },
        "nodes": {one["unique_id"]: one for one in nodes or (node(),)},
        **parts,
    }


def write_project(root: Path, content: bytes | dict[str, Any], name: str = "manifest.json") -> None:
    """The project's files, and the manifest in its target folder."""
    (root / "models").mkdir()
    (root / "models" / "people.sql").write_text(RAW + "\n")
    (root / "dbt_project.yml").write_text("name: shop\n")
    (root / "target").mkdir()
    data = json.dumps(content).encode() if isinstance(content, dict) else content
    (root / "target" / name).write_bytes(data)


class Broken(NamedTuple):
    """A manifest that must be refused; `line` is where."""

    name: str
    content: bytes
    line: int = 1
    file: str = "manifest.json"

    @property
    def make(self) -> Callable[[Path], None]:
        """Puts it into a project."""
        return lambda root: write_project(root, self.content, self.file)


def _with(part: str, text: str) -> bytes:
    """The manifest with a JSON text at a key of its own, or in place of a node's field."""
    whole = json.dumps(manifest(node(meta={"here": 0})))
    place = {"top": ('{"metadata"', f'{{"x": {text}, "metadata"'), "meta": ('"here": 0', text)}
    before, after = place[part]
    return whole.replace(before, after, 1).encode("utf-8", "surrogatepass")


def towers() -> list[Broken]:
    """Nested more deeply than anybody reads, in what is read and in what is skipped."""
    found = []
    for depth in (1_023, 1_024, 100_000):
        lists, maps = "[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth
        found += [
            Broken(f"{depth} lists, skipped", _with("top", lists)),
            Broken(f"{depth} lists in meta", _with("meta", f'"a": {lists}')),
            Broken(f"{depth} maps in meta", _with("meta", f'"a": {maps}')),
        ]
    return [
        *found,
        Broken("200 lists, skipped", _with("top", "[" * 200 + "]" * 200)),
        Broken("unclosed", b'{"metadata": ' + b"[" * 100_000),
        Broken("unclosed maps", b'{"a":' * 100_000),
        Broken("brackets in text", _with("top", '["\\"]]]", ' + "[" * 200 + '"]"' + "]" * 201)),
    ]


def repetitions() -> list[Broken]:
    """One key twice."""
    harmless = json.dumps(node(compiled_code="select 1 as id"))[1:-1]
    twice = json.dumps(manifest()).replace('"raw_code"', '"compiled_code": "select 1", "raw_code"')
    again = json.dumps(manifest())[:-1]
    return [
        Broken("compiled code twice", twice.encode()),
        Broken("nodes twice", f'{again}, "nodes": {{}}}}'.encode()),
        Broken("metadata twice", f'{again}, "metadata": {{}}}}'.encode()),
        Broken("skipped twice", f'{again}, "docs": {{}}, "docs": {{}}}}'.encode()),
        Broken(
            "a model twice",
            again.replace(
                '"nodes": {', f'"nodes": {{"model.shop.people": {{{harmless}}}, '
            ).encode()
            + b"}",
        ),
        Broken("escaped twice", _with("meta", '"a": 1, "\\u0061": 2')),
        Broken("deep in meta", _with("meta", '"a": [[{"b": 1, "b": 1}]]')),
        Broken("a very long key", _with("meta", f'"{"k" * 10_000}": 1, "{"k" * 10_000}": 2')),
        Broken("a key of line ends", _with("meta", '"a\\n::error::b": 1, "a\\n::error::b": 2')),
    ]


def numbers() -> list[Broken]:
    """What JSON knows no number for, or no machine."""
    return [
        *(
            Broken(f"{text} skipped", _with("top", text))
            for text in ("NaN", "Infinity", "-Infinity")
        ),
        *(Broken(f"{text} in meta", _with("meta", f'"a": {text}')) for text in ("NaN", "01", "+1")),
        Broken("a million digits", _with("meta", f'"a": {"1" * 1_000_000}')),
        Broken("an exponent", _with("meta", '"a": 1e999999')),
        Broken("hexadecimal", _with("meta", '"a": 0x1')),
    ]


def texts() -> list[Broken]:
    """What is no text, or no JSON."""
    good = json.dumps(manifest())
    return [
        Broken("lone high surrogate", _with("meta", '"a": "\\ud800"')),
        Broken("lone low surrogate", _with("meta", '"a": "\\udc00 b"')),
        Broken("lone surrogate, skipped", _with("top", '"\\ud800"')),
        Broken("surrogate bytes", _with("meta", '"a": "\udc80"')),
        Broken("surrogate bytes, skipped", _with("top", '"\udc80"')),
        Broken("latin-1", _with("top", '"x"').replace(b'"x": "x"', b'"x": "\xe9"')),
        Broken("a raw line end in a text", _with("meta", '"a": "b\nc"')),
        Broken("utf-16", good.encode("utf-16")),
        Broken("utf-32", good.encode("utf-32")),
        Broken("nul at the end", good.encode() + b"\0"),
        Broken("two marks", b"\xef\xbb\xbf\xef\xbb\xbf" + good.encode()),
        Broken("two values", (good + "\n" + good).encode(), 2),
        Broken("empty", b""),
        Broken("blank", b" \n ", 2),
        Broken("a list", b"[]"),
        Broken("null", b"null"),
        Broken("a text", b'"manifest"'),
        Broken("yaml", b"metadata: {}\nnodes: {}\n"),
        Broken("comment", b"/* */" + good.encode()),
        Broken("single quotes", good.replace('"', "'").encode()),
        Broken("trailing comma", good[:-1].encode() + b",}"),
        Broken("cut off", good[:-5].encode()),
        Broken("no version", b'{"metadata": {}, "nodes": {}}'),
        Broken("nodes of numbers", good.replace('"nodes": {', '"nodes": {"a": 1, ').encode()),
        Broken(
            "nodes are a list",
            b'{"metadata": {"dbt_schema_version": "/manifest/v12"}, "nodes": []}',
        ),
        Broken("pickle", b"\x80\x04\x95\x1a\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix"),
        Broken("gzip under another name", gzip.compress(good.encode())),
        Broken("no gzip", good.encode(), file="manifest.json.gz"),
        Broken("gzip cut off", gzip.compress(good.encode())[:-9], file="manifest.json.gz"),
        Broken("gzip with a tail", gzip.compress(good.encode()) + b"x", file="manifest.json.gz"),
    ]


def all_broken() -> list[Broken]:
    """Every manifest that must be refused."""
    return [*towers(), *repetitions(), *numbers(), *texts()]


# Ways out of a folder, as a manifest or a configuration could write them.
WAYS_OUT = {
    "up": "../../etc/passwd",
    "up from inside": "models/../../etc/passwd",
    "absolute": "/etc/passwd",
    "two slashes": "//etc/passwd",
    "backslashes": "..\\..\\etc\\passwd",
    "a drive": "C:\\secrets.sql",
    "a share": "\\\\host\\share\\x.sql",
    "home": "~/.ssh/id_rsa",
    "here": "./../x.sql",
    "only up": "..",
    "proc": "/proc/self/environ",
    "nul": "models/x.sql\0.csv",
    "a line end": "models/\n::error::x.sql",
    "too long": "models/" + "x" * 5_000 + ".sql",
    "up at the end": "models/..",
    "an empty part": "models//x.sql",
}
