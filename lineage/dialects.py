"""Dialects: which there are, and how each folds the case of names.

The only place, with `lineage.compile`, that knows the parser.
"""

from __future__ import annotations

import re
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from lineage.words import Origin, UnknownDialectError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlglot.dialects.dialect import Dialect
    from sqlglot.tokens import Tokenizer

# The parser's dialects by what they do to names (its normalization strategies): a table of our
# own, so that nobody has to load the parser to spell a name. A test holds it to the parser's.
_LOWER = """
    dax dremio drill druid materialize postgres prql risingwave tableau teradata
    """.split()
_UPPER = """
    exasol oracle snowflake
    """.split()
_IGNORES_CASE = """
    athena bigquery databricks duckdb dune hive presto redshift solr spark spark2 sqlite trino
    tsql
    """.split()
_KEEPS_CASE = """
    clickhouse doris fabric mysql singlestore starrocks
    """.split()
FOLDING = {
    "": "lower",
    **dict.fromkeys(_LOWER, "lower"),
    **dict.fromkeys(_UPPER, "upper"),
    **dict.fromkeys(_IGNORES_CASE, "ignore"),
    **dict.fromkeys(_KEEPS_CASE, "keep"),
}
# Dialects that write much alike.
HIVE_AND_SPARK = frozenset({"hive", "spark", "spark2", "databricks"})
LIKE_MYSQL = frozenset({"mysql", "singlestore", "doris", "starrocks"})
LIKE_POSTGRES = frozenset({"postgres", "redshift", "materialize", "risingwave"})
LIKE_TRINO = frozenset({"trino", "presto", "athena", "dune"})
LIKE_TSQL = frozenset({"tsql", "fabric"})
# Where a session's tables are in a schema, as all others are.
SESSIONS_IN_SCHEMAS = LIKE_MYSQL | {"snowflake"}
# The schema that is meant where a name has none, and nobody has said otherwise.
DEFAULT_SCHEMA = {
    **dict.fromkeys(LIKE_TSQL, "dbo"),
    **dict.fromkeys((*HIVE_AND_SPARK, "clickhouse"), "default"),
    **dict.fromkeys(("duckdb", "sqlite"), "main"),
    **dict.fromkeys((*LIKE_POSTGRES, "snowflake"), "public"),
}
_LEAVES_OUT = LIKE_TSQL | {"snowflake"}
# What a table of Iceberg, Delta Lake or Hive is asked for behind its name: lists of its partitions
# and files, which hold values of its columns.
DESCRIBING = frozenset(
    """
    all_data_files all_delete_files all_entries all_files all_manifests data_files delete_files
    entries files manifests partitions position_deletes
    """.split()
)
WITH_SERVER = 4  # parts of a name in T-SQL
LONGEST_NAME = 1024  # characters of one part; engines allow at most so many bytes
# The parser's table names of BigQuery and MySQL keep their case, their columns do not matter
# in case: https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical-structure and
# https://dev.mysql.com/doc/refman/8.4/en/identifier-case-sensitivity.html
_RELATIONS_KEEP_CASE = frozenset({"bigquery", "mysql", "clickhouse"})
_COLUMNS_KEEP_CASE = frozenset({"clickhouse"})
# A part of a dotted name: in the quotes of some dialect, else anything (dashes, digits first).
_PARTS = re.compile(r'"(?:[^"]|"")+"|`(?:[^`]|``)+`|\[(?:[^\]]|\]\])+\]|[^."`\[]+')
_QUOTES = frozenset('"`[')
# What must be in quotes to be part of a name: else it ends one, or would not be that of a table.
# A slash is one of paths and servers, and behind a question mark stand an address's parameters.
_OURS = (
    "(?:condition|exposure|function|policy|procedure|program|result|role|session|share|tag|uri"
    "|variable):"
)
_NO_PLAIN_PART = re.compile(rf'@|{_OURS}|.*[."/?]', re.DOTALL)
_OWN_PARTS = re.compile(r'(?:"(?:[^"]|"")*"|[^."]+|")+')  # what dots outside of quotes divide
IN_QUOTES = re.compile(r'"(?:[^"]|"")*"')
# A table of a session as it is shown: its own name, and the file that makes it.
_OF_SESSION = re.compile(r'((?:"(?:[^"]|"")+"|[^."@/:]+)(?:\.(?:"(?:[^"]|"")+"|[^."@/:]+))*)@.+')
_PLACES = ("@", "program:", "uri:")  # outside, and no files
_NO_FILES = frozenset({"", "function:unknown", "stdout"})


