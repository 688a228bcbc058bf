"""What flows where: column lineage of SQL scripts and dbt projects.

This package knows no policy, no label and no place.
"""

from typing import TYPE_CHECKING

from lineage.words import (
    Column,
    Delete,
    Edge,
    Gap,
    GapReason,
    Grant,
    Guard,
    InputError,
    Origin,
    Remark,
    Transform,
    TransformSubtype,
    TransformType,
    UnknownDialectError,
)

if TYPE_CHECKING:
    from lineage.analysis import Analysis
    from lineage.build import analyze, analyze_sql

__all__ = [
    "Analysis",
    "Column",
    "Delete",
    "Edge",
    "Gap",
    "GapReason",
    "Grant",
    "Guard",
    "InputError",
    "Origin",
    "Remark",
    "Transform",
    "TransformSubtype",
    "TransformType",
    "UnknownDialectError",
    "analyze",
    "analyze_sql",
]


def __getattr__(name: str) -> object:
    """What puts everything together, loaded at first use: a worker needs none of it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from lineage import analysis, build  # noqa: PLC0415 - see above

    return getattr(analysis if name == "Analysis" else build, name)
