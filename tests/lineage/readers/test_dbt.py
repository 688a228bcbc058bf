"""A dbt manifest and catalog as a project."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage import analyze
from lineage.projects import Fact, Relation, RelationKind
from lineage.readers import find_project
from lineage.words import GapReason, InputError

from .conftest import Shop

if TYPE_CHECKING:
    from pathlib import Path


def relation(shop: Shop, name: str) -> Relation:
    project = find_project(shop.save())
    (found,) = [r for r in project.relations if r.name == name]
    return found


def values(facts: tuple[Fact, ...], key: str) -> list[str]:
    return [fact.value for fact in facts if fact.key == key]


@pytest.mark.parametrize("version", ["v10", "v11", "v12"])
def test_a_model_is_a_relation_and_a_text(shop: Shop, version: str) -> None:
    """A model's compiled code is what builds the relation that other models refer to."""
    shop.version = version
    shop.model("people", "select {{ x }}", compiled_code="select 1")
    project = find_project(shop.save())
    assert [(r.name, r.kind, str(r.origin)) for r in project.relations] == [
        ("PROD.CORE.PEOPLE", RelationKind.MODEL, "models/people.sql:1:1")
    ]
    assert [(u.file, u.text, u.written, u.target, u.dialect) for u in project.units] == [
        ("models/people.sql", "select 1", "select {{ x }}", "PROD.CORE.PEOPLE", "snowflake")
    ]
    assert project.gaps == ()


@pytest.mark.parametrize("version", ["v1", "v9", "v13", "v20", ""])
def test_a_manifest_of_another_version_is_refused_by_name(shop: Shop, version: str) -> None:
    """A version whose meaning is not known is not read as if it were."""
    shop.version = version
    shop.model("people")
    with pytest.raises(InputError, match=version or "no dbt manifest") as error:
        find_project(shop.save())
    assert "dbt compile" in error.value.next_step


def test_an_old_manifest_of_another_shape_is_called_old(shop: Shop) -> None:
    """What is wrong with an old manifest is its version, not the shape that it has for it."""
    shop.version = "v4"
    shop.model("people")["tags"] = 7
    with pytest.raises(InputError, match="manifest version v4"):
        find_project(shop.save())


def test_an_adapter_decides_the_dialect_unless_a_person_does(shop: Shop) -> None:
    """The manifest knows the warehouse; what is asked for goes before."""
    shop.adapter = "fabric"
    shop.model("people")
    assert find_project(shop.save()).dialect == "tsql"
    assert find_project(shop.save(), dialect="duckdb").dialect == "duckdb"


def test_an_unknown_adapter_is_an_error_that_lists_the_known(shop: Shop) -> None:
    """A dialect is not guessed."""
    shop.adapter = "abacus"
    with pytest.raises(InputError, match=r"'abacus', known are athena, bigquery.* --dialect"):
        find_project(shop.save())
    assert find_project(shop.root, dialect="postgres").dialect == "postgres"


@pytest.mark.parametrize(
    ("adapter", "written", "name"),
    [
        ("snowflake", 'prod.core."Mixed"', "PROD.CORE.Mixed"),
        ("snowflake", '"prod".core.people', "prod.CORE.PEOPLE"),
        ("postgres", '"prod"."core"."People"', "prod.core.People"),
        ("duckdb", '"prod"."core"."People"', "prod.core.people"),
        ("bigquery", "`my-project`.`core`.`People`", "my-project.core.People"),
        ("sqlserver", "[prod].[core].[People]", "prod.core.people"),
        ("postgres", '"a.b"."say ""x"""', '"a.b"."say ""x"""'),
        ("duckdb", "'s3://bucket/people.parquet'", "s3://bucket/people.parquet"),
        ("duckdb", "read_parquet('s3://bucket/*.parquet')", "s3://bucket/*.parquet"),
        ("snowflake", None, "PROD.CORE.PEOPLE"),
        ("snowflake", '"cut', "PROD.CORE.PEOPLE"),
        ("snowflake", "a b.c", "PROD.CORE.PEOPLE"),
    ],
)
def test_a_relation_has_the_name_that_sql_would_refer_to(
    shop: Shop, adapter: str, written: str | None, name: str
) -> None:
    """A name is folded as the dialect folds it, quotes counted."""
    shop.adapter = adapter
    shop.model("people", relation_name=written)
    assert [r.name for r in find_project(shop.save()).relations] == [name]


