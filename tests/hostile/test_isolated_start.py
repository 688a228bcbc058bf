"""Nothing that lies in a checkout is imported, started or loaded, however the gate is started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.repositories import LEAK, POLICY, write

ROOT = Path(__file__).parents[2]
# What Python, this package, or a library of it would import.
MODULES = [
    *(
        "yaml.py",
        "sqlglot/__init__.py",
        "msgspec.py",
        "click.py",
        "jinja2/__init__.py",
        "regopy.py",
    ),
    *(
        "sitecustomize.py",
        "usercustomize.py",
        "json.py",
        "typing.py",
        "re.py",
        "collections/__init__.py",
    ),
    *("lineage/__init__.py", "lineage/worker.py", "enforcer/plugins/__init__.py", "conftest.py"),
]
# As pip writes it.
SCRIPT = """\
import sys
from enforcer.__main__ import main
if __name__ == "__main__":
    sys.exit(main())
"""
MODULE_FILES = dict.fromkeys(MODULES, "open(__file__ + '.marker', 'w').close()\n")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout full of modules that leave a marker, and with something to find."""
    folder = tmp_path / "checkout"
    write(folder, {**POLICY, "models/leak.sql": LEAK, **MODULE_FILES})
    return folder


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "bin/fieldgate"
    path.parent.mkdir()
    path.write_text(SCRIPT, "utf-8")
    return path


def markers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*.marker"))


def start(folder: Path, *command: str | Path, **variables: str) -> int:
    done = subprocess.run(
        [sys.executable, *command, "check", ".", "--jobs", "1"],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        check=False,
    )
    return done.returncode


@pytest.mark.threat(40)
def test_the_command_imports_nothing_of_the_checkout(checkout: Path, script: Path) -> None:
    """Modules in the current folder are files like any other."""
    assert start(checkout, script) == 1
    assert markers(checkout) == []


@pytest.mark.threat(40)
@pytest.mark.parametrize("variable", ["PYTHONPATH", "PYTHONSTARTUP", "PYTHONUSERBASE"])
def test_an_isolated_start_heeds_no_variable(checkout: Path, variable: str) -> None:
    """`python -I -m enforcer` imports nothing of the checkout, even when a variable says so."""
    value = "." if variable != "PYTHONSTARTUP" else "yaml.py"
    assert start(checkout, "-I", "-m", "enforcer", **{variable: value}) == 1
    assert markers(checkout) == []


@pytest.mark.threat(40)
def test_what_a_variable_brings_in_before_does_not_reach_the_gate(
    checkout: Path, script: Path
) -> None:
    """Python itself heeds PYTHONPATH before it runs a script; what the gate imports is its own.

    Nobody but who writes the job sets that variable, and `-I` is there for who does.
    """
    shadowing = {"yaml.py", "sqlglot", "msgspec.py", "click.py", "jinja2", "regopy.py", "lineage"}
    for name in [n for n in MODULES if n.partition("/")[0] not in shadowing]:
        (checkout / name).unlink()
    assert start(checkout, script, PYTHONPATH=".") == 1
    assert markers(checkout) == []


@pytest.mark.threat(40)
def test_python_m_starts_isolated(tmp_path: Path) -> None:
    """`python -m enforcer` as well, where the checkout has no package of that name."""
    files = {n: t for n, t in MODULE_FILES.items() if n in {"yaml.py", "msgspec.py", "click.py"}}
    write(tmp_path, {**POLICY, "models/leak.sql": LEAK, **files})
    assert start(tmp_path, "-m", "enforcer") == 1
    assert markers(tmp_path) == []


@pytest.mark.threat(40)
def test_the_installed_command_is_the_one_that_starts_isolated() -> None:
    """The entry point of the package is the module that these tests start."""
    assert 'fieldgate = "enforcer.__main__:main"' in (ROOT / "pyproject.toml").read_text("utf-8")


@pytest.mark.threat(40)
def test_the_exit_code_and_the_arguments_survive(tmp_path: Path, script: Path) -> None:
    """What was asked is asked again, and what came of it comes back."""
    odd = tmp_path / "a b'c\n--help"
    write(odd, {"models/x.sql": "selec"})
    done = subprocess.run(
        [sys.executable, script, "check", odd, "--jobs", "1"], capture_output=True, check=False
    )
    assert (done.returncode, b"Exit code 3" in done.stdout) == (3, True)


PLUGINS = {
    "pyproject.toml": "[tool.fieldgate]\nplugins = ['evil']\n[project.entry-points.fieldgate]\n"
    "evil = 'evil:run'\n[tool.sqlfluff.core]\nlibrary_path = 'evil'\n",
    "setup.cfg": "[fieldgate]\nplugins = evil\n",
    ".sqlfluff": "[sqlfluff:templater:jinja]\nlibrary_path = .\n",
    "fieldgate_plugin.dist-info/entry_points.txt": "[fieldgate.plugins]\nevil = evil:run\n",
    "evil.py": MODULE_FILES["yaml.py"],
    "macros/evil.sql": "{% macro x() %}{{ modules.os.system('touch evil.marker') }}{% endmacro %}",
    "models/evil.sql": "select {{ run_query('select 1') }}, {{ env_var('HOME') }}",
}


@pytest.mark.threat(41)
@pytest.mark.parametrize("key", ["plugins: [evil]", "extends: evil.py", "hooks: {pre: ./evil.sh}"])
def test_a_configuration_has_no_key_that_runs_code(tmp_path: Path, key: str) -> None:
    """What looks like a plugin is a mistake in the configuration."""
    config = f"{POLICY['fieldgate.yml']}{key}\n"
    write(tmp_path, {**POLICY, **PLUGINS, "fieldgate.yml": config})
    assert start(tmp_path, "-m", "enforcer") == 2
    assert markers(tmp_path) == []


@pytest.mark.threat(41)
def test_no_plugin_of_the_checkout_is_loaded(tmp_path: Path) -> None:
    """Entry points, configurations of other tools and macros are read by nobody."""
    write(tmp_path, {**POLICY, **PLUGINS})
    assert start(tmp_path, "-m", "enforcer") == 4  # a template is left in a script
    assert markers(tmp_path) == []
