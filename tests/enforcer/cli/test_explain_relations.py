"""`fieldgate explain RELATION`: what rules make of it, and why they find nothing there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from enforcer.cli import main

SCHEMA = Path(__file__).parents[3] / "docs" / "explanation.schema.json"
CONFIGURATION = """\
version: 1
dialect: duckdb
packs: []
policies: [rules]
labels: [labels.yml]
categories: {figures: What is not published yet.}
min_coverage: 0.0
"""
LABELS = """\
labels:
  - {relation: safe.sales, columns: {amount: figures, region: figures}}
"""
SAMPLES = """\
why: They are not published.
fix: Keep them where they are.
avoid:
  sql: create table mart.t as select amount from safe.sales
  labels: {safe.sales: {amount: figures}}
prefer:
  sql: create table mart.t as select count(*) as n from safe.sales
  labels: {safe.sales: {amount: figures}}
"""
COLUMNS = """\
id: figures-stay-safe
title: Figures leave the safe schema
phase: use
deny:
  data: figures
  unless_protected: {at_least: hashed}
  into: {name: {not: "safe.*"}}
unless:
  - {data: figures, into: {name: "*.reviewed"}}
"""
WHOLE = """\
id: nothing-is-built-of-figures
title: Something is built of what holds figures
phase: use
deny: {built_from: {name: safe.sales}, into: {name: "mart.*"}}
"""
SQL = """\
create table mart.copy as select amount from safe.sales;
create table mart.hashed as select sha256(amount) as k from safe.sales;
create table mart.large as select s.shop from safe.shops s join safe.sales v on v.id = s.id
  where v.amount > 100;
