"""Words that the parser trips over and that decide nothing, and what to say in their place.

A form is words in order: `A|B` one of several, `()` something in brackets, `_` any one token, `@` a
dotted name, `'` a text, `#` a number. `<A` must stand before it and `>A` behind it, and both stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from lineage.compile.scripts.tokens import STRINGS, after_brackets, made_word, word
from lineage.compile.unparsed import end_of_name
from lineage.dialects import HIVE_AND_SPARK, LIKE_MYSQL, LIKE_POSTGRES, LIKE_TSQL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

    Form = tuple[tuple[str, ...], str]  # what is written, and what is said instead

_KINDS = {
    "as": TokenType.ALIAS,
    "=": TokenType.EQ,
    "null": TokenType.NULL,
    ",": TokenType.COMMA,
}

_EVERYWHERE = """
WHERE CURRENT OF _
WITH CHECK OPTION
WITH CASCADED|LOCAL CHECK OPTION
<CREATE|REPLACE|TEMP|TEMPORARY|SECURE RECURSIVE >VIEW
<) VIRTUAL|PERSISTED
WITH|WITHOUT WRAPPER
WITH|WITHOUT ARRAY|CONDITIONAL|UNCONDITIONAL WRAPPER
WITH CONDITIONAL|UNCONDITIONAL ARRAY WRAPPER
NULL|ERROR|EMPTY|ABSENT|TRUE|FALSE|UNKNOWN ON EMPTY|ERROR|NULL|MISMATCH
EMPTY ARRAY|OBJECT ON EMPTY|ERROR
DEFAULT ' ON EMPTY|ERROR
DEFAULT # ON EMPTY|ERROR
KEEP|OMIT QUOTES ON SCALAR STRING
KEEP|OMIT QUOTES
EXISTS >PATH
"""
_BY_DIALECT = {
    "postgres": """
OVERRIDING SYSTEM|USER VALUE
WITH () >AS|TABLESPACE
USING _ >WITH|AS|TABLESPACE
TABLESPACE _ >AS
<BIT VARYING
WITHOUT OVERLAPS >)
<, PERIOD >@
<ON ONLY
""",
    "oracle": """
BULK COLLECT >INTO
<NULL|)|UNIQUE|CASCADE ENABLE|DISABLE VALIDATE|NOVALIDATE
<NULL|)|UNIQUE|CASCADE ENABLE|DISABLE
DROP|REUSE STORAGE
VERSIONS BETWEEN SCN|TIMESTAMP _ AND _
RETURNING CONTENT
PASSING BY VALUE => ,
PASSING => ,
<( CONTENT|DOCUMENT
PRETTY|ASCII >)
<, SET|INSERT|APPEND|PREPEND|REPLACE|RENAME|REMOVE|KEEP >'
MEMBER OF => =
SUBMULTISET OF => =
<IS|NOT OF TYPE () => null
<IS|NOT OF () => null
<IS|NOT A SET => null
<IS|NOT EMPTY => null
""",
    "mysql": """
<UPDATE|DELETE|INSERT|REPLACE LOW_PRIORITY|HIGH_PRIORITY|DELAYED|QUICK|IGNORE
<SELECT|DISTINCT SQL_CALC_FOUND_ROWS|SQL_NO_CACHE|SQL_CACHE|HIGH_PRIORITY|STRAIGHT_JOIN
<SELECT|DISTINCT SQL_SMALL_RESULT|SQL_BIG_RESULT|SQL_BUFFER_RESULT
FROM FIRST|LAST >OVER|RESPECT
ENGINE_ATTRIBUTE|SECONDARY_ENGINE_ATTRIBUTE = '
ENGINE_ATTRIBUTE|SECONDARY_ENGINE_ATTRIBUTE '
COLUMN_FORMAT FIXED|DYNAMIC|DEFAULT
STORAGE DISK|MEMORY >,|)|NOT|NULL|DEFAULT|COMMENT|UNIQUE|PRIMARY|KEY|CHECK
IGNORE|REPLACE >AS
IGNORE|REPLACE >SELECT => as
WITH ROLLUP
PROCEDURE ANALYSE ()
NOT ENFORCED
WITH LABEL _
RETURNING _ >)
RETURNING _ () >)
<RENAME AS >@
<FLOAT|REAL|PRECISION|) UNSIGNED|SIGNED ZEROFILL
<FLOAT|REAL|PRECISION|) UNSIGNED|SIGNED|ZEROFILL
<) PERSISTENT
IN BOOLEAN MODE >)
IN NATURAL LANGUAGE MODE WITH QUERY EXPANSION >)
IN NATURAL LANGUAGE MODE >)
WITH QUERY EXPANSION >)
LIMIT ROWS EXAMINED _
ROWS EXAMINED _
GENERATED ALWAYS AS ROW START|END
AS ROW START|END
, PERIOD FOR _ ()
WITH|WITHOUT SYSTEM VERSIONING
WITHOUT OVERLAPS >)
""",
    "duckdb": """
<) EXPORT_STATE
EXACT >NEAREST
USING COMPRESSION _
WITH () >AS
""",
    "bigquery": """
