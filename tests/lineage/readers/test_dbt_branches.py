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
_EITHER = _PROD + "{% set u = ref('users') %}{% else %}{% set u = ref('orders') %}{% endif %}"


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
        ('union all select id from "crm"."people"', ""),
        ("union all select id from `crm.people`", ""),
        ("union all select id from [crm].[people]", ""),
        ("union all select id from {{ target.database }}.crm.people", ""),
        ("union all select id from {{ target.schema }}.people", ""),
        ("where n = '\\' -- ' union all select id from crm.people", ""),
        ("/* {{ '*/' }} union all select id from crm.people", ""),
        ("\n-- x\r join {{ ref('users') }}", "PROD.CORE.USERS"),
        ("where n = '\n-- ' union all select id from {{ ref('users') }}", "PROD.CORE.USERS"),
        ("/*\n-- */ union all select id from {{ ref('users') }}", "PROD.CORE.USERS"),
        ("\n-- {{ '\\n join ' ~ ref('users') }}", "PROD.CORE.USERS"),
        ("join {{ ref('users',) }}", "PROD.CORE.USERS"),
        ("join {{ builtins.ref('users') }}", "PROD.CORE.USERS"),
        ("join {{ ref('users', version=var('v', 2)) }}", "PROD.CORE.USERS"),
        ("{% set u = ref('users') %}{% set w = u %} join {{ w }}", "PROD.CORE.USERS"),
        ("{% set u = ref('users') %} {{ 'join ' ~ u }}", "PROD.CORE.USERS"),
        ("{% do l.append(ref('users')) %}join {{ l[0] }}", "PROD.CORE.USERS"),
        ("{% with u = ref('users') %}join {{ u }}{% endwith %}", "PROD.CORE.USERS"),
        ("{{ return(ref('users')) }}", "PROD.CORE.USERS"),
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


@pytest.mark.parametrize(
    ("raw", "known"),
    [
        ("select id from {{ ref('users') if late else (ref('orders')) }}", "PROD.CORE.USERS"),
        (
            "{% set u = ref('users') if late else ref('orders') %}select id from {{ u }}",
            "PROD.CORE.USERS",
        ),
        (_EITHER + "select id from {{ u }}", "PROD.CORE.USERS"),
        (
            "select id from {{ {'a': ref('users'), 'b': ref('orders')}[target.name] }}",
            "PROD.CORE.USERS",
        ),
        ("select id from {{ (late and ref('users')) or ref('orders') }}", "PROD.CORE.USERS"),
        ("select id from {{ 'crm.people' if late else 'prod.core.orders' }}", ""),
        (f"select id from {_PROD}crm.people{{% else %}}prod.core.orders{{% endif %}}", ""),
        (f"select id from\n{_PROD}\n crm.people\n{{% else %}}prod.core.orders{{% endif %}}", ""),
    ],
)
def test_a_choice_is_a_branch(shop: Shop, raw: str, known: str) -> None:
    """What becomes one of two relations reads both, in one run or another."""
    assert _told(shop, raw) == [tuple(sorted(filter(None, ("PROD.CORE.MART", known))))]


def test_marks_of_our_own_in_a_text_are_no_marks(shop: Shop) -> None:
    """Characters that stand for tags while a template is read do no harm in it."""
    raw = "select id from {{ ref('orders') }}{% if x %}{{ 'select \x01999\x01' }}\x00{% endif %}"
    shop.model("mart", raw, compiled_code=_COMPILED)
    reasons = {gap.reason for gap in find_project(shop.save()).gaps}
    assert GapReason.NOT_COMPILED not in reasons


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
        "where extract(year from updated_at) >= 2024 and trim(both ' ' from name) = ''",
        ", recent (id) as (select 1 as id) select id from recent",
        ", recent as materialized (select 1 as id) select id from recent",
        "{{ exceptions.raise_compiler_error('select a value from list') }}",
        "{% do log('Cannot join customers') %}",
        "where note = 'a letter from support'",
        "union all select id from prefix_{{ x }}",
        "where x in (select column_name from information_schema.columns)",
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


def test_a_macro_that_only_another_run_calls_is_looked_into(shop: Shop) -> None:
    """A macro that dbt did not call is none of the model's in the manifest, but in its template."""
    text = "{% macro m() %}join {{ ref('users') }} using (id){# one statement #}{% endmacro %}"
    shop.macro("m", text)
    raw = "select id from {{ ref('orders') }}" + _PROD + "{{ m() }}{% endif %}"
    assert _told(shop, raw) == [("PROD.CORE.MART", "PROD.CORE.USERS")]


def test_a_branch_of_a_macro_is_told_once_for_all_that_call_it(shop: Shop) -> None:
    """What no caller's code reads, at any remove, another run may read in each of them."""
    text = "{% macro m() %}" + _PROD + "join {{ ref('users') }} using (id){% endif %}{% endmacro %}"
    shop.macro("m", text)
    shop.macro("n", "{% macro n() %}{{ m() }}{% endmacro %}", "shop", "macro.shop.m")
    calls = {"macros": ["macro.shop.n"], "nodes": []}
    shop.model("other", "{{ n() }}", compiled_code="select 1 as id", depends_on=calls)
    assert _told(shop, _COMPILED) == [("PROD.CORE.OTHER", "PROD.CORE.USERS")]
    shop.nodes["model.shop.other"]["compiled_code"] = "select id from prod.core.users"
    assert not _told(shop, _COMPILED)
