"""The words of lineage: what every part of this package says to the others, and to its users.

All values are frozen. Names of relations and columns are already normalised by the
dialect's own case rule (see `lineage.dialects`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable


class Origin(msgspec.Struct, frozen=True, order=True, gc=False):
    """Where something is written: path as given by the reader, 1-based line and column."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Column(msgspec.Struct, frozen=True, order=True, gc=False, omit_defaults=True):
    """A column of a relation, or a field of one.

    `relation` is a dotted name, `column` a single one. `path` is empty for the column as a
    whole; else it leads to a field of a struct, map or document in it: dotted, in lower case.
    """

    relation: str
    column: str
    path: str = ""

    @property
    def name(self) -> str:
        """The name in its relation: of a column, or the dotted one of a field."""
        return f"{self.column}.{self.path}" if self.path else self.column

    def __str__(self) -> str:
        return f"{self.relation}.{self.name}"


class TransformType(StrEnum):
    """OpenLineage column-lineage 1-2-0, `transformations[].type`."""

    DIRECT = "DIRECT"
    INDIRECT = "INDIRECT"


class TransformSubtype(StrEnum):
    """OpenLineage column-lineage 1-2-0, `transformations[].subtype`."""

    IDENTITY = "IDENTITY"
    TRANSFORMATION = "TRANSFORMATION"
    AGGREGATION = "AGGREGATION"
    JOIN = "JOIN"
    GROUP_BY = "GROUP_BY"
    FILTER = "FILTER"
    SORT = "SORT"
    WINDOW = "WINDOW"
    CONDITIONAL = "CONDITIONAL"

    @property
    def type(self) -> TransformType:
        """Direct for the three subtypes that carry a value, indirect for those that shape it."""
        return TransformType.DIRECT if self in _DIRECT else TransformType.INDIRECT


_DIRECT = frozenset(
    {TransformSubtype.IDENTITY, TransformSubtype.TRANSFORMATION, TransformSubtype.AGGREGATION}
)


class Transform(msgspec.Struct, frozen=True, order=True, gc=False):
    """What a value went through on its way from source to target.

    `functions` are the functions applied to it, innermost first, in lower case and by the
    parser's canonical name (`sha256(x)` is `sha2` in every dialect); a function the parser
    does not know keeps the name it was written with. Casts are `cast`, predicates are
    named too (`eq`, `like`, `is`); arithmetic and concatenation are not functions. Where a
    literal argument decides how much is left of the value, it follows after a colon:
    `left:8`, `date_trunc:month`, `hmac:literal_key`.
    """

    subtype: TransformSubtype
    functions: tuple[str, ...] = ()

    @property
    def type(self) -> TransformType:
        """`DIRECT` or `INDIRECT`, as the subtype says."""
        return self.subtype.type


def name_of(function: str) -> str:
    """The name of a function of a transform, without what its arguments say."""
    return function.partition(":")[0]


IDENTITY = Transform(TransformSubtype.IDENTITY)


class Edge(msgspec.Struct, frozen=True, order=True, gc=False):
    """One flow from a source column into a target column.

    `ambiguous` is true where the name could have meant several columns and an edge was
    drawn from each.
    """

    source: Column
    target: Column
    transform: Transform
    origin: Origin
    ambiguous: bool = False


SHARE = "share:"  # before the name of a share, where that is what is granted
ROLE = "role:"  # likewise before that of a role, whose members read what it may read


class Grant(msgspec.Struct, frozen=True, order=True, gc=False):
    """A privilege on a relation, or on a share and all that is in it, given to somebody.

    `relation` is a glob where several are meant (`mart.*`), and begins with `role:` for a role
    of which somebody becomes a member, with `function:` for a routine that may be called.
    `kind` is the principal's kind as written (`role`, `user`, `share`, `group`), `public`
    for everybody, or empty.
    """

    relation: str
    principal: str
    kind: str
    privileges: tuple[str, ...]
    origin: Origin


class Delete(msgspec.Struct, frozen=True, order=True, gc=False):
    """A statement that removes rows of `relation`.

    `columns` are the relation's own columns that the predicate tests, `reads` the other
    relations that it consults; both are empty for TRUNCATE and for DELETE without WHERE.
    """

    relation: str
    columns: tuple[str, ...]
    reads: tuple[str, ...]
    origin: Origin


class Guard(msgspec.Struct, frozen=True, order=True, gc=False):
    """A predicate that holds for every value that flows into `relation` from `column`'s rows.

    `function` is empty, or `count_distinct` for a group-size predicate. `value` is the
    literal's text, lower-case for booleans.
    """

    relation: str
    column: Column
    operator: str
    value: str
    origin: Origin
    function: str = ""


class Remark(msgspec.Struct, frozen=True, order=True, gc=False):
    """What DDL says of a relation, or of a column of it where `column` is not empty.

    Keys are `comment`, `tag.<name>`, `label.<name>`, `property.<name>`, `policy_tag`,
    `masking_policy`, `sensitivity.<name>`, `security_label`, `setting.<name>` of numbers such as
    `data_retention_time_in_days`, `rebuilt` of what a query creates or replaces, and
    `removed.<what>` of protection that a statement takes away; names are in lower case. What is
    said of a tag itself has the relation `tag:<name>`, of a policy itself `policy:<name>`, which
    are no relations of the project.
    """

    relation: str
    column: str
    key: str
    value: str
    origin: Origin


class GapReason(StrEnum):
    """Why something could not be analysed."""

    PARSE_ERROR = "parse-error"
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"
    WORKER_DIED = "worker-died"
    NOT_TEXT = "not-text"
    MISLEADING = "misleading-text"
    UNSUPPORTED = "unsupported-statement"
    DYNAMIC_SQL = "dynamic-sql"
    OPAQUE_CODE = "opaque-code"
    UNRESOLVED_STAR = "unresolved-star"
    UNRESOLVED_NAME = "unresolved-name"
    TEMPLATE = "template-left-over"
    PYTHON_MODEL = "python-model"
    NOT_COMPILED = "not-compiled"
    STALE = "stale-manifest"

    @property
    def refuses(self) -> bool:
        """Whether a text was not looked into, or looks like another one to its reviewers.

        Nobody can say what it touches, and whoever may write it may hide a flow in it.
        """
        return self in _REFUSALS


_REFUSALS = frozenset(
    {
        GapReason.TOO_LARGE,
        GapReason.TOO_DEEP,
        GapReason.WORKER_DIED,
        GapReason.NOT_TEXT,
        GapReason.MISLEADING,
    }
)


class Gap(msgspec.Struct, frozen=True, order=True, gc=False):
    """What could not be analysed, why, and the relations it touches. A gap is a result."""

    reason: GapReason
    message: str
    relations: tuple[str, ...]
    origin: Origin


def gap_of_branch(what: str, relations: Iterable[str], file: str) -> Gap:
    """A branch of a template reads something, and this run of dbt did not compile it."""
    return Gap(
        GapReason.NOT_COMPILED,
        f"a branch of the template that was not compiled reads {what[:200]}; compile "
        "with the target and the variables of production",
        tuple(sorted({name for name in relations if name})),
        Origin(file, 1, 1),
    )


class InputError(Exception):
    """An input that cannot be read at all: where, what is wrong, and what to do next."""

    def __init__(self, origin: Origin, message: str, next_step: str) -> None:
        super().__init__(message)
        self.origin = origin
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        where = f"{self.origin}: " if self.origin.file else ""
        return f"{where}{self.message}; {self.next_step}"


class UnknownDialectError(InputError):
    """A SQL dialect was asked for that the parser does not know."""
