"""Threats 50 to 55: text of a project, in every field of every notation, does nothing."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import urljoin

import html5lib
import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcer.audit import (
    RunRecord,
    Verification,
    Verified,
    build_records,
    show_run,
    verify_run,
    write_run,
)
from enforcer.audit.cleaning import clean
from enforcer.classify.proposal import Proposal
from enforcer.classify.shown import Shown
from enforcer.classify.shown import render as render_proposals
from enforcer.classify.writing import Wrote
from enforcer.explained import Explanation, RelationExplained
from enforcer.report import FORMATS, Options, render
from enforcer.report.card import render_finding
from enforcer.report.column_text import render_columns
from enforcer.report.explained_json import render_explained_json
from enforcer.report.html import render_html
from enforcer.report.relation_text import render_relations
from enforcer.report.sarif import render_sarif
from enforcer.words import ExitCode, Lang, Severity
from lineage.notations import NOTATIONS
from lineage.notations import render as render_lineage
from lineage.shown import inert, plain
from lineage.subgraph import Subgraph
from tests.enforcer.report.conftest import PAYLOADS, filled_with, hostile_text, shop_report
from tests.hostile.filling import filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from enforcer.words import Report

LANGS = get_args(Lang)
OURS = re.compile(r"::(?:error|warning|notice)(?: [^\n]*)?::[^\n]*")


@pytest.fixture(scope="session")
def shop() -> Report:
    return shop_report()


def is_untouched(output: str, *, annotations: bool = False) -> bool:
    """Whether a notation has left nothing to do for the writer behind it."""
    return inert(output, annotations=annotations) == output and bool(output.encode("utf-8"))


@pytest.mark.threat(50)
@pytest.mark.threat(51)
@pytest.mark.parametrize("notation", FORMATS)
@given(text=hostile_text(), lang=st.sampled_from(LANGS))
def test_no_report_obeys_its_text(notation: str, text: str, lang: Lang) -> None:
    """Whatever stands in every field of a report, no notation has a control or a command."""
    options = Options(lang=lang, include_accepted=True)
    output = render(filled_with(text), notation, options=options)
    assert is_untouched(output, annotations=notation == "github")
    starts = [line for line in output.split("\n") if line.lstrip().startswith(("::", "##["))]
    assert all(OURS.fullmatch(line) for line in starts)
    assert not starts or notation == "github"


@pytest.mark.threat(50)
@pytest.mark.threat(51)
@given(text=hostile_text(), lang=st.sampled_from(LANGS))
def test_no_explanation_obeys_its_text(text: str, lang: Lang) -> None:
    """A column, a finding and a proposed label are explained in inert text."""
    explanations, relations = [filled(Explanation, text)], [filled(RelationExplained, text)]
    proposals = Shown((filled(Proposal, text),), 1, Wrote(((text, 1),), ()))
    outputs = (
        render_columns(explanations, Options(lang=lang)),
        render_relations(relations, Options(lang=lang)),
        render_explained_json(relations, explanations, lang),
        render_finding(filled_with(text).findings[0], lang=lang),
        render_proposals(proposals, "text", lang),
        render_proposals(proposals, "json", lang),
        render_proposals(msgspec.structs.replace(proposals, wrote=None), "text", lang),
    )
    assert [output for output in outputs if not is_untouched(output)] == []


@pytest.mark.threat(50)
@pytest.mark.threat(51)
@pytest.mark.parametrize("notation", NOTATIONS)
@given(text=hostile_text())
def test_no_lineage_obeys_its_text(notation: str, text: str) -> None:
    """Whatever relations and columns are called, no notation has a control or a command."""
    assert is_untouched(render_lineage(filled(Subgraph, text), notation))


@pytest.mark.threat(50)
@pytest.mark.threat(51)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_evidence_obeys_its_text(payload: str, tmp_path: Path) -> None:
    """A run file, what verifies it and what shows it have no control and no command."""
    run = write_run(tmp_path, build_records(filled_with(payload), (), RunRecord()))
    verified = verify_run(run)
    assert verified.result is Verified.VERIFIED
    assert inert(str(verified)) == str(verified)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", run.read_text("utf-8"))
    shown = inert(show_run(run))
    assert not re.search(r"^\s*(::|##\[)|[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown, re.MULTILINE)


@pytest.mark.threat(51)
@given(text=hostile_text())
def test_a_run_file_hides_nothing_that_reports_show(text: str) -> None:
    """All that is written out in a run file, whose format stays, is written out in reports too."""
    written = clean(text)
    assert [c for c in text if c in plain(text) and c not in written and c != "\\"] == []


def dom(page: str) -> list[tuple[str, tuple[str, ...]]]:
    """The elements of a page as a browser's parser makes them, with their attributes' names."""
    tree = html5lib.parse(page, treebuilder="etree", namespaceHTMLElements=False)
    return [(str(node.tag), tuple(sorted(map(str, node.attrib)))) for node in tree.iter()]


@pytest.mark.threat(52)
def test_no_attack_makes_an_element() -> None:
    """Sixty payloads in every field of the page make the document of their harmless twin."""
    attacks = [payload for payload in PAYLOADS if payload.strip()]
    harmless = dom(render_html(filled_with("name")))
    assert len(attacks) >= 60
    assert [it for it in attacks if dom(render_html(filled_with(it))) != harmless] == []


@pytest.mark.threat(52)
@given(text=hostile_text())
def test_a_page_links_to_rules_and_nothing_else(text: str) -> None:
    """No attribute that loads or links holds anything but the page of a rule."""
    tree = html5lib.parse(render_html(filled_with(text)), namespaceHTMLElements=False)
    links = [
        value
        for node in tree.iter()
        for name, value in node.attrib.items()
        if name in {"href", "src", "action", "data", "style"} or name.startswith("on")
    ]
    assert all(
        re.fullmatch(r"https://github\.com/fieldgate/fieldgate/blob/main/docs/rules/[^/]*\.md", it)
        for it in links
    )
    assert not {"script", "base", "form", "iframe", "object"} & {str(n.tag) for n in tree.iter()}


@pytest.mark.threat(52)
def test_the_policy_of_the_page_forbids_all_but_its_style(shop: Report) -> None:
    """No script, no style but the one of that digest, no form, no base."""
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', render_html(shop))
    parts = [part.strip() for part in policy.split(";")]
    assert [part for part in parts if not part.startswith("style-src")] == [
        "default-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    (style,) = (part for part in parts if part.startswith("style-src"))
    assert re.fullmatch(r"style-src 'sha256-[A-Za-z0-9+/]{43}='", style)


@pytest.fixture(scope="session")
def schema() -> jsonschema.protocols.Validator:
    path = os.environ.get("SARIF_SCHEMA")
    if path is None:
        pytest.skip("SARIF_SCHEMA names no copy of the standard's schema")
    written = json.loads(Path(path).read_text("utf-8"))
    return jsonschema.validators.validator_for(written)(written)


NAMES = (
    "](javascript:alert(1))",
    "[x](javascript:alert(1))",
    "%2e%2e/%2e%2e/etc/passwd",
    "..%2f..%2fetc/passwd",
    "../../../../etc/passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    "file://host/share",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "https://evil.example/x.sql",
    "//evil.example/x.sql",
    "C:\\x",
    "a\\..\\b",
    "{0}",
    "![x](https://evil.example/x.png)",
    "<img src=x>",
    "*b* _i_ ~~s~~ # h",
)


def strings(value: Any, key: str = "") -> list[tuple[str, str]]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return [pair for name, inner in value.items() for pair in strings(inner, name)]
    if isinstance(value, list):
        return [pair for inner in value for pair in strings(inner, key)]
    return [(key, value)] if isinstance(value, str) else []


@pytest.mark.threat(53)
@pytest.mark.parametrize("name", NAMES)
def test_sarif_is_text_below_the_root(name: str, schema: jsonschema.protocols.Validator) -> None:
    """No message is markdown, no help is a project's, and no place is outside of its root."""
    written = json.loads(render_sarif(filled_with(name), include_accepted=True))
    assert list(schema.iter_errors(written)) == []
    found = strings(written)
    assert not [key for key, _ in found if key in {"markdown", "hostedViewerUri", "downloadUri"}]
    assert not [text for key, text in found if key == "text" and "](" in text]
    root = "https://host.example/checkout/"
    for key, uri in found:
        if key == "uri":
            assert re.fullmatch(r"[A-Za-z0-9._~%/-]+", uri)
            assert "%2e%2e" not in uri.lower().replace("%25", "")
            assert urljoin(root, uri).startswith(root)
        if key in {"helpUri", "informationUri"}:
            assert uri.startswith("https://github.com/fieldgate/fieldgate")
    places = [it for it in _objects(written) if "uri" in it]
    assert all(it["uriBaseId"] == "SRCROOT" for it in places)


