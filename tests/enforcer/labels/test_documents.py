"""Labels of other standards' documents: ODCS contracts and fideslang datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.config import load_config
from enforcer.labels import (
    Described,
    LabelSources,
    declare_sources,
    label,
    read_sources,
)
from enforcer.labels.documented import Documented, DocumentedField, documented_labels
from enforcer.own_taxonomy import project_taxonomy
from enforcer.taxonomy import load_taxonomy
from enforcer.words import PolicyError
from lineage import Origin
from lineage.projects import DeclaredColumn, Fact, Relation, RelationKind

if TYPE_CHECKING:
    from pathlib import Path

_AT = Origin("c.yml", 1, 1)

TAXONOMY = load_taxonomy()
EMAIL, PHONE = "user.contact.email", "user.contact.phone_number"
HEAD = "apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.0.0\n"


def relation(name: str, *columns: str, complete: bool = True, facts: str = "") -> Relation:
    stated = (pair.partition("=") for pair in facts.split())
    return Relation(
        name=name,
        kind=RelationKind.TABLE,
        origin=Origin("x.sql", 1, 1),
        columns=tuple(DeclaredColumn(column) for column in columns),
        complete=complete,
        facts=tuple(Fact(key, value) for key, _, value in stated),
    )


USERS = relation("shop.raw.users", "id", "MAIL", "mail_enc", "home", "born")


def sources(root: Path, key: str, text: str) -> LabelSources:
    (root / "c.yml").write_text(text, encoding="utf-8")
    (root / "fieldgate.yml").write_text(f"version: 1\n{key}: c.yml\n", encoding="utf-8")
    return read_sources(load_config(root), TAXONOMY)


def labels(read: LabelSources, *relations: Relation) -> dict[str, list[str]]:
    found = label(Described(relations), TAXONOMY, read, propose=False).labels
    return {str(at): [one.category for one in said] for at, said in found.items()}


def contract(properties: str, head: str = HEAD, sla: str = "") -> str:
    return f"{head}schema:\n  - name: users\n    properties:\n{properties}{sla}"


@pytest.mark.parametrize(
    ("field", "category"),
    [
        ("{name: mail, classification: PII}", "user"),
        ("{name: mail, classification: restricted}", None),
        ("{name: mail, tags: [nightly, 'pii:email']}", EMAIL),
        ("{name: email, physicalName: mail, classification: pii}", EMAIL),
        ("{name: mail, customProperties: [{property: fieldgate, value: user.name}]}", "user.name"),
        ("{name: mail, customProperties: [{property: pii, value: true}]}", "user"),
        ("{name: mail, customProperties: [{property: a, value: {b: c}}]}", None),
    ],
)
def test_a_contract_says_what_a_column_holds(
    tmp_path: Path, field: str, category: str | None
) -> None:
    """Classification, tags and custom properties are words; a vague one leans on the name."""
    read = sources(tmp_path, "contracts", contract(f"      - {field}\n"))
    users = relation("shop.raw.users", "mail")
    assert labels(read, users) == ({"shop.raw.users.mail": [category]} if category else {})


def test_an_encrypted_twin_is_labelled_and_known_to_be_encrypted(tmp_path: Path) -> None:
    """`encryptedName` names a column that holds the same, protected."""
    field = "      - {name: mail, tags: [email], encryptedName: mail_enc}\n"
    read = sources(tmp_path, "contracts", contract(field))
    assert labels(read, USERS) == {
        "shop.raw.users.MAIL": [EMAIL],
        "shop.raw.users.mail_enc": [EMAIL],
    }
    (declared,) = declare_sources([USERS], read, "duckdb")
    facts = {column.name: column.facts for column in declared.columns}
    assert facts["mail_enc"] == (Fact("contract.encrypted", "true"),)
    assert facts["MAIL"] == ()


def test_what_lies_inside_of_a_column_labels_the_column(tmp_path: Path) -> None:
    """Objects, arrays and maps are columns whose parts hold something."""
    fields = """\
      - name: home
        logicalType: object
        properties:
          - {name: street, tags: [street]}
      - name: born
        logicalType: array
        items: {logicalType: object, properties: [{name: d, tags: [dob]}]}
