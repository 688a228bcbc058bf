"""What compiling one text leaves behind: its statements with symbolic names.

An object needs no schema to be made: a star stays a star, an unqualified name stays one of
the sources in view. Everything is an array-like frozen struct, so an object is small and
can go through a pipe or a cache as it is. Offsets are characters in the text.
"""

from __future__ import annotations

from typing import Final

import msgspec

from lineage.words import GapReason, TransformSubtype

# Where a Dep's value comes from, when it is not a numbered source of its scope.
UNQUALIFIED = -1
OUTPUT_OF = -2  # the output of the scope named by `scope`: the first, or all with column "*"
ROWS_OF = -3  # whether the scope named by `scope` has rows
FIELDS = -4  # as the source of a star: the fields of what the output depends on
CALLED = -5  # what the function whose name is `column` returns of its own, beside its arguments
IF_KNOWN = -6  # unqualified, and nothing where no source is known to have it

TRIGGERED = ("new", "old")  # parameters of a trigger's function: rows of its table
SURE = "sure "  # before the name of a function, where all of its body has to be read
CALL = "call "  # before the name of a routine that is called as a procedure

# In a path: any element of an array, and whatever field is asked for by name.
ELEMENT = "[]"
ASKED = "?"
WHOLE = ""  # what is read further on may be anywhere in it

STAR = "*"  # as a field of what is put together: there are no others than those before it
FUNCTION = "function:"  # before the name of a function, for the relation that it returns
PROCEDURE = "procedure:"  # before the name of a procedure; its n-th rows are `procedure:p:n`
VARIABLE = "variable:"  # before the name of a variable
# … and others that no table in a place elsewhere is.
NO_TABLES = ("@", VARIABLE, FUNCTION, PROCEDURE, "condition:", "result:")
SESSION = "session:"  # before that of a variable which only other texts of the session can have set
MADE = frozenset({"table", "view"})  # kinds of writes and declarations that make a relation
UNNAMED = "_col_"  # before the position of an output that nobody named
VOLUMES = "/Volumes/"  # before the name of a volume, for the place that it stands for
TAG = "tag:"  # before the name of a tag, where a remark is about the tag itself
POLICY = "policy:"  # likewise before that of a policy
# As the operator of a test: one that nobody passes whose own key is missing, and one that such
# a row passes. As its function: a count of different values.
NOT_IN: Final = "not in"
NOT_EXISTS: Final = "not exists"
COUNT_DISTINCT: Final = "count_distinct"
EVERY = 1 << 30  # as a number of aliases: all outputs of the scope
# Behind a function's name on a path: which argument of how many the value is, by number or name,
# or `?`. No SQL can write a colon there. What it comes to is known once all texts are.
ARGUMENT = ":#"


