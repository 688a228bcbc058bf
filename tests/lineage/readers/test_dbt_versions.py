"""Manifests of dbt 1.12 and dbt 2, written by these, against those of the dbt of the tests."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from lineage import InputError, analyze
from lineage.readers import find_project
from lineage.readers.dbt_artifacts import read_manifest
from lineage.readers.dbt_calls import with_calls
from lineage.readers.dbt_words import DependsOn
from tests.examples.conftest import EXAMPLES
from tests.other_dbts import VERSIONS, other_dbt, run_other_dbt
from tests.real_dbt import run_dbt

if TYPE_CHECKING:
    from lineage import Analysis
    from tests.lineage.readers.conftest import Shop

FEATURES = Path(__file__).with_name("dbt_features")
# What dbt itself fills in of a node's settings, which differs from version to version.
_FILLED_IN = {
    f"config.{setting}"
    for setting in (
        "contract.alias_types contract.enforced delimiter lookback materialized"
        " on_configuration_change on_schema_change schema_origin"
    ).split()
}
# dbt 1 takes a method of this name for a macro.
_NO_CALL = ("macro.dbt.default__check_schema_exists", "macro.dbt.replace")


def _copy(project: Path, folder: Path) -> Path:
    return Path(shutil.copytree(project, folder, ignore=shutil.ignore_patterns("target")))


def _shop(folder: Path) -> Path:
    return _copy(EXAMPLES / "shop", folder)


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Path]:
    """The projects, compiled by the dbt of the tests."""
    found = {}
    for project in (EXAMPLES / "shop", FEATURES):
        root = found[project] = _copy(project, tmp_path_factory.mktemp("usual") / project.name)
        assert run_dbt(root, "compile") == 0
    return found


def _flows(analysis: Analysis) -> set[tuple[object, ...]]:
    """Each flow and its file; dbt 2 puts the code of ephemeral models on other lines."""
    return {(e.source, e.target, e.transform, e.ambiguous, e.origin.file) for e in analysis.edges}


def _declared(analysis: Analysis) -> dict[str, object]:
    return {
        relation.name: (
            relation.kind,
            relation.origin,
            [(c.name, c.type, sorted(c.facts)) for c in relation.columns],
            sorted(fact for fact in relation.facts if fact.key not in _FILLED_IN),
        )
        for relation in analysis.relations
    }


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("project", [EXAMPLES / "shop", FEATURES], ids=lambda path: path.name)
def test_every_dbt_says_the_same_of_a_project(
    version: str, project: Path, usual: dict[Path, Path], tmp_path: Path
) -> None:
    """Which dbt compiled a project changes no flow, no gap and nothing that is declared."""
    dbt = other_dbt(version)
    root = _copy(project, tmp_path / project.name)
    assert run_other_dbt(dbt, root, "compile") == 0
    found, expected = (analyze(find_project(where), jobs=1) for where in (root, usual[project]))
    assert found.gaps == expected.gaps
    assert _flows(found) == _flows(expected)
    assert _declared(found) == _declared(expected)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("before", "after"), [("select", "select 1 as more,"), ("with ", "-- not run\nwith ")]
)
def test_every_dbt_is_told_of_a_change(
    version: str, before: str, after: str, tmp_path: Path
) -> None:
    """A model that was changed since another dbt compiled it is a gap."""
    dbt = other_dbt(version)
    root = _shop(tmp_path / "shop")
    assert run_other_dbt(dbt, root, "compile") == 0
    model = root / "models/marts/marketing/ad_audience.sql"
    model.write_text(model.read_text("utf-8").replace(before, after, 1), "utf-8")
    (gap,) = find_project(root).gaps
    assert gap.origin.file == "models/marts/marketing/ad_audience.sql"


def test_a_target_without_json_says_how_to_get_it(tmp_path: Path) -> None:
    """What dbt 2 writes as Parquet is not read, and the message says what to run instead."""
    dbt = other_dbt("2")
    root = _shop(tmp_path / "shop")
    assert run_other_dbt(dbt, root, "compile", "--write-metadata") == 0
    with pytest.raises(InputError, match=r"no manifest.json .*without --write-metadata"):
        find_project(root)


def test_calls_are_found_as_dbt_finds_them(usual: dict[Path, Path]) -> None:
    """Of a manifest that says of no macro what it calls, all calls are found that dbt 1 finds."""
    manifest, _input = read_manifest(usual[FEATURES], "target/manifest.json")
    silent = {i: replace(m, depends_on=DependsOn()) for i, m in manifest.macros.items()}
    found = with_calls(replace(manifest, macros=silent)).macros
    calls = {(i, called) for i, m in manifest.macros.items() for called in m.depends_on.macros}
    assert len(calls) > 500
    assert calls - {(i, c) for i, m in found.items() for c in m.depends_on.macros} == {_NO_CALL}


def test_filters_and_methods_are_no_calls(shop: Shop) -> None:
    """`x | length(y)` and `x.length(y)` call no macro of that name, `dbt.length(y)` does."""
    shop.macro("length", "{% macro length(x) %}{{ x }}{% endmacro %}", "dbt")
    for name, code in (("filter", "x | length(y)"), ("method", "x.length(y)")):
        shop.macro(name, f"{{% macro {name}(x) %}}{{{{ {code} }}}}{{% endmacro %}}", "dbt")
    shop.macro("by_package", "{% macro by_package(x) %}{{ dbt.length(y) }}{% endmacro %}", "dbt")
    shop.model("people")
    shop.save()
    manifest, _input = read_manifest(shop.root, "target/manifest.json")
    calling = {i for i, m in with_calls(manifest).macros.items() if m.depends_on.macros}
    assert calling == {"macro.dbt.by_package"}


def test_a_snapshot_has_its_own_block(shop: Shop) -> None:
    """In dbt 2 each snapshot of a file has the code of all of them, and one part is its own."""
    shop.dbt = "2.0.8"
    for name in ("a", "b"):
        shop.model(name)
    code = "select id from {{ ref('a') }}\n{% endsnapshot %}\n{% snapshot second %}\n"
    code += "select id from {{ ref('b') }}"
    shop.write("snapshots/s.sql", "{% snapshot first %}\n" + code + "\n{% endsnapshot %}\n")
    folded = " ".join(code.split())
    for name, read in (("first", "a"), ("second", "b")):
        shop.node(
            name,
            code,
            resource_type="snapshot",
            original_file_path="snapshots/s.sql",
            compiled_code=f"select id from prod.core.{read}",
            checksum={"name": "sha256", "checksum": sha256(folded.encode()).hexdigest()},
        )
    assert find_project(shop.save()).gaps == ()


OWN = {"fieldgate": {"category": "user.contact.email"}}


@pytest.mark.parametrize(
    ("dbt", "of_plain"),
    [
        ("1.12.6", {("meta.pii", "true"), ("tag", "daily")}),
        ("2.0.0-alpha.4", set()),
        ("2.0.8", set()),
    ],
)
def test_what_a_column_takes_over_is_not_said_of_it(
    dbt: str, of_plain: set[tuple[str, str]], shop: Shop
) -> None:
    """In dbt 2 columns repeat a node's `meta` and tags where they have none of their own."""
    shop.dbt = dbt
    taken = {"meta": {"pii": True}, "tags": ["daily"]}
    columns = {
        "plain": {"name": "plain", **taken, "config": {}},
        "own": {"name": "own", "meta": OWN, "tags": ["daily"], "config": {"meta": OWN}},
        "alike": {"name": "alike", **taken, "config": taken},
    }
    shop.model("people", columns=columns, **taken)
    (people,) = find_project(shop.save()).relations
    facts = {c.name.lower(): {(f.key, f.value) for f in c.facts} for c in people.columns}
    assert facts["plain"] == of_plain
    assert ("meta.fieldgate.category", "user.contact.email") in facts["own"]
    assert facts["alike"] >= {("meta.pii", "true"), ("config.meta.pii", "true"), ("tag", "daily")}
