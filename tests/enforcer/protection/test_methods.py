from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from enforcer.protection.acts import Acts
from enforcer.protection.functions import FUNCTIONS
from enforcer.protection.methods import Act, Effect, protect
from enforcer.protection.states import State, variants_in, with_hashes_clear
from enforcer.protection.variants import LADDER, VARIANTS, Variant, accepts, refused, rung
from enforcer.rules import Accepts
from enforcer.taxonomy import DEFAULT_FORM, Form, load_taxonomy
from enforcer.words import Method, Protection

P = Protection
TAXONOMY = load_taxonomy()
ARGUMENTS = ("", ":3", ":1,3", ":@,2", ":year", ":by10", ":90", ":literal_key", ":as_key", ":all")
EVERY_SPELLING = {
    f"{name}{argument}"
    for _effect, _rule, names in FUNCTIONS
    for name in names.split()[:3]
    for argument in ARGUMENTS
}


def after(
    functions: str, *, enumerable: bool = False, grouped: bool = False, form: Form = DEFAULT_FORM
) -> str:
    """What a clear value is protected by after these functions, with the detail."""
    variant = Variant(P.CLEAR)
    acts = Acts((), form)
    for name in functions.split():
        variant = protect(variant, acts.of(name), enumerable=enumerable, grouped=grouped)
    return str(variant)


def test_a_hash_cut_short_is_still_a_hash() -> None:
    """left(sha2(x), 8) is hashed, and so is a hash of a part."""
    assert after("sha2 left:8") == "hashed"
    assert after("left:2 sha2") == "hashed"
    assert after("sha2 left:8 right:2") == "hashed"


def test_decoding_what_was_encoded_is_clear_again() -> None:
    """An encoding is undone by any decoding, and by that alone."""
    assert after("to_base64 from_base64") == "clear"
    assert after("to_base64 upper") == "encoded"
    assert after("sha2 hex unhex") == "hashed"
    assert after("encode:hex decode:hex convert_from") == "clear"
    assert after("digest encode:hex") == "hashed"


def test_a_character_set_hides_nothing() -> None:
    """Text as bytes is the text; only hex and base64 are encodings."""
    assert after("encode") == "clear"
    assert after("to_utf8 from_utf8") == "clear"
    assert after("convert_to encode:base64") == "encoded"


def test_reading_backwards_twice_is_clear_again() -> None:
    """An encoding that is its own inverse hides nothing the second time."""
    assert after("reverse") == "encoded"
    assert after("reverse reverse") == "clear"
    assert after("reverse reverse reverse") == "encoded"
    assert after("sha2 reverse reverse") == "hashed"


def test_decrypting_what_was_encrypted_is_clear_again() -> None:
    """An encrypted value survives an encoding and its undoing, and ends with its decryption."""
    assert after("aes_encrypt to_base64 from_base64") == "encrypted"
    assert after("aes_encrypt to_base64 from_base64 aes_decrypt") == "clear"
    assert after("left:3 aes_encrypt aes_decrypt") == "truncated:6x4"


def test_what_is_not_known_protects_nothing() -> None:
    """An unknown function, a cast and a qualified name that looks like a hash keep the value."""
    for functions in ("cast", "my_mask", "someone.sha2", "regexp_replace", "translate", "round"):
        assert after(functions) == "clear"


def test_packing_carries() -> None:
    """Casts, structs, arrays and documents keep a value, and what protects it."""
    assert after("struct to_json cast array") == "clear"
    assert after("sha2 struct json_format json_extract") == "hashed"


def test_what_may_keep_everything_protects_nothing() -> None:
    """A length that is unknown or too long, whole seconds and cents leave the value."""
    for functions in ("left", "left:200", "right:5", "substring", "substring:1", "substring:5,3"):
        assert after(functions).startswith("clear")
    for functions in ("round:2", "floor", "timestamp_trunc:second", "timestamp_trunc:day"):
        assert after(functions) == "clear"
    for functions in ("extract:epoch", "extract:day", "day", "datediff:day", "width_bucket:by1"):
        assert after(functions) == "clear"


def test_a_short_cut_at_an_end_counts() -> None:
    """A few characters of the start or of the end are a truncation, in any spelling."""
    for functions in ("left:3", "right:4", "substring:1,3", "substring:-4", "substring:-4,4"):
        assert after(functions) == "truncated:6x4"


def test_how_much_may_be_left_is_the_categorys() -> None:
    """Both ends together are shorter than the shortest value of the category."""
    name = TAXONOMY.form_of("user.name.first")
    card = TAXONOMY.form_of("user.financial.credit_card.pan")
    postcode = TAXONOMY.form_of("user.contact.address.postal_code")
    assert (after("left:1", form=name), after("left:2", form=name)) == (
        "truncated:6x4",
        "clear:part",
    )
    assert after("left:6", form=card) == "truncated:6x4"
    assert after("left:8", form=card) == "truncated:bin_last4"
    assert after("left:9", form=card) == "clear:part"
    assert after("left:3", form=postcode) == "generalised:zip3"


