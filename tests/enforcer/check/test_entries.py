"""Where data enters a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from enforcer.check.entries import collected
from enforcer.places import find_places
from enforcer.policytest import sample_estate
from enforcer.rules import Sample
from enforcer.taxonomy import load_taxonomy
from lineage import TransformSubtype
from lineage.projects import Fact

if TYPE_CHECKING:
    from tests.enforcer.check.conftest import World

TAXONOMY = load_taxonomy()


@pytest.mark.parametrize(
    ("sql", "entries"),
    [
        ("create table b as select x from a", {"a"}),
        ("create table a (x int)", {"a"}),
        ("insert into a values (1); insert into b select column1 from a", {"a"}),
        ("copy a from 's3://in/a.csv'; create table b as select x from a", {"a", "s3://in/a.csv"}),
        ("copy (select x from a) to 's3://out/a.csv'", {"a"}),
        ("update a set x = x + 1", {"a"}),
        ("select x from a", {"a"}),
        ("create table b as with s as (select x from a) select max(x) as x from s", {"a"}),
    ],
)
def test_data_enters_by_what_nothing_here_fills(sql: str, entries: set[str]) -> None:
    """Files may fill it, and so may it itself; a result and a file that is written are no entry."""
    estate = sample_estate(Sample(sql=sql), "a.sql", TAXONOMY, find_places)
    assert collected(estate) == entries


def test_sources_and_seeds_are_entries_whoever_fills_them(world: World) -> None:
    """What the project itself calls a source is one."""
    world.relation("raw.a", "source").relation("raw.b", "seed").flow("x.y", "raw.a.y")
    assert collected(world.estate()) == {"raw.a", "raw.b", "x"}


def test_what_decides_about_rows_fills_as_well(world: World) -> None:
    """A relation whose rows another one decides about is no entry."""
    world.flow("a.x", "~s.*", "", TransformSubtype.FILTER).flow("~s.*", "b.n")
    assert collected(world.estate()) == {"a"}


def test_what_is_built_from_others_is_no_entry_though_nobody_could_read_it(world: World) -> None:
    """A model whose text is a gap still depends on what dbt says."""
    world.flow("mart.a.x", "mart.b.x").relation("mart.a", "model", x="1")
    assert collected(world.estate()) == {"mart.a"}
    fact = (Fact("depends_on", "raw.a"),)
    world.relations["mart.a"] = msgspec.structs.replace(world.relations["mart.a"], facts=fact)
    assert collected(world.estate()) == frozenset()