def test_what_is_declared_arrives_as_facts(shop: Shop) -> None:
    """Lists become repeated facts, mappings dotted keys, booleans and numbers text."""
    meta = {"fieldgate": {"purposes": ["a", "b"], "strict": True, "days": 30, "none": None}}
    config = {
        "materialized": "incremental",
        "grants": {"select": ["role_b", "role_a"]},
        "meta": {"zone": "crm"},
        "tags": ["t2"],
        "contract": {"enforced": True},
        "docs": {"show": True},
    }
    shop.model("people", meta=meta, config=config, tags=["t1"], access="public", group="crm")
    facts = relation(shop, "PROD.CORE.PEOPLE").facts
    assert values(facts, "meta.fieldgate.purposes") == ["a", "b"]
    assert values(facts, "meta.fieldgate.strict") == ["true"]
    assert values(facts, "meta.fieldgate.days") == ["30"]
    assert values(facts, "meta.fieldgate.none") == []
    assert values(facts, "config.grants.select") == ["role_a", "role_b"]
    assert values(facts, "config.meta.zone") == ["crm"]
    assert values(facts, "config.contract.enforced") == ["true"]
    assert values(facts, "tag") == ["t1", "t2"]
    assert values(facts, "access") == ["public"]
    assert values(facts, "group") == ["crm"]
    assert values(facts, "config.docs.show") == []
    assert list(facts) == sorted(facts)


def test_nothing_is_no_fact_but_zero_and_false_are(shop: Shop) -> None:
    """What is empty says nothing; a number or a truth value always says something."""
    mixed = [0, "", None, False, [], {}, "x"]
    meta = {"no": False, "zero": 0, "text": "", "none": None, "list": [], "map": {}, "mixed": mixed}
    shop.model("people", meta=meta, config={"zero": 0.0, "no": False, "empty": [{}]})
    facts = relation(shop, "PROD.CORE.PEOPLE").facts
    said = [(f.key, f.value) for f in facts if f.key.startswith("meta.")]

    assert said == [
        ("meta.mixed", "0"),
        ("meta.mixed", "false"),
        ("meta.mixed", "x"),
        ("meta.no", "false"),
        ("meta.zero", "0"),
    ]
    assert values(facts, "config.zero") == ["0.0"]
    assert values(facts, "config.no") == ["false"]
    assert values(facts, "config.empty") == []


def test_a_column_has_facts_of_its_own(shop: Shop) -> None:
    """A column's meta, tags and type are facts, wherever its dbt version writes them."""
    column = {
        "name": "email",
        "data_type": "varchar",
        "meta": {"pii": True},
        "tags": ["a"],
        "policy_tags": ["p"],
        "config": {"meta": {"sensitive": "yes"}, "tags": ["b"]},
        "constraints": [{"type": "unique"}],
    }
    shop.model("people", columns={"email": column})
    (found,) = relation(shop, "PROD.CORE.PEOPLE").columns
    assert (found.name, found.type) == ("EMAIL", "varchar")
    assert [(f.key, f.value) for f in found.facts] == [
        ("config.meta.sensitive", "yes"),
        ("constraint", "unique"),
        ("data_type", "varchar"),
        ("meta.pii", "true"),
        ("policy_tag", "p"),
        ("tag", "a"),
        ("tag", "b"),
    ]


@pytest.mark.parametrize("meta", [{str(n): n for n in range(3000)}, {"k" * 600: 1}])
def test_declaring_more_than_anybody_writes_is_an_error(shop: Shop, meta: dict[str, int]) -> None:
    """Cutting what is declared short could cut off a label, so it is refused."""
    shop.model("people", meta=meta)
    with pytest.raises(InputError, match=r"model\.shop\.people"):
        find_project(shop.save())