class Naming:
    """How one dialect spells the names that it means."""

    def __init__(self, dialect: str) -> None:
        check_dialect(dialect)
        self.dialect = dialect
        self._upper = FOLDING[dialect] == "upper"
        self._ignores_quotes = FOLDING[dialect] == "ignore" or dialect in {"bigquery", "mysql"}
        folds = dialect not in _COLUMNS_KEEP_CASE
        self.plain_columns = _Folded(self._fold if folds else str)
        self.quoted_columns = _Folded(self._fold_quoted if folds else str)
        self.quoted_columns["*"] = '"*"'  # a column that is called so is not what a star means
        folds = dialect not in _RELATIONS_KEEP_CASE
        self.plain_parts = _Folded(self._fold if folds else str)
        left_out = DEFAULT_SCHEMA[dialect] if dialect in _LEAVES_OUT else ""
        self.left_out = self.plain_parts[left_out]  # the schema of `database..table`
        self.quoted_parts = _Folded(self._fold_quoted if folds else str)

    def column(self, name: str, *, quoted: bool = False) -> str:
        """A column's name, or that of an alias or a CTE, as the dialect understands it."""
        return (self.quoted_columns if quoted else self.plain_columns)[name]

    def relation_part(self, name: str, *, quoted: bool = False) -> str:
        """One part of a relation's dotted name."""
        return (self.quoted_parts if quoted else self.plain_parts)[name]

    def alias_of(self, relation: str) -> str:
        """What columns of a relation are qualified with where it has no alias."""
        return self.column(last_name(relation), quoted=True)

    def _fold(self, name: str) -> str:
        if not self._upper:
            return lower(name)
        # no engine makes two letters of one, as Unicode does of ß
        return name.upper() if name.isascii() else "".join(map(_upper, name))

    def _fold_quoted(self, name: str) -> str:
        return self._fold(name) if self._ignores_quotes else name


def lower(name: str) -> str:
    """A name in small letters, of which none is ASCII that was not: U+212A is no k."""
    return name.lower() if name.isascii() else "".join(map(_lower, name))


def _lower(letter: str) -> str:
    low = letter.lower()
    return letter if low.isascii() and not letter.isascii() else low


def _upper(letter: str) -> str:
    upper = letter.upper()
    return upper if len(upper) == 1 else letter


class _Folded(dict[str, str]):
    """Names as a dialect understands them, by how they are written; each is folded once.

    None holds a NUL, which a string's escape can spell: it stands for any column. One that is
    longer than any engine allows is cut, and stays different from others by its digest: it
    would be repeated in everything that is said of it.
    """

    def __init__(self, fold: Callable[[str], str]) -> None:
        super().__init__()
        self._fold = fold

    def __missing__(self, name: str) -> str:
        folded = self._fold(name).replace("\0", "\ufffd")
        if len(folded) > LONGEST_NAME:
            digest = blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
            folded = f"{folded[: LONGEST_NAME - len(digest)]}{digest}"
        self[name] = folded
        return folded


@cache
def naming(dialect: str) -> Naming:
    """The naming of a dialect. Raises `UnknownDialectError` where the parser knows none such."""
    return Naming(dialect)


def check_dialect(dialect: str) -> None:
    """Raises `UnknownDialectError` where the parser knows no such dialect."""
    if dialect not in FOLDING:
        names = ", ".join(sorted(name for name in FOLDING if name))
        raise UnknownDialectError(
            Origin("", 0, 0), f"unknown SQL dialect `{dialect}`", f"choose one of: {names}"
        )


@cache
def parser_of(dialect: str) -> Dialect:
    """The parser's dialect object. Raises `UnknownDialectError` where it knows no such dialect."""
    from sqlglot.dialects.dialect import Dialect as Dialects  # noqa: PLC0415 - slow to import

    check_dialect(dialect)
    return Dialects.get_or_raise(dialect)