def _objects(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any JSON
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = [it for part in inner for it in _objects(part)]
    return [value, *found] if isinstance(value, dict) else found


def many(model: Report, number: int, severity: Severity) -> Report:
    """A report of so many findings, one of them an error, at the very end of the alphabet."""
    finding = model.findings[0]
    card = msgspec.structs.replace(finding.rule, severity=severity, id="light")
    findings = [
        msgspec.structs.replace(finding, rule=card, sink=f"t{index:05}") for index in range(number)
    ]
    heavy = msgspec.structs.replace(finding.rule, severity=Severity.ERROR, id="zz-heavy")
    findings.append(msgspec.structs.replace(finding, rule=heavy, sink="zz"))
    return msgspec.structs.replace(
        model, findings=tuple(findings), exit_code=ExitCode.FINDINGS, gaps=()
    )


@pytest.mark.threat(54)
@pytest.mark.parametrize("notation", [it for it in FORMATS if it != "html"])
def test_thirty_thousand_findings_hide_none_that_is_heavier(shop: Report, notation: str) -> None:
    """Where not all findings are told, the heaviest is, how many are not, and the exit code."""
    report = many(shop, 30_000, Severity.NOTE)
    output = render(report, notation)
    assert "zz-heavy" in output
    counted = {"sarif": "25002 more results are not shown", "github": "29991 more of this kind"}
    assert counted.get(notation, "") in output
    if notation == "markdown":
        told = output.count("| note | `light` |")
        (more,) = re.findall(r"(\d+) more do not fit here", output)
        assert told + int(more) == 30_000
        assert len(output.encode()) < 1 << 20
    if notation in {"text", "json"}:
        assert len(re.findall(r"\bt29999\b", output)) >= 1
    exit_codes = {"json": '"exit_code": 1', "sarif": '"exitCode": 1'}
    assert exit_codes.get(notation, "Exit code 1") in output


@pytest.mark.threat(54)
def test_a_sarif_file_is_never_too_large(shop: Report) -> None:
    """GitHub refuses what is above ten megabytes compressed: then less is told, and it says so."""
    numbers = random.Random(4711)  # noqa: S311 - nothing is kept secret
    report = many(shop, 12_000, Severity.ERROR)
    findings = tuple(
        msgspec.structs.replace(finding, sink=numbers.randbytes(1500).hex())
        for finding in report.findings
    )
    output = render_sarif(msgspec.structs.replace(report, findings=findings))
    assert len(gzip.compress(output.encode())) <= 10_000_000
    results = json.loads(output)["runs"][0]["results"]
    assert results[0]["ruleId"] == "fieldgate/results-left-out"
    assert 1_000 < len(results) < 12_000


def test_verification_is_one_line() -> None:
    """What is said of a run file that cannot be read is one line, whatever it is called."""
    verification = filled(Verification, "\n::error::x")
    assert isinstance(verification, Verification)
    missing: Callable[[str], Verification] = lambda name: verify_run(Path("/nowhere") / name)  # noqa: E731
    assert str(missing("\n::error::x\x1b")).count("\n") == 0
