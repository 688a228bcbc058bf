"""Finding a project, and plain SQL files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from lineage.projects import Outcome
from lineage.readers import find_project
from lineage.words import GapReason, InputError

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Shop


def write(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def test_each_sql_file_is_a_script(tmp_path: Path) -> None:
    """SQL files of any depth and letter case of suffix are scripts, in the order of their names."""
    files = {"b.SQL": "select 2", "a/x.ddl": "select 1", "c.hql": "select 3", "d.txt": "no"}
    project = find_project(write(tmp_path, files), dialect="snowflake")
    assert [(u.file, u.text, u.dialect, u.target) for u in project.units] == [
        ("a/x.ddl", "select 1", "snowflake", ""),
        ("b.SQL", "select 2", "snowflake", ""),
        ("c.hql", "select 3", "snowflake", ""),
    ]
    assert [(i.path, i.kind, i.size) for i in project.inputs] == [
        ("a/x.ddl", "sql", 8),
        ("b.SQL", "sql", 8),
        ("c.hql", "sql", 8),
    ]


@pytest.mark.parametrize("suffix", [".psql", ".pkb", ".Prc", ".tsql", ".bteq", ".sql.j2", ".sqlx"])
def test_files_of_one_engine_or_kind_are_scripts(tmp_path: Path, suffix: str) -> None:
    """SQL is read in files that are called after an engine, a kind of routine or a template."""
    text = "create table m as select email from t"
    project = find_project(write(tmp_path, {f"a{suffix}": text}), dialect="snowflake")
    assert [u.text for u in project.units] == [text]


def test_an_empty_folder_is_an_empty_project(tmp_path: Path) -> None:
    """Nothing to read is a project of nothing, which the caller must not call clean."""
    project = find_project(tmp_path)
    assert (project.units, project.relations, project.inputs) == ((), (), ())


def test_one_file_can_be_named(tmp_path: Path) -> None:
    """The path of an SQL file is that file alone."""
    write(tmp_path, {"a.sql": "select 1", "b.sql": "select 2"})
    assert [u.file for u in find_project(tmp_path / "b.sql").units] == ["b.sql"]


def test_an_adapters_name_will_do_for_the_dialect(tmp_path: Path) -> None:
    """People know their warehouse by the name of its dbt adapter as well."""
    write(tmp_path, {"a.sql": "select 1"})
    assert find_project(tmp_path, dialect="sqlserver").dialect == "tsql"


@pytest.mark.parametrize("path", ["missing", "a.txt"])
def test_what_is_no_project_is_said_so(tmp_path: Path, path: str) -> None:
    """A path that is not there, or is no SQL, is an error with a next step."""
    write(tmp_path, {"a.txt": "hello"})
    with pytest.raises(InputError, match=r"no such file|neither SQL"):
        find_project(tmp_path / path)


def test_an_unknown_dialect_is_refused(tmp_path: Path) -> None:
    """A wrong dialect would give wrong lineage, so it is no guess."""
    with pytest.raises(InputError, match="unknown SQL dialect"):
        find_project(tmp_path, dialect="klingon")


def test_a_template_left_over_is_a_gap_that_names_what_it_writes(tmp_path: Path) -> None:
    """A text with a template in it is not analysed as if it were SQL."""
    text = '-- {{ not this }}\ncreate table if not exists Mart."Mail" as\nselect * from {{ x }};'
    project = find_project(write(tmp_path, {"a.sql": text}), dialect="snowflake")
    assert project.units == ()
    (gap,) = project.gaps
    assert (gap.reason, gap.relations) == (GapReason.TEMPLATE, ("MART.Mail",))
    assert str(gap.origin) == "a.sql:3:15"
    assert project.inputs[0].outcome is Outcome.REFUSED


def test_a_template_in_a_comment_is_no_gap(tmp_path: Path) -> None:
    """Comments say nothing that runs."""
    text = "select 1 -- {{ a }}\n/* {% b %} */"
    assert find_project(write(tmp_path, {"a.sql": text})).gaps == ()


def test_a_comment_without_end_costs_no_time(tmp_path: Path) -> None:
    """Looking for templates takes time in proportion to the text."""
    text = "{{" + "/*" * 400_000
    assert len(find_project(write(tmp_path, {"a.sql": text})).gaps) == 1


def test_a_bad_file_costs_itself_only(tmp_path: Path) -> None:
    """A file that cannot be read is a gap beside the others, never an end of the run."""
    write(tmp_path, {"good.sql": "select 1", "large.sql": " " * ((1 << 20) + 1)})
    (tmp_path / "nul.sql").write_bytes(b"\x00")
    (tmp_path / "link.sql").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe.sql")
    project = find_project(tmp_path)
    assert [u.file for u in project.units] == ["good.sql"]
    assert [(g.origin.file, g.reason) for g in sorted(project.gaps, key=lambda g: g.origin)] == [
        ("large.sql", GapReason.TOO_LARGE),
        ("link.sql", GapReason.NOT_TEXT),
        ("nul.sql", GapReason.NOT_TEXT),
        ("pipe.sql", GapReason.NOT_TEXT),
    ]
    assert {i.path for i in project.inputs if i.outcome is Outcome.REFUSED} == {
        "large.sql",
        "link.sql",
        "nul.sql",
        "pipe.sql",
    }


def test_what_is_passed_over_is_on_record(tmp_path: Path) -> None:
    """A folder of generated files and a link to what is read anyway are inputs out of scope."""
    write(tmp_path, {"sql/a.sql": "select 1", "node_modules/x.sql": "select 2"})
    (tmp_path / "again").symlink_to("sql")
    passed = [i for i in find_project(tmp_path).inputs if i.outcome is Outcome.OUT_OF_SCOPE]
    assert [i.path for i in passed] == ["again", "node_modules"]


def test_one_dbt_project_below_is_read_with_the_scripts_around_it(shop: Shop) -> None:
    """Scripts beside a dbt project are read in its dialect, and paths are those of the folder."""
    shop.model("people")
    shop.save()
    write(shop.root.parent, {"etl/load.sql": "select 1"})
    project = find_project(shop.root.parent)
    assert [(u.file, u.target, u.dialect) for u in project.units] == [
        ("etl/load.sql", "", "snowflake"),
        ("shop/models/people.sql", "PROD.CORE.PEOPLE", "snowflake"),
    ]
    assert project.gaps == ()


def test_sql_beside_the_models_of_a_dbt_project_is_out_of_scope(shop: Shop) -> None:
    """At a dbt project only dbt's files count; the others are on record."""
    shop.model("people")
    shop.save()
    write(shop.root, {"etl/load.sql": "select 1"})
    (record,) = [i for i in find_project(shop.root).inputs if i.path == "etl/load.sql"]
    assert (record.outcome, record.reason) == (
        Outcome.OUT_OF_SCOPE,
        "not part of the dbt project",
    )


def test_several_dbt_projects_are_a_choice_for_people(tmp_path: Path) -> None:
    """Which of two dbt projects is meant is not guessed."""
    write(tmp_path, {"a/dbt_project.yml": "name: a", "b/dbt_project.yml": "name: b"})
    with pytest.raises(InputError, match="2 dbt projects: a, b"):
        find_project(tmp_path)


def test_a_dbt_project_inside_another_is_no_second_choice(shop: Shop) -> None:
    """The integration tests of a package are a dbt project inside the project."""
    shop.model("people")
    shop.save()
    write(shop.root, {"it/dbt_project.yml": "name: it", "it/models/x.sql": "select 1"})
    project = find_project(shop.root)
    assert project.gaps == ()
    assert [i.reason for i in project.inputs if i.path == "it/models/x.sql"] == [
        "part of another dbt project"
    ]


def test_a_dbt_project_without_a_manifest_says_what_to_run(tmp_path: Path) -> None:
    """Templates are not rendered here, so dbt has to."""
    write(tmp_path, {"dbt_project.yml": "name: a", "models/a.sql": "select 1"})
    with pytest.raises(InputError) as error:
        find_project(tmp_path)
    assert error.value.next_step == "run `dbt compile`"