def test_sources_seeds_snapshots_and_exposures_are_relations(shop: Shop) -> None:
    """Whatever holds columns is a relation, an exposure among them."""
    shop.node("raw", resource_type="source", identifier="RAW_PEOPLE", relation_name=None)
    shop.node("codes", resource_type="seed", original_file_path="seeds/codes.csv")
    shop.node("snap", resource_type="snapshot")
    shop.node(
        "board",
        resource_type="exposure",
        original_file_path="models/schema.yml",
        type="dashboard",
        owner={"name": "Ann", "email": ["a@x", "b@x"]},
        depends_on={"nodes": ["snapshot.shop.snap"]},
    )
    project = find_project(shop.save_alone())
    assert [(r.name, r.kind.value) for r in project.relations] == [
        ("PROD.CORE.CODES", "seed"),
        ("PROD.CORE.RAW_PEOPLE", "source"),
        ("PROD.CORE.SNAP", "snapshot"),
        ("exposure:board", "exposure"),
    ]
    board = project.relations[-1]
    assert board.reads == ("PROD.CORE.SNAP",)
    assert values(board.facts, "owner.email") == ["a@x", "b@x"]
    assert values(board.facts, "type") == ["dashboard"]


def test_an_ephemeral_model_has_no_relation_and_leaves_no_gap(shop: Shop) -> None:
    """Its code is inside the models that refer to it, and who depends on it depends on its own."""
    shop.model("people")
    shop.model(
        "inner",
        config={"materialized": "ephemeral"},
        relation_name=None,
        depends_on={"nodes": ["model.shop.people"]},
    )
    shop.node("board", resource_type="exposure", depends_on={"nodes": ["model.shop.inner"]})
    project = find_project(shop.save())
    assert [r.name for r in project.relations] == ["PROD.CORE.PEOPLE", "exposure:board"]
    assert [u.target for u in project.units] == ["PROD.CORE.PEOPLE"]
    assert project.relations[1].reads == ("PROD.CORE.PEOPLE",)
    assert project.gaps == ()


def test_tests_and_analyses_build_nothing(shop: Shop) -> None:
    """What dbt does not deploy is no text to analyse."""
    for kind in ("test", "analysis", "unit_test"):
        shop.node(f"a_{kind}", resource_type=kind)
    project = find_project(shop.save_alone())
    assert (project.relations, project.units, project.gaps) == ((), (), ())


def test_a_model_that_was_not_compiled_is_a_gap_and_may_hold_all_it_reads(shop: Shop) -> None:
    """No code is not no flow."""
    shop.model("people")
    shop.model("mart", compiled_code=None, depends_on={"nodes": ["model.shop.people"]})
    project = find_project(shop.save())
    (gap,) = project.gaps
    assert (gap.reason, gap.relations) == (GapReason.NOT_COMPILED, ("PROD.CORE.MART",))
    assert "dbt compile" in gap.message
    assert project.relations[0].reads == ("PROD.CORE.PEOPLE",)


def test_a_python_model_is_a_gap_and_may_hold_all_it_reads(shop: Shop) -> None:
    """Python is not analysed, and is not thought to be harmless for it."""
    shop.model("people")
    shop.model(
        "score",
        "def model(dbt, session): ...",
        language="python",
        original_file_path="models/score.py",
        depends_on={"nodes": ["model.shop.people"]},
    )
    project = find_project(shop.save())
    assert [(g.reason, g.relations) for g in project.gaps] == [
        (GapReason.PYTHON_MODEL, ("PROD.CORE.SCORE",))
    ]
    assert project.relations[1].reads == ("PROD.CORE.PEOPLE",)
    assert len(project.units) == 1


def test_compiled_code_with_a_control_character_is_a_gap(shop: Shop) -> None:
    """JSON can carry what no SQL file may."""
    shop.model("people", compiled_code="select 1 as id\u0000")
    assert [g.reason for g in find_project(shop.save()).gaps] == [GapReason.NOT_TEXT]


