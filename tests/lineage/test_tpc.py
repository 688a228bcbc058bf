"""TPC-H and TPC-DS with their schemas: queries that everybody knows, and nothing left open.

The texts are read where they lie and not copied: the parser's source distribution has them.
`pip download --no-deps --no-binary :all: --dest $SQLGLOT_SOURCE sqlglot` brings it.
"""

from __future__ import annotations

import ast
import os
import tarfile
from pathlib import Path
from typing import NamedTuple

import pytest

from lineage import analyze_sql

Schema = dict[str, dict[str, str]]


class Benchmark(NamedTuple):
    """The queries of one benchmark, in order, and its tables."""

    queries: list[str]
    schema: Schema


@pytest.fixture(scope="session")
def archive() -> Path:
    """The parser's source distribution, in a folder that the environment names."""
    where = os.environ.get("SQLGLOT_SOURCE", "")
    found = sorted(Path(where).glob("sqlglot-*.tar.gz")) if where else []
    if not found:
        pytest.skip("SQLGLOT_SOURCE names no folder with the parser's source distribution")
    return found[-1]


def _read(archive: Path, name: str) -> Benchmark:
    with tarfile.open(archive) as tar:
        root = tar.getnames()[0].partition("/")[0]
        queries = _member(tar, f"{root}/tests/fixtures/optimizer/{name}/{name}.sql")
        helpers = _member(tar, f"{root}/tests/helpers.py")
    plain = "\n".join(li for li in queries.splitlines() if not li.startswith(("--", "# ")))
    texts = [text.strip() for text in plain.split(";") if text.strip()]
    return Benchmark(texts[::2], _schema(helpers, name))  # every second is the expected output


def _member(tar: tarfile.TarFile, name: str) -> str:
    file = tar.extractfile(name)
    assert file is not None
    return file.read().decode()


def _schema(helpers: str, name: str) -> Schema:
    wanted = f"{name.replace('-', '').upper()}_SCHEMA"
    for node in ast.parse(helpers).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == wanted:
            found: Schema = ast.literal_eval(node.value)
            return found
    raise AssertionError(wanted)


@pytest.mark.parametrize(("name", "count"), [("tpc-h", 22), ("tpc-ds", 99)])
@pytest.mark.parametrize("dialect", ["", "duckdb", "snowflake", "spark", "postgres", "trino"])
def test_the_benchmarks_leave_nothing_open(
    archive: Path, name: str, count: int, dialect: str
) -> None:
    """With the tables known, no query has a gap, an ambiguous edge or a column from nowhere."""
    benchmark = _read(archive, name)
    left: list[str] = []
    for number, query in enumerate(benchmark.queries, 1):
        analysis = analyze_sql(query, dialect=dialect, schema=benchmark.schema)
        left += [f"{number}: {gap.reason} {gap.message}" for gap in analysis.gaps]
        left += [f"{number}: {e.source} -> {e.target}" for e in analysis.edges if e.ambiguous]
        left += [] if analysis.graph.nodes_of("result:1") else [f"{number}: no result"]

    assert len(benchmark.queries) == count
    assert not left
