"""The header of a seed: dbt makes columns of it, and not always under the names that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lineage.build import analyze
from lineage.readers import find_project

if TYPE_CHECKING:
    from tests.lineage.readers.conftest import Shop


def _copied(shop: Shop, header: str) -> tuple[set[str], bool]:
    """What a copy of a seed has of its columns, and whether something is told as a gap."""
    shop.adapter = "duckdb"
    shop.node("people", resource_type="seed", original_file_path="seeds/people.csv")
    shop.write("seeds/people.csv", f"{header}\n1,2,3\n")
    shop.model("mart", "select * from prod.core.people")
    analysis = analyze(find_project(shop.save()), jobs=0)
    return {e.target.column for e in analysis.edges}, bool(analysis.gaps)


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85"])
def test_only_the_end_of_a_line_ends_a_header(shop: Shop, sign: str) -> None:
    """Signs by which others divide lines are a part of a name."""
    assert _copied(shop, f"id,na{sign}me,email") == ({"id", f"na{sign}me", "email"}, False)


@pytest.mark.parametrize(
    "header", ["id,name,name", "id, name,email", "id,name ,email", "id,,email", "x" * (1 << 18)]
)
def test_a_header_of_which_dbt_makes_other_names_is_none(shop: Shop, header: str) -> None:
    """Where the names of columns are not known, a star over them is a gap."""
    assert _copied(shop, f"{header},last")[1]
