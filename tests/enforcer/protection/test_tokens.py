"""Tokens by a declared map, and functions that the project itself makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from enforcer.protection.methods import Effect
from enforcer.words import PolicyError
from lineage import Column

if TYPE_CHECKING:
    from tests.enforcer.protection.conftest import Analysed, Arriving

MAP = "create table vault.map as select distinct x, uuid() as token from r.u;"
JOINED = "create table m as select t.token as y from r.u as u join vault.map as t on t.x = u.x"


DECLARED = {"vault.map": {"token_map": "TOKEN"}}


def test_a_join_of_a_token_map_gives_surrogates(arriving: Arriving) -> None:
    """The token that a join takes stands for the value, if the map is declared."""
    assert arriving(MAP + JOINED) == set()
    assert arriving(MAP + JOINED, facts=DECLARED) == {"surrogate"}
    either = JOINED.replace("t.token", "coalesce(t.token, u.x)")
    assert arriving(MAP + either, facts=DECLARED) == {"clear", "surrogate"}


def test_a_declaration_is_no_protection(arriving: Arriving) -> None:
    """A token that is made of the value arrives as what it is too, and the way back is clear."""
    hashed = MAP.replace("uuid()", "md5(x)")
    assert arriving(hashed + JOINED, facts=DECLARED) == {"hashed", "surrogate"}
    back = "create table m as select t.x as y from e join vault.map as t on t.token = e.token"
    assert arriving(MAP + back, facts=DECLARED) == {"clear"}


def test_the_flow_into_a_token_is_where_the_map_is_declared(analysed: Analysed) -> None:
    """No text writes it, so a finding points at the declaration."""
    analysis = analysed(MAP, DECLARED)
    graph = analysis.graph
    token = graph.find(Column("vault.map", "token"))
    assert token is not None
    [edge] = [e for e in graph.incoming(token) if graph.kind(e).transform.functions]
    declared = next(r.origin for r in analysis.relations if r.name == "vault.map")
    assert analysis.origin_of(edge) == declared


def test_a_map_without_its_tokens_is_an_error(analysed: Analysed) -> None:
    """A slip in the name of the column would pass everything."""
    misspelt = {"vault.map": {"token_map": "tokn"}}
    with pytest.raises(PolicyError, match=r"`vault\.map` has no column `tokn`"):
        analysed(MAP, misspelt)


def test_no_query_can_call_itself_a_token_map(arriving: Arriving) -> None:
    """A function of such a name keeps the value."""
    sql = 'create table m as select "join:token_map"(x) as y from r.u'
    assert arriving(sql) == {"clear"}


def test_a_function_that_the_project_makes_is_not_the_known_one(arriving: Arriving) -> None:
    """Whoever makes a macro `sha256` may make it do nothing; the project's policy has the word."""
    sql = "create macro sha256(v) as v; create table m as select sha256(x) as y from r.u"
    assert arriving(sql) == {"clear"}
    policy = (("sha256", Effect.HASH), ("sha2", Effect.HASH))
    assert arriving(sql, functions=policy) == {"hashed"}


def test_a_function_that_the_project_makes_protects_as_its_body_does(arriving: Arriving) -> None:
    """What counts is what a function does, and not what it is called."""
    made = "create macro mask_it(v) as sha256(v); create macro sha_it(v) as lower(v);"
    assert arriving(made + "create table m as select mask_it(x) as y from r.u") == {"hashed"}
    assert arriving(made + "create table m as select sha_it(x) as y from r.u") == {"clear"}
    other = "create table n as select sha_it(x) as z, mask_it(id) as y from r.u;"
    assert arriving(made + other + "create table m as select mask_it(x) as y from r.u") == {
        "hashed"
    }


def test_a_function_in_another_language_is_not_the_known_one(arriving: Arriving) -> None:
    """Nobody reads what it does, so its name says nothing."""
    made = "create temp function hmac_sha256(k string, v string) returns string language js"
    sql = made + " as 'return v';" + "create table m as select hmac_sha256('k', x) as y from r.u"
    assert arriving(sql, dialect="bigquery") == {"clear"}


def test_a_key_that_a_function_is_given_may_be_written_out(arriving: Arriving) -> None:
    """A key that is a parameter is as open as what it is called with."""
    made = "create function h(v text, k text) returns text language sql"
    sql = (
        made
        + " as $$ select hmac(v, k, 'sha256') $$;"
        + "create table m as select h(x, 'secret') as y from r.u"
    )
    assert arriving(sql, dialect="postgres") == {"hashed:key_beside"}


def test_a_pattern_speaks_of_functions_that_the_project_makes(arriving: Arriving) -> None:
    """A glob holds for a name that nobody else knows, whoever made the function."""
    sql = "create macro mask_it(v) as v; create table m as select mask_it(x) as y from r.u"
    assert arriving(sql, functions=(("mask_*", Effect.HASH),)) == {"hashed"}
    known = sql.replace("mask_it", "sha256")
    assert arriving(known, functions=(("sha*", Effect.HASH),)) == {"clear"}


def test_whose_a_function_is_belongs_to_its_name(arriving: Arriving) -> None:
    """`util.sha256` is somebody's own; a pattern says what it does."""
    sql = "create table m as select util.sha256(x) as y from r.u"
    assert arriving(sql, dialect="postgres") == {"clear"}
    own = (("util.*", Effect.TOKENISE),)
    assert arriving(sql, dialect="postgres", functions=own) == {"surrogate"}
