"""Other versions of dbt than the one that is installed with the tests, named by the environment.

`FIELDGATE_DBTS` is `name=path of the command`, with colons between them. dbt 2 is one program
(PyPI has it as `dbt-core-experimental-parser`, and 2.0.0a4 of it as a wheel). It loads the engine
of DuckDB from a library, which is the one that comes with DuckDB's package for Python.
"""

from __future__ import annotations

import os
import subprocess
import sysconfig
from importlib.util import find_spec
from pathlib import Path

import pytest

VERSIONS = ("1.12", "2")
_DRIVER = """
name = "DuckDB"
[ADBC]
version = "1.1.0"
[Driver]
entrypoint = "duckdb_adbc_init"
[Driver.shared]
linux_amd64 = "{library}"
"""


def other_dbt(version: str) -> Path:
    """The command of a version, or the test is skipped."""
    named = os.environ.get("FIELDGATE_DBTS", "")
    commands = dict(entry.split("=", 1) for entry in named.split(os.pathsep) if entry)
    if version not in commands:
        pytest.skip(f"FIELDGATE_DBTS names no dbt `{version}`")
    return Path(commands[version])


def run_other_dbt(dbt: Path, project: Path, *words: str) -> int:
    """Run a dbt command in a project's folder, whose profile is its own; dbt's exit code."""
    drivers = project / "drivers"
    drivers.mkdir(exist_ok=True)
    (drivers / "duckdb.toml").write_text(_DRIVER.format(library=_duckdb()), "utf-8")
    around = {
        "PATH": os.defpath,
        "HOME": str(project),
        "ADBC_DRIVER_PATH": str(drivers),
        "LD_PRELOAD": str(_python()),  # whose names the library looks for
        "DBT_CDN_URL": "http://127.0.0.1:9",  # from where it would fetch the library
        "DO_NOT_TRACK": "1",
    }
    command = [dbt, *words, "--profiles-dir", "."]
    return subprocess.run(
        command, cwd=project, env=around, capture_output=True, check=False
    ).returncode


def _duckdb() -> str:
    found = find_spec("_duckdb")
    assert found is not None
    return str(found.origin)


def _python() -> Path:
    """The library of this Python, or the test is skipped: not every Python has one."""
    folder, name = sysconfig.get_config_vars("LIBDIR", "INSTSONAME")
    library = Path(str(folder), str(name))
    if not library.name.endswith((".so", ".so.1.0")) or not library.is_file():
        pytest.skip("this Python has no library that dbt 2 could load DuckDB with")
    return library