def test_a_dependency_on_nothing_is_a_gap(shop: Shop) -> None:
    """An exposure of something that the manifest does not hold is not an exposure of nothing."""
    shop.node("board", resource_type="exposure", depends_on={"nodes": ["model.shop.gone"]})
    assert [(g.reason, g.relations) for g in find_project(shop.save_alone()).gaps] == [
        (GapReason.UNRESOLVED_NAME, ("exposure:board",))
    ]


def test_a_catalog_lists_all_columns_in_their_order(shop: Shop) -> None:
    """The catalog's columns and types come first; what is only documented comes after."""
    columns = {"email": {"name": "email", "meta": {"pii": 1}}, "new": {"name": "new"}}
    shop.model("people", columns=columns)
    shop.save_catalog("model.shop.PEOPLE", {"ID": "NUMBER", "EMAIL": "TEXT", "userId": "TEXT"})
    found = relation(shop, "PROD.CORE.PEOPLE")
    assert found.complete
    assert [(c.name, c.type, len(c.facts)) for c in found.columns] == [
        ("ID", "NUMBER", 0),
        ("EMAIL", "TEXT", 1),
        ("userId", "TEXT", 0),
        ("NEW", "", 0),
    ]


def test_a_quoted_column_keeps_the_facts_of_its_documentation(shop: Shop) -> None:
    """People document `"userId"` as userid, and the label must not be lost for it."""
    shop.model("people", columns={"userid": {"name": "userid", "meta": {"pii": 1}}})
    shop.save_catalog("model.shop.people", {"userId": "TEXT"})
    (column,) = relation(shop, "PROD.CORE.PEOPLE").columns
    assert (column.name, len(column.facts)) == ("userId", 1)


@pytest.mark.parametrize("written", ['"userId"', "`userId`", "[userId]"])
def test_a_documented_name_may_stand_in_its_quotes(shop: Shop, written: str) -> None:
    """Who writes the quotes into a properties file means the column that they are around."""
    columns = {written: {"name": written, "meta": {"pii": True}}}
    shop.model("people", 'select 1 as "userId"', columns=columns)
    (column,) = relation(shop, "PROD.CORE.PEOPLE").columns
    assert column.name == "userId"


def test_a_seed_has_the_columns_of_its_header(shop: Shop) -> None:
    """A seed's first row lists every column, whatever is documented."""
    shop.node(
        "codes",
        resource_type="seed",
        original_file_path="seeds/codes.csv",
        config={"delimiter": ";"},
    )
    shop.write("seeds/codes.csv", b'\xef\xbb\xbfCode;"Full; name"\n1;x\n')
    found = relation(shop, "PROD.CORE.CODES")
    assert found.complete
    assert [c.name for c in found.columns] == ["CODE", "FULL; NAME"]


def test_a_snapshot_has_the_columns_that_dbt_adds(shop: Shop) -> None:
    """The columns that dbt adds are known by name, renamed or not."""
    config = {"snapshot_meta_column_names": {"dbt_valid_to": "until"}, "hard_deletes": "new_record"}
    shop.node("snap", resource_type="snapshot", config=config)
    (found,) = find_project(shop.save_alone()).relations
    assert not found.complete
    assert [c.name for c in found.columns] == [
        "DBT_SCD_ID",
        "DBT_UPDATED_AT",
        "DBT_VALID_FROM",
        "UNTIL",
        "DBT_IS_DELETED",
    ]


def test_two_nodes_of_one_name_are_one_relation_with_the_facts_of_both(shop: Shop) -> None:
    """A source may be what a model of the same project builds, and carry its label."""
    shop.model("people", tags=["built"], columns={"email": {"name": "email"}})
    shop.node(
        "people", resource_type="source", tags=["given"], columns={"EMAIL": {"meta": {"pii": 1}}}
    )
    found = relation(shop, "PROD.CORE.PEOPLE")
    assert found.kind is RelationKind.MODEL
    assert values(found.facts, "tag") == ["built", "given"]
    assert [(c.name, len(c.facts)) for c in found.columns] == [("EMAIL", 1)]


