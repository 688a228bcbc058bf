"""Which labels columns carry, by whom, and what is refused."""

from __future__ import annotations

import msgspec
import pytest

from enforcer.documents import parse_document
from enforcer.labels import Described, Label, LabelSources, declare_sources, label
from enforcer.labels.file import LabelsFile
from enforcer.taxonomy import load_taxonomy
from enforcer.words import PolicyError
from lineage import Column, Origin
from lineage.projects import DeclaredColumn, Fact, Relation, RelationKind

TAXONOMY = load_taxonomy()
HERE = Origin("models/users.sql", 1, 1)


def facts(*stated: str) -> tuple[Fact, ...]:
    pairs = (fact.partition("=") for fact in stated)
    return tuple(Fact(key.strip(), value.strip()) for key, _, value in pairs)


def users(
    *columns: DeclaredColumn, stated: tuple[str, ...] = (), complete: bool = True
) -> Relation:
    return Relation(
        name="shop.raw.users",
        kind=RelationKind.SOURCE,
        origin=HERE,
        columns=columns,
        facts=facts(*stated),
        complete=complete,
    )


def column(name: str, *stated: str, kind: str = "") -> DeclaredColumn:
    return DeclaredColumn(name, kind, facts(*stated))


def labels(*relations: Relation, file: str = "", propose: bool = False, **mentioned: object):  # noqa: ANN201
    sources = labels_file(file) if file else LabelSources()
    project = Described(relations, mentioned.get("columns", {}))  # type: ignore[arg-type]
    found = label(project, TAXONOMY, sources, propose=propose).labels
    return {str(at): [(one.category, one.by) for one in said] for at, said in found.items()}


def labels_file(text: str) -> LabelSources:
    return LabelSources((parse_document(text, "labels.yml", LabelsFile),))


EMAIL = "user.contact.email"


@pytest.mark.parametrize(
    ("name", "stated", "category", "by"),
    [
        ("x", ["meta.fieldgate.category = user.contact.email"], EMAIL, "meta"),
        ("x", ["config.meta.fieldgate.category = user.contact.email"], EMAIL, "meta"),
        ("x", ["meta.fieldgate.category = email"], EMAIL, "meta"),
        (
            "x",
            ["meta.fieldgate.category = user.provided.identifiable.contact.email"],
            EMAIL,
            "meta",
        ),
        ("x", ["meta.fides.data_categories = user.contact.email"], EMAIL, "meta"),
        ("x", ["meta.fides.data_categories = user.contact.email.work"], EMAIL, "meta"),
        ("x", ["meta.classification = PHI"], "user.health_and_medical", "meta"),
        ("x", ["meta.pii = true"], "user", "meta"),
        ("x", ["config.meta.contains_pii = true"], "user", "meta"),
        ("x", ["meta.is_sensitive = yes"], "user", "meta"),
        ("x", ["meta.pii = email"], EMAIL, "meta"),
        ("x", ["meta.pii_type = phone"], "user.contact.phone_number", "meta"),
        ("x", ["tag = pii"], "user", "tag"),
        ("x", ["tag = PII:email"], EMAIL, "tag"),
        ("x", ["tag = user.contact.email"], EMAIL, "tag"),
        ("guest_email", ["tag = pii"], EMAIL, "tag"),
        ("guest_email", ["meta.contains_pii = true"], EMAIL, "meta"),
        ("guest_email", ["tag = phi"], "user.health_and_medical", "tag"),
        ("guest_email", ["meta.fieldgate.category = user"], "user", "meta"),
        ("x", ["meta.fieldgate.category = none"], "none", "meta"),
        ("x", ["policy_tag = projects/p/locations/eu/taxonomies/1/email"], EMAIL, "policy tag"),
        ("x", ["description = Reach them. fieldgate: user.contact.email."], EMAIL, "description"),
        ("x", ["description = fieldgate.category=email"], EMAIL, "description"),
        ("x", ["catalog.comment = team=crm pii=email"], EMAIL, "comment"),
        (
            "x",
            ["description = kept (classification=phi)"],
            "user.health_and_medical",
            "description",
        ),
    ],
)
def test_what_a_column_states(name: str, stated: list[str], category: str, by: str) -> None:
    """Meta and tags of many conventions label a column; a vague word leans on its name."""
    assert labels(users(column(name, *stated))) == {f"shop.raw.users.{name}": [(category, by)]}


@pytest.mark.parametrize(
    "stated",
    [
        "meta.pii = false",
        "config.meta.contains_pii = false",
        "meta.classification = internal",
        "tag = nightly",
        "meta.owner = email",
        "meta.owner.email = true",
        "description = pii",
        "description = email",
        "description = a=b pii=false name=Ann",
        "policy_tag = projects/p/locations/eu/taxonomies/1/policyTags/2",
        "data_type = pii",
    ],
)
def test_what_a_column_states_that_is_no_label(stated: str) -> None:
    """What is denied, or said in words that we do not know, labels nothing."""
    assert labels(users(column("x", stated))) == {}


