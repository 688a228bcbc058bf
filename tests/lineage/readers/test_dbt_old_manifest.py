"""A manifest that a real dbt wrote, and a project in which one file was changed afterwards."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from lineage.readers import find_project
from tests.real_dbt import run_dbt

if TYPE_CHECKING:
    from pathlib import Path

_LEAK = "select email from {{ ref('people') }}"
_RUN = "{% do run_query('create table x as select email from main.people') %}"
_PICK = "{% macro pick() %}country{% endmacro %}"
_OTHER = "{% macro pick() %}email{% endmacro %}"
_PROJECT = "name: shop\nprofile: shop\non-run-end: ['select 1']\n"
_FILES = {
    "dbt_project.yml": _PROJECT,
    "profiles.yml": "shop: {target: t, outputs: {t: {type: duckdb, path: wh.duckdb}}}\n",
    "packages.yml": "packages: [{local: ours}]\n",
    "ours/dbt_project.yml": "name: ours\n",
    "ours/macros/m.sql": "{% macro other() %}country{% endmacro %}\n",
    "ours/models/shared.sql": "select 1 as id\n",
    "seeds/people.csv": "email,country\na,b\n",
    "macros/m.sql": f"{_PICK}\n",
    "models/mart.sql": "select {{ pick() }} as a, {{ ours.other() }} from {{ ref('people') }}\n",
    "models/off.sql": "{{ config(enabled=false) }} " + _LEAK + "\n",
    "tests/t.sql": f"{_LEAK} where false\n",
    "tests/generic/odd.sql": "{% test odd(model) %}select 1 from {{ model }}{% endtest %}\n",
    "analyses/a.sql": "select 1 as x\n",
    "snapshots/s.sql": (
        "{% snapshot s %}{{ config(strategy='check', check_cols='all', unique_key='email') }}"
        " select email from {{ ref('people') }}{% endsnapshot %}\n"
    ),
}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it was compiled."""
    root = tmp_path_factory.mktemp("compiled")
    for path, text in _FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    assert run_dbt(root, "deps") == 0
    assert run_dbt(root, "compile") == 0
    return root