def test_a_target_folder_and_a_gzipped_manifest_will_do(shop: Shop) -> None:
    """A manifest is found by its file, its folder and its project, plain or gzipped."""
    shop.model("people")
    shop.save()
    target = shop.root / "target"
    packed = shop.root.parent / "packed"
    packed.mkdir()
    data = (target / "manifest.json").read_bytes()
    (packed / "manifest.json.gz").write_bytes(gzip.compress(data))
    paths = (shop.root, target, target / "manifest.json", packed, packed / "manifest.json.gz")
    assert {find_project(path).units for path in paths} == {find_project(shop.root).units}


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "models/../../x.sql",
        "..\\x.sql",
        "C:\\x.sql",
        "C:x.sql",
        "\\\\host\\share",
        "//host/share",
        "~/x.sql",
        "models//x.sql",
        "./x.sql",
        "models/x\x00.sql",
        "models/\x1b[31m.sql",
        "",
        "a/" * 2000 + "x.sql",
    ],
)
def test_no_path_of_a_manifest_leads_out_of_the_project(shop: Shop, path: str) -> None:
    """A manifest that names a file outside the project is refused before a file is opened."""
    shop.node("people", original_file_path=path)
    with pytest.raises(InputError, match="original_file_path leaves the project"):
        find_project(shop.save())


def test_a_package_keeps_its_files_apart(shop: Shop) -> None:
    """Two packages may have a file of the same name."""
    shop.model("people")
    shop.node("other", package_name="pkg", original_file_path="models\\people.sql")
    project = find_project(shop.save())
    assert [u.file for u in project.units] == [
        "dbt_packages/pkg/models/people.sql",
        "models/people.sql",
    ]
    assert project.gaps == ()


@pytest.mark.parametrize(
    ("content", "where", "what"),
    [
        (b'{\n  "metadata": {', "2:16", "cut off"),
        (b'{\n  "metadata": x', "2:15", "not JSON"),
        (b"", "1:1", "cut off"),
        (b'{"metadata": NaN}', "1:14", "not JSON"),
        (b'{"x": ' + b"[" * 100_000, "1:1", "nested more than"),
        (b'{"metadata": {"dbt_schema_version": "/manifest/v12.json"}, "nodes": 1}', "1:1", "nodes"),
        (b'{"metadata": {"adapter_type": ' + b"9" * 100_000 + b"}}", "1:1", "shape"),
        (b"[]", "1:1", "shape of a dbt"),
        (b'{"metadata": {"adapter_type": "\xff"}}', "1:1", "not UTF-8"),
    ],
)
def test_a_broken_manifest_is_an_error_with_its_place(
    shop: Shop, content: bytes, where: str, what: str
) -> None:
    """A manifest that cannot be read says where, what, and which command writes it anew."""
    path = shop.write("alone/manifest.json", content)
    with pytest.raises(InputError, match=what) as error:
        find_project(path)
    assert str(error.value).startswith(f"manifest.json:{where}: ")
    assert "dbt compile" in error.value.next_step


def test_a_gzipped_manifest_that_is_cut_off_is_an_error(shop: Shop) -> None:
    """Half a gzip file is no manifest."""
    path = shop.write("manifest.json.gz", gzip.compress(b"{}" * 1000)[:-9])
    with pytest.raises(InputError, match="not a whole gzip file"):
        find_project(path)


def test_dbts_caches_are_never_read(shop: Shop) -> None:
    """A pickle can run code, so none is opened."""
    shop.model("people")
    shop.save()
    for name in ("partial_parse.msgpack", "graph.gpickle"):
        shop.write(f"target/{name}", b"cos\nabort\n(tR.")
    project = find_project(shop.root)
    assert not {i.path for i in project.inputs} & {"target/partial_parse.msgpack"}
    assert project.gaps == ()


