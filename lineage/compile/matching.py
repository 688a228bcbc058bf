"""MATCH_RECOGNIZE: rows of a source matched by a pattern, and what is measured of each match."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from lineage.compile.expressions import collect
from lineage.compile.frames import Frame
from lineage.compile.names import alias_columns, alias_name, column_name, offset_of
from lineage.objects import UNQUALIFIED, Output, Source, Star
from lineage.words import TransformSubtype as Subtype

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES = re.compile(r'(?<=")[^"]+(?=")|(?<=`)[^`]+(?=`)|\w+')


def add_match(frame: Frame, match: exp.Expr) -> None:
    """Put the matches in the place of the last source."""
    naming = frame.draft.naming
    if not frame.sources:
        return
    place = len(frame.sources) - 1
    source = frame.sources[place]
    inner = Frame(frame.draft, frame, frame.ctes)
    inner.add_source(source)
    for variable in _variables(match):
        inner.by_alias.setdefault(column_name(variable, naming), 0)
    at = offset_of(match)
    for call in match.find_all(exp.Anonymous):
        if call.name.upper() == "CLASSIFIER":
            call.set("expressions", [])  # which of the pattern's variables, and no column
    inner.outputs = list(_outputs(inner, match, at))
    for part in match.args.get("partition_by") or ():
        inner.influences.extend(collect(part, inner, Subtype.WINDOW))
    if match.args.get("order") is not None:
        inner.influences.extend(collect(match.args["order"], inner, Subtype.WINDOW))
    for definition in match.args.get("define") or ():
        inner.influences.extend(collect(definition.this, inner, Subtype.FILTER))
    alias = alias_name(match, naming)
    number = inner.finish(alias or source.alias, at)
    frame.by_alias = {a: p for a, p in frame.by_alias.items() if p != place}
    frame.sources[place] = Source(alias, "", number, alias_columns(match, naming), offset=at)
    frame.by_alias.setdefault(alias or source.alias, place)


def _variables(match: exp.Expr) -> list[str]:
    """The names of the pattern's variables, each of which stands for a row of the source."""
    pattern = match.args.get("pattern")
    return _NAMES.findall(pattern.name) if pattern is not None else []


def _outputs(inner: Frame, match: exp.Expr, at: int) -> Iterator[Output]:
    naming = inner.draft.naming
    rows = match.args.get("rows")
    if rows is not None and rows.name.upper().startswith("ALL"):
        yield Output("", (), at, Star(UNQUALIFIED))
    else:
        for key in match.args.get("partition_by") or ():
            yield Output(column_name(key, naming), tuple(collect(key, inner)), at)
    for measure in match.args.get("measures") or ():
        named = measure.this
        # a plain column is that of the last row that the variable stands for
        deps = tuple(dict.fromkeys(collect(named, inner, Subtype.AGGREGATION)))
        yield Output(column_name(named, naming), deps, offset_of(named))
