"""`fieldgate check` as a person or a build runs it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from enforcer.cli import main

if TYPE_CHECKING:
    from click.testing import Result

_MENDED = Path(__file__).parents[3] / "examples" / "shop-mended"

LEAK = "copy into 's3://partner/out' from (select email from crm.customers);\n"
SAFE = "create table mart.keys as select sha2(id) as k from crm.customers;\n"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def folder(path: Path, **files: str) -> Path:
    for name, text in files.items():
        (path / name.replace("__", ".")).write_text(text, "utf-8")
    return path


def one_line(result: Result) -> str:
    """What a command said that could not do its work: one line and nothing else."""
    assert result.output.startswith("error: ")
    assert result.output.count("\n") == 1
    return result.output


def findings(result: Result) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(result.stdout)["findings"]
    return found


def test_a_clear_field_that_leaves_fails_the_build(tmp_path: Path) -> None:
    """Without any configuration, clear contact data in a bucket is an error."""
    result = run("check", folder(tmp_path, a__sql=LEAK), "--dialect", "snowflake")
    assert result.exit_code == 1
    assert "clear-personal-data-leaves" in result.output
    assert "a.sql:1:" in result.output


def test_clean_sql_passes(tmp_path: Path) -> None:
    """Nothing found in what was wholly analysed is exit 0."""
    result = run("check", folder(tmp_path, a__sql=SAFE), "--dialect", "snowflake")
    assert (result.exit_code, result.output.splitlines()[0][:8]) == (0, "Analysed")


def test_a_run_without_configuration_says_so(tmp_path: Path) -> None:
    """A reader knows that labels were only proposed."""
    result = run("check", folder(tmp_path, a__sql=SAFE), "--dialect", "snowflake")
    assert "no fieldgate.yml" in result.output


def test_an_empty_folder_is_no_pass(tmp_path: Path) -> None:
    """Where there is nothing to analyse, one line says so."""
    result = run("check", tmp_path)
    assert result.exit_code == 3
    assert "nothing to analyse" in one_line(result)


def test_a_statement_that_cannot_be_parsed_is_no_pass(tmp_path: Path) -> None:
    """One unread statement among others leaves the check unfinished, with its line."""
    files = folder(tmp_path, a__sql=SAFE, b__sql="\n\nselec email frm crm.customers where")
    result = run("check", files, "--dialect", "snowflake")
    assert result.exit_code == 4
    (gap,) = [line for line in result.output.splitlines() if line.startswith("gap[parse-error]")]
    assert "b.sql:3:" in gap
    assert "Next: " in gap


def test_an_unresolved_star_is_no_pass(tmp_path: Path) -> None:
    """A star over a table that nobody declares leaves the check unfinished."""
    files = folder(tmp_path, a__sql=SAFE, b__sql="create table mart.all as select * from raw.x")
    result = run("check", files, "--dialect", "snowflake")
    assert result.exit_code == 4
    (gap,) = [line for line in result.output.splitlines() if line.startswith("gap[unresolved-star")]
    assert "RAW.X" in gap
    assert "Next: " in gap


def test_a_manifest_cut_in_half_is_no_pass(tmp_path: Path) -> None:
    """A manifest that cannot be read stops the check with file, line and next step."""
    (tmp_path / "target").mkdir()
    (tmp_path / "dbt_project.yml").write_text("name: shop\n")
    (tmp_path / "target/manifest.json").write_text('{"metadata": {"dbt_schema_version": ')
    result = run("check", tmp_path)
    assert result.exit_code == 4
    line = one_line(result)
    assert "manifest.json:1:" in line
    assert "dbt compile" in line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "version: 1\npakcs: [baseline]\n",
            "fieldgate.yml:2:1: unknown key `pakcs`; did you mean `packs`",
        ),
        (
            "version: 1\npacks: [basline]\n",
            "fieldgate.yml:2:9: unknown pack `basline`; did you mean `baseline`",
        ),
        ("version: 1\nmin_coverage: lots\n", "fieldgate.yml:2:15:"),
        ("version: 1\nlabels: [gone.yml]\n", "fieldgate.yml:2:10: there is no `gone.yml`"),
        ("version: 1\nversion: 1\n", "fieldgate.yml:2:1:"),
        ("version: [1\n", "fieldgate.yml:"),
    ],
)
def test_a_mistake_in_the_configuration_is_a_policy_error(
    tmp_path: Path, text: str, said: str
) -> None:
    """A configuration that cannot be meant stops the check with its place and a next step."""
    result = run("check", folder(tmp_path, a__sql=SAFE, fieldgate__yml=text))
    assert result.exit_code == 2
    assert said in one_line(result)


def test_coverage_may_be_lowered_knowingly(tmp_path: Path) -> None:
    """A floor below what was analysed lets the rest decide."""
    files = folder(tmp_path, a__sql=SAFE, b__sql="selec email frm crm.customers where")
    result = run("check", files, "--dialect", "snowflake", "--min-coverage", "0.5")
    assert result.exit_code == 0


def test_the_threshold_decides_what_fails(tmp_path: Path) -> None:
    """A warning fails the build only where that is asked for."""
    text = "create table mart.t as select sha2(id) as k from crm.customers; selec"
    files = folder(tmp_path, a__sql=text)
    arguments = ("check", files, "--dialect", "snowflake", "--min-coverage", "0.1")
    assert run(*arguments).exit_code == 0
    assert run(*arguments, "--fail-on", "warning").exit_code == 1


def test_a_waiver_accepts_one_finding_until_it_expires(tmp_path: Path) -> None:
    """A waiver takes its finding out of the verdict, and is an error once it has expired."""
    files = folder(tmp_path, a__sql=LEAK, fieldgate__yml="version: 1\ndialect: snowflake\n")
    labels = "labels:\n- relation: crm.customers\n  columns: {email: user.contact.email}\n"
    config = "version: 1\ndialect: snowflake\nlabels: [labels.yml]\nwaivers: waivers.yml\n"
    ledger = "waivers:\n" + "".join(
        f"- fingerprint: {finding['fingerprint']}\n  reason: until the contract is signed\n"
        "  owner: ann\n  approver: bob\n  ticket: PRIV-1\n  expires: 2026-06-30\n"
        for finding in findings_of(files, labels)
    )
    folder(tmp_path, fieldgate__yml=config, labels__yml=labels, waivers__yml=ledger)
    accepted = run("check", files, "--today", "2026-06-30")
    assert accepted.exit_code == 0
    assert "accepted" in accepted.output
    expired = run("check", files, "--today", "2026-07-01")
    assert expired.exit_code == 2
    assert "waivers.yml:" in one_line(expired)


def findings_of(files: Path, labels: str) -> list[dict[str, object]]:
    config = "version: 1\ndialect: snowflake\nlabels: [labels.yml]\n"
    folder(files, fieldgate__yml=config, labels__yml=labels)
    return findings(run("check", files, "--format", "json"))


def test_a_waiver_that_waives_nothing_is_an_error(tmp_path: Path) -> None:
    """What was mended cannot come back under an old waiver."""
    ledger = (
        "waivers:\n- fingerprint: 0123456789abcdef\n  reason: x\n  owner: ann\n"
        "  approver: bob\n  ticket: T-1\n  expires: 2030-01-01\n"
    )
    config = "version: 1\ndialect: snowflake\nwaivers: waivers.yml\n"
    files = folder(tmp_path, a__sql=SAFE, fieldgate__yml=config, waivers__yml=ledger)
    result = run("check", files)
    assert result.exit_code == 2
    assert "waivers.yml:2:" in one_line(result)


def test_a_baseline_accepts_what_stood_and_nothing_new(tmp_path: Path) -> None:
    """Findings of the day the gate was switched on pass; a new one fails."""
    columns = "{email: user.contact.email, phone: user.contact.phone_number}"
    labels = f"labels:\n- relation: crm.customers\n  columns: {columns}\n"
    config = "version: 1\ndialect: snowflake\nlabels: [labels.yml]\n"
    files = folder(tmp_path, a__sql=LEAK, fieldgate__yml=config, labels__yml=labels)
    run("check", files, "--write-baseline", tmp_path / "baseline.yml")
    folder(tmp_path, fieldgate__yml=config + "baseline: baseline.yml\n")
    assert run("check", files).exit_code == 0
    folder(tmp_path, b__sql=LEAK.replace("email", "phone"))
    result = run("check", files)
    assert result.exit_code == 1
    assert "USER" not in result.output
    assert "CRM.CUSTOMERS.PHONE" in result.output


def test_evidence_is_written_and_verifies(tmp_path: Path) -> None:
    """A check leaves a run file that `log verify` accepts and `log show` reads."""
    source, evidence = tmp_path / "sql", tmp_path / "evidence"
    source.mkdir()
    folder(source, a__sql=LEAK)
    assert run("check", source, "--dialect", "snowflake", "--evidence", evidence).exit_code == 1
    assert run("log", "verify", evidence).exit_code == 0
    (file,) = (evidence / "runs").iterdir()
    shown = run("log", "show", file, "--verdict", "deny")
    assert "clear-personal-data-leaves" in shown.output
    file.write_bytes(file.read_bytes().replace(b"S3", b"S4", 1).replace(b"s3", b"s4", 1))
    assert run("log", "verify", evidence).exit_code == 1


@pytest.mark.parametrize("notation", ["json", "sarif", "html"])
def test_a_report_can_be_written_to_a_file(tmp_path: Path, notation: str) -> None:
    """Each notation can be kept, and the exit code stays the verdict."""
    source, output = tmp_path / "sql", tmp_path / f"report.{notation}"
    source.mkdir()
    folder(source, a__sql=LEAK)
    arguments = ("check", source, "--dialect", "snowflake", "--format", notation)
    assert run(*arguments, "--output", output).exit_code == 1
    assert "clear-personal-data-leaves" in output.read_text("utf-8")


def test_an_unknown_dialect_is_one_line(tmp_path: Path) -> None:
    """A dialect that the parser does not know stops the check with those that it does."""
    result = run("check", folder(tmp_path, a__sql=SAFE), "--dialect", "snowflak")
    assert result.exit_code == 2
    assert "snowflake" in one_line(result)


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two runs of one check differ in no byte, in any notation."""
    files = folder(tmp_path, a__sql=LEAK, b__sql=SAFE, c__sql="selec")
    for notation in ("text", "json", "sarif", "html"):
        arguments = ("check", files, "--dialect", "snowflake", "--format", notation)
        assert run(*arguments).output == run(*arguments).output


