"""A project that keeps contact data in `crm`, with hostile files in it, and what a check says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.hostile.makers import Hostile

_UPPER = frozenset({"snowflake", "oracle"})
_CONFIG = """\
version: 1
policies: [policies]
labels: [labels.yml]
places:
  crm: {{match: {{relations: ["{crm}.*"]}}}}
"""
_LABELS = """\
labels:
  - relation: {users}
    columns: {{{email}: user.contact.email}}
"""
_RULE = """\
id: contact-outside-crm
title: Contact data outside of the CRM
phase: use
severity: error
deny:
  data: user.contact
  unless_protected: {at_least: keyed}
  into: {place: {not: [crm]}}
law: ["GDPR Art. 5(1)(b)"]
why: It was given for something else.
fix: Leave it out.
avoid: |
  create table ads.x as select email from crm.users
prefer: |
  create table ads.x as select id from crm.users
"""
_MAIN = "from enforcer.cli import main; main()"


class Verdict(NamedTuple):
    """What a check of a project said; `inputs` are the records of the sealed run file."""

    exit_code: int
    shown: str
    report: dict[str, Any]
    inputs: list[dict[str, Any]]
    seal: dict[str, Any]

    def told_of(self, hostile: Hostile) -> bool:
        """Whether anything is said of a file: a gap in it, or a finding about what it does."""
        file = f"{hostile.name}.sql"
        found = [f for f in self.report["findings"] if f["rule"] == "contact-outside-crm"]
        places = [
            *(gap["origin"] for gap in self.report["gaps"]),
            *(finding["origin"] for finding in found),
            *(step["origin"] for finding in found for step in finding["path"]),
        ]
        return any(place and place["file"] == file for place in places)


def make_project(root: Path, dialect: str, hostile: Iterable[Hostile]) -> None:
    """Write the project below `root`."""
    cased = str.upper if dialect in _UPPER else str
    crm, users, email = cased("crm"), cased("crm.users"), cased("email")
    (root / "policies").mkdir(parents=True)
    (root / "fieldgate.yml").write_text(_CONFIG.format(crm=crm))
    (root / "labels.yml").write_text(_LABELS.format(users=users, email=email))
    (root / "policies" / "contact-outside-crm.yml").write_text(_RULE)
    (root / "a_users.sql").write_text("create table crm.users (id int, email varchar(99));\n")
    for one in hostile:
        (root / f"{one.name}.sql").write_bytes(one.data)


def check(root: Path, dialect: str, *options: str) -> Verdict:
    """Check a project by the command line, with a sealed run file."""
    evidence = root.with_name(f"{root.name}-evidence")
    command = [sys.executable, "-c", _MAIN, "check", str(root), "--dialect", dialect]
    done = subprocess.run(
        [*command, "--format", "json", "--jobs", "2", "--evidence", str(evidence), *options],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    runs = sorted(evidence.rglob("*.jsonl"))
    lines = [json.loads(line) for line in runs[-1].read_text().splitlines()] if runs else []
    report = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    inputs = [line for line in lines if line["type"] == "input"]
    return Verdict(
        done.returncode, done.stdout + done.stderr, report, inputs, lines[-1] if lines else {}
    )
