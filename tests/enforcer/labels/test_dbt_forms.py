"""Columns as each version of dbt's manifest writes them."""

from __future__ import annotations

import msgspec
import pytest

from enforcer.labels import Described, label
from enforcer.taxonomy import load_taxonomy
from lineage import Origin
from lineage.projects import DeclaredColumn, Relation, RelationKind
from lineage.readers.dbt_facts import column_facts
from lineage.readers.dbt_words import NodeColumn

TAXONOMY = load_taxonomy()
EMAIL = "user.contact.email"
PHI = "user.health_and_medical"
OWN = {"fieldgate": {"category": EMAIL}}

V1 = {"name": "x", "description": "", "meta": {}, "data_type": None, "quote": None, "tags": []}
V9 = {**V1, "constraints": []}
V12 = {**V9, "granularity": None, "doc_blocks": []}

_FORMS = [
    ("v1 meta", {**V1, "meta": {"pii": True}}, "user"),
    ("v1 tags", {**V1, "tags": ["phi"]}, PHI),
    ("v1 tag as text", {**V1, "tags": "phi"}, PHI),
    ("v1 no tags at all", {"name": "x", "meta": OWN}, EMAIL),
    ("v4 an extra key of an adapter", {**V1, "policy_tags": ["p/taxonomies/1/email"]}, EMAIL),
    ("v9 constraints", {**V9, "meta": OWN}, EMAIL),
    ("v12 before 1.10, config is an extra key", {**V12, "config": {"meta": OWN}}, EMAIL),
    ("v12 of 1.10, both the same", {**V12, "meta": OWN, "config": {"meta": OWN}}, EMAIL),
    ("v12 config wins", {**V12, "meta": {"pii": True}, "config": {"meta": {"pii": False}}}, None),
    ("v12 config tags", {**V12, "config": {"meta": {}, "tags": ["phi"]}}, PHI),
    ("v12 config tag as text", {**V12, "config": {"tags": "phi"}}, PHI),
    ("fusion, nulls", {**V12, "meta": None, "tags": None, "config": {"meta": OWN}}, EMAIL),
    ("2 classifiers", {**V12, "classifiers": ["phi"]}, PHI),
    ("a description", {**V12, "description": "fieldgate: user.contact.email"}, EMAIL),
    ("a list of categories", {**V12, "meta": {"fides": {"data_categories": [EMAIL]}}}, EMAIL),
]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "category"), [f[1:] for f in _FORMS], ids=[f[0] for f in _FORMS]
)
def test_every_manifest_says_what_its_properties_say(
    written: dict[str, object], category: str | None
) -> None:
    """A label is found in whichever form a version of dbt writes a column down."""
    column = msgspec.json.decode(msgspec.json.encode(written), type=NodeColumn)
    relation = Relation(
        name="shop.users",
        kind=RelationKind.MODEL,
        origin=Origin("models/users.yml", 1, 1),
        columns=(DeclaredColumn("x", "", column_facts(column)),),
    )
    found = label(Described([relation]), TAXONOMY, propose=False).labels
    assert [one.category for labels in found.values() for one in labels] == (
        [category] if category else []
    )
