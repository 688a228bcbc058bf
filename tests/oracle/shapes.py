"""Random projections: plain ones with windows, grouped ones, and stars."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .worlds import LIST, STRUCT, TYPES

if TYPE_CHECKING:
    from .expressions import Maker
    from .queries import Queries
    from .sources import Source


class Shape(NamedTuple):
    """`SELECT …`, what follows WHERE, and the names of the columns put out."""

    head: str
    tail: str
    names: tuple[str, ...]
    grouped: bool = False
    aliases: tuple[str, ...] = ()  # those that WHERE may use


def plain(queries: Queries, maker: Maker, columns: tuple[str, ...] | None) -> Shape:
    """Expressions, some of them windows, some naming those to their left."""
    names = queries.names(columns)
    windows = ["w1", "w2", "w3"] if queries.chance(0.15) else []
    items: list[str] = []
    ranks: list[str] = []
    laterals: list[str] = []
    wheres: list[str] = []
    for name in names:
        kind = TYPES[name]
        if queries.chance(0.15):
            items.append(f"{maker.window(kind, windows)} as {name}")
            ranks += [name] if kind == "INTEGER" else []
            continue
        if kind == "INTEGER" and queries.chance(0.04):
            items.append(f"unnest({maker.make(LIST)}) as {name}")
            continue
        item = maker.make(kind)
        usable = [n for n in laterals if TYPES[n] == kind]
        if usable and queries.chance(0.4):
            item = f"coalesce({queries.random.choice(usable)}, {item})"
        items.append(f"{name}: {item}" if queries.chance(0.03) else f"{item} as {name}")
        laterals.append(name)
        if "(select" not in item:
            wheres.append(name)
    tail = ""
    if windows:
        key, other = maker.leaf("INTEGER"), maker.leaf("VARCHAR")
        tail += f" window w1 as (partition by {key} order by {other}), w2 as (partition by {other})"
        tail += f", w3 as (w2 order by {maker.leaf('BOOLEAN')}, {key})"
    if queries.chance(0.12):
        rank = maker.window("INTEGER", windows)
        if ranks and queries.chance(0.5):
            rank = queries.random.choice(ranks)
        tail += f" qualify {rank} <= {maker.leaf('INTEGER')}"
    word = "distinct " if queries.chance(0.1) and not tail else ""
    if not word and not tail and queries.chance(0.05):
        everything = ", ".join(s.sql for s in maker.seen)
        key = maker.leaf("INTEGER")
        key += f", {maker.leaf('VARCHAR')}" * queries.chance(0.3)
        word, tail = f"distinct on ({key}) ", f" order by {key}, {everything}"
    return Shape(f"select {word}{', '.join(items)}", tail, names, aliases=tuple(wheres))


def grouped(queries: Queries, maker: Maker, columns: tuple[str, ...] | None) -> Shape:
    """Keys and aggregates, under every way to group."""
    names = queries.names(columns)
    keys, items = [], []
    for position, name in enumerate(names):
        if queries.chance(0.4) and maker.seen:
            key = maker.make(TYPES[name], 1) if queries.chance(0.3) else maker.leaf(TYPES[name])
            ways = [str(position + 1), key, key]
            keys.append(queries.random.choice([*ways, name]))
            items.append(f"{key} as {name}")
        else:
            items.append(f"{_aggregated(queries, maker, TYPES[name])} as {name}")
    constant = ("'", "true", "false", "[", "{")
    keys = [k for k in keys if k.isdigit() or not k.startswith(constant)]
    # a number that was meant as a value would be taken for a position
    keys = [k for k in keys if not k.isdigit() or 1 <= int(k) <= len(names)]
    tail = _group_by(queries, keys)
    if queries.chance(0.3):
        word = queries.random.choice([">", "<=", "="])
        value = queries.random.choice([str(queries.random.randint(0, 3)), names[0]])
        tail += f" having {maker.aggregate('INTEGER')} {word} {value}"
    if queries.chance(0.06):
        tail += f" qualify rank() over (order by {maker.aggregate('INTEGER')}) < 3"
    if " rollup " in tail or " cube " in tail or " sets " in tail:
        items = _with_grouping(queries, items, keys, names)
    return Shape(f"select {', '.join(items)}", tail, names, grouped=True)


def _with_grouping(
    queries: Queries, items: list[str], keys: list[str], names: tuple[str, ...]
) -> list[str]:
    """The items, one of them perhaps saying which of the keys a row is grouped by."""
    places = [p for p, name in enumerate(names) if TYPES[name] == "INTEGER"]
    keys = [key for key in keys if key not in names]
    if not keys or not places or not queries.chance(0.4):
        return items
    place = queries.random.choice(places)
    call = queries.random.choice([f"grouping({keys[0]})", f"grouping_id({', '.join(keys)})"])
    item = f"{call}::integer as {names[place]}"
    return [*items[:place], item, *items[place + 1 :]]


def _aggregated(queries: Queries, maker: Maker, kind: str) -> str:
    value = maker.aggregate(kind)
    if queries.chance(0.1):
        return f"coalesce({value}, {maker.aggregate(kind)})"
    if queries.chance(0.06):
        return f"max({value}) over (order by {maker.aggregate('INTEGER')})"
    return value


def _group_by(queries: Queries, keys: list[str]) -> str:
    if not keys:
        return ""
    listed = ", ".join(keys)
    written = [k for k in keys if not k.isdigit()]
    if queries.chance(0.15):
        return " group by all"
    if not written or len(written) < len(keys) or not queries.chance(0.3):
        return f" group by {listed}"
    first, *rest = keys
    sets = ", ".join(f"({k})" for k in keys)
    return queries.random.choice(
        [
            f" group by rollup ({listed})",
            f" group by cube ({listed})",
            f" group by grouping sets ({sets}, ())",
            f" group by grouping sets (({listed}), ({first}))",
            f" group by {', '.join([*rest, f'rollup ({first})'])}",
        ]
    )


def starred(queries: Queries, maker: Maker, sources: list[Source], merged: set[str]) -> Shape:
    """`*` or `alias.*` with EXCLUDE, REPLACE and RENAME, alone or beside other items."""
    every = [c for s in sources for c in s.columns]
    structs = [s.sql for s in maker.seen if s.type == STRUCT]
    if structs and queries.chance(0.3):
        return _fields(queries, queries.random.choice(structs))
    if not merged and len(set(every)) < len(every) and queries.chance(0.5):
        return _apart(queries, sources, every, merged)
    if merged:
        shared = list(dict.fromkeys(every))
        doubled = [c for c in shared if every.count(c) > 1 and c not in merged]
        if doubled or queries.chance(0.3):
            apart = doubled and queries.chance(0.5)
            return _apart(queries, sources, every, merged) if apart else plain(queries, maker, None)
        return _star_of(queries, maker, "*", tuple(shared))
    if len(set(every)) == len(every) and queries.chance(0.7):
        return _star_of(queries, maker, "*", tuple(every))
    source = queries.random.choice([s for s in sources if s.columns])
    return _star_of(queries, maker, f"{source.alias}.*", source.columns)


def _fields(queries: Queries, struct: str) -> Shape:
    """The fields of a struct as columns."""
    forms = ["unnest({})", "unnest([{}], recursive := true)", "unnest([{}], max_depth := 2)"]
    forms += ["{}.*"] * ("." not in struct)
    return Shape(f"select {queries.random.choice(forms).format(struct)}", "", ("k", "city"))


def _apart(queries: Queries, sources: list[Source], every: list[str], merged: set[str]) -> Shape:
    """`*` that leaves out, or renames, each further column of a name, saying of which source.

    What joins have merged is one column, of the first source that does not leave it out.
    """
    gone: list[str] = []
    renamed: list[str] = []
    names: list[str] = []
    for source in sources:
        for column in source.columns:
            if column not in names:
                if column in merged and queries.chance(0.3):
                    gone.append(f"{source.alias}.{column}")
                else:
                    names.append(column)
                continue
            if column in merged:
                continue
            new = queries.other_name(column, (*every, *names))
            if new and queries.chance(0.3) and not source.sql.startswith(source.alias):
                renamed.append(f"{source.alias}.{column} as {new}")
                names.append(new)
            else:
                gone.append(f"{source.alias}.{column}")
    tail = f" exclude ({', '.join(gone)})" if gone else ""
    tail += f" rename ({', '.join(renamed)})" if renamed else ""
    return Shape(f"select *{tail}", "", tuple(names))


def _columns_of(
    queries: Queries, maker: Maker, star: str, columns: list[str]
) -> tuple[str, list[str]]:
    """COLUMNS(…) over some of the columns, each by itself in an expression of its own type."""
    kept = queries.random.sample(columns, queries.random.randint(1, len(columns)))
    kept = [c for c in columns if c in kept]
    forms = [f"columns({star} exclude ({', '.join(c for c in columns if c not in kept)}))"]
    if star == "*":
        forms += [f"columns(lambda c: c in ({_texts(kept)}))"]
        forms += [f"columns('(?i)^({'|'.join(kept)})$')", f"columns([{_texts(kept)}])"]
    chosen = forms[-1] if len(kept) == len(columns) and star == "*" else None
    if len(kept) == len(columns) and star != "*":
        chosen = f"columns({star})"
    text = chosen or queries.random.choice(forms)
    around = queries.random.choice(
        ["{}", "coalesce({}, {})", "nullif({}, null)", "if({test}, {}, null)"]
    )
    return around.replace("{test}", maker.leaf("BOOLEAN")).replace("{}", text), kept


def _gathered(queries: Queries, columns: list[str]) -> Shape:
    """All columns of one type as the arguments of one function."""
    kind = TYPES[queries.random.choice(columns)]
    kept = [c for c in columns if TYPES[c] == kind]
    left = ", ".join(c for c in columns if c not in kept)
    forms = [f"*columns('^({'|'.join(kept)})$')", f"*columns([{_texts(kept)}])"]
    forms += [f"*columns(* exclude ({left}))"] if left else ["*columns(*)"]
    function = queries.random.choice(["coalesce", "greatest", "least"])
    text = f"{function}({queries.random.choice(forms)})"
    return Shape(f"select {text} as {kept[0]}", "", (kept[0],))


def _texts(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _star_of(queries: Queries, maker: Maker, star: str, columns: tuple[str, ...]) -> Shape:
    left, tail = list(columns), ""
    if len(left) > 1 and queries.chance(0.3):
        gone = queries.random.sample(left, queries.random.randint(1, len(left) - 1))
        kept = [c for c in left if c not in gone]
        if kept:  # of two columns of a name both are gone
            left = kept
            tail += f" exclude ({', '.join(gone)})"
    if queries.chance(0.3):
        changed = queries.random.choice(left)
        tail += f" replace ({maker.make(TYPES[changed])} as {changed})"
    if queries.chance(0.25):
        old = queries.random.choice(left)
        new = queries.other_name(old, columns)
        if new and f" as {old})" not in tail:
            tail += f" rename ({old} as {new})"
            left = [new if c == old else c for c in left]
    text = f"{star}{tail}"
    if not tail and star == "*" and queries.chance(0.1):
        text = queries.random.choice(["columns(*)", "columns('.*')", "* like '%'"])
    elif not tail and star == "*" and queries.chance(0.15):
        return _gathered(queries, left)
    elif not tail and queries.chance(0.25):
        text, left = _columns_of(queries, maker, star, left)
    more = queries.other_name("k", tuple(left)) if queries.chance(0.2) else ""
    if more:
        extra, first = f"{maker.make('INTEGER')} as {more}", queries.chance(0.5)
        text = f"{extra}, {text}" if first else f"{text}, {extra}"
        left = [more, *left] if first else [*left, more]
    word = "distinct " if queries.chance(0.1) else ""
    return Shape(f"select {word}{text}", "", tuple(left))
