"""Protections over random chains and parallel paths, against a walk over each path by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import example, given, settings
from hypothesis import strategies as st

from enforcer.protection.methods import Effect
from tests.enforcer.protection.conftest import arrive
from tests.enforcer.protection.programs import (
    Branch,
    Done,
    Either,
    Name,
    Program,
    Step,
    programs,
)

if TYPE_CHECKING:
    from tests.enforcer.protection.programs import Node, Path

STEPS = (
    Step("lower({})", "keep"),
    Step("cast({} as varchar)", "keep"),
    Step("to_json({{'k': {}}})", "keep"),
    Step("[{}]", "keep"),
    Step("someones_own({})", "keep"),
    Step("round({}, 2)", "keep"),
    Step("translate({}, 'ab', 'ba')", "keep"),
    Step("encode({})", "keep"),
    Step("substring({}, 1)", "keep"),
    Step("left({}, 200)", "part"),
    Step("substring({}, 5)", "part"),
    Step("left({}, 3)", "cut"),
    Step("substring({}, 1, 2)", "cut"),
    Step("right({}, 3)", "cut"),
    Step("right({}, 4)", "cut at the end"),
    Step("to_base64({})", "encode"),
    Step("hex({})", "encode"),
    Step("aes_encrypt({}, 'written out')", "encode openly"),
    Step("from_base64({})", "decode"),
    Step("unhex({})", "decode"),
    Step("reverse({})", "mirror"),
    Step("aes_encrypt({}, kept_elsewhere())", "encrypt"),
    Step("aes_decrypt({}, kept_elsewhere())", "decrypt"),
    Step("length({})", "generalise"),
    Step("({} like 'a%')", "generalise"),
    Step("year({})", "generalise"),
    Step("date_trunc('month', {})", "generalise"),
    Step("date_trunc('second', {})", "keep"),
    Step("md5({})", "hash"),
    Step("sha256({})", "hash"),
    Step("sha256(concat('salt', {}))", "hash"),
    Step("hmac({}, 'written out')", "hash"),
    Step("hmac('written out', {})", "hash"),
    Step("hmac({}, kept_elsewhere())", "key"),
    Step("vault_token({})", "tokenise"),
    Step("redact({})", "erase"),
)
EITHERS = (
    "coalesce({}, {})",
    "concat({}, {})",
    "case when f then {} else {} end",
    "nullif({}, '') || {}",
    "greatest({}, {})",
    "[{}, {}]",
)
LADDER = (
    "clear encoded encrypted truncated generalised perturbed hashed keyed surrogate "
    "aggregated constant"
).split()
MAKES = {
    "encode": "encoded",
    "encode openly": "encoded",
    "encrypt": "encrypted",
    "generalise": "generalised",
    "hash": "hashed",
    "key": "keyed",
    "tokenise": "surrogate",
    "erase": "constant",
}
# A hash of what can be tried, and what still has one of its digits.
TRIED = {"keep", "part", "cut", "cut at the end", "encode", "encode openly", "mirror", "hash"}


def outcome(path: Path, *, tried: bool) -> str:
    """What protects a value at the end of one path, by the words of the law.

    The strongest that was done to it since it was last in the clear; a decoding opens an
    encoding, a decryption what was encrypted, and nothing else opens anything.
    """
    here, whole, openly = "clear", True, False
    for step in path:
        kind = step.kind
        if tried and here == "hashed" and kind not in TRIED:
            here, whole = "clear", False
        if here == "encoded" and (
            kind == "decode" or (kind == "decrypt" and openly) or (kind == "mirror" and not openly)
        ):
            here, whole = "clear", whole and not openly
        elif here == "encrypted" and kind == "decrypt":
            here = "clear"
        elif here == "encrypted" and kind == "generalise":
            pass  # nothing is learnt from a ciphertext
        elif tried and kind == "hash" and LADDER.index(here) > LADDER.index("encoded"):
            pass  # what is partly gone cannot be found by trying all values
        elif kind.startswith("cut"):
            if (here == "clear" and whole) or (
                here == "encoded" and whole and not openly and kind == "cut"
            ):
                here = "truncated"
            elif here in ("clear", "encoded"):
                whole = False
        elif kind == "part":
            whole = whole and here not in ("clear", "encoded")
        else:
            made = "encoded" if kind == "mirror" else MAKES.get(kind, here)
            openly = (openly and here == "encoded") or kind == "encode openly"
            here = max(here, made, key=LADDER.index)
    return "clear" if tried and here == "hashed" else here


OWN = (("vault_token", Effect.TOKENISE), ("redact", Effect.ERASE))
CATEGORIES = st.sampled_from(["user.unique_id", "user.contact.phone_number"])
BY_KIND = {step.kind: step for step in reversed(STEPS)}


def one_chain(kinds: str) -> Program:
    node: Node = Name("p")
    for kind in kinds.split(", "):
        node = Done(BY_KIND[kind], node)
    return Program((), Branch(-1, (node,)), tables=True)


HASHED_OR_CLEAR = Either("coalesce({}, {})", (Done(BY_KIND["hash"], Name("p")), Name("p")))
BESIDE = Program(
    ((Branch(-1, (HASHED_OR_CLEAR, Name("q"))),),), Branch(0, (Name("p"),)), tables=False
)


@settings(max_examples=400)
@example(BESIDE, "user.unique_id")
@example(one_chain("mirror, mirror"), "user.unique_id")
@example(one_chain("encode openly, decrypt, cut"), "user.unique_id")
@example(one_chain("part, encrypt, decrypt, cut"), "user.unique_id")
@example(one_chain("mirror, cut at the end"), "user.unique_id")
@example(one_chain("hash, cut, encode"), "user.contact.phone_number")
@example(one_chain("hash, key"), "user.contact.phone_number")
@given(programs(STEPS, EITHERS), CATEGORIES)
def test_the_set_at_the_end_is_that_of_all_paths(program: Program, category: str) -> None:
    """Protections compose along each path, and paths are united, whatever the SQL looks like."""
    tried = category == "user.contact.phone_number"
    found = arrive(program.sql, category=category, functions=OWN)
    assert {variant.partition(":")[0] for variant in found} == {
        outcome(path, tried=tried) for path in program.paths()
    }
