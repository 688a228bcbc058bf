"""SQL files as they lie in a folder: each is a script of statements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lineage.dialects import join_name, naming
from lineage.limits import MAX_BYTES
from lineage.projects import Input, Outcome, Project, Unit
from lineage.readers.files import Checkout, FileText, Refusal, shown_path
from lineage.readers.seen import Seen
from lineage.words import Gap, GapReason, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from lineage.readers.folders import Tree

# Files of SQL by engine or kind, and templates of such: what is left over of one is a gap.
SQL_SUFFIXES = tuple(
    """
    .sql .ddl .dml .hql .psql .pgsql .plsql .plpgsql .tsql .mysql .bteq .btq .db2 .pks .pkb .pck
    .plb .prc .fnc .trg .tps .tpb .vw .viw .sqlx .sql.j2 .sql.jinja .sql.jinja2 .sql.tmpl .sql.tpl
    """.split()
)

# One that is never closed goes to the end: looking for its end again and again takes forever.
_COMMENT = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_TEMPLATE = re.compile(r"\{\{|\{%")
# What a statement writes to, for the gap's sake only: the text itself is not analysed. A
# pattern that begins with a set of letters is searched for three times as fast as with `\b`.
_WRITES = re.compile(
    r"[tviuTVIU](?<!\w.)(?i:(?<=t)able|(?<=v)iew|(?<=i)nto|(?<=u)pdate)\s+"
    r"(?i:if\s+not\s+exists\s+)?"
    r"""((?:"[^"{}]+"|`[^`{}]+`|\w+)(?:\.(?:"[^"{}]+"|`[^`{}]+`|\w+))*)(?![\w.{])"""
)
_PART = re.compile(r'"([^"]+)"|`([^`]+)`|(\w+)')


def read_sql_files(
    root: Path, paths: Iterable[str], dialect: str, seen: Seen | None = None
) -> Project:
    """The SQL files among `paths`, which are relative to `root`.

    A file in which a template is left over becomes a gap: what it will say is not known.
    """
    seen = seen if seen is not None else Seen()
    units: list[Unit] = []
    gaps: list[Gap] = []
    inputs: list[Input] = []
    with Checkout(root) as checkout:
        for path in sorted(path for path in paths if path.lower().endswith(SQL_SUFFIXES)):
            read = seen.read(checkout, path, MAX_BYTES)
            gap = read.as_gap() if isinstance(read, Refusal) else template_gap(read, dialect)
            if gap is None and isinstance(read, FileText):
                units.append(Unit(file=shown_path(path), text=read.text, dialect=dialect))
                inputs.append(read.as_input("sql"))
            elif gap is not None:
                gaps.append(gap)
                inputs.append(read.as_input("sql", Outcome.REFUSED, gap.message))
    return Project(dialect=dialect, units=tuple(units), gaps=tuple(gaps), inputs=tuple(inputs))


def unfollowed_links(tree: Tree, suffixes: tuple[str, ...]) -> Iterator[Refusal]:
    """The links of a folder behind which there may be files that nobody reads."""
    return (link.refusal() for link in tree.links if link.hides(suffixes))


def template_gap(read: FileText, dialect: str) -> Gap | None:
    """The gap that a template outside comments leaves, naming what the file writes to."""
    if "{" not in read.text or _TEMPLATE.search(read.text) is None:  # the one is faster
        return None
    # Comments are blanked, not cut, so that offsets stay.
    text = _COMMENT.sub(_blanked, read.text)
    found = _TEMPLATE.search(text)
    if found is None:
        return None
    line = text.count("\n", 0, found.start()) + 1
    column = found.start() - text.rfind("\n", 0, found.start())
    names = sorted({_name(match.group(1), dialect) for match in _WRITES.finditer(text)})
    return Gap(
        GapReason.TEMPLATE,
        "a template is left over; check the SQL that it renders to",
        tuple(names),
        Origin(shown_path(read.path), line, column),
    )


def _blanked(comment: re.Match[str]) -> str:
    return "\n".join([" " * len(line) for line in comment.group().split("\n")])


def _name(written: str, dialect: str) -> str:
    rule = naming(dialect)
    return join_name(
        rule.relation_part(part[1] or part[2] or part[3], quoted=not part[3])
        for part in _PART.finditer(written)
    )
