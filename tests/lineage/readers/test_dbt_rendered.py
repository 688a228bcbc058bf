"""Whether compiled code can come from the code that a person wrote."""

from __future__ import annotations

import gzip

import msgspec
import pytest

from lineage.readers.dbt_rendered import can_be_rendered
from lineage.readers.dbt_words import Manifest

INCREMENTAL = (
    "select a from {{ ref('t') }} {% if is_incremental() %} where b > 1 {% endif %} limit 9"
)


@pytest.mark.parametrize(
    ("written", "compiled"),
    [
        ("select 1", "select  1\n"),
        ("select a from {{ ref('t') }}", 'select a from "db"."t"'),
        ("{{ config(x='}}') }}select a", "\nselect a"),
        ('{{ config(x="it\'s }}") }}select a', "select a"),
        ("{# select b #}select a", "select a"),
        (INCREMENTAL, "select a from t limit 9"),
        (INCREMENTAL, "select a from t where b > 1 limit 9"),
        ("{% set x = 1 %}select {{ x }} as a", "select 1 as a"),
        ("{% set x %} select b {% endset %}select a", "select a"),
        ("select {%- for c in cs %} {{ c }}, {%- endfor %} a", "select x, y, a"),
        ("{% macro m() %}b{% endmacro %}select a", "select a"),
        ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
        ("select a {{ never closed", "select a from t"),
        (
            "with b as (select 1) select a",
            "with __dbt__cte__x as (select 2), b as (select 1) select a",
        ),
        ("{{ everything() }}", "select a"),
        ("", "select 1"),
    ],
)
def test_what_a_file_may_render_to(written: str, compiled: str) -> None:
    """Tags may become anything, blocks may go or come again, and white space does not count."""
    assert can_be_rendered(written, compiled)


@pytest.mark.parametrize(
    ("written", "compiled"),
    [
        ("select email from users", "select 1"),
        ("select a from {{ ref('t') }}", "select b from t"),
        ("select a from {{ ref('t') }} where c", "select a from t"),
        ("select a, {{ x }}, b", "select b, x, a"),
        (INCREMENTAL, "select a from t"),
        ("{{ config(x='}}') }}select a", "select b"),
    ],
)
def test_what_a_file_cannot_render_to(written: str, compiled: str) -> None:
    """What stands outside of tags and blocks comes out, all of it and in its order."""
    assert not can_be_rendered(written, compiled)


@pytest.mark.parametrize(
    "tag", ["{{", "{%", "{{ '", '{{ "\\', "{% set ", "{{''}}", "{% endx %}", "x{{a}}"]
)
def test_hostile_tags_end(tag: str) -> None:
    """No text makes the search for tags slow: a megabyte of openings is looked at once."""
    assert can_be_rendered(tag * ((1 << 20) // len(tag)), "x" * (1 << 20)) in {True, False}


@pytest.mark.parametrize("name", ["gitlab", "tuva", "synthea", "jaffle"])
def test_real_projects_are_rendered_from_what_they_say(corpora: object, name: str) -> None:
    """Of thousands of models that dbt compiled none is taken for another."""
    packed = (corpora / "data" / name / "manifest.json.gz").read_bytes()  # type: ignore[operator]
    manifest = msgspec.json.decode(gzip.decompress(packed), type=Manifest)
    models = [node for node in manifest.nodes.values() if node.resource_type == "model"]
    code = [(node.raw_code, node.compiled_code) for node in models if node.language == "sql"]
    assert models
    assert all(can_be_rendered(raw, compiled) for raw, compiled in code if raw and compiled)
