"""Files beside us that are written: by their paths, so that none is called like a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from lineage.dialects import as_path

if TYPE_CHECKING:
    from lineage.objects import Statement


def with_paths(statement: Statement) -> Statement:
    """A statement in which what goes outside goes to a path.

    Who reads a file calls it as it is written: what lies in one place is joined later on.
    """
    if not any(write.kind == "external" for write in statement.writes):
        return statement
    writes = (
        replace(w, relation=as_path(w.relation)) if w.kind == "external" else w
        for w in statement.writes
    )
    return replace(statement, writes=tuple(writes))