<( TABLE|MODEL >@
""",
    "tsql": """
<( CHANGES|VERSION >@
<( BULK >'
TABLESAMPLE () REPEATABLE ()
TABLESAMPLE ()
TABLESAMPLE SYSTEM () REPEATABLE ()
TABLESAMPLE SYSTEM ()
FOR PATH
WITHIN GROUP ( GRAPH PATH )
MASKED WITH ()
WITH XMLNAMESPACES () >SELECT|INSERT|UPDATE|DELETE
<INNER|LEFT|RIGHT|FULL|OUTER MERGE >JOIN
WITH CHECK|NOCHECK >ADD
USING ' >)
WITH () >AS
WITH SCHEMABINDING|ENCRYPTION|VIEW_METADATA >AS
WITH SCHEMABINDING|ENCRYPTION , SCHEMABINDING|ENCRYPTION|VIEW_METADATA >AS
CLUSTERED|NONCLUSTERED >(
RETURNING _ >)
RETURNING _ () >)
WITH ( INDEX|FORCESEEK )
WITH ( FORCESEEK|INDEX () )
WITH ( INDEX () , _ )
WITH ( _ , INDEX () )
WITH ( INDEX = _ )
WITH ( INDEX = _ , _ )
WITH ( _ , INDEX = _ )
WITH ( INDEX = () )
WITH ( INDEX = () , _ )
OPTION ()
""",
    "databricks": """
( CONSTRAINT _ EXPECT () ON VIOLATION _ _ )
, CONSTRAINT _ EXPECT () ON VIOLATION _ _
CONSTRAINT _ EXPECT () ON VIOLATION _ _ ,
( CONSTRAINT _ EXPECT () )
, CONSTRAINT _ EXPECT ()
CONSTRAINT _ EXPECT () ,
MASK @ USING COLUMNS ()
MASK @
MAX RECURSION LEVEL #
<DESC|DESCRIBE QUERY
""",
    "hive": """
<) IF NOT EXISTS
COMMENT ' AFTER _
COMMENT ' FIRST
COMMENT '
AFTER _
DISABLE|ENABLE REWRITE
PARTITIONED|CLUSTERED|DISTRIBUTED|SORTED ON ()
""",
    "sqlite": """
<UPDATE OR ABORT|FAIL|IGNORE|REPLACE|ROLLBACK
ON CONFLICT ABORT|FAIL|IGNORE|REPLACE|ROLLBACK
<) WITHOUT ROWID , STRICT
<) STRICT , WITHOUT ROWID
<) WITHOUT ROWID
<) STRICT
""",
    "teradata": """
LOCKING ROW FOR|IN ACCESS|READ|SHARE|WRITE|EXCLUSIVE
LOCKING TABLE|VIEW|DATABASE @ FOR|IN ACCESS|READ|SHARE|WRITE|EXCLUSIVE
LOCKING @ FOR|IN ACCESS|READ|SHARE|WRITE|EXCLUSIVE
""",
    "clickhouse": """
CLONE AS => as
<SEMI|ANTI OUTER >JOIN
INTERPOLATE ()
INTERPOLATE
DEPENDS ON @
POPULATE >AS
DEFINER = _
SQL SECURITY DEFINER|INVOKER|NONE
<) APPLY ()
SETTINGS _ = _
""",
}
_LIKE = {
    **dict.fromkeys(LIKE_MYSQL, "mysql"),
    **dict.fromkeys(LIKE_POSTGRES, "postgres"),
    **dict.fromkeys(LIKE_TSQL, "tsql"),
    **dict.fromkeys(HIVE_AND_SPARK - {"hive"}, "databricks"),
}


def _forms(text: str) -> dict[str, list[Form]]:
    """The forms, by each word that the first of their parts may be."""
    found: dict[str, list[Form]] = {}
    for line in filter(None, text.splitlines()):
        written, _arrow, said = line.partition("=> ")
        parts = tuple(written.split())
        first = parts[1] if parts[0].startswith("<") else parts[0]
        for begins in first.split("|"):
            found.setdefault(begins, []).append((parts, said.strip()))
    return found


_FORMS = {dialect: _forms(text + _EVERYWHERE) for dialect, text in _BY_DIALECT.items()}
_COMMON = _forms(_EVERYWHERE)


def without_omissible(tokens: Sequence[Token], dialect: str) -> list[Token]:
    """The tokens without what may be left out of them in a dialect."""
    forms = _FORMS.get(_LIKE.get(dialect, dialect), _COMMON)
    said: list[Token] = []
    position = 0
    while position < len(tokens):
        begun = forms.get(word(tokens, position), ())
        end, instead = _form_at(tokens, position, said, begun)
        if end > position:
            if instead:
                said.append(made_word(_KINDS[instead], instead, tokens[position]))
            position = end
        else:
            said.append(tokens[position])
            position += 1
    return said


def _form_at(
    tokens: Sequence[Token], position: int, said: Sequence[Token], forms: Sequence[Form]
) -> tuple[int, str]:
    """Where the form that starts at a token ends, and what is said instead; 0 where none does."""
    for written, instead in forms:
        end = _end_of(written, tokens, position, said)
        if end > position:
            return end, instead
    return 0, ""


def _end_of(
    written: Sequence[str], tokens: Sequence[Token], position: int, said: Sequence[Token]
) -> int:
    here = position
    for part in written:
        if part.startswith("<"):
            fits = bool(said) and word(said, len(said) - 1) in part[1:].split("|")
        elif part.startswith(">"):
            return here if _follows(part[1:], tokens, here) else 0
        elif part == "()":
            end = after_brackets(tokens, here)
            fits, here = end > here, end
        elif part == "@":
            end = end_of_name(tokens, here)
            fits, here = end > here, end
        else:
            fits, here = _is(part, tokens, here), here + 1
        if not fits:
            return 0
    return here


def _follows(part: str, tokens: Sequence[Token], position: int) -> bool:
    if part == "@":
        return end_of_name(tokens, position) > position
    return _is(part, tokens, position)


def _is(part: str, tokens: Sequence[Token], position: int) -> bool:
    if position >= len(tokens):
        return False
    if part == "'":
        return tokens[position].token_type in STRINGS
    if part == "#":
        return tokens[position].token_type is TokenType.NUMBER
    return part == "_" or word(tokens, position) in part.split("|")