SHORTEST = {
    "user.contact.email": "a@b.co",
    "user.contact.phone_number": "12345678",
    "user.contact.address.postal_code": "1234",
    "user.contact.address.street": "A St",
    "user.account.username": "ann",
    "user.demographic.date_of_birth": "19800517",
    "user.demographic.gender": "f",
    "user.device.ip_address": "1.1.1.1",
    "user.device.imei": "490154203237518",
    "user.financial.credit_card.pan": "4222222222222",
    "user.financial.income": "0",
    "user.government_id.national_identification_number": "12345678",
    "user.name.first": "Al",
    "user.unique_id": "12345678",
}


def test_both_ends_together_are_never_the_whole() -> None:
    """The shortest value of a category loses something even if both of its ends are kept."""
    for category, value in SHORTEST.items():
        form = TAXONOMY.form_of(category)
        assert form.head + form.tail < len(value), category


def test_what_stands_behind_the_at_sign_is_a_part_of_an_address() -> None:
    """The domain of an address counts; the name before it does not, nor does any other piece."""
    email = TAXONOMY.form_of("user.contact.email")
    for functions in ("split_part:@,2", "substring_index:@,-1", "regexp_extract:@"):
        assert after(functions, form=email) == "truncated"
        assert after(functions) == "clear:part"
    assert after("split_part:@,1", form=email) == "clear:part"


def test_a_part_is_no_value_of_which_an_end_is_cut_off() -> None:
    """The first six of some part may be the middle, and the whole is made of middles."""
    card = TAXONOMY.form_of("user.financial.credit_card.pan")
    assert after("substring:7 left:6", form=card) == "clear:part"
    assert after("substring:7 aes_encrypt aes_decrypt left:6", form=card) == "clear:part"
    assert after("reverse left:6", form=card) == "encoded:part"
    assert after("reverse left:4", form=card) == "truncated:6x4"
    assert after("left:8 right:4", form=card) == "truncated:bin_last4"


def test_years_and_caps_are_told_apart() -> None:
    """Laws ask for years and for ages that stop at ninety; a cap alone hides few people's age."""
    assert after("year") == after("timestamp_trunc:decade") == "generalised:year"
    assert after("timestamp_trunc:month") == "generalised"
    assert after("timestamp_trunc:month year") == "generalised:year"
    assert after("least:90") == "generalised:cap90"
    assert after("least:200") == "clear"
    assert after("least:90 sha2") == "hashed"


def test_rounding_of_a_position_may_leave_a_decimal() -> None:
    """What is coarse depends on the category."""
    position = TAXONOMY.form_of("user.location.precise")
    assert after("round:1", form=position) == "generalised"
    assert after("round:2", form=position) == "clear"
    assert after("round:-3") == after("floor:by10") == "generalised"


def test_a_key_that_everybody_has_is_none() -> None:
    """A key in the statement or beside the data makes a keyed hash a hash, and no secret."""
    assert after("hmac_sha256") == "keyed:whole"
    assert after("hmac_sha256:read_key") == "keyed:whole"
    assert after("hmac_sha256:literal_key") == "hashed:key_beside"
    assert after("hmac_sha256:key_beside left:8") == "hashed:key_beside"
    assert after("hmac_sha256:as_key") == "hashed"
    assert after("aes_encrypt:literal_key") == "encoded:key_beside"
    assert after("aes_encrypt:literal_key aes_decrypt:literal_key").startswith("clear")
    assert after("left:3 hmac") == after("substring:4 hmac") == "keyed"


def test_a_projects_own_functions_come_first() -> None:
    """What a project says of a name holds; a glob is for names that nobody else knows."""
    own = [("Vault.Token", Effect.TOKENISE), ("mask_*", Effect.HASH), ("mask_phone*", Effect.KEY)]
    acts = Acts([*own, ("left", Effect.KEEP), ("*", Effect.ERASE)])
    assert acts.of("vault.token") == Act(Effect.TOKENISE)
    assert acts.of("mask_email") == Act(Effect.HASH)
    assert acts.of("mask_phone_no") == Act(Effect.KEY)
    assert acts.of("left:3") == Act(Effect.KEEP)
    assert acts.of("sha2") == Act(Effect.HASH)
    assert acts.of("anything") == Act(Effect.ERASE)


def test_the_parsers_spelling_does_not_matter() -> None:
    """Underscores that the parser puts into names are no part of them."""
    assert after("s_h_a2_digest") == after("SHA2_DIGEST") == "hashed"


def test_a_hash_of_what_can_be_tried_hides_nothing() -> None:
    """An unkeyed hash of an enumerable value arrives clear, a part too; one with a key is keyed."""
    for functions in ("sha2", "sha2 left:8", "sha2 to_base64", "md5 sha2", "hmac:literal_key"):
        variant = Variant(P.CLEAR)
        for name in functions.split():
            variant = protect(variant, Acts().of(name), enumerable=True, grouped=False)
        arrived = variants_in(with_hashes_clear(1 << State(variant).number))
        assert [v.protection for v in arrived] == [P.CLEAR]
        assert arrived[0].detail == ("key_beside" if "literal" in functions else "")
    assert after("sha2 hmac_sha256", enumerable=True) == "keyed"
    assert after("left:3 sha2", enumerable=True) == "truncated:6x4"


