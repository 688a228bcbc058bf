"""Lines of compiled text as lines of the text that a person wrote."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage.projects import Unit
from lineage.readers import find_project
from lineage.written_lines import written_line

if TYPE_CHECKING:
    from pathlib import Path


def lines(written: str, text: str) -> dict[str, int]:
    """For each line of the compiled text that is not blank, the written line."""
    written, text = dedent(written).strip("\n"), dedent(text).strip("\n")
    unit = Unit(file="a.sql", text=text, dialect="", written=written)
    return {
        line.strip(): written_line(unit, number)
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip()
    }


def test_a_text_that_was_not_generated_has_its_own_lines() -> None:
    """Without another text, a line is itself."""
    assert written_line(Unit(file="a.sql", text="a\nb", dialect=""), 2) == 2


def test_a_config_block_and_references_move_lines() -> None:
    """A removed block shifts lines, and a line with a reference in it is still that line."""
    written = """
        {{ config(
            materialized='table'
        ) }}

        select c.id
        from {{ ref('customers') }} as c
        left join {{ source('raw', 'orders') }} as o
            on c.id = o.id
    """
    text = """
        select c.id
        from "db"."core"."customers" as c
        left join "db"."raw"."orders" as o
            on c.id = o.id
    """
    assert list(lines(written, text).values()) == [5, 6, 7, 8]


def test_each_round_of_a_loop_is_the_loops_body() -> None:
    """A line that a loop wrote many times is one line of its body each time."""
    written = """
        select
        {% for m in methods %}
            sum({{ m }}) as {{ m }}_sum,
            max({{ m }}) as {{ m }}_max,
            id_in_the_middle,
        {% endfor %}
            total
    """
    text = """
        select

            sum(a) as a_sum,
            max(a) as a_max,
            id_in_the_middle,

            sum(b) as b_sum,
            max(b) as b_max,
            id_in_the_middle,

            sum(c) as c_sum,
            max(c) as c_max,
            id_in_the_middle,

            total
    """
    assert lines(written, text) == {
        "select": 1,
        **dict.fromkeys(("sum(a) as a_sum,", "sum(b) as b_sum,", "sum(c) as c_sum,"), 3),
        **dict.fromkeys(("max(a) as a_max,", "max(b) as b_max,", "max(c) as c_max,"), 4),
        "id_in_the_middle,": 5,
        "total": 7,
    }


def test_all_lines_of_a_macro_are_the_line_that_called_it() -> None:
    """What a macro wrote is nowhere in the file but in its call."""
    written = """
        select
            id,
            {{ pivot('x') }}
        from t
    """
    text = """
        select
            id,
            case when x = 1
                then 2
            end
        from t
    """
    assert list(lines(written, text).values()) == [1, 2, 3, 3, 3, 4]


def test_comments_of_the_template_are_not_in_the_way() -> None:
    """A comment that reaches over lines leaves none of them behind."""
    written = """
        {# a comment
           select nothing
           of interest #}
        select id {# why #}
        from {{ x }}
    """
    assert list(lines(written, "select id\nfrom t").values()) == [4, 5]


def test_a_line_out_of_range_is_the_nearest() -> None:
    """An origin that is off by some lines is no crash."""
    unit = Unit(file="a.sql", text="select 1", dialect="", written="\nselect 1")
    assert [written_line(unit, line) for line in (-1, 0, 1, 99)] == [2, 2, 2, 2]


@pytest.mark.parametrize(
    "written",
    ["{{" * 200_000, "{{ x }}" * 100_000, "{% for %}\n" * 20_000, "a\n" * 30_000, "{#" * 99_999],
    ids=["unclosed", "many", "loops", "same lines", "comments"],
)
def test_every_text_has_lines(written: str) -> None:
    """However a text is made, a line of it is found."""
    unit = Unit(file="a.sql", text="a\n" * 15_000 + written[:1000], dialect="", written=written)
    assert written_line(unit, 700) >= 1


TEXT = st.text("ab{}%#\n ", max_size=60)


@given(text=TEXT, written=TEXT)
def test_every_line_has_a_written_line(text: str, written: str) -> None:
    """Whatever the texts are, the answer is a line of the written one."""
    unit = Unit(file="a.sql", text=text, dialect="", written=written)
    last = (written or text).count("\n") + 1
    for line in range(1, text.count("\n") + 2):
        assert 1 <= written_line(unit, line) <= last


@pytest.mark.parametrize("corpus", ["jaffle", "synthea", "gitlab"])
def test_lines_that_nothing_was_rendered_into_are_found_as_they_are(
    corpora: Path, corpus: str
) -> None:
    """In real projects a line that stands once in both texts is found where it stands."""
    found = wrong = 0
    for unit in find_project(corpora / "data" / corpus).units:
        text = [line.strip() for line in unit.text.split("\n")]
        written = [line.strip() for line in unit.written.split("\n")]
        once = {w for w in written if w and written.count(w) == text.count(w) == 1}
        for number, line in enumerate(text, 1):
            if line in once:
                found += 1
                wrong += written[written_line(unit, number) - 1] != line
    assert found > 50
    assert wrong <= found * 0.002
