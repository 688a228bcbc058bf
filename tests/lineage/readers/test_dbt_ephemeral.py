"""Ephemeral models of which something is said: how a model is built changes no label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lineage.build import analyze
from lineage.readers import find_project
from lineage.words import GapReason
from tests.real_dbt import run_dbt

if TYPE_CHECKING:
    from pathlib import Path

    from lineage import Analysis
    from tests.lineage.readers.conftest import Shop

_FILES = {
    "dbt_project.yml": "name: shop\nprofile: shop\n",
    "profiles.yml": "shop: {target: t, outputs: {t: {type: duckdb, path: wh.duckdb}}}\n",
    "seeds/people.csv": "id,contact,city\n1,a,b\n",
    "models/stg.sql": "with p as (from {{ ref('people') }})\nselect id, contact as c from p",
    "models/mid.sql": (
        "{{ config(materialized='ephemeral') }}\nwith a as (select 1 as z)\n"
        "select id, c as d from {{ ref('stg') }}"
    ),
    "models/mart.sql": "with x as (select id, d from {{ ref('mid') }}) select id, d as e from x",
}
_META = "meta: {fieldgate: {category: user.contact.email}}"


def _analysis(folder: Path, how: str, told: str) -> Analysis:
    config = f"config: {{materialized: {how}, alias: other}}"
    columns = f"models: [{{name: stg, {config}, columns: [{{name: c{told}}}]}}]\n"
    for path, text in {**_FILES, "models/s.yml": columns}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    assert run_dbt(folder, "compile") == 0
    return analyze(find_project(folder), jobs=0)


def _flows(analysis: Analysis) -> set[tuple[str, str, int]]:
    return {(str(e.source), str(e.target), e.origin.line) for e in analysis.edges}


def test_an_ephemeral_model_of_which_something_is_said_is_like_a_view(tmp_path: Path) -> None:
    """Its columns have what is said of them, and whoever reads it reads these."""
    told, view = (_analysis(tmp_path / how, how, f", {_META}") for how in ("ephemeral", "view"))
    assert ("wh.main.other.c", "wh.main.mart.e") in {flow[:2] for flow in _flows(told)}
    assert {flow[:2] for flow in _flows(told)} == {flow[:2] for flow in _flows(view)}
    assert {r.name: [c for c in r.columns if c.facts] for r in told.relations} == {
        r.name: [c for c in r.columns if c.facts] for r in view.relations
    }
    assert told.gaps == ()


def test_one_of_which_nothing_is_said_is_a_part_of_others(tmp_path: Path) -> None:
    """Flows go past it, and on the same lines."""
    told = _analysis(tmp_path / "told", "ephemeral", f", {_META}")
    silent = _analysis(tmp_path / "silent", "ephemeral", "")
    assert "wh.main.other" not in {r.name for r in silent.relations}
    ends = {flow[:2] for flow in _flows(silent)}
    assert ("wh.main.people.contact", "wh.main.mart.e") in ends
    last = {line for _source, target, line in _flows(told) if target == "wh.main.mart.e"}
    assert last <= {line for _source, target, line in _flows(silent) if target == "wh.main.mart.e"}


@pytest.mark.parametrize("injected", [None, [{"id": "model.shop.inner", "sql": " other as (\n)"}]])
def test_code_of_an_ephemeral_model_that_is_not_found_is_a_gap(
    shop: Shop, injected: object
) -> None:
    """Where the manifest does not say which code is that of the model, what is said is not read."""
    columns = {"email": {"name": "email", "meta": {"pii": True}}}
    raw = "select email from prod.crm.users"
    shop.model("inner", raw, config={"materialized": "ephemeral"}, columns=columns)
    code = f"with __dbt__cte__inner as (\n{raw}\n) select email from __dbt__cte__inner"
    shop.model("mart", "select email from {{ x }}", compiled_code=code, extra_ctes=injected)
    (gap,) = find_project(shop.save()).gaps
    assert (gap.reason, gap.relations) == (
        GapReason.OPAQUE_CODE,
        ("PROD.CORE.INNER", "PROD.CORE.MART"),
    )
