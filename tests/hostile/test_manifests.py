"""Hostile manifests: what is refused as a whole, and what lies about the project's files."""

from __future__ import annotations

import gzip
import json
import os
from typing import TYPE_CHECKING

import pytest

from lineage import InputError, analyze, strict_json
from lineage.projects import Outcome, RelationKind
from lineage.readers import dbt_artifacts, find_project
from lineage.words import GapReason
from tests.hostile.manifests import (
    COMPILED,
    RAW,
    WAYS_OUT,
    all_broken,
    manifest,
    node,
    write_project,
)
from tests.hostile.running import Case, complaints

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.threat(22)
@pytest.mark.threat(25)
def test_no_broken_manifest_does_harm(tmp_path: Path) -> None:
    """Each is one line that names the file and the place, and exit 4."""
    cases = [Case(one.name, one.make, f"target/{one.file}:{one.line}:", 4) for one in all_broken()]
    assert complaints(cases, tmp_path) == []


@pytest.mark.threat(25)
@pytest.mark.parametrize("opened", ["[", '{"a":'])
def test_depth_is_one_number_whatever_the_python(opened: str) -> None:
    """JSON is read up to the limit, in whatever is looked at or skipped, and not beyond."""
    closed = "]" if opened == "[" else "}"
    for depth in (strict_json.MAX_DEPTH - 1, strict_json.MAX_DEPTH):
        data = (opened * depth + "1" + closed * depth).encode()
        assert strict_json.decode(data, object)
    deeper = strict_json.MAX_DEPTH + 1
    with pytest.raises(strict_json.TooDeepError):
        strict_json.decode((opened * deeper + "1" + closed * deeper).encode(), object)


@pytest.mark.threat(25)
def test_a_manifest_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    """Size is looked at before a byte is read, and again while it is unpacked."""
    write_project(tmp_path, manifest())
    os.truncate(tmp_path / "target" / "manifest.json", dbt_artifacts.MAX_ARTIFACT_BYTES + 1)
    with pytest.raises(InputError, match="larger than"):
        find_project(tmp_path)


