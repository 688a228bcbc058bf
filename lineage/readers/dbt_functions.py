"""Functions of a dbt project: the script that creates each, and the gap of each without one.

dbt puts what it compiled into CREATE FUNCTION as it is, so code that ends its quotes or
brackets goes on as statements here, as it does there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lineage.dialects import HIVE_AND_SPARK
from lineage.projects import Unit
from lineage.readers.dbt_freshness import written_text
from lineage.readers.dbt_names import written_name
from lineage.readers.dbt_units import why_no_code
from lineage.words import Gap, GapReason, Origin

if TYPE_CHECKING:
    from lineage.readers.dbt_freshness import Files
    from lineage.readers.dbt_names import Names
    from lineage.readers.dbt_places import Place
    from lineage.readers.dbt_words import Manifest, Node

# What stands around the code, as dbt's adapters have it; in DuckDB as the engine has it.
_SIGNED: Final = "create or replace function {name} ({arguments})\nreturns {returns}\n"
_QUOTED: Final = _SIGNED + "language {language}\nas $$\n{code}\n$$"
_FORMS: Final = {
    "bigquery": _SIGNED + "as (\n{code}\n)",
    "duckdb": "create or replace macro {name} ({names}) as (\n{code}\n)",
    **dict.fromkeys(HIVE_AND_SPARK, _SIGNED + "return\n{code}"),
    **dict.fromkeys(("materialize", "postgres", "redshift", "risingwave", "snowflake"), _QUOTED),
}


def read_functions(
    place: Place, manifest: Manifest, names: Names, files: Files
) -> tuple[tuple[Unit, ...], tuple[Gap, ...]]:
    """The scripts of all functions, sorted by file and text, and the gaps."""
    units: list[Unit] = []
    gaps: list[Gap] = []
    for node in (manifest.functions or {}).values():
        path = place.path_of(node)
        why = _why_no_script(node, names.dialect)
        if why is not None:
            gaps.append(Gap(*why, (), Origin(path, 1, 1)))
        else:
            written = written_text(node, files.get(path))
            text = _script(node, names.dialect)
            units.append(Unit(file=path, text=text, dialect=names.dialect, written=written))
    return tuple(sorted(units, key=lambda unit: (unit.file, unit.text))), tuple(gaps)


def _why_no_script(node: Node, dialect: str) -> tuple[GapReason, str] | None:
    why = why_no_code(node)
    if why is None and dialect not in _FORMS:
        return GapReason.OPAQUE_CODE, "how dbt creates a function in this engine is not known"
    return why


def _script(node: Node, dialect: str) -> str:
    language = node.language or "sql"
    arguments = node.arguments or []
    return (_FORMS[dialect] if language == "sql" else _QUOTED).format(
        name=written_name(node, dialect),
        names=", ".join(_text(argument.get("name")) for argument in arguments),
        arguments=", ".join(map(_argument, arguments)),
        returns=_text((node.returns or {}).get("data_type")),
        language=language,
        code=node.compiled_code,
    )


def _argument(argument: dict[str, Any]) -> str:
    default = argument.get("default_value")
    said = "" if default is None else f" default {default}"
    return f"{_text(argument.get('name'))} {_text(argument.get('data_type'))}{said}"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
