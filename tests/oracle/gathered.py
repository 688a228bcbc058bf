"""Random expressions over several rows: aggregates and windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .worlds import DOCUMENT, LIST, MAP, STRUCT, STRUCTS

if TYPE_CHECKING:
    from .expressions import Maker


def aggregate(maker: Maker, kind: str) -> str:
    """An aggregate of that type; none whose result depends on the order of rows."""
    one, key = maker.make(kind, 1), maker.make(maker.any_kind(), 1)
    text, number = maker.make("VARCHAR", 1), maker.make("INTEGER", 1)
    made = {
        "INTEGER": [
            f"sum({one})",
            f"sum(distinct {one})",
            f"count({key})",
            f"count(distinct {key})",
            f"count(distinct ({key}, {one}))",
            "count(*)",
            f"max({one})",
            f"count_if({maker.make('BOOLEAN', 1)})",
            f"bit_xor({one})",
            f"quantile_disc({one}, 0.5)",
            f"length(string_agg({text}))",
            f"percentile_disc(0.5) within group (order by {one})",
            f"max({one}, 2)[2]",
            f"list_sum(list({one}))::integer",
            f"mode({one} order by {one})",
            f"arg_min({one}, ({key}, {one}), 2)[1]",
            f"quantile_disc({one}, [0.25, 0.75])[{maker.random.choice('12')}]",
            f"quantile_cont({one}, 0.5)::integer",
            f"median({one})::integer",
            f"mad({one})::integer",
            f"regr_count({one}, {number})::integer",
            f"bit_or({one} & 7)",
            f"approx_count_distinct({key})::integer",
            f"len(list(distinct {one}))",
            f"sum({one} order by {key})",
        ],
        "VARCHAR": [
            f"min({one})",
            f"max({one})",
            f"string_agg({one}, '-' order by {one})",
            f"string_agg({one}, '-' order by {key}, {one})",
            f"string_agg(distinct {one}, '-' order by {one})",
            f"cast(list_sort(list({one})) as varchar)",
            f"cast(list({one} order by {number}, {one}) as varchar)",
            f"cast(histogram({one}) as varchar)",
        ],
        "BOOLEAN": [f"bool_or({one})", f"bool_and({one})", f"max({one})"],
        LIST: [f"list_sort(list({number}))", f"list({number} order by {key}, {number})"],
        STRUCT: [f"max({one})"],
        STRUCTS: [f"list_sort(list({maker.make(STRUCT, 1)}))"],
        MAP: [f"histogram({text})::{MAP}"],
        DOCUMENT: [f"to_json(list({number} order by {key}, {number}))"],
    }[kind]
    made += [
        f"arg_max({one}, ({key}, {one}))",
        f"min_by({one}, ({key}, {one}))",
        f"first({one} order by {key}, {one})",
        f"max({one} order by {key})",
        f"any_value({one} order by {key}, {one})",
        f"arg_max({one}, {key} order by {number}, {key}, {one})",
        f"last({one} order by {key} desc, {one})",
        f"max_by({one}, ({key}, {one}), 2)[2]",
    ]
    chosen = maker.random.choice(made)
    if not chosen.endswith(")") or "within group" in chosen or maker.random.random() < 0.8:
        return chosen
    if not chosen.startswith(("sum", "count", "max", "min", "bool", "arg", "first", "bit")):
        return chosen
    return f"{chosen} filter ({maker.random.choice(['where ', ''])}{maker.make('BOOLEAN', 1)})"


def _frame(maker: Maker) -> str:
    bound = maker.random.choice(["1", "2", f"abs(coalesce({maker.make('INTEGER', 0)}, 0))"])
    other = maker.random.choice(["current row", "1 following", "unbounded following"])
    word = maker.random.choice(["rows", "rows", "groups"])
    tails = ["", "", "", " exclude current row", " exclude ties", " exclude group"]
    tail = maker.random.choice([*tails, " exclude no others"])
    return f"{word} between {bound} preceding and {other}{tail}"


def window(maker: Maker, kind: str, names: list[str]) -> str:
    """A window function whose result does not depend on how ties fall."""
    keys = ", ".join(maker.make(maker.any_kind(), 1) for _ in range(2))
    part = maker.make(maker.any_kind(), 1)
    everything = ", ".join(s.sql for s in maker.seen)
    one, two = maker.make(kind, 1), maker.leaf(kind)
    shapes = [f"over (partition by {part} order by {keys})", f"over (partition by {part})"]
    if names:
        name = maker.random.choice(names)
        shapes += [f"over {name}", f"over ({name})"]
    over = maker.random.choice([*shapes, "over ()"])
    ordered = f"over (partition by {part} order by {keys}, {everything})"
    framed = f"{ordered[:-1]} {_frame(maker)})"
    choices = [
        f"max({one}) {over}",
        f"min({one}) {over}",
        f"max({one}) {framed}",
        f"lag({one}) {ordered}",
        f"lead({one}, {maker.leaf('INTEGER')}, {two}) {ordered}",
        f"lag({one} ignore nulls) {ordered}",
        f"first_value({one}) {ordered}",
        f"last_value({one}) {framed}",
        f"nth_value({one}, 2) {ordered}",
        f"first_value({one} order by {two}, {one}) {shapes[1]}",
    ]
    if kind == "INTEGER":
        near = f"range between {maker.random.choice('01')} preceding and current row"
        ranged = f"over (partition by {part} order by {maker.make('INTEGER', 0)} + 0 {near})"
        choices += [
            f"sum({one}) {over}",
            f"sum({one}) {framed}",
            f"rank() {shapes[0]}",
            f"dense_rank() {shapes[0]}",
            f"ntile(2) {ordered}",
            f"count(*) {over}",
            f"count(distinct {two}) {shapes[1]}",
            f"row_number() {ordered}",
            f"(percent_rank() {shapes[0]} * 10)::integer",
            f"(10 * cume_dist() {shapes[0]})::integer",
            f"len(list({one}) {ordered})",
            f"sum({one}) {ranged}",
            f"sum({one}) filter (where {maker.leaf('BOOLEAN')}) {over}",
        ]
    return maker.random.choice(choices)