def _told(compiled: Path, folder: Path, path: str, text: str) -> set[str]:
    """The files that are told as gaps where one is written anew."""
    root = folder / "shop"
    ignored = shutil.ignore_patterns("dbt_packages", "logs")
    shutil.copytree(compiled, root, ignore=ignored)
    (root / "dbt_packages").mkdir()
    (root / "dbt_packages/ours").symlink_to("../ours")
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(text.encode())
    return {gap.origin.file for gap in find_project(root).gaps}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        # The old macro is there, and defines nothing.
        ("macros/m.sql", f"{{# {_PICK} #}}{_OTHER}"),
        ("macros/m.sql", f"{{% raw %}}{_PICK}{{% endraw %}}{_OTHER}"),
        ("macros/m.sql", f'{{{{ "{_PICK}" }}}}{_OTHER}'),
        ("macros/m.sql", f"{{# {_PICK} #}}"),
        # Another one beside it, which may stand in for one of dbt's.
        ("macros/m.sql", _PICK + "{% macro ref(n) %}{{ builtins.ref(n) }}{% endmacro %}"),
        ("macros/new.sql", "{%\n macro ref(n) %}{{ builtins.ref(n) }}{% endmacro %}"),
        ("tests/generic/new.sql", "{% test unique(model) %}select * from {{ model }}{% endtest %}"),
        ("tests/generic/odd.sql", _FILES["tests/generic/odd.sql"].replace("1", "*")),
        # What built nothing builds something, or runs SQL while it is compiled.
        ("models/off.sql", _LEAK),
        ("tests/t.sql", "{{ config(store_failures=true) }} " + _FILES["tests/t.sql"]),
        ("tests/new.sql", "{{ config(store_failures=true) }} " + _LEAK),
        ("tests/t.sql", _RUN + _FILES["tests/t.sql"]),
        ("analyses/a.sql", _RUN + _FILES["analyses/a.sql"]),
        ("analyses/new.sql", _RUN + "select 1"),
        ("dbt_project.yml", _PROJECT.replace("select 1", "create table x as from main.people")),
        # dbt looks into every folder of models.
        *((f"models/{f}/new.sql", _LEAK) for f in (".x", "target", "dbt_packages", "x/venv")),
        # A package beside the project.
        ("ours/macros/m.sql", "{% macro other() %}email{% endmacro %}"),
        ("ours/macros/new.sql", "{% macro default__other() %}email{% endmacro %}"),
        ("ours/models/shared.sql", "select email as id from main.people"),
        ("ours/models/new.sql", "select email as id from main.people"),
    ],
)
def test_what_dbt_would_do_otherwise_is_told(
    compiled: Path, tmp_path: Path, path: str, text: str
) -> None:
    """Whatever file of code is not as the manifest has it, or new, is a gap."""
    assert _told(compiled, tmp_path, path, text) == {path}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("README.md", "none of dbt's"),
        ("macros/m.sql", f"-- said otherwise\n{{# {_OTHER} #}}\r\n{_PICK}\r\n"),
        ("macros/notes.sql", f"{{# {_OTHER} #}} no macro"),
        ("models/mart.sql", "\n" + _FILES["models/mart.sql"].replace("\n", "\r\n")),
        ("tests/new.sql", "select * from {{ ref('people') }} where {# never -#} false"),
        ("analyses/new.sql", _LEAK),
        ("models/x/.new.sql", _LEAK),
    ],
)
def test_what_changes_nothing_is_not_told(
    compiled: Path, tmp_path: Path, path: str, text: str
) -> None:
    """White space around code, comments between macros and plain tests do what they did."""
    assert _told(compiled, tmp_path, path, text) == set()


def test_a_project_within_the_models_is_read_by_dbt(compiled: Path, tmp_path: Path) -> None:
    """A project file takes no model out of the project that it lies in."""
    assert _told(compiled, tmp_path, "models/inner/dbt_project.yml", "name: inner\n") == set()
    (tmp_path / "shop/models/inner/new.sql").write_text(_LEAK, "utf-8")
    gaps = find_project(tmp_path / "shop").gaps
    assert {gap.origin.file for gap in gaps} == {"models/inner/new.sql"}


def test_a_folder_that_a_template_names_is_a_gap(compiled: Path, tmp_path: Path) -> None:
    """Where dbt looks for models is not known where it renders the names of folders."""
    text = _PROJECT + "model-paths: [models, \"{{ env_var('MORE') }}\"]\n"
    assert _told(compiled, tmp_path, "dbt_project.yml", text) == {"dbt_project.yml"}


@pytest.mark.parametrize(
    ("pattern", "ignored"),
    [
        ("new.sql", True),
        ("models/x/*.sql", True),
        ("x/", True),
        ("/models/**", True),
        ("**/x/new.sql", True),
        ("m*els/?", True),
        ("*/new.sql", False),
        ("models/n*", False),
        ("models/x?new.sql", False),
        ("new.sql/", False),
        ("New.sql", False),
        ("[^o]ew.sql", False),
        (" new.sql", False),
        ("\\new.sql", False),
        ("new.sql\n!new.sql", False),
    ],
)
def test_patterns_ignore_what_they_ignore_for_dbt(
    compiled: Path, tmp_path: Path, pattern: str, *, ignored: bool
) -> None:
    """`*` is a part of one name, and a slash within a pattern begins at the project's folder."""
    (compiled / ".dbtignore").write_text(pattern + "\n", "utf-8")
    told = _told(compiled, tmp_path, "models/x/new.sql", _LEAK)
    (compiled / ".dbtignore").unlink()
    assert told == (set() if ignored else {"models/x/new.sql"})
