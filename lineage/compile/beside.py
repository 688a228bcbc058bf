"""Files beside us that are written: by their paths, so that none is called like a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from lineage.objects import Statement, Write

_OURS = ("@", "program:", "uri:")  # places that are no files
_NOTHING = frozenset({"", "stdout"})
# A path that begins like the name of something that is no file.
_NO_PATH = ("condition:", "function:", "procedure:", "result:", "session:", "variable:")


def with_paths(statement: Statement) -> Statement:
    """A statement that writes a file `crm.users` writes `./crm.users`: it is no such table.

    Who reads the file calls it as it is written: what lies in one place is joined later on.
    """
    if not any(write.kind == "external" for write in statement.writes):
        return statement
    return replace(statement, writes=tuple(map(_with_path, statement.writes)))


def _with_path(write: Write) -> Write:
    place = write.relation
    is_path = "/" in place and not place.startswith(_NO_PATH)
    if write.kind != "external" or is_path or place.startswith(_OURS) or place in _NOTHING:
        return write
    return replace(write, relation=f"./{place}")
