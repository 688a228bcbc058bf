"""SQL texts from a dbt manifest, and the gap of each model that has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.projects import Unit
from lineage.readers.dbt_branch_words import words_left_out
from lineage.readers.dbt_ephemeral import code_of, unread
from lineage.readers.dbt_freshness import COMPILE, written_text
from lineage.readers.dbt_kept_rows import kept_rows
from lineage.readers.dbt_merges import merges
from lineage.readers.dbt_names import is_expression
from lineage.readers.dbt_stamps import stamps
from lineage.text import why_not_text
from lineage.words import Gap, GapReason, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineage.readers.dbt_freshness import Files
    from lineage.readers.dbt_names import Names
    from lineage.readers.dbt_places import Place
    from lineage.readers.dbt_words import Manifest, Node


def read_units(
    place: Place, manifest: Manifest, names: Names, files: Files
) -> tuple[tuple[Unit, ...], tuple[Gap, ...]]:
    """The compiled code of every model and snapshot that has a relation, and the gaps.

    An ephemeral model of which nothing is said has none: its code is part of the models that
    refer to it. Analyses,
    operations, and tests that do not keep what fails them build nothing.
    """
    units: list[Unit] = []
    gaps: list[Gap] = [*_dangling(place, manifest, names), *_expressions(place, manifest, names)]
    ephemeral = names.ephemeral()
    for node in manifest.nodes.values():
        if not is_built_from_code(node) or not names.of(node):
            continue
        gap = _gap(place, node, names)
        if gap is not None:
            gaps.append(gap)
        else:
            code = code_of(node, ephemeral, names.dialect)
            units.append(_unit(place, node, names, files, code))
            gaps += unread(place, node, ephemeral, names)
            units += (*stamps(place, node, names), *kept_rows(place, node, names))
            units += merges(place, node, names)
    return tuple(sorted(units, key=lambda unit: (unit.file, unit.target))), tuple(gaps)


def is_without_text(node: Node) -> bool:
    """True for what is built from code that is not here: all that it reads may flow into it."""
    return is_built_from_code(node) and _why_no_text(node) is not None


def is_built_from_code(node: Node) -> bool:
    """True for models, snapshots, and tests that keep what fails them."""
    return node.resource_type in {"model", "snapshot"} or node.keeps_failures


def _unit(place: Place, node: Node, names: Names, files: Files, code: str) -> Unit:
    path = place.path_of(node)
    return Unit(
        file=path,
        text=code,
        dialect=names.dialect,
        target=names.of(node),
        written=written_text(node, files.get(path)),
        uncompiled=words_left_out(node.raw_code or "", node.compiled_code or ""),
    )


def _why_no_text(node: Node) -> tuple[GapReason, str] | None:
    if node.language not in {None, "sql"} or node.original_file_path.endswith(".py"):
        message = "a Python model: each of its columns is taken to hold all that it reads"
        return GapReason.PYTHON_MODEL, message
    return why_no_code(node)


def why_no_code(node: Node) -> tuple[GapReason, str] | None:
    """Why there is no compiled code to be read, None where there is."""
    code = node.compiled_code or ""
    if not code.strip():
        return GapReason.NOT_COMPILED, f"no compiled code in the manifest; {COMPILE}"
    why = why_not_text(code)
    return (GapReason.NOT_TEXT, f"compiled code with a {why}") if why else None


def _gap(place: Place, node: Node, names: Names) -> Gap | None:
    found = _why_no_text(node)
    if found is None:
        return None
    return Gap(found[0], found[1], (names.of(node),), Origin(place.path_of(node), 1, 1))


def _expressions(place: Place, manifest: Manifest, names: Names) -> Iterator[Gap]:
    """Sources of which nobody knows what is read, so that what is declared of it is of nothing."""
    for source in manifest.sources.values():
        if is_expression(source):
            message = (
                "a source is an expression, and what is declared of it may not be what is read"
            )
            where = Origin(place.path_of(source), 1, 1)
            yield Gap(GapReason.OPAQUE_CODE, message, (names.of(source),), where)


def _dangling(place: Place, manifest: Manifest, names: Names) -> Iterator[Gap]:
    """Exposures and models that depend on something of which the manifest says nothing."""
    readers = [node for node in manifest.nodes.values() if is_without_text(node)]
    for node in (*manifest.exposures.values(), *readers):
        for unknown in names.read_by(node)[1]:
            yield Gap(
                GapReason.UNRESOLVED_NAME,
                f"depends on {unknown[:200]!r}, which the manifest does not hold; {COMPILE}",
                (names.of(node),) if names.of(node) else (),
                Origin(place.path_of(node), 1, 1),
            )