"""
    read = sources(tmp_path, "contracts", contract(fields))
    assert labels(read, USERS) == {
        "shop.raw.users.born": ["user.demographic.date_of_birth"],
        "shop.raw.users.home": ["user.contact.address.street"],
    }


@pytest.mark.parametrize(
    ("sla", "retention"),
    [
        ("{property: retention, value: 3, unit: y}", "P3Y"),
        ("{property: retention, value: 30, unit: days}", "P30D"),
        ("{property: retention, value: 6, unit: months}", "P6M"),
        ("{property: retention, value: 25, unit: h}", "P2D"),
        ("{property: retention, value: P1Y}", "P1Y"),
        ("{property: retention, value: 2, unit: y, element: users.id}", "P2Y"),
        ("{property: retention, value: 2, unit: y, element: orders.id}", None),
        ("{property: frequency, value: 1, unit: d}", None),
    ],
)
def test_a_contract_says_how_long_rows_stay(
    tmp_path: Path, sla: str, retention: str | None
) -> None:
    """Retention becomes a fact of the relation that it is promised for."""
    text = contract("      - {name: id}\n", sla=f"slaProperties: [{sla}]\n")
    (declared,) = declare_sources([USERS], sources(tmp_path, "contracts", text), "duckdb")
    want = (Fact("meta.fieldgate.retention", retention),) if retention else ()
    assert declared.facts == want


@pytest.mark.parametrize(("own", "kept"), [("P1Y", "P1Y"), ("P10Y", "P3Y"), ("P24M", "P24M")])
def test_the_shorter_of_two_retentions_holds(tmp_path: Path, own: str, kept: str) -> None:
    """Who says that rows go sooner is the stricter."""
    text = contract(
        "      - {name: id}\n", sla="slaProperties: [{property: retention, value: 3, unit: y}]\n"
    )
    users = relation("users", "id", facts=f"config.meta.fieldgate.retention={own}")
    (declared,) = declare_sources([users], sources(tmp_path, "contracts", text), "duckdb")
    assert [fact.value for fact in declared.facts] == [kept]


DATASET = """\
dataset:
  - fides_key: raw
    name: Raw
    collections:
      - name: users
        data_categories: [user]
        fields:
          - name: mail
            data_categories: [user.contact.email]
          - name: id
          - name: home
            fields:
              - {name: street, data_categories: [user.contact.address.street]}
              - {name: zip, data_categories: [user.provided.identifiable.contact.postal_code]}
"""


def test_a_dataset_says_what_fields_hold(tmp_path: Path) -> None:
    """Fields have their own categories and those around them; nested ones are their column's."""
    text = DATASET.replace("user.provided.identifiable.contact.postal_code", "user.contact.phone")
    read = sources(tmp_path, "datasets", text)
    mart = relation("shop.mart.users", "mail")
    assert labels(read, USERS, mart) == {
        "shop.raw.users.MAIL": [EMAIL],
        "shop.raw.users.home": ["user.contact.address.street", PHONE],
        "shop.raw.users.id": ["user"],
    }


def test_a_category_that_somebody_added_counts_as_its_parent(tmp_path: Path) -> None:
    """Another tool's taxonomy may have more leaves; what has no known parent is an error."""
    read = sources(tmp_path, "datasets", DATASET.replace("user.contact.email", f"{EMAIL}.work"))
    assert labels(read, USERS)["shop.raw.users.MAIL"] == [EMAIL]
    with pytest.raises(PolicyError, match=r"^c.yml:9:31: unknown category `person.x` on mail"):
        sources(tmp_path, "datasets", DATASET.replace("user.contact.email", "person.x"))


def test_a_documented_column_exists(tmp_path: Path) -> None:
    """Where not all columns are known, those that a document names are; elsewhere it is noted."""
    read = sources(tmp_path, "contracts", contract("      - {name: Fax, tags: [phone]}\n"))
    open_one = relation("raw.users", "id", complete=False)
    (declared,) = declare_sources([open_one], read, "duckdb")
    assert [column.name for column in declared.columns] == ["id", "fax"]
    assert labels(read, declared) == {"raw.users.fax": [PHONE]}
    found = label(Described([USERS]), TAXONOMY, read, propose=False)
    assert [(one.name, str(one.origin)) for one in found.unmatched] == [("users.Fax", "c.yml:8:9")]


def test_a_contract_finds_its_table_by_its_server(tmp_path: Path) -> None:
    """Of several relations of a name the one on the contract's server is meant."""
    head = HEAD + "servers: [{server: a, type: snowflake, database: SHOP, schema: RAW}]\n"
    read = sources(tmp_path, "contracts", contract("      - {name: x, tags: [email]}\n", head))
    raw, mart = relation("shop.raw.users", "x"), relation("shop.mart.users", "x")
    assert labels(read, raw, mart) == {"shop.raw.users.x": [EMAIL]}
    assert labels(read, mart) == {"shop.mart.users.x": [EMAIL]}


@pytest.mark.parametrize(
    ("key", "text", "message"),
    [
        ("contracts", "apiVersion: v2.2.2\n", "c.yml:1:13: no contract of ODCS 3: its apiVersion"),
        ("contracts", "kind: DataContract\n", "c.yml:1:1: no contract of ODCS 3"),
        ("contracts", HEAD + "schema: {a: b}\n", "c.yml:5:9: no list where `schema` should be"),
        ("contracts", HEAD + "schema: [{properties: []}]\n", "c.yml:5:10: no `name`"),
        ("contracts", HEAD + "schema: [x]\n", "c.yml:5:10: no mapping around `physicalName`"),
        ("contracts", contract("      - {name: id}\n",
         sla="slaProperties: [{property: retention, value: soon}]\n"),
         "c.yml:9:17: a retention of `soon`"),
        ("contracts", contract("      - {name: a, customProperties: [{property: fieldgate,"
         " value: user.nme}]}\n"), "c.yml:8:67: unknown category `user.nme` on a; did you mean"),
        ("datasets", "collections: []\n", "c.yml:1:1: no `dataset`"),
    ],
)  # fmt: skip
def test_a_document_that_cannot_be_read_is_an_error(
    tmp_path: Path, key: str, text: str, message: str
) -> None:
    """Each mistake is named with its place and a next step."""
    with pytest.raises(PolicyError) as caught:
        sources(tmp_path, key, text)
    assert str(caught.value).startswith(message)
    assert caught.value.next_step


