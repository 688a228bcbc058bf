"""Random calls of functions and operators, many of which parsers know as forms of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .worlds import LIST

if TYPE_CHECKING:
    from .expressions import Maker


def integers(maker: Maker, depth: int) -> list[str]:
    """Numbers made of numbers, texts, lists and days."""
    one, two = maker.make("INTEGER", depth), maker.make("INTEGER", depth)
    text, other = maker.make("VARCHAR", depth), maker.make("VARCHAR", depth)
    many, day = maker.make(LIST, depth), _day(maker, depth)
    return [
        f"({one} // nullif({two}, 0))",
        f"({one} % nullif({two}, 0))",
        f"({one} & {two})",
        f"({one} | {two})",
        f"xor({one}, {two})",
        f"({one} << abs({two} % 3))",
        f"round({one}, {two} % 2)::integer",
        f"gcd({one}, {two})",
        f"sign({one})::integer",
        f"({one} + {many}[1]).abs()",
        f"({many}).list_filter(lambda e: e > {one}).len()",
        f"power({one} % 3, abs({two} % 3))::integer",
        f"ceil({one} / 2)::integer",
        f"position({text} in {other})",
        f"strpos({text}, {other})",
        f"instr({text}, {other})",
        f"ascii({text})",
        f"unicode({text})",
        f"levenshtein({text}, {other})",
        f"hamming(lpad({text}, 2, 'x'), lpad({other}, 2, 'y'))",
        f"strlen({text})",
        f"array_length({many})::integer",
        f"len(list_intersect({many}, [{one}]))",
        f"list_dot_product([ifnull({one}, 0)], [ifnull({two}, 0)])::integer",
        f"list_slice({many}, {one}, {two})[1]",
        f"len({many}[{one}:{two}:1])",
        f"list_unique({many})::integer",
        f"extract(day from {day})::integer",
        f"date_part('day', {day})::integer",
        f"date_diff('day', date '2020-01-01', {day})::integer",
        f"datesub('day', {day}, date '2020-02-01')::integer",
        f"day(date_add(date '2020-01-01', to_days({one})))::integer",
        f"dayofweek(date '2020-01-01' + interval ({one}) day)::integer",
        f"epoch({day})::integer % 7",
        f"day(make_date(2020, 1, 1 + abs({one}) % 20))::integer",
        f"extract(hour from (timestamp '2020-01-01' + {one} * interval '1 hour'))::integer",
        f"({day} - date '2020-01-01')::integer",
    ]


def texts(maker: Maker, depth: int) -> list[str]:
    """Texts made of texts, numbers, lists and days."""
    one, two = maker.make("VARCHAR", depth), maker.make("VARCHAR", depth)
    number, day = maker.make("INTEGER", depth), _day(maker, depth)
    return [
        f"split_part({one}, {two}, {number})",
        f"regexp_extract_all({one}, '[a-z]')[1]",
        f"regexp_split_to_array({one}, {two})[1]",
        f"repeat({one}, {number} % 3)",
        f"rpad({one}, 3, coalesce(nullif({two}, ''), 'z'))",
        f"right({one}, {number})",
        f"chr(97 + abs({number}) % 20)",
        f"lower({one})",
        f"({one} || {two}).lower()",
        f"array_to_string([{one}, {two}], '-')",
        f"list_aggregate([{one}, {two}], 'string_agg', '-')",
        f"hex({one})",
        f"base64(encode({one}))",
        f"to_base({number} & 7, 2)",
        f"substr({one}, {number} % 3, 2)",
        f"concat({one}, {two}, {number})",
        f"strftime({day}, '%d')",
        f"date_trunc('month', {day})::varchar",
        f"time_bucket(interval '2 days', {day})::varchar",
        f"last_day({day})::varchar",
        f"({day} + interval 1 month)::date::varchar",
        f"(timestamp '2020-01-01' + to_hours({number}))::varchar",
        f"(timestamptz '2020-01-01 00:00:00+00' at time zone {_zone(maker)})::varchar",
        f"dayname({day})",
        f"({one} collate nocase)",
        f"nullif({one}, {two}) || 'x'",
        f"sha256({one})",
        f"{one} || e'\\n' || {two}",
    ]


def truths(maker: Maker, depth: int) -> list[str]:
    """Tests that have signs and words of their own."""
    one, two = maker.make("VARCHAR", depth), maker.make("VARCHAR", depth)
    number, other = maker.make("INTEGER", depth), maker.make("INTEGER", depth)
    many, flag, day = maker.make(LIST, depth), maker.make("BOOLEAN", depth), _day(maker, depth)
    return [
        f"({one} ^@ {two})",
        f"({one} ~~ {two})",
        f"({one} !~~ {two})",
        f"({one} not ilike {two} || '%')",
        f"({one} like {two} || '%' escape '!')",
        f"contains({one}, {two})",
        f"suffix({one}, {two})",
        f"({many} && [{number}])",
        f"({many} @> [{number}])",
        f"([{number}] <@ {many})",
        f"list_has_all({many}, [{number}])",
        f"({number} not between {other} and 3)",
        f"({flag} is not true)",
        f"({flag} is unknown)",
        f"({day} > date '2020-01-02')",
        f"({number} = all([{other}]))",
        f"({number} in (select unnest({many})))",
        f"(({number}, {one}) in ((1, 'u'), ({other}, {two})))",
        f"(({number}, {one}) < ({other}, {two}))",
    ]


def lists(maker: Maker, depth: int) -> list[str]:
    """Lists of numbers that are put together, cut and sorted."""
    one, two = maker.make("INTEGER", depth), maker.make("INTEGER", depth)
    many, more = maker.make(LIST, depth), maker.make(LIST, depth)
    return [
        f"({many} || {more})",
        f"list_append({many}, {one})",
        f"list_intersect({many}, [{one}, {two}])",
        f"list_sort({many}, 'desc', 'nulls first')",
        f"{many}[{one}:{two}]",
        f"list_slice({many}, 1, {one})",
        f"generate_series(0, least({one}, 3))::{LIST}",
        f"list_grade_up({many})::{LIST}",
        f"flatten([{many}, {more}])",
        f"list_resize({many}, abs({one}) % 3, {two})",
        f"array_push_front({many}, {one})",
        f"({many}).list_concat([{one}]).list_sort()",
    ]


def _day(maker: Maker, depth: int) -> str:
    return f"(date '2020-01-01' + {maker.make('INTEGER', depth)}::integer)"


def _zone(maker: Maker) -> str:
    return f"case when {maker.leaf('BOOLEAN')} then 'UTC' else 'Asia/Tokyo' end"
