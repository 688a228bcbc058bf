"""GitLab's policy on GitLab's project; `FIELDGATE_CORPORA` names the folder of its manifest."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import networkx as nx
import pytest
from msgspec.structs import replace

from enforcer.explaining_relations import explain_relations
from enforcer.messages import words_in
from enforcer.run import Request, judge, open_case
from tests.examples.conftest import EXAMPLES, FIELDGATE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enforcer.explained import Judged, RelationExplained
    from enforcer.run import Case
    from enforcer.words import Report

HERE = EXAMPLES / "gitlab"
ANSWER = HERE / "answer.txt"
WHOLE, COLUMNS = "mnpi-outside-of-safe-schemas", "mnpi-columns-outside-of-safe-schemas"
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"(fieldgate [^#\n]*?)\s+# exits with (\d)")
# GitLab's selector, in its own words.
SAFE = {
    f"restricted_safe_{name}"
    for name in (
        *("common", "common_mapping", "common_prep", "legacy"),
        *(f"common_mart_{mart}" for mart in ("finance", "sales", "marketing", "product")),
        *(f"workspace_{team}" for team in ("finance", "sales", "marketing", "engineering")),
        "workspace_product",
    )
}


class Judgement(NamedTuple):
    """The project as the policy judges it, and what is said about the selector's relations."""

    manifest: dict[str, Any]
    case: Case
    report: Report
    explained: tuple[RelationExplained, ...]


