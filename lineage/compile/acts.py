"""Functions that act when a query calls them: that send, write, keep or run something elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError

from lineage.compile.names import offset_of, relation_name
from lineage.compile.tokenizing import tokens_of
from lineage.compile.unparsed import names_in
from lineage.dialects import LIKE_TRINO, join_name
from lineage.objects import CALL, SURE, Hole
from lineage.words import GapReason

if TYPE_CHECKING:
    from collections.abc import Collection

    from lineage.compile.frames import Frame
    from lineage.dialects import Naming

# Postgres, its extensions `dblink`, `adminpack` and `http`; MySQL's `lib_mysqludf_sys`;
# Spark; Databricks; DuckDB's `http_client`; Oracle; Snowflake.
_ACTS = frozenset(
    """
    dblink_exec dblink_send_query lo_export lo_from_bytea lo_put pg_file_write pg_notify set_config
    http_get http_post http_put http_patch java_method reflect try_reflect sys_exec sys_eval
    http_request setval httpuritype
    pg_logical_emit_message system$send_snowflake_notification system$send_email write_log
    system$log system$log_info system$log_trace system$log_debug system$log_warn system$log_error
    system$log_fatal
    """.split()
)
# Functions that run a query which is a text, or read a table which it names: Postgres, Oracle.
_RUNS = frozenset(
    """
    query_to_xml query_to_xml_and_xmlschema query_to_xmlschema table_to_xml cursor_to_xml
    table_to_xml_and_xmlschema schema_to_xml schema_to_xml_and_xmlschema database_to_xml
    database_to_xml_and_xmlschema getxml getxmltype
    """.split()
)
# Functions that ask a model which somebody else may run: of Databricks, Trino, DuckDB's `flock`
# and `open_prompt`.
_ASKS = {
    "databricks": frozenset({"ai_query"}),
    "duckdb": frozenset(
        """
        llm_complete llm_filter llm_embedding llm_reduce llm_rerank llm_first llm_last open_prompt
        """.split()
    ),
    **dict.fromkeys(
        LIKE_TRINO,
        frozenset(
            """
            ai_analyze_sentiment ai_classify ai_extract ai_fix_grammar ai_gen ai_mask ai_translate
            """.split()
        ),
    ),
}
# Packages of Oracle, schemas of what extends Postgres, and BigQuery's of models.
_ACTING = {
    "bigquery": frozenset({"ai"}),
    "oracle": frozenset(
        """
        utl_http utl_smtp utl_mail utl_tcp utl_file utl_inaddr dbms_sql dbms_pipe dbms_aq dbms_cloud
        apex_web_service apex_mail apex_ai dbms_vector dbms_vector_chain dbms_cloud_ai
        """.split()
    ),
    "postgres": frozenset(
        """
        net pgmq cron aws_s3 aws_lambda graphile_worker pgboss supabase_functions ai azure_ai
        azure_cognitive azure_ml azure_openai aws_bedrock aws_comprehend aws_sagemaker google_ml
        """.split()
    ),
}
# A text that is given to a function that nobody here knows, and that it may run.
_DOTTED = re.compile(r"[^\W\d]\w{0,99}(?:\.[^\W\d]\w{0,99}){1,3}")  # the name of a table
_CODE = re.compile(
    r"""(?: \s | /\*.*?\*/ | --[^\n]*\n )*+
    (?: select|with|insert|update|delete|merge|copy|create|call|execute|unload|begin|truncate )
    [\s(/*"'\[`-]""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


def note_act(frame: Frame, name: str, node: exp.Expr, schemas: Collection[str] = ()) -> None:
    """A function that acts may take along what its query or variables hold.

    One that runs a text reads what nobody sees here; whether one does that some text makes in
    SQL, its body says. `schemas` are what stands before its name.
    """
    texts = _texts_in(node)
    code = [text for text in texts if _CODE.match(text)] if texts else texts
    acts = _acts(name, schemas, frame.draft.dialect)
    moved = acts and (bool(frame.sources) or node.find(exp.Column) is not None)
    named = [text for text in texts if _DOTTED.fullmatch(text)] if texts else texts
    if name in _RUNS or code or moved or named:
        part = frame.draft.naming.relation_part
        called = ".".join((*schemas, name))
        message = f"what `{called}` does outside of the query is not followed"
        unless = f"{SURE}{called}" if code else f"{SURE}{CALL}{called}"
        unless = "" if moved or name in _RUNS else unless
        read = _touched(frame, node, code)
        read.update((join_name(map(part, text.split("."))), None) for text in named)
        hole = Hole(GapReason.OPAQUE_CODE, message, tuple(read), offset_of(node), unless)
        frame.draft.holes.append(hole)


def _acts(name: str, schemas: Collection[str], dialect: str) -> bool:
    acting = _ACTING.get(dialect)
    if acting is not None and not acting.isdisjoint(schemas):
        return True
    of_another = dialect == "oracle" and "@" in name  # database
    return name in _ACTS or of_another or name in _ASKS.get(dialect, ())


def _texts_in(node: exp.Expr) -> list[str]:
    call = node.expression if isinstance(node, exp.Dot) else node
    if not isinstance(call, exp.Anonymous):
        return []
    named = (exp.Kwarg, exp.PropertyEQ)
    given = [one.expression if isinstance(one, named) else one for one in call.expressions]
    return [one.this for one in given if isinstance(one, exp.Literal) and one.is_string]


def _names_in(text: str, naming: Naming) -> tuple[str, ...]:
    try:
        return names_in(tokens_of(text, naming.dialect), naming)
    except SqlglotError:
        return ()


def _touched(inner: Frame, node: exp.Expr, code: Collection[str]) -> dict[str, None]:
    """What such a function does may touch whatever can be seen from where it stands.

    So may what stands in its arguments.
    """
    naming = inner.draft.naming
    named = (relation_name(table, naming) for table in node.find_all(exp.Table))
    read: dict[str, None] = {name: None for name in named if name}
    for text in code:
        read.update(dict.fromkeys(_names_in(text, naming)))
    frame: Frame | None = inner
    while frame is not None:
        read.update((source.relation, None) for source in frame.sources if source.relation)
        frame = frame.parent
    return read
