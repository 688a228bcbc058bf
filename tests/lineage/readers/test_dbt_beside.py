"""What dbt runs beside the compiled code of its models, and nobody can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lineage.readers import find_project
from lineage.words import GapReason

if TYPE_CHECKING:
    from tests.lineage.readers.conftest import Shop

_RUN = "{% if execute %}{% do run_query('create table ads.x as select email from crm.users') %}"
_LEAK = "create table prod.ads.x as select email from prod.crm.users;"
_BREAKING = "int); create table ads.x as (select email from crm.users"


def _told(shop: Shop) -> list[tuple[GapReason, tuple[str, ...]]]:
    return [(gap.reason, gap.relations) for gap in find_project(shop.save()).gaps]


def _builtins(shop: Shop) -> None:
    """What dbt itself brings for views, cut short."""
    shop.macro("statement", "{% macro statement() %}{% endmacro %}", "dbt")
    shop.macro("run_query", "{% macro run_query(sql) %}{% endmacro %}", "dbt")
    shop.macro("create_view_as", "{% macro create_view_as() %}{% endmacro %}", "dbt")
    calls = ("macro.dbt.statement", "macro.dbt.create_view_as")
    shop.macro("materialization_view_default", "", "dbt", *calls)


@pytest.mark.parametrize(
    "raw",
    [
        _RUN + "{% endif %} select 1 as id",
        "{% call statement('x') %}drop table t{% endcall %} select 1 as id",
        "{% set r = run_query %}{% do r('drop table t') %} select 1 as id",
        "{% do context['run_' ~ 'query']('drop table t') %} select 1 as id",
        "{% do adapter.execute('drop table t') %} select 1 as id",
        "{% do adapter.rename_relation(a, b) %} select 1 as id",
        "{% do adapter.dispatch('a' ~ 'b')() %} select 1 as id",
        "{% do dbt['run_' ~ 'query']('drop table t') %} select 1 as id",
        "{% set d = dbt %}{% do d[x]('drop table t') %} select 1 as id",
        "{{ {1: {2: 3}}, run_query('drop table t') }} select 1 as id",
        "--{% raw %}{{ '{% endraw %}\n{% do run_query(x) %} select 1 as id --' }}",
    ],
)
def test_sql_that_is_run_while_a_model_is_compiled_is_a_gap(shop: Shop, raw: str) -> None:
    """No compiled code tells what `run_query` and its kin write or have read."""
    _builtins(shop)
    shop.model("mart", raw, compiled_code="-- {{ ' \n select 1 as id --' }}")
    assert _told(shop) == [(GapReason.DYNAMIC_SQL, ("PROD.CORE.MART",))]


def test_a_macro_that_runs_sql_is_a_gap_once(shop: Shop) -> None:
    """However many models call a macro that runs SQL, at any remove, one gap names them all."""
    _builtins(shop)
    shop.macro("default__go", f"{{% macro default__go() %}}{_RUN}{{% endif %}}{{% endmacro %}}")
    shop.macro("go", "{% macro go() %}{{ adapter.dispatch('go')() }}{% endmacro %}")
    for name in ("a", "b"):
        shop.model(name, "{{ go() }} select 1 as id", compiled_code=" select 1 as id")
    assert _told(shop) == [(GapReason.DYNAMIC_SQL, ("PROD.CORE.A", "PROD.CORE.B"))]


def test_asking_for_columns_is_no_gap(shop: Shop) -> None:
    """What only asks the warehouse for columns or relations runs no SQL of the project."""
    _builtins(shop)
    raw = "{% set c = adapter.get_columns_in_relation(this) %} select 1 as id -- run_query"
    shop.model("mart", raw, compiled_code=" select 1 as id -- run_query")
    assert not _told(shop)


def test_the_argument_of_a_test_that_runs_sql_is_a_gap(shop: Shop) -> None:
    """What a generic test is given is rendered by dbt, so a query there is run as well."""
    _builtins(shop)
    metadata: dict[str, Any] = {"name": "accepted_values", "kwargs": {"values": f"{_RUN}"}}
    shop.node("t", "{{ test_x() }}", resource_type="test", test_metadata=metadata)
    assert _told(shop) == [(GapReason.DYNAMIC_SQL, ())]


@pytest.mark.parametrize("name", ["materialization_view_default", "create_view_as", "statement"])
def test_a_macro_in_the_place_of_dbts_own_is_a_gap(shop: Shop, name: str) -> None:
    """What builds relations by a macro of the project may write anything anywhere."""
    _builtins(shop)
    shop.macro(name, f"{{% macro {name}() %}}{_LEAK}{{% endmacro %}}")
    shop.model("mart")
    shop.model("other", config={"materialized": "ephemeral"})
    assert _told(shop) == [(GapReason.OPAQUE_CODE, ("PROD.CORE.MART",))]


def test_a_macro_of_a_package_stands_in_for_none_by_its_name(shop: Shop) -> None:
    """Dbt takes a package's macro for its own only by dispatch, whatever the manifest calls."""
    _builtins(shop)
    shop.macro("create_view_as", _LEAK, "utils")
    shop.macro("other__create_view_as", _LEAK, "utils")
    calls = shop.macros["macro.dbt.materialization_view_default"]["depends_on"]["macros"]
    calls.append("macro.utils.create_view_as")
    shop.model("mart")
    assert not _told(shop)

    shop.macro("default__create_view_as", _LEAK, "utils")
    calls.append("macro.utils.default__create_view_as")
    assert _told(shop) == [(GapReason.OPAQUE_CODE, ("PROD.CORE.MART",))]


