"""Columns that branches of templates name which were not compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lineage import analyze
from lineage.readers import find_project
from lineage.readers.dbt_branch_words import words_left_out
from lineage.words import GapReason

if TYPE_CHECKING:
    from tests.lineage.readers.conftest import Shop

_COMPILED = "select id from prod.core.users"
_PROD = "{% if target.name == 'prod' %}"


def _told(shop: Shop, raw: str, compiled: str = _COMPILED) -> list[str]:
    """What the branches of a model `mart` read that reads `users`, as its gaps say."""
    shop.model("users", "select id, email, phone from prod.crm.people")
    shop.model("mart", raw, compiled_code=compiled)
    gaps = analyze(find_project(shop.save()), jobs=0).gaps
    told = [gap for gap in gaps if gap.reason is GapReason.NOT_COMPILED]
    assert all(gap.relations == ("PROD.CORE.MART", "PROD.CORE.USERS") for gap in told)
    assert all(gap.origin.file == "models/mart.sql" for gap in told)
    return [gap.message.partition(" reads ")[2].partition(";")[0] for gap in told]


@pytest.mark.parametrize(
    ("branch", "columns"),
    [
        (", email", "EMAIL"),
        (", upper(u.Email) as x, phone", "EMAIL PHONE"),
        (", {{ column }}", ""),
        (", 'email'", ""),
        (", id as other", ""),
        ("-- email\n", ""),
        ("/* email */ , phone", "PHONE"),
        (", *", "*"),
        (", u.*", "*"),
        (", id * 2", ""),
        ("where email > (select max(email) from {{ this }}) and phone is not null", ""),
        ("where 1 = 1 union all select email", "EMAIL"),
        ("{{ x }}, email {{ y }}, phone", "EMAIL PHONE"),
        ("{# no #}, email", "EMAIL"),
        ("{% if true %}{% if x %}, email{% endif %}{% endif %}", "EMAIL"),
        ("{% for i in [1] %}, email{% endfor %}", "EMAIL"),
    ],
)
def test_a_column_of_a_branch_that_was_not_taken_is_a_gap(
    branch: str, columns: str, shop: Shop
) -> None:
    """What another run would read of a relation is not analysed, and that is said."""
    raw = f"select id {_PROD} {branch} {{% endif %}} from {{{{ ref('users') }}}} u"
    expected = ", ".join(f"PROD.CORE.USERS.{column}" for column in columns.split())
    assert _told(shop, raw) == ([expected] if expected else [])


@pytest.mark.parametrize(
    "raw",
    [
        "select {{ 'email' if target.name == 'prod' else 'id' }} from {{ ref('users') }}",
        "select {{- \"email\"\nif prod\nelse 'id' -}} from {{ ref('users') }}",
        f"{_PROD} select email {{% else %}} select id {{% endif %}} from {{{{ ref('users') }}}}",
    ],
)
def test_a_choice_is_a_branch(raw: str, shop: Shop) -> None:
    """A column may be named in a text of a tag that chooses, and in a branch for each case."""
    assert _told(shop, raw) == ["PROD.CORE.USERS.EMAIL"]


@pytest.mark.parametrize(
    ("raw", "compiled"),
    [
        (f"select id {_PROD}, email {{% endif %}} from {{{{ ref('users') }}}}", "select id, email"),
        ("select id {% if x %} , email\n{% endif %} from {{ ref('users') }}", "select id,email"),
        (
            "select {% for c in ['id', 'email'] %}{{ c }}{% endfor %} from {{ ref('users') }}",
            "select id",
        ),
        (
            "select {{ star(ref('users'), except=['email']) }} from {{ ref('users') }}",
            "select id",
        ),
        ("{{ config(unique_key='email') }} select id from {{ ref('users') }}", "select id"),
    ],
)
def test_what_was_compiled_is_no_branch(raw: str, compiled: str, shop: Shop) -> None:
    """What the compiled code has is analysed there; what tags are given is not what comes out."""
    compiled = f"{compiled} from prod.core.users"
    assert _told(shop, raw, compiled) == []


def test_words_take_no_longer_than_the_text() -> None:
    """Quotes and comments that are never closed cost no more than others."""
    for piece in ("'", "/*", "--", "{% if x %}'", "{{ 'if' if ", "*/ select *"):
        text = "{% if x %}" + piece * 20_000
        words_left_out(text, "select 1")
