"""Names that a pull request chooses: none may put data where it does not lie.

The project keeps contact data in the place `crm`, which is all of that schema, and no rule asks
for more than that it stays there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hostile.makers import Hostile
from tests.hostile.project import check, make_project

if TYPE_CHECKING:
    from pathlib import Path

_TABLE = "create table {} as select email from crm.users"
_COPY = "copy (select email from crm.users) to '{}'"
# By dialect: statements that take contact data out of `crm`, each to something called like it.
_LEAKS = {
    "duckdb": (
        *map(
            _TABLE.format,
            (
                'ads."a.crm.b"',
                'ads."a\n.crm.b"',
                'ads.".crm.b"',
                'ads."a.crm."',
                'shop."a.crm.b".t',
                '"a.crm.b".s.t',
            ),
        ),
        *map(
            _COPY.format,
            (
                "crm.users",
                "crm.archive",
                'crm."a/b"',
                "crm.csv",
                "crm.example.org/x.csv",
                "crm.x/y.parquet",
            ),
        ),
    ),
    "postgres": ("copy crm.users (email) to 'crm.users'",),
    "spark": ("insert overwrite directory 'crm.users' select email from crm.users",),
    "mysql": ("select email from crm.users into outfile 'crm.users'",),
    "clickhouse": (
        "select email from crm.users into outfile 'crm.users'",
        "insert into function file('crm.archive') select email from crm.users",
    ),
    "tsql": ("insert into [crm.example.org].db.dbo.t select email from crm.users",),
}


@pytest.mark.threat(18)
@pytest.mark.parametrize("dialect", _LEAKS)
def test_nothing_lies_in_a_schema_because_it_is_called_like_one(
    tmp_path: Path, dialect: str
) -> None:
    """A dot in quotes divides no name, and a file or another server is in no schema."""
    leaks = [Hostile(f"f{n}", dialect, f"{t};\n".encode()) for n, t in enumerate(_LEAKS[dialect])]
    make_project(tmp_path / "p", dialect, leaks)
    verdict = check(tmp_path / "p", dialect)
    told = [f for f in verdict.report["findings"] if f["rule"] == "contact-outside-crm"]
    found = {finding["origin"]["file"] for finding in told}
    assert {f"{leak.name}.sql" for leak in leaks} == found