@pytest.mark.parametrize(
    "text",
    [
        "name: [",
        "a: " + "[" * 200,
        "? [a]\n: b",
        "name: shop\nx: \x00",
        "- a",
        "a: !!python/object:os.system x\n\tb",
    ],
)
def test_a_hostile_project_file_is_an_error_or_says_nothing(shop: Shop, text: str) -> None:
    """The project's settings are read from events: nothing is built, expanded or run."""
    shop.model("people")
    shop.save()
    shop.write("dbt_project.yml", text)
    try:
        assert find_project(shop.root).units
    except InputError as error:
        assert error.origin.file == "dbt_project.yml"  # noqa: PT017 - either will do


def test_a_project_file_of_many_levels_is_refused(shop: Shop) -> None:
    """Depth is counted before anything is built."""
    shop.model("people")
    shop.save()
    shop.write("dbt_project.yml", "name: shop\nvars: " + "[" * 100 + "]" * 100)
    with pytest.raises(InputError, match="nested more than 64 deep"):
        find_project(shop.root)


def test_aliases_in_a_project_file_cost_nothing(shop: Shop) -> None:
    """An alias bomb in the project's settings is never expanded, and refused."""
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
    shop.model("people")
    shop.save()
    shop.write("dbt_project.yml", "name: shop\n" + "\n".join(lines))
    with pytest.raises(InputError, match="aliases that stand for more than"):
        find_project(shop.root)


def test_settings_that_are_merged_count_like_those_that_are_written(shop: Shop) -> None:
    """Aliases and merge keys, which dbt resolves, say where the project's files are."""
    shop.model("people", original_file_path="sql/people.sql")
    shop.save()
    merged = "x-paths: &p [sql]\nx-all: &all {model-paths: *p}\n<<: *all\nname: shop\n"
    shop.write("dbt_project.yml", merged)
    shop.write("sql/unknown.sql", "select 1")
    assert [gap.origin.file for gap in find_project(shop.root).gaps] == ["sql/unknown.sql"]


def test_the_target_folder_can_have_another_name(shop: Shop) -> None:
    """`target-path` is where dbt puts the manifest, as long as it is in the project."""
    shop.model("people")
    shop.save()
    (shop.root / "target").rename(shop.root / "build")
    shop.write("dbt_project.yml", "name: shop\ntarget-path: ./build/\n")
    assert len(find_project(shop.root).units) == 1
    shop.write("dbt_project.yml", "name: shop\ntarget-path: ../build\n")
    with pytest.raises(InputError, match="no manifest"):
        find_project(shop.root)


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    shop = Shop(tmp_path_factory.mktemp("mutations"))
    shop.model("people", columns={"email": {"name": "email", "meta": {"pii": [True]}}})
    shop.node("raw", resource_type="source")
    shop.node("board", resource_type="exposure", depends_on={"nodes": ["model.shop.people"]})
    shop.save()
    path = shop.root / "target" / "manifest.json"
    return path, path.read_bytes()


@given(data=st.data())
@settings(max_examples=150)
def test_no_mutation_of_a_manifest_is_a_crash(
    manifest: tuple[Path, bytes], data: st.DataObject
) -> None:
    """Whatever becomes of a manifest's bytes, it is read or it is an error for people."""
    path, content = manifest
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 40)) | st.just(len(content)))
    path.write_bytes(content[:start] + data.draw(st.binary(max_size=8)) + content[end:])
    try:
        find_project(path)
    except InputError as error:
        assert error.next_step  # noqa: PT017 - either will do


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(data=st.data())
@settings(max_examples=150)
def test_no_value_in_a_manifest_is_a_crash(
    manifest: tuple[Path, bytes], data: st.DataObject
) -> None:
    """Whatever a field of a node holds, it is read or it is an error for people."""
    path, content = manifest
    document = json.loads(content)
    node = document["nodes"]["model.shop.people"]
    node[data.draw(st.sampled_from(sorted({*node, "meta", "tags", "columns", "owner"})))] = (
        data.draw(JSON)
    )
    path.write_text(json.dumps(document))
    try:
        find_project(path)
    except InputError as error:
        assert error.next_step  # noqa: PT017 - either will do


