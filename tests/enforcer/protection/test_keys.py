"""Where a key lies decides whether it is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.enforcer.protection.conftest import Arriving

BESIDE, KEYED = {"hashed:key_beside"}, {"keyed:whole"}


@pytest.mark.parametrize(
    "sql",
    [
        "create table m as select hmac(x, k) as y from r.u",
        "create table m as select left(hmac(x, k), 8) as y from r.u",
        "create table m as with t as (select x, k from r.u) select hmac(x, k) as y from t",
        """create table s as select u.x, v.k from r.u as u, vault.keys as v;
        create table m as select hmac(x, k) as y from s""",
        "create table m as select hmac(u.x, v.k) as y, v.k as kept from r.u as u, vault.keys as v",
        "create table m as select hmac(x, 'k') as y from r.u",
        "create table m as select hmac(x, encode('k')) as y from r.u",
        "create table m as with k as (select 'k' as k) select hmac(x, k.k) as y from r.u, k",
        "create table c as select 'k' as k; create table m as select hmac(x, c.k) as y from r.u, c",
        "set variable k = 'k'; create table m as select hmac(x, getvariable('k')) as y from r.u",
    ],
)
def test_a_key_beside_the_data_is_none(arriving: Arriving, sql: str) -> None:
    """A key that is written out, or lies in a relation with the value or the hash, is open."""
    assert arriving(sql) == BESIDE


@pytest.mark.parametrize(
    "sql",
    [
        "create table m as select hmac(u.x, v.k) as y from r.u as u, vault.keys as v",
        "create table m as select hmac(x, (select v.k from vault.keys as v)) as y from r.u",
        """create table m as with t as (select u.x, v.k from r.u as u, vault.keys as v)
        select hmac(x, k) as y from t""",
        "create table m as select hmac(x, getvariable('k')) as y from r.u",
        "create table m as select hmac(x, vault_secret('k')) as y from r.u",
        "create table m as select hmac_sha256(x) as y from r.u",
    ],
)
def test_a_key_from_elsewhere_is_one(arriving: Arriving, sql: str) -> None:
    """A key of another relation, a secret, a variable from outside, or what a function keeps."""
    assert arriving(sql) == KEYED


def test_what_is_used_as_a_key_is_hashed(arriving: Arriving) -> None:
    """Nobody keeps the other argument secret, so whoever has it can try keys."""
    assert arriving("create table m as select hmac('salt', x) as y from r.u") == {"hashed"}


def test_a_secret_that_lies_open_encrypts_nothing(arriving: Arriving) -> None:
    """Who reads the statement or the relation can decrypt, as with any encoding."""
    open_key = "create table m as select aes_encrypt(x, 'k') as y from r.u"
    assert arriving(open_key) == {"encoded:key_beside"}
    beside = "create table m as select pgp_sym_encrypt(x, k) as y from r.u"
    assert arriving(beside, dialect="postgres") == {"encoded:key_beside"}
    public = "create table m as select pgp_pub_encrypt(x, 'public key') as y from r.u"
    assert arriving(public, dialect="postgres") == {"encrypted"}


def test_a_key_of_a_possible_meaning_counts(arriving: Arriving) -> None:
    """A name that may be a column beside the data is taken for one."""
    sql = "create table m as select hmac(x, k) as y from r.u, vault.keys"
    assert arriving(sql) >= BESIDE


def test_an_enumerable_value_with_an_open_key_is_clear(arriving: Arriving) -> None:
    """With the key at hand all telephone numbers can be tried."""
    sql = "create table m as select hmac(x, 'k') as y from r.u"
    assert arriving(sql, category="user.contact.phone_number") == {"clear:key_beside"}