@pytest.mark.parametrize(
    ("resource_type", "fields"),
    [
        ("seed", {"config": {"column_types": {"a": _BREAKING}}}),
        ("model", {"columns": {"id": {"name": "id", "data_type": _BREAKING}}}),
        ("model", {"config": {"incremental_predicates": ["id in (select id from crm.users)"]}}),
        ("test", {"compiled_code": r"select '\'') t; drop table x; select * from (select '1'"}),
        ("test", {"compiled_code": "select 1) t; drop table x; select * from (select 1"}),
    ],
)
def test_a_setting_that_breaks_out_is_a_gap(
    shop: Shop, resource_type: str, fields: dict[str, Any]
) -> None:
    """A type, a condition or a test that ends what it is put into, or asks a query, is a gap."""
    shop.node("mart", resource_type=resource_type, original_file_path="models/m.yml", **fields)
    assert {reason for reason, _ in _told(shop)} == {GapReason.DYNAMIC_SQL}


def test_ordinary_settings_are_no_gap(shop: Shop) -> None:
    """Delimiters, types with brackets, privileges and quoted marks are what they seem to be."""
    config = {
        "materialized": "view",
        "delimiter": ";",
        "column_types": {"a": "decimal(10, 2)"},
        "grants": {"select": ["analyst"]},
        "partition_by": {"field": "a", "data_type": "date"},
        "where": "a <> ';)' and b in (1, 2)",
    }
    shop.model("mart", config=config)
    assert not _told(shop)


@pytest.mark.parametrize(
    "rows",
    [
        "{% do run_query('drop table t') %} select 1 as id",
        "select 1 as id) select 1; drop table t; with a as (select 1",
        [{"id": "it\\'s"}],
    ],
)
def test_rows_of_a_unit_test_that_are_more_than_rows_are_a_gap(shop: Shop, rows: object) -> None:
    """What a unit test makes its rows of is compiled and run like a model, when tests are run."""
    _builtins(shop)
    shop.model("mart")
    shop.unit_tests["unit_test.shop.mart.t"] = {
        "package_name": "shop",
        "original_file_path": "models/mart.yml",
        "given": [{"input": "ref('mart')", "rows": rows}],
        "expect": {"rows": [{"id": "a (b"}]},
    }
    assert _told(shop) == [(GapReason.DYNAMIC_SQL, ())]