def test_an_exposure_is_where_its_name_is_written(shop: Shop) -> None:
    """What only a properties file declares has the line of its name there."""
    shop.write(
        "models/x.yml", "exposures:\n  - name: other\n  - name: board\n    type: dashboard\n"
    )
    shop.node("board", resource_type="exposure", original_file_path="models/x.yml")
    (board,) = find_project(shop.save()).relations
    assert (board.origin.line, board.origin.column) == (3, 11)


def kept(shop: Shop, compiled: str | None, **config: object) -> None:
    """A generic test of a model, with its failures kept."""
    shop.model("people", "select email from prod.raw.people")
    shop.write("models/schema.yml", "models:\n  - name: people\n")
    shop.node(
        "not_null_people_email",
        "{{ test_not_null(**_dbt_generic_test_kwargs) }}",
        resource_type="test",
        original_file_path="models/schema.yml",
        compiled_code=compiled,
        relation_name="prod.core_dbt_test__audit.not_null_people_email",
        attached_node="model.shop.people",
        checksum={"name": "none", "checksum": ""},
        config={"materialized": "test", **config},
        depends_on={"macros": [], "nodes": ["model.shop.people"]},
    )


FAILURES = "PROD.CORE_DBT_TEST__AUDIT.NOT_NULL_PEOPLE_EMAIL"


@pytest.mark.parametrize(
    ("config", "kind"),
    [
        ({"store_failures": True}, RelationKind.TABLE),
        ({"store_failures_as": "table"}, RelationKind.TABLE),
        ({"store_failures": False, "store_failures_as": "view"}, RelationKind.VIEW),
    ],
)
def test_failures_that_a_test_keeps_are_a_relation(
    shop: Shop, config: dict[str, object], kind: RelationKind
) -> None:
    """Rows that fail a test are copied to where somebody reads them, and data flows there."""
    kept(shop, "select * from prod.core.people where email is null", **config)
    found = relation(shop, FAILURES)
    assert (found.kind, str(found.origin)) == (kind, "models/schema.yml:2:11")
    assert values(found.facts, "config.materialized") == ["test"]
    project = find_project(shop.root)
    edges = {(str(e.source), str(e.target)) for e in analyze(project, jobs=0).edges}
    assert ("PROD.CORE.PEOPLE.EMAIL", f"{FAILURES}.EMAIL") in edges
    assert project.gaps == ()


@pytest.mark.parametrize(
    "config",
    [{}, {"store_failures": False}, {"store_failures": True, "store_failures_as": "ephemeral"}],
)
def test_other_tests_build_nothing(shop: Shop, config: dict[str, object]) -> None:
    """A test that only counts what fails leaves no rows behind."""
    kept(shop, "select * from prod.core.people where email is null", **config)
    assert FAILURES not in {r.name for r in find_project(shop.save()).relations}


def test_kept_failures_of_unknown_sql_hold_all_that_is_tested(shop: Shop) -> None:
    """A test that was not compiled is a gap, and may copy every column that it reads."""
    kept(shop, None, store_failures=True)
    assert relation(shop, FAILURES).reads == ("PROD.CORE.PEOPLE",)
    [gap] = find_project(shop.root).gaps
    assert (gap.reason, gap.relations) == (GapReason.NOT_COMPILED, (FAILURES,))


def test_a_test_of_its_own_file_is_compared_with_it(shop: Shop) -> None:
    """SQL of a test that changed since the manifest was written is a gap where rows are kept."""
    shop.model(
        "bad_people",
        "select * from prod.core.people",
        resource_type="test",
        original_file_path="tests/bad_people.sql",
        config={"materialized": "test", "store_failures": True},
    )
    assert find_project(shop.save()).gaps == ()
    shop.write("tests/bad_people.sql", "select * from prod.core.everybody\n")
    [gap] = find_project(shop.save()).gaps
    assert (gap.reason, gap.relations) == (GapReason.STALE, ("PROD.CORE.BAD_PEOPLE",))
