"""Branches of templates that were not compiled, and read what the compiled code does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lineage.readers import find_project
from lineage.words import GapReason

if TYPE_CHECKING:
    from tests.lineage.readers.conftest import Shop

_COMPILED = "select id from prod.core.orders"
_PROD = "{% if target.name == 'prod' %}"


def _told(shop: Shop, raw: str, compiled: str = _COMPILED) -> list[tuple[str, ...]]:
    """The relations of each gap of a model `mart` beside `orders`, `users` and a source."""
    for name in ("orders", "users"):
        shop.model(name)
    shop.model("slim", config={"materialized": "ephemeral"}, relation_name=None)
    source = {"source_name": "crm", "relation_name": "prod.crm.people", "schema": "crm"}
    shop.node("people", resource_type="source", identifier="people", **source)
    shop.model("mart", raw, compiled_code=compiled)
    gaps = find_project(shop.save()).gaps
    assert {gap.reason for gap in gaps} <= {GapReason.NOT_COMPILED}
    assert all(gap.origin.file in {"models/mart.sql", "macros/m.sql"} for gap in gaps)
    return [gap.relations for gap in gaps]


@pytest.mark.parametrize(
    ("branch", "known"),
    [
        ("union all select id from {{ ref('users') }}", "PROD.CORE.USERS"),
        ('union all select id from {{- ref( "users" ) -}} x', "PROD.CORE.USERS"),
        ("union all select id from {{ ref('shop', 'users') }}", "PROD.CORE.USERS"),
        ("union all select id from {{ ref('users', v=2) }}", "PROD.CORE.USERS"),
        ("union all select id from {{ ref('slim') }}", ""),
        ("union all select id from {{ source('crm', 'people') }}", "PROD.CRM.PEOPLE"),
        ("union all select id from {{ ref('gone') }}", ""),
        ("union all select id from prod.crm.people", ""),
        ("join crm . people using (id)", ""),
        ("union all select id from people", ""),
        ("{% if true %}{% else %}join {{ ref('users') }} using (id){% endif %}", "PROD.CORE.USERS"),
        ("-- {{ this }} {{ ref('users') }}", "PROD.CORE.USERS"),
        ("-- {{ '\\n' }} join {{ ref('users') }}", "PROD.CORE.USERS"),
        ("{{ '{#' }} join {{ ref('users') }} {{ '#}' }}", "PROD.CORE.USERS"),
        ("with users as (select * from prod.crm.users) select * from users", ""),
        ("join {{ ref('users').include(database=false) }}", "PROD.CORE.USERS"),
        ("join {{ (ref('users')) }}", "PROD.CORE.USERS"),
        ("{% set u = ref('users') %} join {{ u }} using (id)", "PROD.CORE.USERS"),
        ("{% set n.a, b = 1, ref('users') %} join {{ n.a }} using (id)", "PROD.CORE.USERS"),
        ("{% for u in [ref('users')] %} join {{ u }} {% endfor %}", "PROD.CORE.USERS"),
        ("{% endif %} {{ 'union all select id from crm.people' if late }}{% if 1 %}", ""),
        ("{% set more = 'union all select id from crm.people' %} {{ more }}", ""),
    ],
)
def test_a_relation_that_only_another_run_reads_is_a_gap(
    shop: Shop, branch: str, known: str
) -> None:
    """A branch that was not taken may be taken in production, and brings in what nobody saw."""
    raw = f"select id from {{{{ ref('orders') }}}} {_PROD}{branch}{{% endif %}}"
    assert _told(shop, raw) == [tuple(sorted(filter(None, ("PROD.CORE.MART", known))))]


def test_a_choice_in_one_tag_is_a_branch(shop: Shop) -> None:
    """A tag that becomes one of two relations reads both, in one run or another."""
    raw = "select id from {{ ref('users') if late else (ref('orders')) }}"
    assert _told(shop, raw) == [("PROD.CORE.MART", "PROD.CORE.USERS")]


@pytest.mark.parametrize(
    "branch",
    [
        "union all select id from {{ ref('orders') }}",
        "where id > (select max(id) from {{ this }})",
        "union all select id from prod.core.orders",
        "\n-- depends_on: {{ ref('users') }}\n",
        "{# join {{ ref('users') }} #}",
        "union all select id from {{ ref(name) }}",
        "-- from users\n",
        "/* from users */",
        "union all select extract(year from now())",
        ", recent as (select 1 as id) select id from recent",
        "{{ columns_of(ref('users')) }}",
        "join lateral flatten(input => tags) as f",
        "{{ columns_of(1, (ref('users'))) }}",
        "{{ config(meta={'note': 'select from people'}) }}",
        "{{ 'a reply from support' }}",
    ],
)
def test_a_branch_that_brings_in_no_relation_is_none(shop: Shop, branch: str) -> None:
    """What filters, what is commented out, and what is read anyway may be left out."""
    raw = f"select id from {{{{ ref('orders') }}}} {_PROD}{branch}{{% endif %}}"
    assert not _told(shop, raw)


@pytest.mark.parametrize(
    "compiled",
    [
        "select id from prod.core.orders -- prod.core.users",
        "select id from prod.core.orders /* prod.core.users */",
        "select id from prod.core.orders join prod.core.users_2 using (id)",
        "select '--', id from prod.core.orders -- prod.core.users",
    ],
)
def test_a_name_that_is_not_read_hides_nothing(shop: Shop, compiled: str) -> None:
    """Who mentions the relation in a comment, or one of a longer name, has not read it."""
    raw = compiled + _PROD + " union all select id from {{ ref('users') }}{% endif %}"
    assert _told(shop, raw, compiled) == [("PROD.CORE.MART", "PROD.CORE.USERS")]


@pytest.mark.parametrize(
    "compiled",
    [
        'select id from "prod"."core"."orders" union all select id from "PROD"."CORE"."USERS"',
        "select id from prod.core.orders union all select id from prod.core.users",
        "with x as (select '/*' as a) select id from prod.core.users",
    ],
)
def test_what_was_taken_is_no_gap(shop: Shop, compiled: str) -> None:
    """A relation that the compiled code reads, however it is quoted, was seen."""
    raw = (
        "{% if true %}" + compiled.replace("prod.core.users", "{{ ref('users') }}") + "{% endif %}"
    )
    assert not _told(shop, raw, compiled)


def test_a_branch_of_a_macro_is_told_once_for_all_that_call_it(shop: Shop) -> None:
    """What no caller's code reads, at any remove, another run may read in each of them."""
    text = "{% macro m() %}" + _PROD + "join {{ ref('users') }} using (id){% endif %}{% endmacro %}"
    shop.write("macros/m.sql", text)
    for name, macro in (("m", text), ("n", "{% macro n() %}{{ m() }}{% endmacro %}")):
        shop.write(f"macros/{name}.sql", macro)
        shop.macros[f"macro.shop.{name}"] = {
            "package_name": "shop",
            "original_file_path": f"macros/{name}.sql",
            "macro_sql": macro,
            "depends_on": {"macros": ["macro.shop.m"] if name == "n" else []},
        }
    calls = {"macros": ["macro.shop.n"], "nodes": []}
    shop.model("other", "{{ n() }}", compiled_code="select 1 as id", depends_on=calls)
    assert _told(shop, _COMPILED) == [("PROD.CORE.OTHER", "PROD.CORE.USERS")]
    shop.nodes["model.shop.other"]["compiled_code"] = "select id from prod.core.users"
    assert not _told(shop, _COMPILED)
