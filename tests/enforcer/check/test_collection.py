from __future__ import annotations

from typing import TYPE_CHECKING

from enforcer.check import check
from enforcer.estate import Seed
from enforcer.messages import words_in
from enforcer.rules import Choice, Deny
from lineage import Column, Gap, GapReason, Origin, TransformSubtype
from lineage.projects import Unit

if TYPE_CHECKING:
    from enforcer.words import Finding
    from tests.enforcer.check.conftest import RuleMaker, World

english = words_in("en")

UNLABELLED = Deny(unlabelled=("user",))
UNUSED = Deny(data=Choice(any_of=("user",)), unused=True)
LITERAL = Deny(literal=("email", "pan", "ssn", "cn_id", "iban"))


def test_a_telling_name_without_a_label_is_reported_where_it_enters(
    world: World, rule_of: RuleMaker
) -> None:
    """The column that the data enters by is named, its copies are not."""
    world.flow("raw.users.email", "stg.users.email").flow("stg.users.email", "mart.users.email")
    world.label("raw.users.id", "user.unique_id")
    found = check(rule_of(deny=UNLABELLED), world.estate()).findings
    assert [str(f.field) for f in found] == ["raw.users.email"]


def test_names_that_made_the_labels_are_not_asked_again(world: World, rule_of: RuleMaker) -> None:
    """Labels that were all proposed from names leave nothing for a rule about names."""
    world.flow("raw.users.email", "stg.users.email")
    assert len(check(rule_of(deny=UNLABELLED), world.estate()).findings) == 1
    world.label("raw.users.email", "user.contact.email", by="name")
    assert check(rule_of(deny=UNLABELLED), world.estate()).judged == 0


def test_what_a_labelled_column_feeds_needs_no_label(world: World, rule_of: RuleMaker) -> None:
    """Labels flow, so one at the source is enough."""
    world.flow("raw.users.mail", "mart.users.email").label("raw.users.mail", "user.contact.email")
    assert check(rule_of(deny=UNLABELLED), world.estate()).findings == ()


def test_a_field_that_ends_half_way_is_unused(world: World, rule_of: RuleMaker) -> None:
    """A field that only reaches a relation whose readers leave it out is not used."""
    world.relation("raw.users", "source").label("raw.users.fax", "user.contact")
    world.label("raw.users.id", "user.unique_id")
    world.flow("raw.users.fax", "stg.users.fax").flow("raw.users.id", "stg.users.id")
    world.flow("stg.users.id", "mart.users.id")
    found = check(rule_of(deny=UNUSED), world.estate()).findings
    assert [f.field for f in found] == [Column("raw.users", "fax")]


def test_a_field_that_filters_is_used(world: World, rule_of: RuleMaker) -> None:
    """Deciding which rows there are is a use."""
    world.relation("raw.users", "source").label("raw.users.age", "user.demographic")
    world.flow("raw.users.age", "mart.users.*", "", TransformSubtype.FILTER)
    assert check(rule_of(deny=UNUSED), world.estate()).findings == ()


def test_where_a_gap_may_use_it_a_field_is_not_judged(world: World, rule_of: RuleMaker) -> None:
    """What was not analysed may read anything."""
    world.relation("raw.users", "source").label("raw.users.fax", "user.contact")
    world.gaps.append(Gap(GapReason.PYTHON_MODEL, "python", ("raw.users",), Origin("m.py", 1, 1)))
    assert check(rule_of(deny=UNUSED), world.estate()).judged == 0


def findings_in_seed(world: World, rule_of: RuleMaker, text: str) -> tuple[Finding, ...]:
    world.seeds.append(Seed("raw.people", "seeds/people.csv", text))
    return check(rule_of(deny=LITERAL), world.estate()).findings


def with_luhn(digits: str) -> str:
    """The digits with the check digit that makes them a valid number."""
    doubled = (sum(divmod(2 * int(d), 10)) for d in digits[::-2])
    total = sum(doubled) + sum(int(d) for d in digits[-2::-2])
    return digits + str(-total % 10)


def test_a_seed_with_an_address_is_reported_without_it(world: World, rule_of: RuleMaker) -> None:
    """A finding shows where the value is and what kind it is, and nothing of the value."""
    address = "ann.miller@" + "acme-mail.com"
    [finding] = findings_in_seed(world, rule_of, f"id,mail\n1,x\n2,{address}\n")
    assert finding.field == Column("raw.people", "mail")
    assert finding.origin == Origin("seeds/people.csv", 3, 1)
    assert english(finding.message) == "raw.people.mail holds a value of an e-mail address"


