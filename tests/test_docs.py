"""The documents: what they show is what is."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from enforcer.cli import main
from enforcer.config import Config
from enforcer.documents import parse_document
from enforcer.labels import described, label
from enforcer.pages import commands_page, rule_page
from enforcer.policy import load_shipped_rules
from enforcer.registry_page import registry_page
from enforcer.rules import Rule
from enforcer.taxonomy import load_taxonomy
from lineage import analyze, analyze_sql
from lineage.notations import render_openlineage
from lineage.readers import find_project
from lineage.subgraph import whole

ROOT = Path(__file__).parent.parent
DOCS = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md"]
DOCS += sorted((ROOT / "docs").glob("*.md"))


@pytest.mark.parametrize("rule", load_shipped_rules(), ids=lambda rule: rule.card.id)
def test_every_rule_has_its_page(rule: object) -> None:
    """The page of a rule is made from the rule: `python -m enforcer.pages`."""
    page = ROOT / "docs/rules" / f"{rule.card.id}.md"  # type: ignore[attr-defined]
    assert page.read_text("utf-8") == rule_page(rule)  # type: ignore[arg-type]


def test_no_page_is_left_of_a_rule_that_is_gone() -> None:
    """Each page in docs/rules is that of a shipped rule."""
    pages = {path.stem for path in (ROOT / "docs/rules").glob("*.md")}
    assert pages == {rule.card.id for rule in load_shipped_rules()}


def test_the_commands_have_their_page() -> None:
    """Every command and option stands in the documentation: `python -m enforcer.pages`."""
    assert (ROOT / "docs/commands.md").read_text("utf-8") == commands_page()


def test_the_page_of_functions_is_made_from_the_registry() -> None:
    """Every function that is known stands in the documentation: `python -m enforcer.pages`."""
    assert (ROOT / "docs/functions.md").read_text("utf-8") == registry_page()


def test_the_rule_in_the_guide_is_a_rule() -> None:
    """What the guide shows as a rule file is read as one."""
    text = (ROOT / "docs/policies.md").read_text("utf-8")
    (example,) = [b for b in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "avoid:" in b]
    assert parse_document(example, "example.yml", Rule).value.id == "raw-contact-outside-crm"


def test_the_readmes_lineage_is_what_lineage_says() -> None:
    """The output in the README's example is the output of its code."""
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert code is not None
    sql = re.search(r'"(create table .*?)"', code[1])
    assert sql is not None
    said = re.findall(r"^# (.*)$", code[1], re.MULTILINE)
    edges = analyze_sql(sql[1], dialect="duckdb").edges
    assert said == [
        f"{e.source} -> {e.target} {e.transform.subtype} {e.transform.functions}" for e in edges
    ]


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    """Every relative link of a document leads to a file that is there."""
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
    gone = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert gone == []


LINEAGE = (ROOT / "docs/lineage.md").read_text("utf-8")


@pytest.fixture
def pages_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with the file that the page on lineage shows."""
    sql = re.search(r"```sql\n(.*?)```", LINEAGE, re.DOTALL)
    assert sql is not None
    (tmp_path / "build.sql").write_text(sql[1], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("pages_folder")
def test_the_examples_of_lineage_run() -> None:
    """Every Python example on the page prints what the page says."""
    found = doctest.DocTestParser().get_doctest(LINEAGE, {}, "lineage.md", "docs/lineage.md", 0)
    assert len(found.examples) > 20
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(found, out=said.append)
    assert "".join(said) == ""


def test_the_commands_of_lineage_run(pages_folder: Path) -> None:
    """Every command on the page prints what the page says."""
    subgraph = whole(analyze(find_project("build.sql", dialect="duckdb")))
    events = render_openlineage(subgraph, namespace="pg://db:5432")
    (pages_folder / "events.ndjson").write_text(events, encoding="utf-8")
    commands = re.findall(r"```console\n\$ fieldgate (.*?)\n(.*?)```", LINEAGE, re.DOTALL)
    assert len(commands) == 5
    for command, said in commands:
        assert CliRunner().invoke(main, shlex.split(command)).output == said


LABELS_PAGE = (ROOT / "docs/labels.md").read_text("utf-8")


def test_the_sql_of_the_page_on_labels_labels_what_it_says() -> None:
    """Tags, markers and pairs in the example mean the categories that they look like."""
    block = re.search(r"```sql\n(.*?)```", LABELS_PAGE, re.DOTALL)
    assert block is not None
    analysis = analyze_sql(block[1], dialect="snowflake")
    found = label(described(analysis, analysis.relations), load_taxonomy(), propose=False).labels
    assert {at.column: [one.category for one in said] for at, said in found.items()} == {
        "BORN": ["user.demographic.date_of_birth"],
        "EMAIL": ["user.contact.email"],
        "ID": ["user.unique_id"],
        "MOBILE": ["user.contact.phone_number"],
    }
    assert analysis.gaps == ()


def test_the_configuration_of_the_page_on_labels_is_one() -> None:
    """The keys that the page shows are those of the configuration."""
    block = re.search(r"```yaml\n(version.*?)```", LABELS_PAGE, re.DOTALL)
    assert block is not None
    aliases = parse_document(block[1], "fieldgate.yml", Config).value.aliases
    assert all(load_taxonomy().known(category) for category in aliases.values())


def test_the_explanation_of_protections_is_what_explain_says(tmp_path: Path) -> None:
    """The example on the page of protections is the output of its command."""
    page = (ROOT / "docs/protections.md").read_text("utf-8")
    sql = re.search(r"```sql\n(.*?)```", page, re.DOTALL)
    shown = re.search(r"```console\n\$ fieldgate (.*?)\n(.*?)```", page, re.DOTALL)
    assert sql is not None
    assert shown is not None
    (tmp_path / "keys.sql").write_text(sql[1], "utf-8")
    (tmp_path / "fieldgate.yml").write_text(
        "version: 1\ndialect: duckdb\nlabels: [labels.yml]\n", "utf-8"
    )
    (tmp_path / "labels.yml").write_text(
        "labels:\n  - relation: raw.users\n    columns: {email: user.contact.email}\n", "utf-8"
    )
    done = CliRunner().invoke(main, [*shlex.split(shown[1]), "--path", str(tmp_path)])
    assert done.output.startswith(shown[2])
