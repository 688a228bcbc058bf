"""A cache changes how long an analysis takes, and nothing that it finds."""

from __future__ import annotations

import os
import subprocess
import sys
from random import Random
from typing import TYPE_CHECKING

import pytest

import lineage.compile
from lineage import GapReason, analyze, build, workers
from lineage.build import analyze_path
from lineage.cache import Cache
from lineage.projects import DeclaredColumn, Project, Relation, RelationKind, Unit
from lineage.readers import files, find_project
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
    "chain": [
        "create view chain as select * exclude (id) from (select * from stg)",
        "create view chain as with c as (select * from mart) select c.*, o.* from c, outside o",
        "create view chain as select * replace (lower(email) as email) from chain2",
        "create view chain as select email, phone from stg",
    ],
    "chain2": [
        "create view chain2 as select * from chain union all select * from stg",
        "create view chain2 as select * rename (mail as email) from raw",
        "select chain.phone, chain.mail from chain",
    ],
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


def test_of_many_texts_only_the_new_ones_are_written(tmp_path: Path) -> None:
    """One changed text leaves the large file of the cache as it is, and the next run finds it."""
    units = [
        Unit(file=f"{n}.sql", text=f"create table t{n} as select a{n} from s", dialect="duckdb")
        for n in range(40)
    ]
    analyze(Project(dialect="duckdb", units=tuple(units)), jobs=0, cache=tmp_path)
    before = (tmp_path / "texts.bin").read_bytes()
    for number in (3, 7):
        text = f"create table t{number} as select b, c from t1"
        units[number] = Unit(file=f"{number}.sql", text=text, dialect="duckdb")
        project = Project(dialect="duckdb", units=tuple(units))
        cached = analyze(project, jobs=0, cache=tmp_path)

        assert whole(cached) == whole(analyze(project, jobs=0))
    assert (tmp_path / "texts.bin").read_bytes() == before
    assert len((tmp_path / "newer_texts.bin").read_bytes()) < len(before) / 4


