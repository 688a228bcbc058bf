"""Sources: the labelled columns that rules speak of."""

from __future__ import annotations

import msgspec

from enforcer.taxonomy import Form
from lineage import Column, Origin


class Source(msgspec.Struct, frozen=True, order=True):
    """A labelled column that a rule speaks of, and where its label is written."""

    column: Column
    category: str
    origin: Origin
    enumerable: bool = False
    form: Form = Form()