create table mart.counted as select count(*) as n from safe.sales;
create table mart.apart as select shop from safe.shops;
create table mart.named as with unused as (select amount from safe.sales) select 1 as one;
create table mart.late as select n from mart.counted;
"""
REVIEWED = "create table mart.reviewed as select amount from safe.sales;\n"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def make(root: Path, sql: str = SQL, more: str = "") -> Path:
    (root / "rules").mkdir()
    (root / "rules/figures-stay-safe.yml").write_text(COLUMNS + SAMPLES, "utf-8")
    (root / "rules/nothing-is-built-of-figures.yml").write_text(WHOLE + SAMPLES, "utf-8")
    (root / "labels.yml").write_text(LABELS, "utf-8")
    (root / "build.sql").write_text(sql, "utf-8")
    (root / "reviewed.sql").write_text(REVIEWED, "utf-8")
    (root / "fieldgate.yml").write_text(CONFIGURATION + more, "utf-8")
    return root


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("project"))


def explained(project: Path, name: str) -> dict[str, Any]:
    result = run("explain", name, "--path", project, "--format", "json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(found)
    [relation] = found["relations"]
    return dict(relation)


def judged(project: Path, name: str, rule: str = "figures-stay-safe") -> dict[str, Any]:
    [found] = [one for one in explained(project, name)["rules"] if one["rule"] == rule]
    return dict(found)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("mart.hashed", "what arrives is hashed, which the rule accepts"),
        ("mart.reviewed", "what arrives is excused by the exception at rules/figures-stay-safe"),
        ("mart.large", "no value of its data arrives: by filter it decides on rows"),
        ("mart.counted", "no column of its data decides anything here"),
        ("mart.late", "no column of its data decides anything here"),
        ("mart.apart", "nothing that was read leads from its data to here"),
        ("mart.named", "nothing that was read leads from its data to here"),
    ],
)
def test_why_a_rule_finds_nothing_is_told(project: Path, name: str, reason: str) -> None:
    """A relation is clean for a reason, and the reason is said."""
    found = judged(project, name)
    assert (found["outcome"], found["gaps"]) == ("clean", [])
    assert any(one.startswith(reason) for one in found["reasons"]), found["reasons"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("mart.hashed", "goes on hashed, which the rule accepts"),
        ("mart.large", "goes on by filter alone"),
        ("mart.counted", "only its rows are taken"),
    ],
)
def test_where_the_data_stops_is_told(project: Path, name: str, why: str) -> None:
    """The last relation that holds it and the first that does not are named, and the flow."""
    [stop] = judged(project, name)["stops"]
    assert stop == {"relation": "safe.sales", "next": name, "why": why, "unread": False}


def test_what_is_found_is_told_with_its_fingerprints(project: Path) -> None:
    """A relation in which a rule finds something is no clean one."""
    found = judged(project, "mart.copy")
    assert (found["outcome"], len(found["findings"]), found["reasons"]) == ("found", 1, [])
    [held] = explained(project, "mart.copy")["held"]
    assert (held["column"]["column"], held["category"]) == ("amount", "figures")


@pytest.mark.parametrize(("name", "outcome"), [("mart.apart", "clean"), ("mart.counted", "found")])
def test_what_a_relation_is_built_from_is_judged_as_well(
    project: Path, name: str, outcome: str
) -> None:
    """A rule about whole relations says so of what is built from none of them."""
    assert judged(project, name, "nothing-is-built-of-figures")["outcome"] == outcome


def test_a_rule_that_speaks_of_other_relations_is_not_told(project: Path) -> None:
    """Rules that do not judge a relation are no reason that it is clean."""
    assert explained(project, "safe.shops")["rules"] == []


GAP = """\
create table mid.steps as select region from safe.sales;
create table mart.end as with c as (select 1 as one from mid.steps where) select one from c;
create table mart.after as select one from mart.end;
"""


def test_what_was_not_read_on_the_way_clears_nothing(tmp_path: Path) -> None:
    """A text that cannot be parsed may hide a flow: a relation behind it is not called clean."""
    found = judged(make(tmp_path, GAP), "mart.after")
    assert (found["outcome"], found["findings"]) == ("unknown", [])
    assert [gap["reason"] for gap in found["gaps"]] == ["parse-error"]


@pytest.mark.parametrize(
    ("sql", "outcome"),
    [
        ("create table mart.t as select d.*, 1 as one from ext.days d, safe.sales v", "clean"),
        ("create table mart.t as select v.* exclude (amount, region) from safe.sales v", "unknown"),
    ],
)
def test_a_star_hides_only_what_it_is_taken_from(tmp_path: Path, sql: str, outcome: str) -> None:
    """Unknown columns of something else carry no figures; those of the labelled relation may."""
    assert judged(make(tmp_path, sql), "mart.t")["outcome"] == outcome


def dbt_node(name: str, sql: str, schema: str, *parents: str) -> dict[str, Any]:
    return {
        "unique_id": f"model.shop.{name}",
        "resource_type": "model",
        "name": name,
        "package_name": "shop",
        "schema": schema,
        "original_file_path": f"models/{name}.sql",
        "relation_name": f"{schema}.{name}",
        "raw_code": sql,
        "compiled_code": sql,
        "depends_on": {"nodes": [f"model.shop.{parent}" for parent in parents]},
    }


@pytest.mark.parametrize(
    ("sql", "outcome", "why"),
    [
        ("select 1 as one", "unknown", "no SQL that was read says how"),
        (
            "with s as (select * from safe.sales) select 1 as one",
            "clean",
            "no column of it is taken",
        ),
    ],
)
def test_what_only_dbt_says_clears_nothing(
    tmp_path: Path, sql: str, outcome: str, why: str
) -> None:
    """A macro may read a parent while dbt compiles and write what it finds into the SQL."""
    nodes = [
        dbt_node("sales", "select 1 as amount, 2 as region", "safe"),
        dbt_node("written", sql, "mart", "sales"),
        dbt_node("reviewed", "select 1 as one", "mart"),
    ]
    head = {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"}
    manifest = {
        "metadata": {**head, "adapter_type": "duckdb", "project_name": "shop"},
        "nodes": {node["unique_id"]: node for node in nodes},
        "sources": {},
    }
    root = make(tmp_path)
    (root / "build.sql").unlink()
    (root / "reviewed.sql").unlink()
    (root / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    found = judged(root, "mart.written")
    assert found["outcome"] == outcome
    [stop] = found["stops"]
    assert stop["why"].endswith(why)


def test_a_gap_that_somebody_accepted_is_read(tmp_path: Path) -> None:
    """Who waives a gap says what is in it, and then the relation can be called clean."""
    root = make(tmp_path, GAP)
    report = json.loads(run("check", root, "--format", "json").output)
    [gap] = [f for f in report["findings"] if f["rule"] == "not-analysed"]
    waiver = f"  - fingerprint: {gap['fingerprint']}\n    reason: read by hand\n    owner: a@b.c\n"
    waiver += "    approver: d@e.f\n    ticket: T-1\n    expires: 2099-12-31\n"
    (root / "waivers.yml").write_text(f"waivers:\n{waiver}", "utf-8")
    (root / "fieldgate.yml").write_text(f"{CONFIGURATION}waivers: waivers.yml\n", "utf-8")
    assert judged(root, "mart.after")["outcome"] == "clean"


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "error[figures-stay-safe] clean: finds nothing here"),
        ("zh", "错误[figures-stay-safe] 无问题：在此没有发现"),
    ],
)
def test_a_person_reads_it_in_either_language(project: Path, lang: str, said: str) -> None:
    """The text names the rule, what came of it, and where the data stops."""
    output = run("explain", "mart.large", "--path", project, "--lang", lang).output
    assert said in output
    assert "safe.sales -> mart.large" in output


def test_many_columns_that_only_decide_are_told_together(tmp_path: Path) -> None:
    """Of a column that dozens of labelled columns filter those are told whose values arrive."""
    names = [f"c{number}" for number in range(20)]
    tests = " and ".join(f"{name} > 0" for name in names)
    root = make(tmp_path, f"create table mart.t as select amount from safe.sales where {tests}")
    labelled = ", ".join(f"{name}: figures" for name in [*names, "amount"])
    entry = f"labels:\n  - {{relation: safe.sales, columns: {{{labelled}}}}}\n"
    (root / "labels.yml").write_text(entry, "utf-8")
    result = run("explain", "mart.t.amount", "--path", root, "--format", "json")
    [column] = json.loads(result.output)["columns"]
    assert [source["column"]["column"] for source in column["sources"]] == ["amount"]
    assert (column["others"]["count"], column["others"]["flows"]) == (21, ["filter"])
    assert "21 labelled columns decide" in run("explain", "mart.t.amount", "--path", root).output
