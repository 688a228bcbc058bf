"""Scripts: what is around plain statements — blocks, variables, routines, code in texts.

A script is read chunk by chunk, as its semicolons cut it. A chunk whose first word opens a
block gives up that word and is read on; so blocks need no tree, and a procedure's body is
read as if it ran where it is created.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineage.compile.scripts.altering import read_alter
from lineage.compile.scripts.change_feeds import read_apply
from lineage.compile.scripts.changes import read_change
from lineage.compile.scripts.control import (
    read_begin,
    read_case,
    read_else,
    read_elseif,
    read_exception,
    read_if,
    read_label,
)
from lineage.compile.scripts.declarations import read_declare, read_let
from lineage.compile.scripts.dynamic import (
    read_call,
    read_do,
    read_execute,
    read_explain,
    read_prepare,
)
from lineage.compile.scripts.filling import read_fetch, read_open, read_select
from lineage.compile.scripts.grants import read_grant
from lineage.compile.scripts.inline import read_end_of_block, read_inline
from lineage.compile.scripts.leaving import (
    read_assert,
    read_inert,
    read_leave,
    read_nothing,
    read_perform,
    read_pipe,
    read_print,
    read_send,
)
from lineage.compile.scripts.loops import read_for, read_forall, read_loop, read_until, read_while
from lineage.compile.scripts.renames import read_flashback
from lineage.compile.scripts.routines import read_create, read_define, read_routine
from lineage.compile.scripts.script import Script
from lineage.compile.scripts.set_statements import read_set
from lineage.compile.scripts.stages import read_get
from lineage.compile.scripts.transfers import (
    read_attach,
    read_backup,
    read_bulk,
    read_copy,
    read_export,
    read_load,
    read_psql,
    read_replace,
    read_table,
    read_unload,
    read_vacuum,
)
from lineage.compile.scripts.variables import read_assignment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlglot.tokenizer_core import Token

    from lineage.compile.scripts.context import Known
    from lineage.compile.scripts.script import Reader
    from lineage.objects import Statement

__all__ = ["Script", "script_of"]

# First words of statements that move no data and show none, in forms the parser may not know.
_INERT = """
    UNDROP FSCK MSCK CONVERT CLOSE LISTEN NOTIFY UNLISTEN CHECKPOINT INSTALL FLUSH CHECK
    OPTIMIZE SECURITY LOCK DETACH NULL ANALYZE RESET DISCARD DEALLOCATE SAVEPOINT
    RELEASE REINDEX KILL WAITFOR DENY SAVE ABORT CANCEL CHECKSUM CLUSTER COMMIT DBCC DFS
    DISABLE ENABLE HELP INSTALL UNINSTALL MOVE PURGE REASSIGN RECONFIGURE RELOAD REORG
    REPAIR REVERT REVOKE SHOW SHUTDOWN START STOP UNLOCK XA CLEAR GENERATE REMOVE REFRESH CHANGE
    AUDIT DESC DESCRIBE LIST NOAUDIT WHENEVER PROMPT ASSOCIATE ADMINISTER SYSTEM EXISTS
    """.split()

_READERS: dict[str, Reader] = {
    **dict.fromkeys(_INERT, read_inert),
    **dict.fromkeys(
        ("UPDATE STATISTICS", "MSCK REPAIR", "LOCK TABLES", "UNLOCK TABLES"), read_inert
    ),
    **dict.fromkeys(
        ("RESET SESSION", "DEALLOCATE PREPARE", "DESCRIBE INPUT", "DESCRIBE OUTPUT"), read_inert
    ),
    **dict.fromkeys(("ADD JAR", "ADD FILE", "ADD ARCHIVE", "CACHE INDEX"), read_inert),
    "BEGIN": read_begin,
    "END": read_end_of_block,
    "IF": read_if,
    "ELSE": read_else,
    "ELSEIF": read_elseif,
    "ELSIF": read_elseif,
    "WHEN": read_elseif,
    "CASE": read_case,
    "EXCEPTION": read_exception,
    "LOOP": read_loop,
    "REPEAT": read_loop,
    "WHILE": read_while,
    "UNTIL": read_until,
    "FOR": read_for,
    "FOREACH": read_for,
    "FORALL": read_forall,
    "RETURN": read_leave,
    "LEAVE": read_leave,
    "BREAK": read_leave,
    "EXIT": read_leave,
    "CONTINUE": read_leave,
    "ITERATE": read_leave,
    "GOTO": read_leave,
    "RAISE": read_leave,
    "RESIGNAL": read_leave,
    "RAISE_APPLICATION_ERROR": read_leave,
    "THROW": read_leave,
    "SIGNAL": read_leave,
    "PRINT": read_print,
    "GO": read_nothing,
    "/": read_nothing,
    "DELIMITER": read_nothing,
    "PERFORM": read_perform,
    "PIPE": read_pipe,
    "DECLARE": read_declare,
    "LET": read_let,
    "SET": read_set,
    "SELECT": read_select,
    "WITH": read_select,
    "INSERT": read_change,
    "UPDATE": read_change,
    "DELETE": read_change,
    "MERGE": read_change,
    "APPLY": read_apply,
    "AUTO": read_apply,
    "FETCH": read_fetch,
    "OPEN": read_open,
    "CREATE": read_create,
    "DEFINE": read_define,
    "SUBMIT": read_define,
    "ALTER": read_alter,
    "PROCEDURE": read_routine,
    "FUNCTION": read_routine,
    "GRANT": read_grant,
    "EXECUTE": read_execute,
    "EXEC": read_execute,
    "CALL": read_call,
    "PREPARE": read_prepare,
    "DO": read_do,
    "EXPLAIN": read_explain,
    "REPLACE": read_replace,
    "LOAD": read_load,
    "GET": read_get,
    "TABLE": read_table,
    "BULK": read_bulk,
    "BACKUP": read_backup,
    "RESTORE": read_backup,
    "VACUUM": read_vacuum,
    "ATTACH": read_attach,
    "UNLOAD": read_unload,
    "COPY": read_copy,
    "EXPORT": read_export,
    "IMPORT": read_export,
    "\\": read_psql,
    "ASSERT": read_assert,
    "RAISERROR": read_print,
    "SEND": read_send,
    "USE": read_inert,
    "FLASHBACK": read_flashback,
    ":=": read_assignment,
    ":": read_label,
}


def script_of(
    text: str, dialect: str, compile_plain: Callable[[Sequence[Token], Known], Statement]
) -> Script:
    """A script to be read; `compile_plain` compiles the tokens of one statement."""
    readers = {} if dialect == "prql" else _READERS
    return Script(text, dialect, readers, compile_plain, read_inline)
