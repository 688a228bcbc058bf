"""One small pipeline that every notation is shown on, with something of everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from lineage import Analysis, analyze_sql

SQL = """\
create table raw.users (email text, country text, consent boolean);
create table mart.keys as
select left(sha256(email), 8) as k, country from raw.users where consent;
create table mart.sizes as select country, count(*) as n from mart.keys group by country;
grant select on mart.sizes to role analyst;
call refresh_everything();
"""
GOLDEN = Path(__file__).parents[2] / "golden/lineage"


@pytest.fixture(scope="session")
def pipeline() -> Analysis:
    return analyze_sql(SQL, dialect="duckdb")


@pytest.fixture
def golden() -> Path:
    return GOLDEN
