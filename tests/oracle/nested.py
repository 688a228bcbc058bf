"""Random expressions over lists of structs, maps, documents and whole rows.

Each function gives the ways to write a value of one type, given a maker of the parts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .worlds import DOCUMENT, LIST, MAP, STRUCT, STRUCTS

if TYPE_CHECKING:
    from .expressions import Maker, Seen

_FIELDS = '{"k": "INTEGER", "city": "VARCHAR"}'


def integers(maker: Maker, depth: int) -> list[str]:
    """Numbers that come out of something that holds several."""
    one, two = maker.make("INTEGER", depth), maker.make("INTEGER", depth)
    many, counts, doc = (maker.make(t, depth) for t in (STRUCTS, MAP, DOCUMENT))
    rows = [f"{sql}.k" for sql in _rows(maker, "k")] + [f"({sql}).k" for sql in _rows(maker, "k")]
    return [
        f"{many}[1].k",
        f"{many}[{one}]['k']",
        f"list_transform({many}, lambda e: e.k)[1]",
        f"list_sum([e.k for e in {many} if e.k > {one}])::integer",
        f"{counts}['u']",
        f"map_extract({counts}, 'v')[1]",
        f"map_values({counts})[1]",
        f"map_entries({counts})[1].value",
        f"cardinality({counts})::integer",
        f"try_cast({doc} ->> 'k' as integer)",
        f"try_cast({doc} ->> '$.k' as integer)",
        f"from_json({doc}, '{_FIELDS}').k",
        f"union_value(num := {one}).num",
        f"struct_update({maker.make(STRUCT, depth)}, k := {one}).{maker.random.choice(['k'])}",
        f"struct_concat({{'f': {one}}}, {{'g': {two}}}).{maker.random.choice('fg')}",
        *rows,
    ]


def texts(maker: Maker, depth: int) -> list[str]:
    """Texts that come out of something that holds several values, or hold all of it."""
    one, number = maker.make("VARCHAR", depth), maker.make("INTEGER", depth)
    many, counts, doc = (maker.make(t, depth) for t in (STRUCTS, MAP, DOCUMENT))
    rows = [f"{sql}::varchar" for sql in _rows(maker)]
    rows += [f"to_json({sql})::varchar" for sql in _rows(maker)]
    return [
        f"{many}[1].city",
        f"list_filter({many}, lambda e: e.k > {number})[1].city",
        f"list_transform({many}, lambda e: coalesce(e.city, {one}))[-1]",
        f"list_aggregate([e.city for e in {many}], 'max')",
        f"{many}::varchar",
        f"map_keys({counts})[1]",
        f"{counts}::varchar",
        f"{doc} ->> 'city'",
        f"json_extract_string({doc}, '$.city')",
        f"json_extract({doc}, ['$.k', '$.city'])[{maker.random.choice('12')}]::varchar",
        f"{doc}::varchar",
        f"struct_insert({{'f': {number}}}, city := {one}).city",
        *rows,
    ]


def truths(maker: Maker, depth: int) -> list[str]:
    """Tests of what holds several values."""
    one, counts = maker.make("INTEGER", depth), maker.make(MAP, depth)
    return [
        f"({one} = any({maker.make(LIST, depth)}))",
        f"map_contains({counts}, {maker.make('VARCHAR', 0)})",
        f"json_contains({maker.make(DOCUMENT, depth)}, to_json({one}))",
        f"list_has_any({maker.make(LIST, depth)}, [{one}])",
        f"(len({maker.make(STRUCTS, depth)}) > {one})",
        *(f"({sql} is {maker.random.choice(['', 'not '])}null)" for sql in _rows(maker)),
    ]


def lists(maker: Maker, depth: int) -> list[str]:
    """Lists of numbers; what a lambda calls its element may be the name of a column."""
    many, one = maker.make(LIST, depth), maker.make("INTEGER", depth)
    structs, name = maker.make(STRUCTS, depth), maker.random.choice("kab")
    return [
        f"map_values({maker.make(MAP, depth)})",
        f"list_transform({structs}, lambda e: e.k)",
        f"[e.k for e in {structs} if e.city <> {maker.make('VARCHAR', 0)}]",
        f"list_transform({many}, lambda {name}: {name} + {one})",
        f"list_filter({many}, lambda {name}: {name} > {one})",
        f"[{name} for {name} in {many} if {name} < {one}]",
        f"list_transform({many}, lambda e, i: e + i)",
        f"[list_reduce({many}, lambda e, {name}: e + {name}, {one})]",
        f"({many}).list_transform(lambda e: e + {one}).list_filter(lambda e: e > {one})",
        f"list_where({many}, [{maker.make('BOOLEAN', 0)}])",
        f"list_select({many}, [{one}])",
        f"list_prepend({one}, {many})",
        f"list_reverse({many})",
    ]


def structs(maker: Maker, depth: int) -> list[str]:
    """Structs of a number and a text."""
    one, two = maker.make("INTEGER", depth), maker.make("VARCHAR", depth)
    return [
        f"{maker.make(STRUCTS, depth)}[1]",
        f"from_json({maker.make(DOCUMENT, depth)}, '{_FIELDS}')",
        f"row({one}, {two})::{STRUCT}",
        f"struct_update({maker.make(STRUCT, depth)}, k := {one})",
        f"{{'city': {two}, 'k': {one}}}::{STRUCT}",
        f"list_extract([{maker.make(STRUCT, depth)}], {one})",
    ]


def lists_of_structs(maker: Maker, depth: int) -> list[str]:
    """Lists of structs of a number and a text."""
    one, two = maker.make("INTEGER", depth), maker.make("VARCHAR", depth)
    many = maker.leaf(STRUCTS)
    return [
        f"[{maker.make(STRUCT, depth)}, {maker.make(STRUCT, depth)}]",
        f"list_filter({many}, lambda e: e.k > {one})",
        f"list_transform({maker.make(LIST, depth)}, lambda e: {{'k': e, 'city': {two}}})",
        f"[{{'k': e.k + {one}, 'city': e.city}} for e in {many} if e.city <> {two}]",
        f"list_concat({many}, [{maker.make(STRUCT, depth)}])",
        f"list_sort({many})",
    ]


def maps(maker: Maker, depth: int) -> list[str]:
    """Maps from texts to numbers."""
    one, two = maker.make("INTEGER", depth), maker.make("INTEGER", depth)
    key = f"coalesce({maker.make('VARCHAR', depth)}, 'u')"
    return [
        f"map {{'u': {one}, 'v': {two}}}",
        f"map {{{key}: {one}}}",
        f"map([{key}], [{one}])",
        f"map_concat({maker.leaf(MAP)}, map {{'w': {one}}})",
        f"map_from_entries([('u', {one}), ('v', {two})])",
    ]


def documents(maker: Maker, depth: int) -> list[str]:
    """Documents of a number and a text."""
    one, two = maker.make("INTEGER", depth), maker.make("VARCHAR", depth)
    return [
        f"to_json({maker.make(STRUCT, depth)})",
        f"json_object('k', {one}, 'city', {two})",
        f"json_merge_patch({maker.leaf(DOCUMENT)}, json_object('k', {one}))",
        f"to_json({maker.make(MAP, depth)})",
    ]


def _rows(maker: Maker, column: str = "") -> list[str]:
    """The aliases in view, each of which means a whole row; those that have the column."""
    return sorted({found[1] for s in maker.seen if (found := _alias(s, column))})


def _alias(seen: Seen, column: str) -> re.Match[str] | None:
    return re.fullmatch(rf"(q\d+)\.{column or '[a-z]+'}", seen.sql)
