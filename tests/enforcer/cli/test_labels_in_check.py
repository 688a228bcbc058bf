"""Labels of every source, in the gate: what they find, and what the report says of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from enforcer.cli import main

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "fieldgate.yml": """\
version: 1
dialect: snowflake
labels: [labels.yml]
contracts: "contracts/*.yaml"
datasets: fides.yml
aliases: {K3: user.contact.phone_number}
""",
    "labels.yml": "labels: [{relation: raw.users, columns: {mail: none, born: user.name}}]\n",
    "contracts/users.yaml": """\
apiVersion: v3.0.2
kind: DataContract
schema:
  - name: users
    properties:
      - {name: born, tags: [dob]}
      - {name: gone, tags: [email]}
""",
    "fides.yml": """\
dataset:
  - fides_key: raw
    collections:
      - name: users
        fields: [{name: home, data_categories: [user.contact.address.street]}]
""",
    "a.sql": """\
create table raw.users (mail text comment 'fieldgate: user.contact.email', fon text,
  born date, home text);
alter table raw.users modify column fon set tag gov.k3 = 'yes';
copy into @partner/users from (select mail, fon, born, home from raw.users);
""",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def report(project: Path, *options: str) -> dict[str, Any]:
    arguments = ["check", str(project), "--format", "json", *options]
    found: dict[str, Any] = json.loads(CliRunner().invoke(main, arguments).stdout)
    return found


def test_labels_of_all_sources_are_held_to_policy(project: Path) -> None:
    """A comment, a tag, a contract and a dataset each make a flow out of the house a finding."""
    findings = report(project)["findings"]
    left = {f["field"]["column"]: f["category"] for f in findings if f["sink"].startswith("@")}
    assert left == {
        "MAIL": "user.contact.email",
        "FON": "user.contact.phone_number",
        "HOME": "user.contact.address.street",
        "BORN": "user.demographic.date_of_birth",
    }


def test_the_report_says_where_sources_disagree(project: Path) -> None:
    """Both are shown with their sources, and the stricter holds, in each language."""
    notes = "\n".join(report(project)["notes"])
    assert (
        "2 columns are labelled differently by different sources, and the stricter holds: "
        "RAW.USERS.BORN (user.demographic.date_of_birth by contract and user.name by labels file), "
        "RAW.USERS.MAIL (user.contact.email by comment, not none by labels file)."
    ) in notes
    assert "以较严格者为准" in "\n".join(report(project, "--lang", "zh")["notes"])


def test_the_report_names_labels_of_what_is_not_there(project: Path) -> None:
    """A contract's column that nobody has is in nobody's way, and is said."""
    (note,) = [note for note in report(project)["notes"] if "nothing that was read" in note]
    assert note == (
        "One name that is labelled is in nothing that was read: "
        "users.gone (contracts/users.yaml:7:9)."
    )