def test_a_configuration_without_labels_does_not_pass_everything(tmp_path: Path) -> None:
    """Where nobody wrote a label yet, names still suggest them, and the report says so."""
    config = "version: 1\ndialect: snowflake\n"
    result = run("check", folder(tmp_path, a__sql=LEAK, fieldgate__yml=config))
    assert result.exit_code == 1
    assert "proposed from the names" in " ".join(result.output.split())


def test_a_folder_that_is_not_looked_into_is_named(tmp_path: Path) -> None:
    """SQL in a folder of build results is not analysed, and the report says which folder."""
    (tmp_path / "target").mkdir()
    folder(tmp_path / "target", b__sql=LEAK)
    result = run("check", folder(tmp_path, a__sql=SAFE), "--dialect", "snowflake")
    assert "Not looked into, as tools write there: target." in " ".join(result.output.split())


def test_hidden_sql_is_named(tmp_path: Path) -> None:
    """Files of SQL whose names begin with a dot are not read, and the report says which."""
    (tmp_path / ".b.sql").write_text(LEAK)
    result = run("check", folder(tmp_path, a__sql=SAFE), "--dialect", "snowflake")
    assert "names begin with a dot: .b.sql." in " ".join(result.output.split())


def test_sql_beside_a_dbt_project_is_named(tmp_path: Path) -> None:
    """SQL that is no part of a dbt project in whose folder it lies is not read, which is told."""
    project = shutil.copytree(_MENDED, tmp_path / "shop")
    (project / "scripts").mkdir()
    (project / "scripts" / "leak.psql").write_text(LEAK)
    result = run("check", project)
    assert "check its folder by itself: scripts/leak.psql." in " ".join(result.output.split())