def test_a_document_about_nothing_here_is_an_error(tmp_path: Path) -> None:
    """A contract of which the project has no relation would look like protection."""
    read = sources(tmp_path, "contracts", contract("      - {name: id}\n"))
    with pytest.raises(PolicyError, match=r"^c.yml:6:5: no relation of the project is called"):
        label(Described([relation("orders", "id")]), TAXONOMY, read, propose=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("a/x.odcs.yaml", "a/b/y.odcs.yaml", "a/other.yaml", "target/z.odcs.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        table = path.name[0]
        path.write_text(f"{HEAD}schema: [{{name: {table}}}]\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("'a/*.odcs.yaml'", ["y", "x"]),
        ("'a/**/*.odcs.yaml'", ["y", "x"]),
        ("'**/*.odcs.yaml'", ["y", "x"]),
        ("[a/x.odcs.yaml]", ["x"]),
        ("[a/x.odcs.yaml, 'a/*.odcs.yaml']", ["x", "y"]),
    ],
)
def test_paths_may_be_globs(project: Path, written: str, found: list[str]) -> None:
    """A glob means the files below it, each once, and none that a tool has written."""
    (project / "fieldgate.yml").write_text(f"version: 1\ncontracts: {written}\n", "utf-8")
    read = read_sources(load_config(project), TAXONOMY)
    assert [document.names[-1] for document in read.documents] == found


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("'../*.yaml'", "leads out of the project"),
        ("'/tmp/*.yaml'", "leads out of the project"),
        ("'b/*.yaml'", "matches no file"),
        ("a/none.yaml", "there is no `a/none.yaml`"),
    ],
)
def test_a_path_that_means_nothing_is_an_error(project: Path, written: str, message: str) -> None:
    """A glob stays below the configuration, and one that matches nothing is a mistake."""
    (project / "fieldgate.yml").write_text(f"version: 1\ncontracts: [{written}]\n", "utf-8")
    with pytest.raises(PolicyError, match=rf"^fieldgate.yml:2:13: .*{message}"):
        read_sources(load_config(project), TAXONOMY)


@pytest.mark.parametrize("link", ["a/l.odcs.yaml", "a/c"])
def test_a_glob_follows_no_link(
    project: Path, tmp_path_factory: pytest.TempPathFactory, link: str
) -> None:
    """What may lie behind a link is refused and never left out in silence."""
    (project / link).symlink_to(tmp_path_factory.mktemp("elsewhere"))
    (project / "fieldgate.yml").write_text("version: 1\ncontracts: ['a/*.odcs.yaml']\n", "utf-8")
    with pytest.raises(PolicyError, match="is a symbolic link"):
        read_sources(load_config(project), TAXONOMY)


def aliases(root: Path, text: str) -> Path:
    (root / "fieldgate.yml").write_text(f"version: 1\naliases: {text}\n", encoding="utf-8")
    return root


def test_a_project_has_words_of_its_own(tmp_path: Path) -> None:
    """An alias stands for a category, spelt as one likes, and goes before a shipped word."""
    config = load_config(aliases(tmp_path, "{PII_EMAIL: email, Kunden-Daten: user, salary: none}"))
    words = project_taxonomy(config, TAXONOMY)
    assert words.of_alias("pii_email") == EMAIL
    assert words.of_alias("kunden daten") == "user"
    assert words.of_alias("salary") == "none"
    assert words.of_alias("phone") == PHONE


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{x: user.contact.emial}", "2:14: unknown category `user.contact.emial`; did you mean"),
        ("{user.name: none}", "2:11: `user.name` is a category itself"),
    ],
)
def test_an_alias_of_nothing_is_an_error(tmp_path: Path, text: str, message: str) -> None:
    """A word must stand for a category, and no category for another one."""
    with pytest.raises(PolicyError) as caught:
        project_taxonomy(load_config(aliases(tmp_path, text)), TAXONOMY)
    assert str(caught.value).startswith(f"fieldgate.yml:{message}")


def test_a_document_speaks_of_a_column_in_any_letter_case() -> None:
    """Who mentions a column in other letters takes no label of a contract away from it."""
    email = DocumentedField((("Email",),), _AT, (("user.contact.email", _AT),))
    document = Documented(("raw.users",), "contract", _AT, (email,))
    labelled, _ = documented_labels([document], {"raw.users": ["Email", "email"]}, frozenset())
    assert [str(column) for column, _ in labelled] == ["raw.users.Email", "raw.users.email"]
