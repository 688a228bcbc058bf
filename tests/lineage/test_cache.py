"""A cache changes how long an analysis takes, and nothing that it finds."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

import lineage.compile
from lineage import analyze
from lineage.projects import DeclaredColumn, Project, Relation, RelationKind, Unit
from lineage.words import Origin
from tests.lineage.compared import whole

if TYPE_CHECKING:
    from pathlib import Path

# Texts of one name are versions of each other: they write the same relation, and differ in
# which columns it has, in what they say of others, and in whether anybody can know.
_VERSIONS = {
    "raw": ["create table raw (id int, email text)", "create table raw (id int, mail text)", ""],
    "stg": [
        "create view stg as select * from raw",
        "create view stg as select id, email, 1 as extra from raw",
        "create view stg as select r.*, u.country from raw r join unknown u on r.id = u.id",
        "create view stg as select * exclude (email) from other",
    ],
    "mart": [
        "create table mart as select * from stg where consent",
        "create table mart as select email from stg, unknown",
        "create table mart as select upper(email) as e from stg; delete from mart where e is null",
        "create table mart as select (select max(email) from unknown) as e from stg",
    ],
    "out": [
        "insert into outside select * from mart; grant select on mart to public",
        "select * from mart",
        "select e from mart; select email from mart",
        "insert into outside (a) select country from stg",
        "this is no sql at all (",
    ],
    "fn": [
        "create macro f(x) as sha256(x)",
        "create macro f(x) as x; create macro g(x) as md5(x)",
        "create macro f(x) as (select max(email) from raw where id = g(x))",
        "create macro f(x) as table select email, x as y from raw",
        "",
    ],
    "gn": ["create macro g(x) as f(x)", "create macro g(x) as table select f(email) as e from raw"],
    "calls": [
        "create table called as select f(email) as a, g(mail) as b from stg",
        "create table called as select * from f(1) join g(2) on true",
        "create table called as select f(g(email)) as a from mart",
    ],
    "hint": ["select u.email from unknown u", "select unknown.country from unknown", "select 1"],
}


def _project(chosen: dict[str, int], *, declared: bool = False) -> Project:
    units = tuple(
        Unit(file=f"{name}.sql", text=_VERSIONS[name][version], dialect="duckdb")
        for name, version in sorted(chosen.items())
    )
    columns = tuple(DeclaredColumn(name) for name in ("email", "country"))
    relation = Relation(
        name="unknown",
        kind=RelationKind.TABLE,
        origin=Origin("x", 1, 1),
        columns=columns,
        complete=True,
    )
    return Project(dialect="duckdb", units=units, relations=(relation,) if declared else ())


@pytest.mark.parametrize("seed", range(12))
def test_a_changed_project_is_analysed_as_if_nothing_had_been_known(
    tmp_path: Path, seed: int
) -> None:
    """After any edits, what a run with a cache finds is what a run without one finds."""
    random = Random(seed)  # noqa: S311 - a seeded generator of tests
    chosen = dict.fromkeys(random.sample(sorted(_VERSIONS), 3), 0)
    for _ in range(12):
        name = random.choice(sorted(_VERSIONS))
        chosen[name] = random.randrange(len(_VERSIONS[name]))
        if random.random() < 0.2 and len(chosen) > 1:
            del chosen[random.choice(sorted(chosen))]
        project = _project(chosen, declared=random.random() < 0.3)
        for _again in range(2):
            cached = analyze(project, jobs=0, cache=tmp_path)

            assert whole(cached) == whole(analyze(project, jobs=0)), project.units


def test_a_text_that_is_known_is_not_compiled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One changed text costs the compiling of one text."""
    compiled: list[str] = []
    compile_text = lineage.compile.compile_text

    def counted(text: str, dialect: str) -> object:
        compiled.append(text)
        return compile_text(text, dialect)

    monkeypatch.setattr(lineage.compile, "compile_text", counted)
    chosen = dict.fromkeys(_VERSIONS, 0)
    analyze(_project(chosen), jobs=0, cache=tmp_path)
    compiled.clear()
    analyze(_project({**chosen, "mart": 1}), jobs=0, cache=tmp_path)

    assert compiled == [_VERSIONS["mart"][1]]


@pytest.mark.parametrize("name", ["analysis.bin", "texts.bin"])
def test_a_damaged_cache_counts_as_none(tmp_path: Path, name: str) -> None:
    """Whatever byte of a file is changed, or cut off, the analysis is that of the texts."""
    project = _project(dict.fromkeys(_VERSIONS, 0))
    expected = whole(analyze(project, jobs=0, cache=tmp_path))
    content = (tmp_path / name).read_bytes()
    for place in range(0, len(content), len(content) // 23):
        damaged = bytearray(content)
        damaged[place] ^= 0x41
        for body in (bytes(damaged), content[:place]):
            (tmp_path / name).write_bytes(body)

            assert whole(analyze(project, jobs=0, cache=tmp_path)) == expected


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    """A full disk or a file in the way costs time, and no run."""
    in_the_way = tmp_path / "cache"
    in_the_way.write_text("a file where the folder should be")
    project = _project({"raw": 0})

    assert whole(analyze(project, jobs=0, cache=in_the_way)) == whole(analyze(project, jobs=0))