def test_configuration_wins_over_meta() -> None:
    """Where both state a category that of the configuration holds, as dbt has it."""
    stated = ["meta.fieldgate.category = user.name", f"config.meta.fieldgate.category = {EMAIL}"]
    assert labels(users(column("x", *stated))) == {"shop.raw.users.x": [(EMAIL, "meta")]}
    denied = ["meta.pii = true", "config.meta.pii = false"]
    assert labels(users(column("x", *denied))) == {}


def test_a_list_of_words_is_several_labels() -> None:
    """Each word of a classification counts."""
    stated = ["meta.classification = phi", "meta.classification = secret", "meta.privacy = ssn"]
    assert len(labels(users(column("x", *stated)))["shop.raw.users.x"]) == 2


def test_a_narrower_label_replaces_a_wider_one() -> None:
    """`user` beside `user.contact.email` says nothing more, and `none` holds only alone."""
    both = users(column("x", f"meta.fieldgate.category = {EMAIL}", "tag = pii"))
    assert labels(both) == {"shop.raw.users.x": [(EMAIL, "meta")]}
    contrary = users(column("x", "meta.fieldgate.category = none", "tag = pii"))
    assert labels(contrary) == {"shop.raw.users.x": [("user", "tag")]}


def test_a_column_may_have_two_labels() -> None:
    """A Chinese identity number is also a date of birth."""
    stated = ["meta.fieldgate.category = user.demographic.date_of_birth", "tag = ssn"]
    assert [
        category for category, _ in labels(users(column("x", *stated)))["shop.raw.users.x"]
    ] == [
        "user.demographic.date_of_birth",
        "user.government_id.national_identification_number",
    ]


def test_an_unknown_category_is_an_error_where_the_relation_is_declared() -> None:
    """A label with a slip in it would protect nothing."""
    with pytest.raises(PolicyError) as caught:
        labels(users(column("mail", "meta.fieldgate.category = user.contact.emial")))
    assert str(caught.value) == (
        "models/users.sql:1:1: unknown category `user.contact.emial` on shop.raw.users.mail; "
        "did you mean `user.contact.email`?"
    )


def test_a_relation_labels_its_columns() -> None:
    """`meta.fieldgate.labels` names columns, whose letter case does not count."""
    stated = (f"meta.fieldgate.labels.EMAIL = {EMAIL}", "meta.fieldgate.labels.x = user.name")
    found = labels(users(column("email"), stated=stated, complete=False))
    assert found == {
        "shop.raw.users.email": [(EMAIL, "meta")],
        "shop.raw.users.x": [("user.name", "meta")],
    }
    with pytest.raises(PolicyError, match=r"names `x`, no column of shop\.raw\.users"):
        labels(users(column("email"), stated=stated, complete=True))


def entry(relation: str, columns: str) -> str:
    return f'labels:\n  - relation: "{relation}"\n    columns: {columns}\n'


@pytest.mark.parametrize("relation", ["raw.users", "RAW.Users", "users", "shop.*", "*.raw.*"])
def test_a_labels_file_matches_by_pattern(relation: str) -> None:
    """Relations match whole or from a dot on, columns by pattern, letter case never counts."""
    found = labels(
        users(column("email"), column("email_2"), column("id")),
        file=entry(relation, '{"EMAIL*": user.contact.email}'),
    )
    assert set(found) == {"shop.raw.users.email", "shop.raw.users.email_2"}


TAGGED = f'labels:\n  - {{relation: "*", tag: MNPI, columns: {{"*": {EMAIL}}}}}\n'


@pytest.mark.parametrize(
    ("stated", "labelled"),
    [("tag = mnpi", True), ("config.tags = mnpi", True), ("tag = mnpi_exception", False)],
)
def test_a_labels_file_matches_by_tag(stated: str, labelled: bool) -> None:  # noqa: FBT001
    """Of the relations that the pattern matches, those count that dbt tags so."""
    tagged = users(column("id"), stated=(stated,))
    other = msgspec.structs.replace(users(column("id"), stated=("tag = mnpi",)), name="a.b")
    found = labels(tagged, other, file=TAGGED)
    assert set(found) == {"a.b.id"} | ({"shop.raw.users.id"} if labelled else set())


def test_a_tag_that_nothing_has_is_an_error() -> None:
    """A slip in a tag would look like protection."""
    with pytest.raises(PolicyError) as caught:
        labels(users(column("id"), stated=("tag = npi",)), file=TAGGED)
    assert str(caught.value).startswith("labels.yml:2:26: `MNPI` matches no relation")


