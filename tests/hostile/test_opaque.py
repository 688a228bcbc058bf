"""What a parser does not see through is followed, or a gap that names what it touches."""

from __future__ import annotations

import pytest

from lineage import GapReason, analyze_sql
from tests.hostile.opaque import Block, blocks

_BLOCKS = blocks()
# Blocks in which no relation stands at all.
_NAMELESS = {"a statement in a variable"}
# Blocks whose rows come or go by what another text says.
_ELSEWHERE = {"a function in PL/pgSQL", "a publication"}


def test_ten_dialects_are_asked() -> None:
    """Each dialect has its own ways to hide what runs."""
    assert len({block.dialect for block in _BLOCKS}) >= 10


@pytest.mark.threat(16)
@pytest.mark.parametrize("block", _BLOCKS, ids=lambda block: f"{block.dialect}: {block.title}")
def test_opaque_sql_is_followed_or_a_gap_that_names_what_it_touches(block: Block) -> None:
    """The value goes on to somewhere, or a gap names where it is or where it may go."""
    found = analyze_sql(block.sql, dialect=block.dialect)
    followed = any(
        edge.source.relation.lower().endswith("users") and edge.source.column.lower() == "email"
        for edge in found.edges
    )
    touched = " ".join(name.lower() for gap in found.gaps for name in gap.relations)
    named = "ads" in touched or "crm" in touched

    if block.title in _NAMELESS:
        assert found.gaps or followed
    elif block.title in _ELSEWHERE:
        assert found.gaps or found.grants
    else:
        assert followed or named


@pytest.mark.threat(16)
@pytest.mark.parametrize("dialect", ["snowflake", "postgres", "bigquery", "oracle", "mysql"])
def test_a_procedure_of_the_same_name_elsewhere_is_not_the_one_that_was_read(dialect: str) -> None:
    """Nobody vouches for another schema's procedure by writing one of that name."""
    sql = "create procedure ads.export() begin select 1; end; call crm.export();"

    reasons = {gap.reason for gap in analyze_sql(sql, dialect=dialect).gaps}
    assert GapReason.OPAQUE_CODE in reasons


@pytest.mark.threat(13)
def test_no_name_can_stand_for_any_column() -> None:
    """An escape in an alias cannot spell the mark that linking uses for any column."""
    found = analyze_sql("create table m as select a as '\\0', b from t", dialect="mysql")

    assert {edge.target.column for edge in found.edges if edge.source.column == "a"} == {"\ufffd"}
