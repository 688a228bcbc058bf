"""What flows where: column lineage of SQL scripts and dbt projects.

This package knows no policy, no label and no place.
"""

from lineage.analysis import Analysis
from lineage.build import analyze, analyze_sql
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