@pytest.fixture(scope="module")
def folder(corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with the manifest beside it."""
    root = tmp_path_factory.mktemp("gitlab") / "gitlab"
    shutil.copytree(HERE, root)
    shutil.copy(corpora / "data" / "gitlab" / "manifest.json.gz", root)
    return Path(root)


@pytest.fixture(scope="module")
def gitlab(folder: Path) -> Judgement:
    with gzip.open(folder / "manifest.json.gz") as file:
        manifest = json.load(file)
    case = open_case(Request(path=folder))
    report = judge(case).report
    explained = explain_relations(sorted(selected(manifest)), case, report)
    return Judgement(manifest, case, report, explained)


def selected(manifest: dict[str, Any]) -> set[str]:
    """What the selector selects: `tag:mnpi+`, less what is excepted or lies in a safe place."""
    edges = [(p, child) for child, parents in manifest["parent_map"].items() for p in parents]
    graph = nx.DiGraph(edges)
    nodes = manifest["nodes"]
    tagged = [name for name, node in nodes.items() if "mnpi" in node["tags"]]
    reached = set(tagged).union(*(nx.descendants(graph, name) for name in tagged if name in graph))
    return {
        ".".join((node["database"], node["schema"], node["alias"])).upper()
        for name in reached & nodes.keys()
        if (node := nodes[name])["resource_type"] in ("model", "snapshot", "seed")
        and "mnpi_exception" not in node["tags"]
        and node["database"].upper() != "PREP"
        and node["schema"].lower() not in SAFE
    }


def sinks(report: Report, rule: str) -> set[str]:
    return {finding.sink for finding in report.findings if finding.rule.id == rule}


def of_columns(explained: RelationExplained) -> Judged:
    [judged] = [judged for judged in explained.judged if judged.rule == COLUMNS]
    return judged


def test_on_relations_the_rule_is_the_selector(gitlab: Judgement) -> None:
    """What the rule finds is what dbt's selector selects, no more and no less."""
    expected = selected(gitlab.manifest)
    assert sinks(gitlab.report, WHOLE) == expected
    assert len(expected) == 11


def test_on_columns_it_is_a_part_of_that(gitlab: Judgement) -> None:
    """No value arrives where nothing is built from its relation."""
    found = sinks(gitlab.report, COLUMNS)
    assert found < sinks(gitlab.report, WHOLE)
    assert found == {one.relation for one in gitlab.explained if of_columns(one).findings}


def test_every_relation_that_is_clean_is_so_for_a_reason(gitlab: Judgement) -> None:
    """What carries nothing says why, where the data stops, and that all of the way was read."""
    clean = [of_columns(one) for one in gitlab.explained if not of_columns(one).findings]
    assert [judged.outcome for judged in clean] == ["clean"] * 3
    assert all(judged.reasons and judged.stops for judged in clean)
    assert not any(judged.gaps or any(stop.unread for stop in judged.stops) for judged in clean)


def test_nothing_is_clean_while_nobody_has_read_the_hooks(gitlab: Judgement) -> None:
    """A hook that may do anything lies on every way: without waivers none of the three is clean."""
    configuration = gitlab.case.configuration
    settings = replace(configuration.settings, waivers="")
    case = replace(gitlab.case, configuration=replace(configuration, settings=settings))
    clean = [one.relation for one in gitlab.explained if not of_columns(one).findings]
    unread = [of_columns(one) for one in explain_relations(clean, case, judge(case).report)]
    assert [judged.outcome for judged in unread] == ["unknown"] * 3
    assert all(any("mask_model" in gap.message for gap in judged.gaps) for judged in unread)


def test_the_answer_is_the_one_that_is_kept(gitlab: Judgement) -> None:
    """Who changes how flows are followed sees which of the eleven answers change.

    With UPDATE_GOLDEN in the environment the file is written anew.
    """
    text = "\n".join(answer(gitlab.explained))
    if os.environ.get("UPDATE_GOLDEN"):
        ANSWER.write_text(text, "utf-8")
    assert text == ANSWER.read_text("utf-8")


def answer(explained: Sequence[RelationExplained]) -> list[str]:
    words = words_in()
    lines = [
        f"What `fieldgate explain` says of {COLUMNS}",
        "in the relations that the selector finds.",
        "",
    ]
    for one in explained:
        judged = of_columns(one)
        lines.append(one.relation)
        if judged.findings:
            held = sorted({held.column.column for held in one.held if held.category == "mnpi"})
            lines.append(f"  found: {len(judged.findings)} columns arrive, in {', '.join(held)}")
        lines += [f"  {judged.outcome}: {words(reason)}" for reason in judged.reasons]
        lines += [f"    {stop.relation} -> {stop.next}: {words(stop.why)}" for stop in judged.stops]
        lines.append("")
    return lines


def test_no_rule_and_no_label_matches_nothing(gitlab: Judgement) -> None:
    """Each rule judges something and finds something, and each category is on some column."""
    own = [o for o in gitlab.report.rules if o.rule.pack == "project"]
    assert [(o.rule.id, bool(o.judged), bool(o.findings)) for o in own] == [
        (path.stem, True, True)
        for path in sorted((HERE / "policies").glob("*.yml"))
        if not path.stem.endswith("_test")
    ]
    on_columns = {x.category for labels in gitlab.case.estate.labels.values() for x in labels}
    assert {c for c in gitlab.case.configuration.settings.categories if c != "masked"} <= on_columns


def test_every_marked_column_has_a_label(gitlab: Judgement) -> None:
    """All that the project marks as sensitive or masked is labelled, in models and in sources."""
    marked = [
        f"{node['database']}.{node['schema']}.{node.get('alias') or node['identifier']}.{name}"
        for kind in ("nodes", "sources")
        for node in gitlab.manifest[kind].values()
        for name, column in node["columns"].items()
        if {"sensitive", "masking_policy"} & column["meta"].keys()
    ]
    labelled = {str(column).upper() for column in gitlab.case.estate.labels}
    assert len(marked) == 173 + 187
    assert [name for name in marked if name.upper() not in labelled] == []


def test_the_salted_hash_is_a_hash_and_what_is_not_hashed_is_found(gitlab: Judgement) -> None:
    """Columns that the macro hashes are no findings unless all values can be tried; others are."""
    found = {
        (finding.field.column, finding.sink)
        for finding in gitlab.report.findings
        if finding.rule.id == "sensitive-columns-unhashed"
    }
    assert "PROD.LEGACY.SFDC_CONTACT" not in {sink for _, sink in found}
    assert ("CONTACT_EMAIL", "PROD.SHARE.GITLAB_USER_OUTBOUND") in found
    assert ("SOURCE_IP", "PROD.COMMON_MAPPING.MAP_IP_TO_COUNTRY") in found


def test_the_readme_says_what_happens(folder: Path) -> None:
    """Each command exits as said, what its reader sees is printed, and the table counts rightly."""
    text = (HERE / "README.md").read_text("utf-8")
    shown, commands = "", 0
    for kind, body in BLOCK.findall(text):
        if kind == "text":
            assert [line for line in body.splitlines() if line not in shown] == []
            continue
        for command, code in COMMAND.findall(body):
            done = subprocess.run(
                [FIELDGATE, *command.split()[1:]],
                cwd=folder,
                env={**os.environ, "COLUMNS": "100"},
                capture_output=True,
                text=True,
                check=False,
            )
            assert (command, str(done.returncode)) == (command, code), done.stderr
            shown, commands = done.stdout, commands + 1
    assert commands == 4
    report = json.loads((folder / "report.json").read_text("utf-8"))
    for rule, number in re.findall(r"^\| `([\w-]+)` \| (\d+) ", text, re.MULTILINE):
        assert sum(f["rule"] == rule for f in report["findings"]) == int(number), rule