@pytest.mark.threat(25)
@pytest.mark.threat(48)
def test_a_gzip_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a packed artifact becomes is bounded like one that is not packed."""
    monkeypatch.setattr(dbt_artifacts, "MAX_ARTIFACT_BYTES", 1 << 20)
    bomb = gzip.compress(b" " * (16 << 20))
    assert len(bomb) < 1 << 20
    write_project(tmp_path, bomb, "manifest.json.gz")
    with pytest.raises(InputError, match="when unpacked"):
        find_project(tmp_path)


@pytest.mark.threat(18)
@pytest.mark.parametrize("name", ["users?x=1", "https://h/u?sig=1", "s3://u:p@h/x", "a\n.b", "a/b"])
def test_a_relation_is_called_as_the_texts_that_read_it_call_it(tmp_path: Path, name: str) -> None:
    """What is said of a source and its columns in a manifest is said of what is read."""
    said = {name: {"name": name, "quote": True, "meta": {"pii": "email"}}}
    source = {
        "unique_id": "source.shop.raw.users",
        "resource_type": "source",
        "name": "users",
        "package_name": "shop",
        "original_file_path": "models/raw.yml",
        "relation_name": f'prod.raw."{name}"',
        "columns": said,
    }
    model = node(compiled_code=f'select "{name}" as e from prod.raw."{name}"')
    write_project(tmp_path, manifest(model, sources={source["unique_id"]: source}))
    project = find_project(tmp_path)

    [declared] = [r for r in project.relations if r.kind is RelationKind.SOURCE]
    edges = [edge for edge in analyze(project, jobs=0).edges if edge.target.column == "E"]
    read = {(edge.source.relation, edge.source.name) for edge in edges}
    assert (declared.name, declared.columns[0].name) in read


@pytest.mark.threat(18)
def test_a_file_that_a_model_fills_is_no_table_of_that_name(tmp_path: Path) -> None:
    """A location beside us is a path, whatever a model gives for one."""
    config = {"materialized": "external", "location": "PROD.CORE.PEOPLE"}
    write_project(tmp_path, manifest(node(), node("leak", config=config)))
    kinds = {r.name: r.kind for r in find_project(tmp_path).relations}

    assert kinds["./PROD.CORE.PEOPLE"] is RelationKind.EXTERNAL
    assert kinds["PROD.CORE.PEOPLE"] is RelationKind.MODEL


def in_catalog(content: bytes, file: str) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        write_project(root, manifest())
        (root / "target" / file.replace("manifest", "catalog")).write_bytes(content)

    return make


@pytest.mark.threat(22)
@pytest.mark.threat(25)
def test_no_broken_catalog_does_harm(tmp_path: Path) -> None:
    """A catalog is read as strictly as a manifest."""
    cases = [
        Case(one.name, in_catalog(one.content, one.file), "target/catalog.json", 4)
        for one in all_broken()
        if one.name not in {"no version", "nodes of numbers"}
    ]
    assert complaints(cases[::4], tmp_path) == []


EVENT = (
    '{"eventTime": "2026-01-01T00:00:00Z", "job": {"namespace": "n", "name": "j"}, "outputs": [%s]}'
)
BROKEN_EVENTS = {
    "a key twice": EVENT % '{"namespace": "n", "name": "a", "name": "b"}',
    "an event's key twice": EVENT.replace('"job"', '"job": {"namespace": "n", "name": "x"}, "job"')
    % "",
    "deep": EVENT % ("[" * 100_000 + "]" * 100_000),
    "deep in a facet": EVENT
    % ('{"namespace": "n", "name": "a", "x": %s}' % ("[" * 500 + "]" * 500)),
    "surrogate": EVENT % '{"namespace": "n", "name": "\\ud800"}',
    "nan": EVENT % "NaN",
    "cut off": (EVENT % "")[:-3],
    "an escape": EVENT % '{"namespace": "n", "name": "\\u001b[2J"}',
    "no event": "{}",
    "empty": "",
    "no json": "x",
    "binary": "\x00\x01",
}


@pytest.mark.threat(22)
@pytest.mark.threat(25)
@pytest.mark.parametrize("end", ["ndjson", "jsonl"])
def test_no_file_of_events_does_harm(tmp_path: Path, end: str) -> None:
    """Where no event can be read, that is one line with the file, and exit 4."""
    cases = [
        Case(
            name,
            lambda root, text=text: (root / f"e.{end}").write_text(text + "\n"),  # type: ignore[misc]
            f"e.{end}:1:1: ",
            4,
            ("lineage", f"{{}}/e.{end}", "--no-cache"),
        )
        for name, text in BROKEN_EVENTS.items()
    ]
    assert complaints(cases, tmp_path) == []


@pytest.mark.threat(22)
def test_the_name_of_a_key_that_is_written_twice_is_told() -> None:
    """Who wrote it can find it, whatever it is called."""
    with pytest.raises(strict_json.NotJsonError, match="the key 'b' is written twice"):
        strict_json.decode(b'{"a": [{"b": 1, "c": {}, "b": [{}]}]}', object)


@pytest.mark.threat(27)
def test_no_path_of_a_manifest_leads_out_of_the_project(tmp_path: Path) -> None:
    """A path that leaves the project is one line, and nothing of what it names is shown."""
    cases = []
    for name, path in WAYS_OUT.items():
        own = manifest(node(original_file_path=path))
        package = manifest(node(package_name=path, original_file_path="models/x.sql"))
        macro = {"macro.shop.m": {"package_name": "shop", "original_file_path": path + ".sql"}}
        hostile = {"file": own, "package": package, "macro": manifest(macros=macro)}
        for part, content in hostile.items():
            if part == "macro" and path.endswith(".."):
                continue  # `...sql` is a name like others
            make = lambda root, content=content: write_project(root, content)  # noqa: E731
            cases.append(Case(f"{name}, {part}", make, "target/manifest.json:1:1: ", 4))
    assert complaints(cases, tmp_path) == []


@pytest.mark.threat(27)
@pytest.mark.parametrize("key", ["target-path", "packages-install-path", "model-paths"])
@pytest.mark.parametrize("way", [*WAYS_OUT])
def test_no_setting_of_dbt_leads_out_of_the_project(tmp_path: Path, key: str, way: str) -> None:
    """Nothing outside is read, whatever folder the project's settings name."""
    outside = tmp_path / "outside" / "target"
    outside.mkdir(parents=True)
    (outside / "manifest.json").write_text(json.dumps(manifest(node("outside"))))
    root = tmp_path / "inside"
    root.mkdir()
    write_project(root, manifest())
    written = json.dumps("../outside/target" if way == "up" else WAYS_OUT[way])
    value = f"[{written}]" if key == "model-paths" else written
    (root / "dbt_project.yml").write_text(f"name: shop\n{key}: {value}\n")
    if key == "target-path":
        with pytest.raises(InputError, match=r"dbt_project.yml:1:1: no manifest.json in"):
            find_project(root)
        return
    project = find_project(root)
    assert [unit.file for unit in project.units] == ["models/people.sql"]
    assert all(not entry.path.startswith(("..", "/")) for entry in project.inputs)