class Dep(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One value that an expression depends on.

    `source` numbers a source of scope `scope`, or is one of the constants above.
    `aliases` is how many outputs of its scope, from the left, an unqualified name may also
    mean (lateral column aliases). `path` leads to the part of the value that is read, from the
    outside in: names of fields and keys, and `ELEMENT`; empty for the whole value. `seen` are
    the first source, and the one after the last, that an unqualified name in a join's ON can
    mean; empty for all.
    """

    scope: int
    source: int
    column: str
    subtype: TransformSubtype
    functions: tuple[str, ...]
    offset: int
    aliases: int = 0
    path: tuple[str, ...] = ()
    seen: tuple[int, ...] = ()


class Star(msgspec.Struct, frozen=True, array_like=True, gc=False):
    r"""All columns of a source, or of all sources (`UNQUALIFIED`), but for some.

    `replaced` columns keep their place and take the value of the output of that name.
    Where there is a `pattern`, a regular expression that is searched for, only columns whose
    name it fits are meant. Each goes through `subtype` and `functions`, and is then called as
    the template `called` says, in which `\0` stands for what the pattern found.
    Where a star over all sources leaves out or renames columns of one, `apart` says for each
    source, by its position, what is left out and renamed of it. No text writes one that is
    `whole`: it has the columns too that no star puts out.
    """

    source: int
    excepted: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    replaced: tuple[Output, ...] = ()
    pattern: str = ""
    called: str = ""
    subtype: TransformSubtype = TransformSubtype.IDENTITY
    functions: tuple[str, ...] = ()
    apart: tuple[tuple[int, tuple[str, ...], tuple[tuple[str, str], ...]], ...] = ()
    whole: bool = False


class Output(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A column that a scope puts out; `star` stands for many and has no name of its own.

    A star's own `deps` reach each of its columns. `fields` say what each field of a struct
    that was put together here is made of, one after another.
    """

    name: str
    deps: tuple[Dep, ...]
    offset: int
    star: Star | None = None
    fields: tuple[Output, ...] = ()


class Test(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A predicate `subject operator value` that holds for every row a scope puts out.

    Where there is a column of a list, `listed`, the subject's row has no partner in it.
    """

    subject: Dep
    operator: str
    value: str
    function: str = ""
    listed: Dep | None = None


AS_LISTED, AS_LEFT = "as listed", "as in the left table"  # orders of merged columns


class Source(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something in a FROM clause: a relation by name, or a scope by number (-1 for none).

    `columns` are new names by position. Sources of one `group` are joined by equality with
    each other, so a guard on one speaks of the rows of all. `optional` is true on the side
    of an outer join where rows may be missing. `merged` are the columns named in USING; where
    these come before all others of the join, `leads` says so of each join that ends with the
    source: the first source of its left side, the order, and the columns.
    `hidden` sources (of semi joins) decide about rows and put nothing into a star. Nor do those
    `aside`, but for one of their own.
    """

    alias: str
    relation: str
    scope: int
    columns: tuple[str, ...] = ()
    group: int = 0
    optional: bool = False
    merged: tuple[str, ...] = ()
    natural: bool = False
    hidden: bool = False
    aside: bool = False
    offset: int = 0
    leads: tuple[tuple[int, str, tuple[str, ...]], ...] = ()


class Scope(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One SELECT, set operation or synthetic table.

    `branches` are scopes whose outputs are united by position, or `by_name`; those in
    `subtracted` only decide which rows remain, and `lacking` are pairs of a branch's position
    and such a scope, none of whose values is left in the branch. `anything` feeds every column
    that is asked of this scope by a name it does not put out (UNNEST, table functions, PIVOT);
    where the scope is `closed`, a star does not reckon with such columns. `equated` are pairs of
    offsets of columns that decide about rows and must be equal. `called` are names that the engine
    makes for outputs that nobody named, each with the name that the output has here. Where it is
    the rows of a call, `function` is what is called. With `rows_first` a name is rather that of a
    source than that of a column. In rows of `elements` a star puts out the fields of the first
    column in its place, where they are known. `qualified` are names of variables in
    view with that of the block that holds them.
    """

    label: str
    parent: int
    sources: tuple[Source, ...] = ()
    outputs: tuple[Output, ...] = ()
    influences: tuple[Dep, ...] = ()
    tests: tuple[Test, ...] = ()
    branches: tuple[int, ...] = ()
    subtracted: tuple[int, ...] = ()
    lacking: tuple[tuple[int, int], ...] = ()
    by_name: bool = False
    anything: tuple[Dep, ...] = ()
    closed: bool = False
    offset: int = 0
    equated: tuple[tuple[int, int], ...] = ()
    called: tuple[tuple[str, str], ...] = ()
    function: str = ""
    rows_first: bool = False
    qualified: tuple[str, ...] = ()
    elements: bool = False
    aliases: int = 0


class Write(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Outputs of a scope going to a relation; an empty `relation` is the statement's result.

    `columns` name the targets by position; `by_name` takes the outputs' own names.
    `appends` is false where existing rows are changed and none added. `fixed` are columns of the
    target that no output goes to: partitions that are written out. `place` is a scope and the
    source of it that is changed, where the outputs' names do not say whether they are its columns.
    `if_known` is true where it only counts if all columns of the scope are known.
    """

    relation: str
    scope: int
    kind: str
    columns: tuple[str, ...] = ()
    by_name: bool = False
    appends: bool = True
    temporary: bool = False
    offset: int = 0
    fixed: tuple[str, ...] = ()
    place: tuple[int, int] | None = None
    if_known: bool = False


class Declaration(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Columns that DDL gives to a relation, as (name, type).

    The kind is what the relation is, or what is done with the columns: `add`, `drop`, `replace`
    all but those of partitions, `place` one behind another or, behind none, first, `rename` one to
    another, `repeat` one that has several places, move some behind all others, `last`, or declare
    those of partitions: `partition`.
    Those `aside` are in no star, and no INSERT without a list of columns fills them; the last is
    true of those that the engine has `generated` too. `kept` and `gone` name no columns: a
    relation that is there stays as it is, or is dropped.
    """

    relation: str
    columns: tuple[tuple[str, str], ...]
    kind: str
    temporary: bool = False
    offset: int = 0


class Removal(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Rows of a relation being deleted; `scope` is the statement's, -1 for all rows.

    `hides` is true where they are only hidden from some, by a policy, or others of the same keys
    come in their place: nothing of whom they are about is gone.
    """

    relation: str
    columns: tuple[str, ...]
    scope: int
    offset: int
    hides: bool = False


class Permission(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A GRANT of privileges on a relation to one principal."""

    relation: str
    principal: str
    kind: str
    privileges: tuple[str, ...]
    offset: int


class Remark(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What DDL says of a relation, or of a column where `column` is not empty.

    Keys are `comment`, `tag.<name>`, `label.<name>`, `property.<name>`, `policy_tag`,
    `masking_policy`, `sensitivity.<name>`, `security_label`, `setting.<name>`, `rebuilt` and
    `removed.<what>`. What is said of a tag itself has the relation `tag:<name>`, of a policy
    `policy:<name>`.
    """

    relation: str
    column: str
    key: str
    value: str
    offset: int


class Hole(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something in a statement that could not be read; none where some text makes `unless`."""

    reason: GapReason
    message: str
    relations: tuple[str, ...]
    offset: int
    unless: str = ""


class Routine(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A function that a text makes, by its dotted name in lower case.

    What it returns is put into `relation`; `parameters` are names with the relations that stand
    for them. Its body is the statements whose `routine` is that relation, unless it is `opaque`.
    `table` is true where it returns rows with columns, `hides` where the parser takes its name
    for a function of the engine, `misread` where a call is taken to do what only that does.
    """

    name: str
    relation: str
    parameters: tuple[tuple[str, str], ...]
    temporary: bool = False
    opaque: bool = False
    table: bool = False
    hides: bool = False
    misread: bool = False


class Behind(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A name that is written without its schema or database, with that in which it is looked up.

    It may be `or_else` that of another relation just as well. Where nobody knows one of the name,
    it is what is known of `if_there`: as it was written, and in schemas that are looked through
    next; where nothing is, it may be in any of these. Where both are empty, a text has the name
    with its schema, or makes what is called so: that is no session's own.
    """

    name: str
    or_else: tuple[str, ...]
    if_there: tuple[str, ...]


class Statement(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One statement. A scope's number is its place in `scopes`, `calls` are functions' names.

    `order` lists the numbers of finished scopes, so that what a scope is made from comes
    before it; a recursion comes before its branches. `routine` is what the function returns whose
    body it is of, `places` are stages with the addresses that they stand for, `fires` the
    functions that a trigger runs with the scope of their rows, `behind` names behind USE.
    """

    offset: int
    scopes: tuple[Scope, ...] = ()
    order: tuple[int, ...] = ()
    writes: tuple[Write, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    removals: tuple[Removal, ...] = ()
    permissions: tuple[Permission, ...] = ()
    holes: tuple[Hole, ...] = ()
    remarks: tuple[Remark, ...] = ()
    calls: tuple[str, ...] = ()
    routines: tuple[Routine, ...] = ()
    routine: str = ""
    places: tuple[tuple[str, str], ...] = ()
    fires: tuple[tuple[str, int], ...] = ()
    behind: tuple[Behind, ...] = ()


class Object(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A compiled text; `doubted` are names of its session's tables that may also mean others."""

    statements: tuple[Statement, ...]
    doubted: tuple[str, ...] = ()


def known_as(function: str) -> str:
    """A function of a path by its name alone, where an argument's place follows it."""
    return function.partition(ARGUMENT)[0]


def enclosed_scopes(statement: Statement) -> list[bool]:
    """For each scope, whether it stands inside a query that has sources, which it can see."""
    enclosed: list[bool] = []
    for scope in statement.scopes:  # an enclosing scope has a lower number
        outer = scope.parent
        enclosed.append(outer >= 0 and (bool(statement.scopes[outer].sources) or enclosed[outer]))
    return enclosed