def test_a_grant_on_a_whole_database_reaches_its_tables(tmp_path: Path) -> None:
    """Whoever may read a database may read every table of every schema in it."""
    text = (
        "create table prod.mart.people as select email from prod.crm.customers;\n"
        "grant select on all tables in database prod to role public;\n"
    )
    result = run("check", folder(tmp_path, a__sql=text), "--dialect", "snowflake")
    assert "personal-data-open-to-everyone" in result.output
    assert result.exit_code == 1


def test_the_language_is_that_of_the_command_or_else_of_the_configuration(tmp_path: Path) -> None:
    """`lang` in fieldgate.yml holds for everybody; who asks for another language gets it."""
    files = folder(tmp_path, a__sql=LEAK, fieldgate__yml="version: 1\nlang: zh\n")
    arguments = ("check", files, "--dialect", "snowflake")
    assert "以明文形式流入" in run(*arguments).output
    assert "in the clear" in run(*arguments, "--lang", "en").output
    assert "结论：" in run(*arguments, "--lang", "zh").output


def test_a_verdict_is_the_same_in_every_language(tmp_path: Path) -> None:
    """Exit code, fingerprints, baseline and the sealed run file do not depend on the language."""
    files = folder(tmp_path, a__sql=LEAK)
    seen = []
    for lang in ("en", "zh"):
        kept, baseline = tmp_path / f"evidence-{lang}", tmp_path / f"{lang}.yml"
        result = run(
            *("check", files, "--dialect", "snowflake", "--format", "json", "--lang", lang),
            *("--evidence", kept, "--write-baseline", baseline),
        )
        (file,) = (kept / "runs").iterdir()
        prints = [finding["fingerprint"] for finding in findings(result)]
        seen.append((result.exit_code, prints, file.read_bytes(), baseline.read_bytes()))
    assert seen[0] == seen[1]
    assert seen[0][1]


def test_a_rule_and_a_finding_are_explained_in_chinese(tmp_path: Path) -> None:
    """`explain` speaks the language that `check` speaks, and `test` too."""
    files = folder(tmp_path, a__sql=LEAK)
    leak = findings(run("check", files, "--dialect", "snowflake", "--format", "json"))[0]
    finding = run(
        *("explain", str(leak["fingerprint"]), "--path", files),
        *("--dialect", "snowflake", "--lang", "zh"),
    )
    rule = run("explain", "clear-personal-data-leaves", "--path", files, "--lang", "zh")
    tested = run("test", "clear-personal-data-leaves", "--path", files, "--lang", "zh")
    assert "个人信息以明文形式对外提供" in finding.output
    assert "个人信息以明文形式对外提供" in rule.output
    assert "已测试 1 条规则" in tested.output