def gap_of(root: Path) -> list[tuple[str, str]]:
    """The gaps of a project: which file, and why."""
    return [(gap.origin.file, str(gap.reason)) for gap in find_project(root).gaps]


@pytest.mark.threat(26)
def test_the_code_of_another_node_is_noticed(tmp_path: Path) -> None:
    """Code or a checksum that cannot be of the file is a gap on the model."""
    write_project(tmp_path, manifest())
    assert gap_of(tmp_path) == []
    path = tmp_path / "target" / "manifest.json"
    other = "select 1 as id"
    for lie in (
        {"raw_code": other},
        {"checksum": {"name": "sha256", "checksum": "0" * 64}},
        {"raw_code": other, "compiled_code": other},
        {"raw_code": None, "checksum": {"name": "sha256", "checksum": "0" * 64}},
        {"raw_code": "", "checksum": None},
        {"compiled_code": other},
        {"compiled_code": COMPILED.replace("email", "1 as email")},
    ):
        path.write_text(json.dumps(manifest(node(**lie))))
        assert gap_of(tmp_path) == [("models/people.sql", "stale-manifest")], lie


@pytest.mark.threat(28)
@pytest.mark.parametrize("project_file", [True, False])
def test_a_model_that_is_left_out_is_recorded(tmp_path: Path, *, project_file: bool) -> None:
    """A model's file that the manifest does not name is a gap, with or without a project file."""
    write_project(tmp_path, manifest())
    (tmp_path / "models" / "leak.sql").write_text("select email from raw.users")
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "x.sql").write_text("select 1")
    if not project_file:
        (tmp_path / "dbt_project.yml").unlink()
        (tmp_path / "target" / "manifest.json").rename(tmp_path / "manifest.json")
    project = find_project(tmp_path)
    assert [(gap.origin.file, gap.reason) for gap in project.gaps] == [
        ("models/leak.sql", GapReason.STALE)
    ]
    outcomes = {entry.path: entry.outcome for entry in project.inputs}
    assert outcomes["models/people.sql"] is Outcome.ANALYSED
    assert outcomes["models/leak.sql"] is Outcome.REFUSED
    assert outcomes["scripts/x.sql"] is Outcome.OUT_OF_SCOPE


@pytest.mark.threat(28)
def test_scripts_beside_a_manifest_alone_are_recorded(tmp_path: Path) -> None:
    """Where there is only a manifest, other SQL is out of scope and says so."""
    (tmp_path / "manifest.json").write_text(json.dumps(manifest()))
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "x.sql").write_text("select 1")
    project = find_project(tmp_path)
    assert [unit.text for unit in project.units] == [COMPILED]
    assert [(entry.path, entry.outcome) for entry in project.inputs] == [
        ("manifest.json", Outcome.ANALYSED),
        ("scripts/x.sql", Outcome.OUT_OF_SCOPE),
    ]


@pytest.mark.threat(29)
def test_no_cache_of_dbt_is_read(tmp_path: Path) -> None:
    """What dbt pickled or packed for itself changes nothing and is not even opened."""
    write_project(tmp_path, manifest())
    expected = find_project(tmp_path)
    for name in ("partial_parse.msgpack", "graph.gpickle", "graph_summary.json", "x.pkl"):
        (tmp_path / "target" / name).write_bytes(b"cposix\nsystem\n(S'exit 1'\ntR.")
    assert find_project(tmp_path) == expected
    assert RAW in {unit.written.strip() for unit in expected.units}
