"""Stars that filter and rename: which columns they mean, what they call them, which fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.graph import EdgeKind
from lineage.link.fields import asked, row_of
from lineage.link.holders import Holder, Tail
from lineage.link.segments import ANY
from lineage.objects import ASKED, WHOLE
from lineage.words import Transform, TransformType

if TYPE_CHECKING:
    from lineage.link.linking import Linking
    from lineage.objects import Output, Star

MAX_NAME = 128  # a longer name fits every pattern, so that none takes long to match


def fits(star: Star, name: str) -> bool:
    """Whether a column is one of those that a star means."""
    if not star.pattern:
        return True
    if len(name) > MAX_NAME:
        return True
    try:
        return re.search(star.pattern, name) is not None
    except re.error:
        return True


def called(star: Star, name: str) -> str:
    r"""The name that a template gives to a column; `\1` is a group of what the pattern found."""
    if not star.called:
        return name
    template = star.called.replace("\\0", name)
    if "\\" not in template:
        return template
    found = re.search(star.pattern, name) if star.pattern and len(name) <= MAX_NAME else None
    try:
        return (found.expand(template) if found is not None else "") or name
    except (re.error, IndexError):
        return name


def uncalled(star: Star, name: str) -> str | None:
    """The column that a template gave a name to, None where that cannot be told."""
    before, found, after = star.called.partition("\\0")
    if not found or "\\" in before + after or name == ANY:
        return None
    fits = name.startswith(before) and name.endswith(after)
    return name[len(before) : len(name) - len(after)] if fits else ""


def spread(linker: Linking, number: int, output: Output, holder: Holder) -> None:
    """All fields of a struct; where they are not known, one column for all of them."""
    star = output.star
    assert star is not None
    nodes = {node for dep in output.deps for node, _view, _several in linker.meanings(dep)}
    deep = any(WHOLE in dep.path for dep in output.deps)
    names = linker.fields.names(min(nodes)) if len(nodes) == 1 and not deep else ()
    renamed, replaced = dict(star.renamed), {r.name: r.deps for r in star.replaced}
    fields = tuple(
        replace(dep, path=(*dep.path, ASKED)) if dep.subtype.type is TransformType.DIRECT else dep
        for dep in output.deps
    )

    def into(name: str, target: int) -> None:
        if name in replaced:
            linker.feed(number, replaced[name], target)
            return
        for dep, field in zip(output.deps, fields, strict=True):
            row = row_of(linker, dep)
            if row is None:
                linker.feed(number, asked((field,), name), target)
                continue
            kind = linker.builder.kind(EdgeKind(Transform(dep.subtype, dep.functions)))
            for found in row.find(name):
                linker.edge(found, target, kind, dep.offset)

    for name in names:
        if name.lower() not in star.excepted:
            into(name, holder.add(renamed.get(name, name)))
    if not names:
        for name in replaced:
            into(name, holder.add(name))
        linker.feed(number, output.deps, holder.add(output.name))
        holder.open(Tail(into), ())