def test_a_labels_file_knows_what_the_sql_mentions() -> None:
    """Columns that only a query mentions, in relations that nobody declared, can be labelled."""
    columns = {"stage.people": ["mail", "*"]}
    found = labels(file=entry("stage.people", f'{{"*": {EMAIL}}}'), columns=columns)
    assert found == {"stage.people.mail": [(EMAIL, "labels file")]}


def test_a_label_says_where_it_is_written() -> None:
    """Origin is the line of the labels file."""
    sources = labels_file(entry("users", f"{{x: [user.name, {EMAIL}]}}"))
    found = label(Described([users(column("x"))]), TAXONOMY, sources, propose=False).labels
    assert found[Column("shop.raw.users", "x")] == (
        Label(EMAIL, "labels file", Origin("labels.yml", 3, 30)),
        Label("user.name", "labels file", Origin("labels.yml", 3, 19)),
    )


@pytest.mark.parametrize(
    ("relation", "columns", "message"),
    [
        ("orders", "{email: user.name}", "2:15: `orders` matches no relation of the project"),
        ("users", '{id: user.name, "mail*": user.name}', "3:30: `mail*` matches no column"),
        ("users", "{mail: user.name}", "3:15: `mail` matches no column of `users`"),
        ("users", "{id: []}", "3:15: `id` of `users` has no category"),
        ("users", "{id: user.nme}", "3:19: unknown category `user.nme`; did you mean `user.name`?"),
    ],
)
def test_an_entry_that_does_nothing_is_an_error(relation: str, columns: str, message: str) -> None:
    """An entry that matches nothing would look like protection."""
    with pytest.raises(PolicyError) as caught:
        labels(users(column("id")), file=entry(relation, columns))
    assert str(caught.value).startswith(f"labels.yml:{message}")


def test_a_column_may_be_labelled_before_anything_mentions_it() -> None:
    """Where not all columns are known, a full name is a column and a pattern is not."""
    known = users(column("id"), complete=False)
    assert labels(known, file=entry("users", f"{{mail: {EMAIL}}}"))
    with pytest.raises(PolicyError, match="matches no column"):
        labels(known, file=entry("users", f'{{"mail*": {EMAIL}}}'))
    sources = labels_file(entry("users", f"{{MAIL: {EMAIL}}}"))
    (declared,) = declare_sources([known], sources, "duckdb")
    assert [c.name for c in declared.columns] == ["id", "mail"]


def test_a_labels_file_states_subjects() -> None:
    """Whose data a relation holds, and in which column, becomes a fact of the relation."""
    text = "labels: [{relation: users, subject: customer, subject_key: id}]"
    (declared,) = declare_sources([users(column("id"))], labels_file(text), "duckdb")
    assert declared.facts == facts(
        "meta.fieldgate.subject = customer", "meta.fieldgate.subject_key = id"
    )


def test_names_are_only_proposed_when_asked() -> None:
    """A first run labels by name what carries no label; others never do."""
    known = users(
        column("email"),
        column("phone", "meta.fieldgate.category = none"),
        column("fax", kind="BOOLEAN"),
        column("x", "tag = pii"),
    )
    silent = labels(known)
    assert set(silent) == {"shop.raw.users.phone", "shop.raw.users.x"}
    assert labels(known, propose=True) == silent | {"shop.raw.users.email": [(EMAIL, "name")]}


def test_labels_cannot_be_changed() -> None:
    """The mapping is frozen and sorted."""
    project = Described([users(column("b", "tag = pii"), column("a", "tag = pii"))])
    found = label(project, TAXONOMY, propose=False).labels
    assert list(found) == sorted(found)
    with pytest.raises(TypeError):
        found[Column("a", "b")] = ()  # type: ignore[index]


def test_a_label_holds_however_the_case_of_a_name_is_written() -> None:
    """Who mentions a column in other letters takes no label away from it."""
    meta = "meta.fieldgate.category = user.contact.email"
    relation = users(column("userid", meta), complete=False)
    assert labels(relation, columns={"shop.raw.users": ["userId", "other"]}) == {
        "shop.raw.users.userId": [(EMAIL, "meta")],
        "shop.raw.users.userid": [(EMAIL, "meta")],
    }
    whole = users(stated=(f"meta.fieldgate.labels.Email = {EMAIL}",), complete=False)
    assert labels(whole, columns={"shop.raw.users": ["Email", "email"]}) == {
        "shop.raw.users.Email": [(EMAIL, "meta")],
        "shop.raw.users.email": [(EMAIL, "meta")],
    }
