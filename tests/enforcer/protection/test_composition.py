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


class Value:
    """What is known of a value on one path: how it is protected, and how much of it there is."""

    def __init__(self, *, tried: bool) -> None:
        self.tried = tried
        self.here, self.whole, self.openly = "clear", True, False

    def take(self, kind: str) -> None:
        if self.tried and self.here == "hashed" and kind not in TRIED:
            self.here, self.whole = "clear", False
        if self.is_undone_by(kind):
            self.here, self.whole = "clear", self.whole and not self.openly
        elif kind.startswith("cut"):
            self.cut(kind)
        elif kind == "part":
            self.whole = self.whole and self.here not in ("clear", "encoded")
        elif not self.is_spared(kind):
            made = "encoded" if kind == "mirror" else MAKES.get(kind, self.here)
            self.openly = (self.openly and self.here == "encoded") or kind == "encode openly"
            self.here = max(self.here, made, key=LADDER.index)

    def is_undone_by(self, kind: str) -> bool:
        if self.here == "encrypted":
            return kind == "decrypt"
        undoing = {"decode", "decrypt" if self.openly else "mirror"}
        return self.here == "encoded" and kind in undoing

    def cut(self, kind: str) -> None:
        """A cut counts at an end of the whole value, or on both ends where it is encoded."""
        either_end = kind == "cut" and not self.openly
        if self.whole and (self.here == "clear" or (self.here == "encoded" and either_end)):
            self.here = "truncated"
        elif self.here in ("clear", "encoded"):
            self.whole = False

    def is_spared(self, kind: str) -> bool:
        """Nothing is learnt from a ciphertext, and what is partly gone is found by no trying."""
        partly_gone = LADDER.index(self.here) > LADDER.index("encoded")
        return (self.here == "encrypted" and kind == "generalise") or (
            self.tried and kind == "hash" and partly_gone
        )


def outcome(path: Path, *, tried: bool) -> str:
    """What protects a value at the end of one path, by the words of the law.

    The strongest that was done to it since it was last in the clear; a decoding opens an
    encoding, a decryption what was encrypted, and nothing else opens anything.
    """
    value = Value(tried=tried)
    for step in path:
        value.take(step.kind)
    return "clear" if tried and value.here == "hashed" else value.here


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