@cache
def tokenizer_of(dialect: str) -> Tokenizer:
    """The tokenizer of a dialect, which starts anew with each text. Raises as `parser_of`."""
    return parser_of(dialect).tokenizer()


def join_name(parts: Iterable[str]) -> str:
    """The dotted name of parts; one with a sign that means something in names is put in quotes."""
    return ".".join([_quoted(part) for part in parts if part])


def join_written(parts: Sequence[tuple[str, bool]], dialect: str) -> str:
    """The dotted name of parts, each with whether it is quoted.

    Behind the name of a server, `server/s.t`, where they name one: Oracle's `s.t@link`, and T-SQL's
    names in four parts.
    """
    names = [name for name, _quoted in parts]
    if dialect in LIKE_TSQL and len(names) == WITH_SERVER:
        return f"{names[0]}/{join_name(names[1:])}"
    if dialect == "oracle":
        linked = (n for n, (name, quoted) in enumerate(parts) if "@" in name and not quoted)
        at = next(linked, None)
        if at is not None:
            table, _mark, link = names[at].partition("@")
            return f"{join_name((link, *names[at + 1 :]))}/{join_name((*names[:at], table))}"
    return join_name(names)


def _quoted(part: str) -> str:
    return part if _NO_PLAIN_PART.match(part) is None else in_quotes(part)


def in_quotes(part: str) -> str:
    """A part of a dotted name as it is written where it could not stand by itself."""
    return '"' + part.replace('"', '""') + '"'


def last_part(name: str) -> str:
    """The last part of a dotted name, quotes kept."""
    return split_name(name)[-1] if name.endswith('"') else name.rpartition(".")[2]


def last_name(name: str) -> str:
    """The last part of a dotted name, without quotes."""
    last = last_part(name)
    return last[1:-1].replace('""', '"') if last[:1] == '"' else last


def first_part(name: str) -> str:
    """The first part of a dotted name, quotes kept."""
    return split_name(name)[0] if name.startswith('"') else name.partition(".")[0]


def split_name(name: str) -> list[str]:
    """The parts of a dotted name, quotes kept; there is at least one."""
    return _OWN_PARTS.findall(name) or [name]


def is_path(name: str) -> bool:
    """Whether a relation's name is that of a stage or file, or of one on another server."""
    return name.startswith("@") or ("/" in name and "/" in IN_QUOTES.sub("", name))


def own_name(name: str) -> str:
    """The name of a relation; that of a session's table without the file that makes it."""
    found = _OF_SESSION.fullmatch(name) if "@" in name[1:] else None
    return found[1] if found is not None else name


def as_path(place: str) -> str:
    """The name of a place outside, from how it is written: a file beside us begins with `./`.

    So `crm.users` is no table that is called so, nor anything else that is not a file.
    """
    known = is_path(place) and re.match(_OURS, place) is None
    return place if known or place.startswith(_PLACES) or place in _NO_FILES else f"./{place}"


def may_mean(one: str, other: str) -> bool:
    """Whether one of two names is the end of the other, part by part."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def written_relation(name: str, dialect: str) -> str:
    """A relation's name from one as SQL has it, quotes and all."""
    rule = naming(dialect)
    parts: list[tuple[str, bool]] = []
    written = name.replace("..", f".{rule.left_out}.") if rule.left_out else name
    for part in _PARTS.findall(written):
        quoted = part[0] in _QUOTES
        inner = part[1:-1].replace(part[-1] * 2, part[-1]) if quoted else part.strip()
        # BigQuery takes a whole path in one pair of quotes for the same as its parts
        whole = inner.split(".") if quoted and dialect == "bigquery" else [inner]
        parts += [(rule.relation_part(one, quoted=quoted), quoted) for one in whole]
    return join_written(parts, dialect)


def normalise_relation(parts: Iterable[str], dialect: str) -> str:
    """A relation's name from parts written without quotes."""
    rule = naming(dialect)
    return join_name(rule.relation_part(part) for part in parts)


def normalise_column(name: str, dialect: str) -> str:
    """A column's name from one written without quotes."""
    return naming(dialect).column(name)