def test_only_counts_and_totals_of_groups_are_aggregated() -> None:
    """A minimum, a list or any value is a single person's value, whatever the group."""
    assert after("sum", grouped=True) == after("count", grouped=True) == "aggregated"
    for name in ("min", "max", "any_value", "array_agg", "group_concat", "first", "median"):
        assert after(name, grouped=True) == "clear"


def test_a_total_without_a_group_is_a_persons_value() -> None:
    """The sum over a group of one is the value; a count of one still says that there is one."""
    assert after("sum") == "clear"
    assert after("count") == "generalised"


def test_one_bit_about_a_value_is_not_the_value() -> None:
    """Predicates and sizes generalise."""
    for name in ("eq", "like", "is", "length"):
        assert after(name) == "generalised"


def test_the_rung_asked_for_and_all_above_it_pass() -> None:
    """`at_least` is a rung, `accept` a set; a constant always passes, nothing else by default."""
    keyed = Accepts(at_least=P.KEYED)
    assert {v.protection for v in VARIANTS if accepts(keyed, v)} == set(LADDER[7:])
    left = refused(Accepts(accept=(Method.TRUNCATED,)), [Variant(p) for p in LADDER])
    assert [v.protection for v in left] == [p for p in LADDER[:-1] if p is not P.TRUNCATED]
    assert refused(None, VARIANTS) == VARIANTS[:-1]


def test_a_rule_may_ask_for_a_detail() -> None:
    """A detail that is named accepts what is as good or better, and the whole kind every detail."""
    six, bins, some = (Variant(P.TRUNCATED, d) for d in ("6x4", "bin_last4", ""))
    for accepted, passing in (
        (Method.TRUNCATED, {six, bins, some}),
        (Method.TRUNCATED_BIN_LAST4, {six, bins}),
        (Method.TRUNCATED_6X4, {six}),
        (Method.ENCRYPTED_FIELD, {Variant(P.ENCRYPTED), Variant(P.ENCRYPTED, "part")}),
        (Method.KEYED_WHOLE, {Variant(P.KEYED, "whole")}),
        (Method.GENERALISED_CAP90, {Variant(P.CLEAR, "cap90")}),
    ):
        rule = Accepts(accept=(accepted,))
        assert {v for v in VARIANTS if accepts(rule, v)} == passing | {Variant(P.CONSTANT)}


def test_a_cap_passes_only_where_it_is_named() -> None:
    """Ages that stop at ninety are still those of most people."""
    capped = Variant(P.CLEAR, "cap90")
    assert not accepts(Accepts(accept=(Method.GENERALISED,)), capped)
    assert not accepts(Accepts(at_least=P.ENCODED), capped)
    assert accepts(Accepts(accept=(Method.CLEAR,)), capped)


def test_what_is_refused_does_not_pass() -> None:
    """A rule may find keys beside the data whatever else it accepts."""
    rule = Accepts(at_least=P.CLEAR, refuse=(Method.HASHED_KEY_BESIDE, Method.CLEAR_KEY_BESIDE))
    left = refused(rule, VARIANTS)
    assert left == (Variant(P.CLEAR, "key_beside"), Variant(P.HASHED, "key_beside"))


@given(
    st.sampled_from(VARIANTS),
    st.lists(st.builds(Act, st.sampled_from(list(Effect)), st.just("")), max_size=6),
)
def test_only_an_undoing_weakens_a_protection(start: Variant, acts: list[Act]) -> None:
    """Without a decoding, decryption or look-up back no function makes a value clearer."""
    undoing = {Effect.DECODE, Effect.MIRROR, Effect.DECRYPT, Effect.DETOKENISE}
    here = start
    for act in acts:
        there = protect(here, act, enumerable=False, grouped=False)
        assert act.effect in undoing or rung(there.protection) >= rung(here.protection)
        here = there


@given(st.data(), st.booleans(), st.booleans())
def test_what_arrives_is_a_variant_that_there_is(
    data: st.DataObject,
    enumerable: bool,  # noqa: FBT001 - hypothesis gives it
    grouped: bool,  # noqa: FBT001 - likewise
) -> None:
    """Whatever is done to a value, its state has a number."""
    functions = st.sampled_from(sorted(EVERY_SPELLING))
    forms = st.sampled_from(sorted({TAXONOMY.form_of(category) for category in TAXONOMY}))
    acts = Acts((), data.draw(forms))
    variant = data.draw(st.sampled_from(VARIANTS))
    for function in data.draw(st.lists(functions, max_size=5)):
        variant = protect(variant, acts.of(function), enumerable=enumerable, grouped=grouped)
        assert variant in VARIANTS
