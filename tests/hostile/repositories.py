"""A repository with a policy, and pull requests to it that would like to pass."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

from click.testing import CliRunner, Result

from enforcer.cli import main

if TYPE_CHECKING:
    from pathlib import Path

LEAK = "copy into 's3://partner/out' from (select email from crm.customers);\n"
SAFE = "create table mart.keys as select sha2(id) as k from crm.customers;\n"
RULE = """\
id: no-mail
title: Mail addresses stay
phase: use
severity: error
deny:
  data: user.contact
  unless_protected: {at_least: keyed}
  into: {place: {not: [crm]}}
why: They are nobody else's.
fix: Leave them out.
avoid:
  sql: create table mart.t as select email from crm.customers
prefer:
  sql: create table mart.t as select id from crm.customers
"""
OTHER = RULE.replace("no-mail", "no-names").replace("user.contact", "user.name")
OTHER = OTHER.replace("email", "full_name")
POLICY = {
    "fieldgate.yml": "version: 1\ndialect: duckdb\npacks: []\npolicies: [policies]\n"
    "labels: [labels.yml]\nplaces: places.yml\nwaivers: waivers.yml\n",
    "policies/no-mail.yml": RULE,
    "policies/no-names.yml": OTHER,
    "labels.yml": "labels:\n- relation: crm.customers\n  columns: {email: user.contact.email}\n",
    "places.yml": "crm:\n  match: {relations: ['crm.*']}\n",
    "waivers.yml": "waivers: []\n",
    "models/keys.sql": SAFE,
}


def git(folder: Path, *arguments: str) -> str:
    """Git as a person has it, without whatever this machine's own says."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{
            f"GIT_{who}_{what}": "x@y.z"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
        "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
        "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    }
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def write(folder: Path, files: dict[str, str | None]) -> None:
    """Write files; None removes one."""
    for name, text in files.items():
        path = folder / name
        if text is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def repository(folder: Path, files: dict[str, str] | None = None) -> str:
    """A repository with one commit, whose id comes back."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    write(folder, dict(POLICY if files is None else files))
    return commit(folder)


def commit(folder: Path) -> str:
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--allow-empty", "--message=x")
    return git(folder, "rev-parse", "HEAD")


def check(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments), "--jobs", "1"])


def report(*arguments: object) -> dict[str, object]:
    """The report of a check as JSON."""
    result = check(*arguments, "--format", "json")
    assert result.stdout.startswith("{"), result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found
