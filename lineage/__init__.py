"""What flows where: column lineage of SQL scripts and dbt projects.

This package knows no policy, no label and no place.
"""

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
    Transform,
    TransformSubtype,
    TransformType,
)

__all__ = [
    "Column",
    "Delete",
    "Edge",
    "Gap",
    "GapReason",
    "Grant",
    "Guard",
    "InputError",
    "Origin",
    "Transform",
    "TransformSubtype",
    "TransformType",
]