def test_a_column_of_card_numbers_is_reported_whatever_its_form(
    world: World, rule_of: RuleMaker
) -> None:
    """Separators do not hide a number whose prefix, length and check digit are right."""
    numbers = [with_luhn("4539" + "17824650193"), with_luhn("5301" + "27406182935")]
    spaced = " ".join(numbers[1][n : n + 4] for n in range(0, 16, 4))
    [finding] = findings_in_seed(world, rule_of, f"id,card\n1,{numbers[0]}\n2,{spaced}\n")
    assert finding.category == "user.financial.credit_card.pan"


def test_one_order_number_with_a_lucky_digit_is_no_card(world: World, rule_of: RuleMaker) -> None:
    """One in ten numbers passes the check digit by chance; a column of cards is full of them."""
    card = with_luhn("4539" + "17824650193")
    others = "".join(f"{n},45391782465019{n}\n" for n in range(30, 40))
    assert findings_in_seed(world, rule_of, f"id,ref\n1,{card}\n{others}") == ()


def test_reserved_and_published_values_are_nobodys(world: World, rule_of: RuleMaker) -> None:
    """Example domains, addresses of a role and specimen cards are not personal data."""
    text = "a,b,c,d\nx@example.com,support@acme-mail.com,4111111111111111,078-05-1120\n"
    assert findings_in_seed(world, rule_of, text) == ()


def test_identity_numbers_are_known_by_their_check_digits(world: World, rule_of: RuleMaker) -> None:
    """A Chinese resident number, an IBAN and a US number each have their own rule."""
    stem = "110105" + "19491231" + "01"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    body = stem + "2"
    check_digit = "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
    account = "370400440532013001"
    control = 98 - int(account + "131400") % 97
    iban = f"DE{control:02d}{account}"
    text = f"a,b,c\n{body}{check_digit},{iban},212-{'45'}-6789\n"
    kinds = {f.field.column: f.category for f in findings_in_seed(world, rule_of, text)}
    assert kinds == {
        "a": "user.government_id.national_identification_number",
        "b": "user.financial.bank_account",
        "c": "user.government_id.national_identification_number",
    }


def test_what_may_be_anything_counts_where_its_column_is_called_so(
    world: World, rule_of: RuleMaker
) -> None:
    """Ten digits are a telephone number only in a column of that name, and never in SQL."""
    rows = "".join(f"21245678{n},21245678{n}\n" for n in range(10, 30))
    world.seeds.append(Seed("raw.people", "seeds/people.csv", f"email,order_no\n{rows}"))
    world.units.append(Unit(file="b.sql", text="select '2124567890'", dialect="duckdb"))
    uuid = "6f9619ff-8b86-4d01-b42d-00cf4fc964f"
    values = "".join(f"{uuid}{n}\n" for n in range(5))
    world.seeds.append(Seed("raw.visits", "seeds/visits.csv", f"device_id\n{values}"))
    rule = rule_of(deny=Deny(literal=("us_phone", "uuid")))
    assert check(rule, world.estate()).findings == ()


def test_a_string_in_sql_is_a_value_and_a_comment_is_not(world: World, rule_of: RuleMaker) -> None:
    """An author may sign a file; a filter for one person's address names that person."""
    text = "-- by jo@acme-mail.com\nselect 1 from t where mail in ('x', 'bo@acme-mail.com')"
    world.units.append(Unit(file="models/b.sql", text=text, dialect="duckdb", target="mart.b"))
    [finding] = check(rule_of(deny=LITERAL), world.estate()).findings
    assert (finding.origin.file, finding.origin.line) == ("models/b.sql", 2)


def test_an_open_string_and_an_open_comment_end_with_the_text(
    world: World, rule_of: RuleMaker
) -> None:
    """A hostile text is scanned once, from its beginning to its end."""
    for text in ("'" + "\\'" * 200_000, "/*" + "*" * 200_000, "''" * 200_000 + "'"):
        for dialect in ("bigquery", "duckdb"):
            world.units.append(Unit(file="x.sql", text=text, dialect=dialect))
    assert check(rule_of(deny=LITERAL), world.estate()).findings == ()