@pytest.mark.parametrize(
    "name",
    [
        *("analysis.bin", "texts.bin", "newer_texts.bin"),
        *("files.bin", "newer_files.bin", "folders.bin"),
    ],
)
def test_a_damaged_cache_counts_as_none(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever byte of a file is changed, or cut off, the analysis is that of the texts."""
    monkeypatch.setattr(files, "_SETTLES_NS", 0)  # so that they do not settle meanwhile
    folder, cache = tmp_path / "project", tmp_path / "cache"
    folder.mkdir()
    for number in range(9):
        (folder / f"{number}.sql").write_text(f"create view v{number} as select * from raw")
    chosen = dict.fromkeys(_VERSIONS, 0)
    _write(folder, chosen)
    analyze_path(folder, dialect="duckdb", jobs=0, cache=cache)
    _write(folder, {"mart": 1})
    expected = whole(analyze_path(folder, dialect="duckdb", jobs=0, cache=cache))
    content = (cache / name).read_bytes()
    for place in range(0, len(content), len(content) // 23):
        damaged = bytearray(content)
        damaged[place] ^= 0x41
        for body in (bytes(damaged), content[:place]):
            (cache / name).write_bytes(body)

            found = analyze_path(folder, dialect="duckdb", jobs=0, cache=cache)
            assert whole(found) == expected


def _write(folder: Path, chosen: dict[str, int]) -> None:
    for name, version in chosen.items():
        (folder / f"{name}.sql").write_text(_VERSIONS[name][version])


@pytest.mark.parametrize("seed", range(6))
def test_files_that_come_go_and_change_are_found_as_they_are(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After any edits of a folder, a run with a cache reads and finds what one without it does."""
    monkeypatch.setattr(files, "_SETTLES_NS", 50_000_000)  # so that many are trusted
    random = Random(seed)  # noqa: S311 - a seeded generator of tests
    folder, cache = tmp_path / "project", tmp_path / "cache"
    (folder / "sub").mkdir(parents=True)
    for _ in range(14):
        there = sorted(folder.rglob("*.sql"))
        name = random.choice(sorted(_VERSIONS))
        path = random.choice([folder, folder / "sub"]) / f"{name}.sql"
        what = random.random()
        if there and what < 0.2:
            random.choice(there).unlink()
        elif there and what < 0.4:
            random.choice(there).rename(path)
        else:
            path.write_text(random.choice([*_VERSIONS[name], "select '{{ x }}'", "\0"]))
        for _again in range(2):
            seen = Cache(cache).seen()
            fresh = find_project(folder, dialect="duckdb")

            assert find_project(folder, dialect="duckdb", seen=seen) == fresh
            cached = analyze_path(folder, dialect="duckdb", jobs=0, cache=cache)
            assert whole(cached) == whole(analyze(fresh, jobs=0))


def test_an_analysis_that_is_known_is_found_without_the_parser(tmp_path: Path) -> None:
    """Whoever asks the cache, or spells a name, does not wait for the parser to be loaded."""
    (tmp_path / "a.sql").write_text("select a from b")
    program = (
        "import sys\nfrom lineage.build import analyze_path\nfrom pathlib import Path\n"
        "found = analyze_path(sys.argv[1], dialect='duckdb', cache=Path(sys.argv[2]))\n"
        "assert found.statements == 1\nassert 'sqlglot' not in sys.modules"
    )
    for _again in range(2):
        command = [sys.executable, "-c", program, str(tmp_path), str(tmp_path / "cache")]
        subprocess.run(command, check=True)


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    """A full disk or a file in the way costs time, and no run."""
    in_the_way = tmp_path / "cache"
    in_the_way.write_text("a file where the folder should be")
    project = _project({"raw": 0})

    assert whole(analyze(project, jobs=0, cache=in_the_way)) == whole(analyze(project, jobs=0))


def test_what_cannot_be_written_down_is_analysed_all_the_same(tmp_path: Path) -> None:
    """A file whose name is no text, and a text with half of a character, are not kept."""
    folder, cache = tmp_path / "project", tmp_path / "cache"
    folder.mkdir()
    (folder / os.fsdecode(b"\xff.sql")).write_text("create table b as select x from a")
    unit = Unit(file="a.sql", text="select '\ud800' as x from a", dialect="duckdb")
    project = Project(dialect="duckdb", units=(unit,))
    for _again in range(2):
        found = analyze_path(folder, dialect="duckdb", jobs=0, cache=cache)

        assert [edge.origin.file for edge in found.edges] == ["\\xff.sql"]
        analysis = analyze(project, jobs=0, cache=tmp_path / "other")
        assert whole(analysis) == whole(analyze(project, jobs=0))


def test_a_text_that_a_worker_died_of_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What failed because of the machine is no answer for the runs that follow."""
    project = _project({"raw": 0, "stg": 0, "out": 1})
    with monkeypatch.context() as broken:
        broken.setattr(workers, "PROGRAM", ("-c", "pass"))
        found = analyze(project, cache=tmp_path)
    assert {gap.reason for gap in found.gaps} == {GapReason.WORKER_DIED}

    for _again in range(2):
        assert whole(analyze(project, cache=tmp_path)) == whole(analyze(project, jobs=0))


def test_a_worker_starts_as_soon_as_it_is_known_to_be_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the project is read where there is no cache, and not at all where nothing changed."""
    monkeypatch.setattr(files, "_SETTLES_NS", 0)
    folder, cache = tmp_path / "project", tmp_path / "cache"
    folder.mkdir()
    (folder / "a.sql").write_text("select a from b")
    done: list[str] = []
    start, read = workers.Workers.start, build.find_project
    monkeypatch.setattr(
        workers.Workers, "start", lambda *given: done.append("start") or start(*given)
    )
    monkeypatch.setattr(
        build, "find_project", lambda *given, **named: done.append("read") or read(*given, **named)
    )
    analyze_path(folder, dialect="duckdb")
    assert done[:2] == ["start", "read"]

    analyze_path(folder, dialect="duckdb", cache=cache)
    done.clear()
    analyze_path(folder, dialect="duckdb", cache=cache)
    assert done == ["read"]
